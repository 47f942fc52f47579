import { monthBefore, monthOf } from './month.js';
import {
  findingKinds,
  keyOf,
  type BenefitRow,
  type CardRow,
  type ContentOf,
  type FindingKind,
  type ListedRow,
  type OpenCaseRow,
  type PayeeRow,
  type TakeOverFinding,
  type TakeOverList,
} from './take-over.js';

/** What is known of a person beside the lists. */
export interface KnownPerson {
  readonly divisionCode: string;
  readonly isDead: boolean;
  readonly isAway: boolean;
}

/** What the lists are compared with. Keys of items are `<person> <item>`. */
export interface World {
  /** Six digits. */
  readonly county: string;
  /** Day of the take-over. */
  readonly day: string;
  readonly persons: ReadonlyMap<string, KnownPerson>;
  /** Running, and not made by this take-over; likewise the others. */
  readonly benefits: ReadonlySet<string>;
  readonly cases: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  /** What the county pays for the item at the month; `unknown`: the item is not offered or not monthly. */
  isRateKnown(itemId: string, divisionCode: string, row: BenefitRow): boolean | 'unknown';
  isOffered(itemId: string, divisionCode: string): boolean;
}

/** Persons of one account from which on it is asked about; as in the checks before each run. */
const SHARED_BY = 3;

type RowOf<List extends TakeOverList> = ListedRow<List> & {
  readonly personId: string;
  readonly content: ContentOf[List];
};

/**
 * Everything that is missing or contradictory in the lists and between them, in the order of list and row. One list may be absent: then
 * nothing is said to be missing from it.
 */
export function compareLists(rows: readonly ListedRow[], world: World): TakeOverFinding[] {
  const found: TakeOverFinding[] = [];
  const say = (
    { list, row }: ListedRow,
    kind: FindingKind,
    column: string | null = findingKinds[kind].column,
  ) => found.push({ list, row, kind, column, reason: findingKinds[kind].zh });
  const of = <List extends TakeOverList>(list: List) =>
    rows.filter(
      (each): each is RowOf<List> => each.list === list && each.personId !== null && each.content !== null,
    );
  const [cards, benefits, payees, cases] = [of('cards'), of('benefits'), of('payees'), of('cases')];
  const given = new Set(rows.map(({ list }) => list));

  for (const row of rows) {
    for (const { kind, column, reason } of row.faults) {
      found.push({ list: row.list, row: row.row, kind, column, reason: reason || findingKinds[kind].zh });
    }
    if (row.list !== 'cards') checkPerson(row, world, say);
  }
  checkTwice(cards, 'two-cards', say);
  checkTwice(benefits, 'two-benefits-of-one-item', say);
  checkTwice(payees, 'two-accounts', say);
  checkTwice(cases, 'two-cases-of-one-item', say);

  const cardOf = new Map(cards.map(({ personId, content }) => [personId, content]));
  const accountOf = new Set(payees.map(({ personId }) => personId));
  const archives = personsOfArchives([...benefits, ...cases]);
  for (const row of benefits) {
    checkBenefit(row, world, say);
    if (given.has('cards')) checkCard(row, cardOf.get(row.personId), say);
    if (given.has('payees') && !accountOf.has(row.personId) && !world.accounts.has(row.personId)) {
      say(row, 'benefit-without-account');
    }
  }
  for (const row of [...benefits, ...cases]) {
    const { archive } = row.content;
    if (archive !== null && archives.get(archive)!.size > 1) say(row, 'archive-number-twice');
  }
  const blocked = new Set(
    found.flatMap(({ list, row, kind }) =>
      findingKinds[kind].verdict === 'blocked' ? [`${list} ${row}`] : [],
    ),
  );
  const paid = new Set(
    benefits.filter(({ row }) => !blocked.has(`benefits ${row}`)).map(({ personId }) => personId),
  );
  const holders = new Map<string, Set<string>>();
  for (const { content, personId } of payees) {
    holders.set(content.token, (holders.get(content.token) ?? new Set()).add(personId));
  }
  for (const row of payees) {
    checkPayee(row, world, say);
    if (!paid.has(row.personId)) say(row, 'account-without-benefit');
    if (holders.get(row.content.token)!.size >= SHARED_BY) say(row, 'account-shared');
  }
  const running = new Set(benefits.map(keyOf));
  for (const row of cases) {
    checkCase(row, world, say);
    if (running.has(keyOf(row)) || world.benefits.has(keyOf(row))) say(row, 'case-of-running-benefit');
  }
  const place = (list: TakeOverList) => ['cards', 'benefits', 'payees', 'cases'].indexOf(list);
  return found.sort((a, b) => place(a.list) - place(b.list) || a.row - b.row);
}

