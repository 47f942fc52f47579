import { lookingAs, permissions, type Actor } from '@app/access';
import type { Caller } from '@app/platform';

/** An operator acts on the machine, not on a place. */
export function operator(actor: Actor): Caller {
  return lookingAs(actor, permissions['delivery:operate']);
}
