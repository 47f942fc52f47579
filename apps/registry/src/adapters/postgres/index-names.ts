import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { serviceActor } from '@app/access';
import { Database } from '@app/platform';
import { SEARCH_SCHEME, SearchTokens } from './search-tokens.js';

/** People of one short transaction: a long one would hold back every relay of the database. */
const AT_ONCE = 200;

/**
 * Makes the search tokens of people who have none, or those of an older scheme: they came on file before there were any, and
 * tokens need the key, which no migration has. It goes on where it stood, and several processes share the work.
 */
@Injectable()
export class IndexNames implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(IndexNames.name);
  private running: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly tokens: SearchTokens,
  ) {}

  onApplicationBootstrap(): void {
    // Not waited for: nobody is found by name until it is done, and everything else goes on.
    this.running = this.all().catch((error: unknown) =>
      this.logger.warn(
        `names are not indexed yet: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  /** Everybody who is left. @returns how many there were */
  async all(): Promise<number> {
    let done = 0;
    while (!this.stopped) {
      const some = await this.some();
      done += some;
      if (some < AT_ONCE) break;
    }
    return done;
  }

  private some(): Promise<number> {
    return this.database.transaction(serviceActor('registry'), async (tx) => {
      const rows = await tx.query<{
        person_id: string;
        name: string;
        division_code: string;
        away_to: string | null;
        away_on: string | null;
      }>(
        `select person_id, name, division_code, away_to, away_on from persons
         where search_scheme < $1 and merged_into is null order by search_scheme, person_id limit $2 for update skip locked`,
        [SEARCH_SCHEME, AT_ONCE],
      );
      const ids = rows.map(({ person_id }) => person_id);
      await this.tokens.write(
        tx,
        rows.map((row) => ({
          personId: row.person_id,
          name: row.name,
          divisionCode: row.division_code,
          away: row.away_to && row.away_on ? { to: row.away_to, on: row.away_on } : null,
        })),
        ids,
      );
      await tx.query('update persons set search_scheme = $2 where person_id = any($1::uuid[])', [
        ids,
        SEARCH_SCHEME,
      ]);
      return rows.length;
    });
  }
}