type Say = (row: ListedRow, kind: FindingKind) => void;

function checkPerson(row: ListedRow, { persons, county }: World, say: Say): void {
  if (row.personId === null) return;
  const person = persons.get(row.personId);
  if (!person) say(row, 'person-not-on-file');
  else if (!person.divisionCode.startsWith(county)) say(row, 'person-elsewhere');
  else if (person.isDead) say(row, 'person-dead');
  else if (person.isAway) say(row, 'person-moved-away');
}

/** The same row again comes in once; rows that say different things of the same are all left out. */
function checkTwice<List extends TakeOverList>(
  rows: readonly RowOf<List>[],
  kind: FindingKind,
  say: Say,
): void {
  const together = new Map<string, RowOf<List>[]>();
  for (const row of rows) together.set(keyOf(row), [...(together.get(keyOf(row)) ?? []), row]);
  for (const [first, ...others] of together.values()) {
    if (others.length === 0) continue;
    const same = others.every(({ content }) => JSON.stringify(content) === JSON.stringify(first!.content));
    for (const row of same ? others : [first!, ...others]) say(row, same ? 'row-repeated' : kind);
  }
}

function checkBenefit(row: RowOf<'benefits'>, world: World, say: Say): void {
  const { itemId, fromMonth, lastPaid, stoppedFrom } = row.content;
  const divisionCode = world.persons.get(row.personId)?.divisionCode;
  if (divisionCode?.startsWith(world.county)) {
    const known = world.isRateKnown(itemId, divisionCode, row.content);
    if (known === 'unknown') say(row, 'item-not-here');
    else if (!known) say(row, 'rate-unlike-region');
  }
  if (world.benefits.has(keyOf(row)) || world.cases.has(keyOf(row))) say(row, 'benefit-runs-already');
  // Granted and not paid yet: the last month paid is the one before the first.
  if (lastPaid < monthBefore(fromMonth)) say(row, 'last-month-before-start');
  if (lastPaid > monthOf(world.day)) say(row, 'last-month-to-come');
  if (stoppedFrom !== null) say(row, lastPaid >= stoppedFrom ? 'last-month-after-stop' : 'stopped-already');
}

function checkCard(row: ListedRow, card: CardRow | undefined, say: Say): void {
  if (!card) say(row, 'benefit-without-card');
  else if (card.status !== 'valid') say(row, 'card-not-valid');
}

function checkPayee(row: RowOf<'payees'>, { accounts, day }: World, say: Say): void {
  const { holder, relation, proof, validUntil }: PayeeRow = row.content;
  if (accounts.has(row.personId)) say(row, 'account-on-file');
  if (holder === 'self') return;
  if (!relation || !proof || !validUntil) say(row, 'proof-missing');
  else if (validUntil < day) say(row, 'proof-ended');
}

function checkCase(row: RowOf<'cases'>, world: World, say: Say): void {
  const { itemId, receivedOn }: OpenCaseRow = row.content;
  const divisionCode = world.persons.get(row.personId)?.divisionCode;
  if (divisionCode && !world.isOffered(itemId, divisionCode)) say(row, 'item-not-here');
  if (receivedOn > world.day) say(row, 'received-after-day');
  if (world.cases.has(keyOf(row))) say(row, 'case-lives-already');
}

function personsOfArchives(rows: readonly (RowOf<'benefits'> | RowOf<'cases'>)[]): Map<string, Set<string>> {
  const archives = new Map<string, Set<string>>();
  for (const { content, personId } of rows) {
    const { archive } = content;
    if (archive !== null) archives.set(archive, (archives.get(archive) ?? new Set()).add(personId));
  }
  return archives;
}
