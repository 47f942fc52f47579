import { Logger } from '@nestjs/common';
import type { ActorRef } from '@app/contracts';
import type { Jobs } from '@app/jobs';
import type { Clock } from '@app/kernel';
import { isTransient } from '@app/messaging';
import type { Database, Tx } from '@app/platform';
import { toFiredRung, toTerm, type ClockRow } from './clock-row.js';
import { dueOf } from './due.js';
import { HORIZON_MS, RUNG_QUEUE, type NearHorizon, type RungJob, type Upcoming } from './near-horizon.js';
import type { FiredRung } from './new-term.js';
import type { RungHandler } from './rung-handler.js';
import { rungsOf, type PlannedRung } from './rungs.js';
import type { WorkingCalendar } from './working-calendar.js';

export const SWEEP_MS = 30_000;
const HORIZON_SCAN_MS = 5 * 60 * 1000;
const HORIZON_ROWS = 1000;
const BATCH = 200;
const POSTPONE_MS = 5 * 60 * 1000;

/** A clock whose end moved when the calendar changed. */
export interface Projected {
  readonly clockId: string;
  readonly subjectId: string;
  readonly step: string;
  readonly before: Date;
  readonly after: Date;
}

/**
 * Fires what is due. The queue wakes it at the second; the sweep is the guarantee, so that the queue can be emptied or away and only
 * seconds are lost. Any number of processes may sweep: a rung is claimed before it acts, in the transaction of its facts.
 */
