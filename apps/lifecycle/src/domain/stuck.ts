/**
 * Why something in a chain does not move:
 * - `unanswered`: opened, or proposed to stop, before today, and its owner has not said a word;
 * - `missing-fact`: nobody can decide what the person is entitled to, because facts are not known;
 * - `other-benefit`: such a fact will be known once another benefit of the chain is decided, and that is under way;
 * - `parked`: a message about the person could not be handled, and later ones wait behind it.
 */
export const stuckKinds = ['unanswered', 'missing-fact', 'other-benefit', 'parked'] as const;
export type StuckKind = (typeof stuckKinds)[number];

/** Where a page ended: the keys of its last row, in their order. */
export type StuckCursor = readonly string[];

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PLACE = /^\d{12}$/;
const ITEM = /^[a-z0-9/-]{1,200}$/;

/** Of each list, what its keys look like. */
const keysOf: Readonly<Record<StuckKind, readonly RegExp[]>> = {
  unanswered: [ID, ITEM, /^(open|stop)$/],
  'missing-fact': [PLACE, ID],
  'other-benefit': [PLACE, ID, ITEM],
  parked: [ID],
};

/** As it is given to a client, who need not know what is in it. */
export function stuckCursorText(kind: StuckKind, keys: StuckCursor): string {
  return Buffer.from([kind, ...keys].join(' ')).toString('base64url');
}

/** Null for what was not made for this list by `stuckCursorText`. */
export function readStuckCursor(kind: StuckKind, text: string): StuckCursor | null {
  const [of, ...keys] = Buffer.from(text, 'base64url').toString().split(' ');
  const shapes = keysOf[kind];
  if (of !== kind || keys.length !== shapes.length) return null;
  return keys.every((key, at) => shapes[at]!.test(key)) ? keys : null;
}
