import type { Tx } from '@app/platform';
import type { ClockRow } from './clock-row.js';
import type { Projection } from './projection.js';

/** Writes what was derived anew of these clocks: when they end, and what they do next. */
export async function writeProjections(
  tx: Tx,
  changed: readonly (Projection & { readonly row: ClockRow })[],
): Promise<void> {
  if (changed.length === 0) return;
  await tx.query(
    `update clocks c set due_at = n.due_at, provisional = n.provisional, paused = n.paused, next_rung = n.rung, next_at = n.at,
            changed_at = now()
     from unnest($1::uuid[], $2::timestamptz[], $3::boolean[], $4::boolean[], $5::text[], $6::timestamptz[])
       as n (clock_id, due_at, provisional, paused, rung, at)
     where c.clock_id = n.clock_id`,
    [
      changed.map(({ row }) => row.clock_id),
      changed.map(({ due }) => due?.dueAt ?? null),
      changed.map(({ due }) => due?.provisional ?? false),
      changed.map(({ due }) => due?.paused ?? false),
      changed.map(({ next }) => next?.rung ?? null),
      changed.map(({ next }) => next?.at ?? null),
    ],
    'clocks-project',
  );
}
