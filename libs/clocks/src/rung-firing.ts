import { Logger } from '@nestjs/common';
import type { Clock } from '@app/kernel';
import { isTransient, type Caller, type Database, type Tx } from '@app/platform';
import { clockColumns, toFiredRung, type ClockRow } from './clock-row.js';
import type { RuleBook } from './clock-rule.js';
import { loadClocks } from './load-clocks.js';
import type { NearHorizon } from './near-horizon.js';
import type { FiredRung } from './new-term.js';
import { Derivations } from './projection.js';
import type { Reckon, Reckoning } from './reckoning.js';
import type { RungHandler } from './rung-handler.js';
import type { PlannedRung } from './rungs.js';
import { postponed, settleClocks, type Settled } from './settle-clocks.js';

/** Clocks in one transaction: it must be over within 300 ms, for the sake of every relay. */
const BATCH = 250;

/**
 * Fires what is due. Any number may do so at once, in this process and in others: each takes clocks that nobody else holds, reads them
 * under their lock, and claims a rung in the transaction of its facts. So a rung fires once, wherever a process dies.
 *
 * What is taken is settled by the calendar in force first, in the same transaction, so nothing fires by a calendar that is over: not early,
 * and not at an end that has moved on. Firing waits for no re-projection. The rows say which clocks to take, so one that is due by a new
 * calendar, and by the row only later (a day off became a working day), fires once the re-projection has come to it: it is late by at most
 * as long as that takes.
 */
export class RungFiring {
  private readonly logger: Logger;
  private readonly running = new Set<Promise<unknown>>();
  private stopping = false;
  /** Kept while batches follow each other: what comes in one minute mostly ends alike. */
  private derived: { readonly state: number; readonly derivations: Derivations } | null = null;

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    private readonly handler: RungHandler,
    private readonly rules: RuleBook,
    private readonly clock: Clock,
    private readonly horizon: NearHorizon,
    private readonly reckon: Reckon,
  ) {
    this.logger = new Logger(`clocks:${database.service}`);
  }

  /** Fires every rung that is due by the injected clock and in nobody else's hands. @returns how many fired */
  fireDue(): Promise<number> {
    const work = this.fireAll();
    this.running.add(work);
    const done = () => {
      this.running.delete(work);
      if (this.running.size === 0) this.derived = null;
    };
    work.then(done, done);
    return work;
  }

  /** Lets the batches in progress end, and begins no other. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled(this.running);
  }

  private async fireAll(): Promise<number> {
    let fired = 0;
    // Looked at again in the next sweep, so that what a command holds for long is not taken up again and again.
    const passedBy: string[] = [];
    while (!this.stopping) {
      const batch = await this.fireBatch(passedBy);
      fired += batch.fired;
      passedBy.push(...batch.busy);
      if (batch.taken < BATCH) break;
    }
    return fired;
  }

  private async fireBatch(passedBy: readonly string[]): Promise<Batch> {
    let taken: string[] = [];
    const take = async (tx: Tx, now: Date) => {
      const rows = await tx.query<ClockRow>(
        // No other order than the index's: a thousand clocks come in one minute, and sorting them would read them all.
        `select ${clockColumns} from clocks c where c.next_at <= $1 and c.clock_id <> all($2::uuid[])
         order by c.next_at limit $3 for update skip locked`,
        [now, passedBy, BATCH],
        'clocks-take-due',
      );
      taken = rows.map(({ clock_id }) => clock_id);
      return rows;
    };
    try {
      return await this.fire(take);
    } catch (error) {
      if (isTransient(error) || taken.length === 0) throw error;
      return this.halve(taken, error);
    }
  }

  /** One that its owner cannot handle must not hold up the others: it is found by halving, and tried again later. */
  private async halve(clockIds: readonly string[], error: unknown): Promise<Batch> {
    if (clockIds.length === 1) {
      await this.postpone(clockIds[0]!, error);
      return { taken: 1, fired: 0, busy: [] };
    }
    const middle = Math.ceil(clockIds.length / 2);
    const first = await this.fireThese(clockIds.slice(0, middle));
    const second = await this.fireThese(clockIds.slice(middle));
    return {
      taken: clockIds.length,
      fired: first.fired + second.fired,
      busy: [...first.busy, ...second.busy],
    };
  }

  private async fireThese(clockIds: readonly string[]): Promise<Batch> {
    try {
      return await this.fire((tx, now) =>
        tx.query<ClockRow>(
          `select ${clockColumns} from clocks c where c.clock_id = any($2::uuid[]) and c.next_at <= $1
           order by c.next_at for update skip locked`,
          [now, clockIds],
        ),
      );
    } catch (error) {
      if (isTransient(error)) throw error;
      return this.halve(clockIds, error);
    }
  }

  private async fire(take: (tx: Tx, now: Date) => Promise<ClockRow[]>): Promise<Batch> {
    const { reached, ...batch } = await this.database.transaction(this.actor, async (tx) => {
      const now = this.clock.now();
      const rows = await take(tx, now);
      if (rows.length === 0) return { taken: 0, fired: 0, busy: [], reached: [] };
      // A command locks its subject first and the clock second, so this waits for neither: it would wait for one that waits for it.
      const busy = new Set(
        await this.handler.lockSubjects(tx, [...new Set(rows.map(({ subject_id }) => subject_id))]),
      );
      const free = rows.filter(({ subject_id }) => !busy.has(subject_id));
      const [loaded, by] = await Promise.all([loadClocks(tx, this.rules, free), this.reckon(tx)]);
      const derivations = this.derivationsBy(by);
      const { handler } = this;
      const settled = await settleClocks(tx, loaded, { derivations, number: by.number, handler, now });
      const reached = settled.map((each) => reachedBy(each, now));
      const claimed = await claim(tx, reached, now);
      if (claimed.length > 0) await this.handler.onRungs(tx, claimed);
      return {
        taken: rows.length,
        fired: claimed.length,
        busy: rows.filter(({ subject_id }) => busy.has(subject_id)).map(({ clock_id }) => clock_id),
        reached,
      };
    });
    this.horizon.announce(reached);
    return batch;
  }

  private derivationsBy({ state, calendar }: Reckoning): Derivations {
    if (this.derived?.state !== state) this.derived = { state, derivations: new Derivations(calendar) };
    return this.derived.derivations;
  }

  private async postpone(clockId: string, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.error(`clock ${clockId} cannot fire, trying again later: ${reason}`);
    await this.database.query(
      this.actor,
      'update clocks set next_at = $2 where clock_id = $1 and next_at is not null',
      [clockId, postponed(this.clock.now())],
    );
  }
}

