import type { Clock } from '@app/kernel';
import type { Caller, Database } from '@app/platform';
import { SWEEP_MS } from './clock-sweeper.js';
import { isSilent, type HeartbeatHealth } from './heartbeat/beat-state.js';

/** Whether a service's reminding itself still works. */
export interface ClockHealth {
  /** Null: nobody has ever swept. */
  readonly sweptAt: Date | null;
  readonly secondsSinceSweep: number | null;
  /** Rungs that should have fired by now. */
  readonly late: number;
  /** How late the latest of them is, in seconds by the injected clock. */
  readonly latestSeconds: number;
  /** Null: none has been armed yet. */
  readonly heartbeat: HeartbeatHealth | null;
  readonly healthy: boolean;
}

const MISSED_SWEEPS = 4;

interface Row {
  readonly sweptAt: Date | null;
  readonly secondsSinceSweep: number | null;
  readonly late: number;
  readonly latestSeconds: number;
  readonly periodSeconds: number | null;
  readonly beatAt: Date | null;
  readonly secondsSinceBeat: number | null;
}

/** When a service's clocks were last swept, what has been left lying, and whether its heartbeat comes through. */
export async function clockHealth(database: Database, actor: Caller, clock: Clock): Promise<ClockHealth> {
  const [row] = await database.query<Row>(
    actor,
    `select s.swept_at as "sweptAt",
            extract(epoch from now() - s.swept_at)::float as "secondsSinceSweep",
            l.late, l.seconds as "latestSeconds",
            h.period_seconds as "periodSeconds", b.recorded_at as "beatAt",
            extract(epoch from now() - greatest(h.armed_at, b.recorded_at))::float as "secondsSinceBeat"
     from (select count(*)::int as late, coalesce(extract(epoch from $1 - min(next_at)), 0)::float as seconds
           from clocks where next_at <= $1::timestamptz) l
     left join clock_sweeps s on true
     left join clock_heartbeats h on true
     left join lateral (select recorded_at from clock_beats order by expected_at desc limit 1) b on true`,
    [clock.now()],
  );
  const { sweptAt, secondsSinceSweep, late, latestSeconds } = row!;
  const limit = (MISSED_SWEEPS * SWEEP_MS) / 1000;
  const heartbeat = heartbeatOf(row!);
  const healthy =
    secondsSinceSweep !== null &&
    secondsSinceSweep < limit &&
    latestSeconds < limit &&
    !(heartbeat?.alarm ?? false);
  return { sweptAt, secondsSinceSweep, late, latestSeconds, heartbeat, healthy };
}

function heartbeatOf({ periodSeconds, beatAt, secondsSinceBeat }: Row): HeartbeatHealth | null {
  if (periodSeconds === null || secondsSinceBeat === null) return null;
  return { beatAt, secondsSinceBeat, periodSeconds, alarm: isSilent(secondsSinceBeat, periodSeconds) };
}
