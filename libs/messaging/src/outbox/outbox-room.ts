import type { Caller, Database } from '@app/platform';

/** How old the oldest fact that is not sent yet may be before a mass write waits. The relay writes down how far it is once a second. */
const MOST_AGE_MS = 1_000;
const LOOK_EVERY_MS = 50;
/** A relay that stands still, since its broker is away, holds a mass write up this long for each chunk, and no longer. */
const MOST_WAIT_MS = 2_000;

/**
 * Waits until the facts of this service that were told before are on their way: one relay sends them in order, so that what a mass write tells stands
 * before what somebody tells at a counter meanwhile. Where no relay is at work there is nothing to wait for.
 */
export async function untilOutboxHasRoom(database: Database, actor: Caller): Promise<void> {
  for (const began = performance.now(); performance.now() - began < MOST_WAIT_MS;) {
    if ((await oldestMs(database, actor)) < MOST_AGE_MS) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Age of the oldest fact behind the cursor of a relay that is at work; 0: there is none. */
async function oldestMs(database: Database, actor: Caller): Promise<number> {
  const [row] = await database.query<{ ms: number }>(
    actor,
    `select extract(epoch from clock_timestamp() - oldest.created_at)::float * 1000 as ms
     from outbox_relays r, lateral (
       select m.created_at from outbox_messages m
       where (m.xid, m.id) > (r.cursor_xid, r.cursor_id) and m.created_at > r.cursor_at - interval '1 hour'
       order by m.xid, m.id limit 1) oldest
     where r.name = 'relay' and r.lease_until > clock_timestamp()`,
  );
  return row?.ms ?? 0;
}
