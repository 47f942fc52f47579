import { Injectable, Logger } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { Clock } from '@app/kernel';
import { type Caller, Database, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import type { Cause } from '../domain/cause.js';
import { DecidePersons } from './decide-persons.js';

/** Long transactions hold back every relay of the cluster. */
const LONGEST_CHUNK_MS = 300;
const CHUNK = { first: 100, least: 20, most: 500 };

/** How many persons a sweep looked at. */
export interface Swept {
  readonly days: number;
  readonly rules: number;
}

/** Decides again who is due: because a day has come on which a date alone changes something, or because the rules have changed. */
@Injectable()
export class Sweep {
  private readonly logger = new Logger('sweep:lifecycle');
  private stopped = false;
  private running: Promise<Swept> | null = null;

  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly catalogue: Catalogue,
    private readonly persons: DecidePersons,
    private readonly clock: Clock,
  ) {}

  /** Sweeps until nobody is due; a second call while one runs waits for that one. */
  run(): Promise<Swept> {
    this.running ??= this.sweep().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Lets the chunk at hand end. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running?.catch(() => undefined);
  }

  private async sweep(): Promise<Swept> {
    const swept = { days: await this.days(), rules: await this.rules() };
    if (swept.days + swept.rules > 0) {
      this.logger.log(`decided again: ${swept.days} whose day has come, ${swept.rules} under new rules`);
    }
    return swept;
  }

  private days(): Promise<number> {
    const today = this.clock.today();
    return this.inChunks(
      `select person_id from persons where next_day <= $1 and person_id > $2 order by person_id limit $3`,
      [today],
      (tx, ids) =>
        this.persons.again(tx, ids, ({ nextDay }) =>
          nextDay !== null && nextDay <= today ? this.cause(`day:${nextDay}`, nextDay) : null,
        ),
    );
  }

  /** Persons whose outcomes rest on other rules than those in force in their county now. */
  private async rules(): Promise<number> {
    const today = this.clock.today();
    let count = 0;
    for (const { code, level } of this.catalogue.regions) {
      if (level !== 'county') continue;
      const { fingerprint } = this.catalogue.region(code.padEnd(12, '0'), today);
      count += await this.inChunks(
        `select person_id from determination_sheets
         where left(division_code, 6) = $1 and fingerprint <> $2 and person_id > $3 order by person_id limit $4`,
        [code, fingerprint],
        (tx, ids) =>
          this.persons.again(tx, ids, (person) =>
            person.fingerprint !== fingerprint ? this.cause(`rules:${fingerprint}`, today) : null,
          ),
      );
    }
    return count;
  }

  private async inChunks(
    sql: string,
    params: readonly unknown[],
    decide: (tx: Tx, ids: readonly string[]) => Promise<void>,
  ): Promise<number> {
    let size = CHUNK.first;
    let last = '00000000-0000-0000-0000-000000000000';
    for (let count = 0; ;) {
      if (this.stopped) return count;
      const rows = await this.database.query<{ person_id: string }>(this.actor, sql, [...params, last, size]);
      if (rows.length === 0) return count;
      const ids = rows.map((row) => row.person_id);
      const started = performance.now();
      await this.database.transaction(this.actor, (tx) => decide(tx, ids));
      const perPerson = (performance.now() - started) / ids.length;
      size = Math.round(Math.min(CHUNK.most, Math.max(CHUNK.least, LONGEST_CHUNK_MS / 2 / perPerson)));
      last = ids.at(-1) as string;
      count += ids.length;
    }
  }

  private cause(key: string, causedOn: string): Cause {
    return {
      cause: 'day-reached',
      key,
      causedOn,
      at: this.clock.now().toISOString(),
      round: 'if-planned',
      undoes: null,
      message: null,
      by: this.actor,
    };
  }
}