export class ClockSweeper {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | null = null;
  private stopping = false;
  private lastHorizonScan = -Infinity;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly actor: ActorRef,
    private readonly handler: RungHandler,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly horizon: NearHorizon,
    private readonly sweepMs: number = SWEEP_MS,
  ) {
    this.logger = new Logger(`clocks:${database.service}`);
  }

  /** Begins in the background: neither the queue nor the first sweep holds up the start of the process. */
  start(): void {
    this.jobs.process<RungJob>(RUNG_QUEUE, async ({ data }) => {
      await this.onJob(data.clockId);
    });
    void this.inTurn(() => this.reproject()).then(
      (moved) => moved.length > 0 && this.logger.log(`${moved.length} terms moved with the calendar`),
      (error: unknown) => this.warn(error),
    );
    // Spread, so that the services of a process do not all sweep at once.
    this.schedule(Math.random() * Math.min(this.sweepMs, 3000));
  }

  /** Lets a sweep in progress end. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running.catch(() => undefined);
  }

  /** Fires every rung that is due by the injected clock. @returns how many fired */
  sweep(): Promise<number> {
    return this.inTurn(async () => {
      const fired = await this.fireDue();
      await this.database.query(
        this.actor,
        `insert into clock_sweeps (name, swept_at) values ('sweeper', now())
         on conflict (name) do update set swept_at = excluded.swept_at`,
      );
      await this.scanHorizon();
      return fired;
    });
  }

  /** Works out anew when the running provisional terms end; for when a year's notice has been loaded. @returns what moved */
  async reproject(): Promise<Projected[]> {
    const moved: Projected[] = [];
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const last: string | null = await this.database.transaction(this.actor, async (tx) => {
        const rows = await tx.query<ClockRow & { fired: string[] }>(
          `select c.*, array(select r.rung from clock_rungs r where r.clock_id = c.clock_id) as fired
           from clocks c where c.provisional and c.status = 'running' and c.clock_id > $1
           order by c.clock_id limit 500 for update`,
          [after],
        );
        const changed = rows.flatMap((row) => this.projected(row));
        await tx.query(
          `update clocks c set due_at = n.due_at, provisional = n.provisional, next_rung = n.rung, next_at = n.at,
                  changed_by = $6, changed_by_role = $7, changed_at = now()
           from unnest($1::uuid[], $2::timestamptz[], $3::boolean[], $4::text[], $5::timestamptz[])
             as n (clock_id, due_at, provisional, rung, at)
           where c.clock_id = n.clock_id`,
          [
            changed.map(({ row }) => row.clock_id),
            changed.map(({ dueAt }) => dueAt),
            changed.map(({ provisional }) => provisional),
            changed.map(({ next }) => next?.rung ?? null),
            changed.map(({ next }) => next?.at ?? null),
            tx.actor.id,
            tx.actor.role,
          ],
        );
        for (const { row, dueAt } of changed) {
          if (row.due_at!.getTime() === dueAt.getTime()) continue;
          moved.push({
            clockId: row.clock_id,
            subjectId: row.subject_id,
            step: row.step,
            before: row.due_at!,
            after: dueAt,
          });
        }
        return rows.at(-1)?.clock_id ?? null;
      });
      if (last === null || this.stopping) return moved;
      after = last;
    }
  }

  private projected(row: ClockRow & { fired: string[] }) {
    const term = toTerm(row);
    const due = dueOf(term, this.calendar);
    if (!due || (due.dueAt.getTime() === row.due_at?.getTime() && due.provisional === row.provisional))
      return [];
    const now = this.clock.now();
    const next = rungsOf(term, this.calendar).find(
      ({ rung, level, at }) => !row.fired.includes(rung) && (level > 0 || at > now),
    );
    return [{ row, dueAt: due.dueAt, provisional: due.provisional, next }];
  }

  private schedule(delayMs: number): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      void this.sweep()
        .catch((error: unknown) => this.warn(error))
        .then(() => this.schedule(this.sweepMs));
    }, delayMs);
  }

  /** The queue says that this clock's rung is due. Its word is checked, and with it goes everything that is due at the same moment. */
  private async onJob(clockId: string): Promise<void> {
    const [due] = await this.database.query(
      this.actor,
      'select 1 from clocks where clock_id = $1 and next_at <= $2',
      [clockId, this.clock.now()],
    );
    if (due && !this.stopping) await this.inTurn(() => this.fireDue());
  }

  private async fireDue(): Promise<number> {
    let fired = 0;
    while (!this.stopping) {
      const due = await this.database.query<{ clock_id: string; subject_id: string }>(
        this.actor,
        'select clock_id, subject_id from clocks where next_at <= $1 order by next_at, clock_id limit $2',
        [this.clock.now(), BATCH],
      );
      if (due.length === 0) break;
      const outcome = await this.fireOrHalve(due);
      fired += outcome.fired;
      // Rows that another process holds are its own to fire.
      if (due.length < BATCH || outcome.claimed === 0) break;
    }
    return fired;
  }

  /** One that its owner cannot handle must not hold up the others: it is found by halving, and tried again later. */
  private async fireOrHalve(due: readonly Due[]): Promise<Outcome> {
    try {
      return await this.fire(due);
    } catch (error) {
      if (isTransient(error)) throw error;
      if (due.length === 1) {
        await this.postpone(due[0]!.clock_id, error);
        return { claimed: 1, fired: 0 };
      }
      const half = Math.ceil(due.length / 2);
      const first = await this.fireOrHalve(due.slice(0, half));
      const second = await this.fireOrHalve(due.slice(half));
      return { claimed: first.claimed + second.claimed, fired: first.fired + second.fired };
    }
  }

  private async fire(due: readonly Due[]): Promise<Outcome> {
    const outcome = await this.database.transaction(this.actor, async (tx) => {
      await this.handler.lockSubjects(tx, [...new Set(due.map(({ subject_id }) => subject_id))]);
      const now = this.clock.now();
      const rows = await tx.query<ClockRow>(
        `select * from clocks where clock_id = any($1::uuid[]) and next_at <= $2
         order by clock_id for update skip locked`,
        [due.map(({ clock_id }) => clock_id), now],
      );
      const reached = rows.map((row) => this.reached(row, now));
      const claimed = await claim(tx, reached, now);
      if (claimed.length > 0) await this.handler.onRungs(tx, claimed);
      return { claimed: rows.length, fired: claimed.length, reached };
    });
    this.horizon.announce(outcome.reached);
    return outcome;
  }

  /** The rungs of a clock that have come, and the one that comes next. */
  private reached(row: ClockRow, now: Date): Reached {
    const rungs = rungsOf(toTerm(row), this.calendar);
    const from = rungs.findIndex(({ rung }) => rung === row.next_rung);
    const left = from < 0 ? rungs.filter(({ level }) => level > 0) : rungs.slice(from);
    const next = left.find(({ at }) => at > now);
    return {
      clock_id: row.clock_id,
      row,
      rungs: left.filter(({ at }) => at <= now),
      next_rung: next?.rung ?? null,
      next_at: next?.at ?? null,
    };
  }

  private async postpone(clockId: string, error: unknown): Promise<void> {
    this.logger.error(`clock ${clockId} cannot fire, trying again later: ${messageOf(error)}`);
    await this.database.query(
      this.actor,
      'update clocks set next_at = $2 where clock_id = $1 and next_at is not null',
      [clockId, new Date(this.clock.now().getTime() + POSTPONE_MS)],
    );
  }

  private async scanHorizon(): Promise<void> {
    if (performance.now() - this.lastHorizonScan < HORIZON_SCAN_MS) return;
    this.lastHorizonScan = performance.now();
    const now = this.clock.now();
    this.horizon.announce(
      await this.database.query<Upcoming>(
        this.actor,
        `select clock_id, next_rung, next_at from clocks where next_at > $1 and next_at <= $2
         order by next_at limit $3`,
        [now, new Date(now.getTime() + HORIZON_MS), HORIZON_ROWS],
      ),
    );
  }

  /** One at a time in this process: a sweep and a job would only wait for each other's rows. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.running.then(work, work);
    this.running = turn.catch(() => undefined);
    return turn;
  }

  private warn(error: unknown): void {
    this.logger.warn(`sweep interrupted, going on in ${this.sweepMs / 1000} s: ${messageOf(error)}`);
  }
}

interface Due {
  readonly clock_id: string;
  readonly subject_id: string;
}

interface Outcome {
  readonly claimed: number;
  readonly fired: number;
}

interface Reached extends Upcoming {
  readonly row: ClockRow;
  readonly rungs: readonly PlannedRung[];
}

/** Claims the rungs by a unique insert and moves their clocks on. @returns the claimed ones, in the order of their times */
async function claim(tx: Tx, reached: readonly Reached[], now: Date): Promise<FiredRung[]> {
  const rungs = reached
    .flatMap(({ row, rungs }) => rungs.map((rung) => ({ row, rung })))
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
    ),
    tx.query(
      `update clocks c set next_rung = n.rung, next_at = n.at
       from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as n (clock_id, rung, at) where c.clock_id = n.clock_id`,
      [
        reached.map(({ clock_id }) => clock_id),
        reached.map(({ next_rung }) => next_rung),
        reached.map(({ next_at }) => next_at),
      ],
    ),
  ]);
  const claimed = new Set(inserted.map(({ clock_id, rung }) => `${clock_id} ${rung}`));
  return rungs
    .filter(({ row, rung }) => claimed.has(`${row.clock_id} ${rung.rung}`))
    .map(({ row, rung }) => toFiredRung(row, rung, row.due_at!));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