interface Batch {
  /** Clocks that were due and in nobody else's hands. */
  readonly taken: number;
  /** Rungs. */
  readonly fired: number;
  /** Clocks among them whose subject a command holds. */
  readonly busy: readonly string[];
}

interface Reached {
  readonly settled: Settled;
  /** Those that have come. */
  readonly rungs: readonly PlannedRung[];
  readonly next_rung: string | null;
  readonly next_at: Date | null;
}

/** The rungs of a clock that have come, and the one that comes next. */
function reachedBy(settled: Settled, now: Date): Reached {
  const next = settled.left.find(({ at }) => at > now);
  return {
    settled,
    rungs: settled.left.filter(({ at }) => at <= now),
    next_rung: next?.rung ?? null,
    next_at: next?.at ?? null,
  };
}

/** Claims the rungs by a unique insert and moves their clocks on. @returns the claimed ones, in the order of their times */
async function claim(tx: Tx, reached: readonly Reached[], now: Date): Promise<FiredRung[]> {
  if (reached.length === 0) return [];
  const rungs = reached
    .flatMap(({ settled: { clock, due }, rungs }) => rungs.map((rung) => ({ ...clock, due, rung })))
    .sort((a, b) => a.rung.at.getTime() - b.rung.at.getTime());
  const [inserted] = await Promise.all([
    tx.query<{ clock_id: string; rung: string }>(
      `insert into clock_rungs (clock_id, rung, level, at, fired_at)
       select n.*, $5 from unnest($1::uuid[], $2::text[], $3::smallint[], $4::timestamptz[]) as n
       on conflict (clock_id, rung) do nothing returning clock_id, rung`,
      [
        rungs.map(({ row }) => row.clock_id),
        rungs.map(({ rung }) => rung.rung),
        rungs.map(({ rung }) => rung.level),
        rungs.map(({ rung }) => rung.at),
        now,
      ],
      'clocks-claim',
    ),
    tx.query(
      `update clocks c set next_rung = n.rung, next_at = n.at
       from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as n (clock_id, rung, at) where c.clock_id = n.clock_id`,
      [
        reached.map(({ settled: { clock } }) => clock.row.clock_id),
        reached.map(({ next_rung }) => next_rung),
        reached.map(({ next_at }) => next_at),
      ],
      'clocks-move-on',
    ),
  ]);
  const claimed = new Set(inserted.map(({ clock_id, rung }) => `${clock_id} ${rung}`));
  return rungs
    .filter(({ row, rung }) => claimed.has(`${row.clock_id} ${rung.rung}`))
    .map(({ row, rule, due, rung }) => toFiredRung(row, rule, rung, due!.dueAt!));
}
