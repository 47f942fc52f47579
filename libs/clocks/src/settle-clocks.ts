import type { Tx } from '@app/platform';
import { toChange, type ClockRow } from './clock-row.js';
import { project, type Derivations, type LoadedClock, type Projection } from './projection.js';
import type { RungHandler } from './rung-handler.js';
import { writeProjections } from './write-projections.js';

/** A clock, and what was derived of it. */
export interface Settled extends Projection {
  readonly clock: LoadedClock;
  /** The row said something else of it, and says this now. */
  readonly changed: boolean;
  /** Its end is another one, or it has one now, or none any more. */
  readonly moved: boolean;
}

/** By what clocks are settled. */
export interface SettledBy {
  readonly derivations: Derivations;
  /** Number of the publication under which a move is kept. */
  readonly number: number;
  readonly handler: RungHandler;
  readonly now: Date;
}

/**
 * Derives when these clocks end, and makes it what their rows say: writes what differs, keeps which ends moved (`clock_moves`) and tells
 * their owner, all in this transaction. The clocks are locked before, so whoever comes second finds nothing left to do, and a move is
 * written once, whether the firing or the re-projection comes first.
 */
export async function settleClocks(
  tx: Tx,
  clocks: readonly LoadedClock[],
  { derivations, number, handler, now }: SettledBy,
): Promise<Settled[]> {
  const settled = clocks.map((each) => settle(each, derivations, now));
  const changed = settled.filter((each) => each.changed);
  if (changed.length === 0) return settled;
  const moved = changed.filter((each) => each.moved);
  // One after the other on the connection, without waiting here for each: the next is prepared while one is written.
  await Promise.all([
    writeProjections(
      tx,
      changed.map(({ clock: { row }, ...projection }) => ({ row, ...projection })),
    ),
    ...(moved.length > 0 ? [keepMoves(tx, number, moved)] : []),
  ]);
  if (moved.length > 0) {
    await handler.onMoved(
      tx,
      moved.map(({ clock: { row }, term, due, paused }) => toChange(row, term, due, paused)),
    );
  }
  return settled;
}

function settle(clock: LoadedClock, derivations: Derivations, now: Date): Settled {
  const { row } = clock;
  const projection = project(clock, derivations, now);
  const moved = projection.due?.dueAt?.getTime() !== row.due_at?.getTime();
  return { clock, ...projection, moved, changed: moved || !isAsKept(row, projection, now) };
}

function isAsKept(row: ClockRow, { due, next }: Projection, now: Date): boolean {
  return (
    (due?.provisional ?? false) === row.provisional &&
    (due?.paused ?? false) === row.paused &&
    next?.rung === (row.next_rung ?? undefined) &&
    (next === undefined || next.at.getTime() === row.next_at!.getTime() || waits(row.next_at!, next.at, now))
  );
}

/** Late as it is, the rung is looked at soon: now, or a little later because its handler failed. */
function waits(looked: Date, at: Date, now: Date): boolean {
  return at <= now && looked.getTime() <= postponed(now).getTime();
}

/** When a clock whose handler failed is looked at again: rungs come on whole minutes. */
export function postponed(now: Date): Date {
  return new Date(Math.ceil((now.getTime() + POSTPONE_MS) / MINUTE_MS) * MINUTE_MS);
}
const POSTPONE_MS = 5 * 60 * 1000;
const MINUTE_MS = 60_000;

/** What moved, kept so that it can be shown. */
async function keepMoves(tx: Tx, number: number, moved: readonly Settled[]): Promise<void> {
  await tx.query(
    `insert into clock_moves (clock_id, number, before_at, after_at)
     select n.clock_id, $1, n.before_at, n.after_at from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[])
       as n (clock_id, before_at, after_at)`,
    [
      number,
      moved.map(({ clock: { row } }) => row.clock_id),
      moved.map(({ clock: { row } }) => row.due_at),
      moved.map(({ due }) => due?.dueAt ?? null),
    ],
    'clocks-moves',
  );
}
