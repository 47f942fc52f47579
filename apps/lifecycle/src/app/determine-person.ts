import type { Determination, ItemInForce, RegionCatalogue, Subject } from '@app/catalogue';
import type { LoadedPerson } from '../adapters/postgres/person-files.js';
import { isOfOld, type Cause } from '../domain/cause.js';
import { bringUpToDate, endedOn, type Ended, type OutcomeChange, type Outcomes } from '../domain/outcomes.js';
import { cardStanding, currentCard, type PersonFile } from '../domain/person-file.js';
import type { Situation } from '../domain/plan.js';
import { asBelieved, subjectOf, unstopped } from '../domain/subject-of.js';
import { amountsOf, type Amounts } from './amounts.js';

/** A person with everything that is to be looked at. */
export interface ToDetermine {
  readonly before: LoadedPerson;
  /** As it now is; that of `before` where no fact has come. */
  readonly file: PersonFile;
  readonly household: readonly PersonFile[];
  readonly subject: Subject;
  readonly region: RegionCatalogue;
  /** None: nobody tells anything, it is only looked at again. */
  readonly causes: readonly Cause[];
  readonly day: string;
}

/** What a person comes to, worked out afresh from the facts on file. */
export interface DeterminedPerson {
  readonly all: readonly Determination[];
  readonly items: ReadonlyMap<string, ItemInForce>;
  readonly card: Situation['card'];
  readonly ended: Ended | null;
  readonly baseless: ReadonlySet<string>;
  readonly amounts: Amounts;
  readonly outcomes: Outcomes;
  /** What is not as it was stored. */
  readonly changes: readonly OutcomeChange[];
  readonly rates: Situation['rates'];
  /** Number of the decision that this would be. */
  readonly next: number;
}

/** Determines a person at every item in force: for a decision and for a reconciliation in the same way. */
export function determinePerson({
  before,
  file,
  household,
  subject,
  region,
  causes,
  day,
}: ToDetermine): DeterminedPerson {
  const items = itemsOf(region);
  const card = cardStanding(file);
  const look = lookAt(region, items, card, before);
  const all = look(subject, day);
  const ended = endedOn(day, file);
  const next = before.decision + 1;
  const baseless = baselessItems(all, asBelieved(subject, file), look, day);
  const amounts = amountsOf(region, all, subject, day);
  const { outcomes, changes, rates } = bringUpToDate(before.outcomes, all, {
    decision: next,
    hasCard: card !== 'none',
    baseless,
    groundless: groundlessItems(before, subject, all, {
      former: () => subjectOf({ ...before.file, householdId: file.householdId }, household, day),
      stopped: ended !== null || card === 'stopped',
      look,
      day,
    }),
    ended,
    month: day.slice(0, 7),
    rateOf: amounts.rateOf,
    takenOver: takenOverBy(before, file, causes),
  });
  return { all, items, card, ended, baseless, amounts, outcomes, changes, rates, next };
}

/** The files of a household, by its id. */
export function byHousehold(files: Iterable<PersonFile>): Map<string, PersonFile[]> {
  const households = new Map<string, PersonFile[]>();
  for (const file of files) {
    if (!file.householdId) continue;
    const list = households.get(file.householdId);
    if (list) list.push(file);
    else households.set(file.householdId, [file]);
  }
  return households;
}

const itemMaps = new WeakMap<RegionCatalogue, ReadonlyMap<string, ItemInForce>>();

function itemsOf(region: RegionCatalogue): ReadonlyMap<string, ItemInForce> {
  let items = itemMaps.get(region);
  if (!items) {
    items = new Map(region.items.map((item) => [item.id, item]));
    itemMaps.set(region, items);
  }
  return items;
}

/** A look at one person with some facts or others, always at the same items. */
type Look = (subject: Subject, day: string) => readonly Determination[];

/**
 * At every item in force; of somebody without a card only at those that need none, unless more had been found for them under other rules.
 * A county's people come before their cards.
 */
function lookAt(
  region: RegionCatalogue,
  items: ReadonlyMap<string, ItemInForce>,
  card: Situation['card'],
  before: LoadedPerson,
): Look {
  const enough =
    card === 'none' && Object.keys(before.outcomes).every((itemId) => items.get(itemId)?.needsCard !== true);
  return enough
    ? (subject, day) => region.determineWithoutCard(subject, day)
    : (subject, day) => region.determine(subject, day);
}

/**
 * Whether what a person is entitled to belongs to the take-over of the living stock: it starts nothing, a reconciliation looks
 * after it. It ends with the first round that the card itself starts.
 */
function takenOverBy(
  before: LoadedPerson,
  file: PersonFile,
  causes: readonly Cause[],
): Parameters<typeof bringUpToDate>[2]['takenOver'] {
  const takenOverAt = currentCard(file)?.takenOverAt;
  if (!takenOverAt || causes.some(({ round }) => round === 'always')) return () => false;
  const first = cardStanding(before.file) === 'none' || Object.keys(before.outcomes).length === 0;
  const older = causes.every((cause) => isOfOld(cause) || cause.at <= takenOverAt);
  return (old) => first || (old?.outcome === 'entitled' ? old.takenOver : older);
}

const NONE: ReadonlySet<string> = new Set();

/** What is not known now and was due while withdrawn facts were believed: it had been granted on what turned out wrong. */
function baselessItems(
  determined: readonly Determination[],
  believed: Subject | null,
  look: Look,
  day: string,
): ReadonlySet<string> {
  if (!believed || determined.every(({ outcome }) => outcome !== 'needs-fact')) return NONE;
  const then = look(believed, day);
  return new Set(
    determined
      .filter(({ outcome }, place) => outcome === 'needs-fact' && then[place]?.outcome === 'entitled')
      .map(({ itemId }) => itemId),
  );
}

/**
 * What the person's own facts of before grant and those of now leave open: not because of a day, nor because of others, whom they may
 * have begun to live with. A card that is stopped, a death or a move is looked through, so that it cannot hide what changed meanwhile.
 */
function groundlessItems(
  before: LoadedPerson,
  subject: Subject,
  determined: readonly Determination[],
  at: {
    readonly former: () => Subject | null;
    readonly stopped: boolean;
    readonly look: Look;
    readonly day: string;
  },
): ReadonlySet<string> {
  const { stopped, look, day } = at;
  const seems = ({ itemId, outcome }: Determination) =>
    outcome === 'needs-fact' && before.outcomes[itemId]?.outcome === 'entitled';
  const former = before.decision > 0 && (stopped || determined.some(seems)) ? at.former() : null;
  if (!former) return NONE;
  const then = look(unstopped(former), day);
  const now = stopped ? look(unstopped(subject), day) : determined;
  return new Set(
    now
      .filter(({ outcome }, place) => outcome === 'needs-fact' && then[place]?.outcome === 'entitled')
      .map(({ itemId }) => itemId),
  );
}
