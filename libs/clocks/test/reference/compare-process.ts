/** `compare-process.ts <calendars> <seed> <from> <to>`: compares the product with the reference, ends and days used, and prints a {@link Comparison}. */
import { sameEnd, toldOf } from './agreement.js';
import { calendarsIn } from './calendars.js';
import { dayAt, placeOf } from './day-list.js';
import { productOn, tablesOf } from './engine.js';
import { naiveEnd, naiveCounted } from './naive-term.js';
import { randomTerm, type RandomTerm } from './random-terms.js';

export interface Comparison {
  readonly compared: number;
  readonly differing: number;
  /** The first few, told so that each can be looked at by itself: `randomTerm(seed, index)`. */
  readonly first: readonly string[];
}

const SHOWN = 5;
/** Days. */
const SPREAD = 97;

const [root = '', seed, from, to] = process.argv.slice(2);
const calendars = calendarsIn(root);
const product = productOn(calendars);
const tableOf = tablesOf(calendars);

const first: string[] = [];
let differing = 0;
for (let index = Number(from); index < Number(to); index += 1) {
  const random = randomTerm(Number(seed), index);
  const said = disagreement(random, index);
  if (!said) continue;
  differing += 1;
  if (first.length < SHOWN) first.push(`randomTerm(${seed}, ${index}): ${said}: ${JSON.stringify(random)}`);
}
console.log(JSON.stringify({ compared: Number(to) - Number(from), differing, first } satisfies Comparison));

/** Where the product and the reference part, or null. A refusal of a sound term is a disagreement too. */
function disagreement(random: RandomTerm, index: number): string | null {
  const { calendar, term, ledger } = random;
  const table = tableOf(calendar);
  try {
    const [end, expected] = [product.end(random), naiveEnd(term, table, ledger)];
    if (!sameEnd(end, expected)) return `product ${toldOf(end)}, reference ${toldOf(expected)}`;
    // Some day from before the anchor's to after most ends.
    const day = placeOf(term.anchorDay) + ((index * 7) % SPREAD) - 2;
    const counted = naiveCounted(term, table, ledger, day);
    if (counted === null) return null;
    const used = product.used(random, dayAt(day).text);
    return used === counted.length
      ? null
      : `by ${dayAt(day).text} product ${used} days, reference ${counted.length}`;
  } catch (error) {
    return String(error);
  }
}
