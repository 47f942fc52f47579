import { periodOf, rateOf, type RegionCatalogue } from '@app/catalogue';
import type { LoadedPerson } from '../adapters/postgres/person-files.js';
import type { PageFigures } from '../adapters/postgres/reconciliations.js';
import type { FoundGap } from '../adapters/postgres/gaps.js';
import type { Holding } from '../domain/holding.js';
import { missingFacts, type Outcomes } from '../domain/outcomes.js';
import { cardStanding, currentCard } from '../domain/person-file.js';
import { unpaidOf, type BenefitOnFile, type PayRunSeen } from '../domain/payment.js';
import { gapsOf, type Gap } from '../domain/reconcile.js';
import { subjectOf } from '../domain/subject-of.js';
import { byHousehold, determinePerson, type DeterminedPerson } from './determine-person.js';

/** A page of persons with everything that is looked at, of one moment. */
export interface LoadedPage {
  readonly personIds: readonly string[];
  /** The persons, and whoever lives with them. */
  readonly files: ReadonlyMap<string, LoadedPerson>;
  readonly holdings: ReadonlyMap<string, readonly Holding[]>;
  /** By person and `holdingKey`. */
  readonly plannedOn: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Sources with something unhandled, by person. */
  readonly parked: ReadonlyMap<string, readonly string[]>;
  /** Benefits in money with their payments, by person. */
  readonly benefits: ReadonlyMap<string, readonly BenefitOnFile[]>;
}

/** What a page comes to. */
export interface ComparedPage {
  readonly gaps: readonly FoundGap[];
  readonly figures: PageFigures;
  /** Persons whose stored outcomes are not what they come to now. */
  readonly drifted: readonly string[];
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/**
 * Determines everybody of a page afresh and holds it against what they have; no statement is sent, no transaction is open.
 * @param payRuns of the day before or earlier
 * @param regionOf null where no region's file covers the place
 */
export function comparePage(
  page: LoadedPage,
  day: string,
  payRuns: readonly PayRunSeen[],
  regionOf: (divisionCode: string) => RegionCatalogue | null,
): ComparedPage {
  const households = byHousehold([...page.files.values()].map(({ file }) => file));
  const gaps: FoundGap[] = [];
  const drifted: string[] = [];
  const figures = { ...NO_FIGURES, lookedAt: page.personIds.length };
  for (const personId of page.personIds) {
    const before = page.files.get(personId);
    const holdings = page.holdings.get(personId) ?? [];
    // Money that is owed is owed whatever became of card and place.
    if (before) {
      const unpaid = unpaidGaps(page.benefits.get(personId) ?? [], payRuns, holdings, () =>
        regionOf(before.file.divisionCode),
      );
      gaps.push(...unpaid.map((gap) => ({ ...gap, ...placed(before, page.parked.get(personId) ?? []) })));
    }
    // Whoever has no card and nothing under way is no holder: nothing is due to them by a chain.
    if (!before || (cardStanding(before.file) === 'none' && holdings.length === 0)) continue;
    const { file } = before;
    figures.holders += 1;
    const household = households.get(file.householdId ?? '') ?? [file];
    const subject = subjectOf(file, household, day);
    const region = subject && regionOf(file.divisionCode);
    if (!subject || !region) {
      figures.undetermined += 1;
      continue;
    }
    const determined = determinePerson({ before, file, household, subject, region, causes: [], day });
    if (determined.changes.length > 0) {
      figures.drifted += 1;
      drifted.push(personId);
    }
    count(figures, determined, holdings);
    const month = day.slice(0, 7);
    const distrusted = [
      ...new Set(household.flatMap((member) => page.parked.get(member.personId) ?? [])),
    ].sort();
    const found = gapsOf({
      personId,
      divisionCode: file.divisionCode,
      day,
      decision: determined.next,
      card: determined.card,
      ended: determined.ended,
      outcomes: determined.outcomes,
      baseless: determined.baseless,
      holdings,
      rates: determined.rates,
      reasons: determined.amounts.reasons,
      item: (itemId) => determined.items.get(itemId),
      periodOf: (itemId, roundId) => periodOf(determined.items.get(itemId)!, day, roundId),
      takenOver: currentCard(file)?.takenOverAt != null,
      plannedOn: page.plannedOn.get(personId) ?? NOTHING,
      monthlyOf: (itemId) => monthlyOf(itemId, determined, file.divisionCode, month),
    });
    gaps.push(...found.map((gap) => ({ ...gap, personId, divisionCode: file.divisionCode, distrusted })));
  }
  return { gaps, figures, drifted };
}

function placed({ file: { personId, divisionCode } }: LoadedPerson, distrusted: readonly string[]) {
  return { personId, divisionCode, distrusted: [...distrusted].sort() };
}

function unpaidGaps(
  benefits: readonly BenefitOnFile[],
  payRuns: readonly PayRunSeen[],
  holdings: readonly Holding[],
  region: () => RegionCatalogue | null,
): Gap[] {
  return unpaidOf(benefits, payRuns).map(({ itemId, reason, months, fen, monthly }) => {
    const holding = holdings.find((each) => each.itemId === itemId && each.owner === 'subsidies');
    const inForce = region()?.items.find(({ id }) => id === itemId);
    return {
      itemId,
      itemVersion: holding?.itemVersion ?? inForce?.version ?? 'unknown',
      owner: 'subsidies',
      period: holding?.period ?? 'once',
      kind: 'granted-unpaid',
      reason,
      because: [],
      since: `${months[0]!}-01`,
      monthly,
      months,
      unpaid: fen,
    };
  });
}

type Figures = { -readonly [Key in keyof PageFigures]: number };

export const NO_FIGURES: PageFigures = {
  lookedAt: 0,
  holders: 0,
  undetermined: 0,
  entitled: 0,
  waiting: 0,
  notEntitled: 0,
  unknown: 0,
  drifted: 0,
  missingPersons: 0,
  missingFacts: 0,
};

function count(figures: Figures, { outcomes, card }: DeterminedPerson, holdings: readonly Holding[]): void {
  for (const [itemId, { outcome }] of Object.entries(outcomes)) {
    if (outcome === 'not-entitled') figures.notEntitled += 1;
    else if (outcome === 'needs-fact') figures.unknown += 1;
    else if (holdings.some((holding) => holding.itemId === itemId && holding.status === 'waiting'))
      figures.waiting += 1;
    else figures.entitled += 1;
  }
  // As everywhere: of somebody without a valid card nothing is opened, so nothing is asked.
  const missing = card === 'valid' ? missingOf(outcomes) : 0;
  figures.missingFacts += missing;
  if (missing > 0) figures.missingPersons += 1;
}

function missingOf(outcomes: Outcomes): number {
  return missingFacts(outcomes).length;
}

/** Only what is paid by the month has an amount a month. */
function monthlyOf(
  itemId: string,
  { items, amounts }: DeterminedPerson,
  divisionCode: string,
  month: string,
): number | null {
  const item = items.get(itemId);
  if (item?.amounts?.per !== 'month') return null;
  const facts = Object.fromEntries(amounts.reasons(itemId).map(({ fact, value }) => [fact, value]));
  return rateOf(item, divisionCode, month, facts);
}
