import type { ActorRef } from '@app/contracts';
import type { Clock } from '@app/kernel';
import type { Database } from '@app/platform';
import { SWEEP_MS } from './clock-sweeper.js';

/** Whether a service's reminding itself still works. */
export interface ClockHealth {
  /** Null: nobody has ever swept. */
  readonly sweptAt: Date | null;
  readonly secondsSinceSweep: number | null;
  /** Rungs that should have fired by now. */
  readonly late: number;
  /** How late the latest of them is, in seconds by the injected clock. */
  readonly latestSeconds: number;
  readonly healthy: boolean;
}

const MISSED_SWEEPS = 4;

/** The heartbeat of a service's sweeper, and what has been left lying. */
export async function clockHealth(database: Database, actor: ActorRef, clock: Clock): Promise<ClockHealth> {
  const [row] = await database.query<Omit<ClockHealth, 'healthy'>>(
    actor,
    `select s.swept_at as "sweptAt",
            extract(epoch from now() - s.swept_at)::float as "secondsSinceSweep",
            l.late, l.seconds as "latestSeconds"
     from (select count(*)::int as late, coalesce(extract(epoch from $1 - min(next_at)), 0)::float as seconds
           from clocks where next_at <= $1::timestamptz) l
     left join clock_sweeps s on true`,
    [clock.now()],
  );
  const { sweptAt, secondsSinceSweep, late, latestSeconds } = row!;
  const limit = (MISSED_SWEEPS * SWEEP_MS) / 1000;
  const healthy = secondsSinceSweep !== null && secondsSinceSweep < limit && latestSeconds < limit;
  return { sweptAt, secondsSinceSweep, late, latestSeconds, healthy };
}
