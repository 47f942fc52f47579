import type { Determination, Outcome } from '@app/catalogue';

/** What was found for one item, as it is stored. */
export interface StoredOutcome {
  readonly outcome: Outcome;
  readonly version: string;
  /** Names of facts (or `param:` of local parameters) that are missing and can still change it. */
  readonly needs: readonly string[];
  /** Number of the decision in which the person last ceased to qualify; 0: never. */
  readonly lostIn: number;
  /** What had granted it is no longer so, and whether anything else does is not known: until it is, nobody is entitled by it. */
  readonly groundless: boolean;
  /** Found when the living stock was taken over: opened by a reconciliation, not by a chance later fact. */
  readonly takenOver: boolean;
  /**
   * What is due in 分, and the month (`YYYY-MM`) for which that was found; only where it depends on the person's facts. While they are not
   * entitled, or the amount is not known, what was found last: it is what their benefit was told.
   */
  readonly rate: Rate | null;
}

export interface Rate {
  readonly amount: number;
  readonly month: string;
}

/** By item id. */
export type Outcomes = Readonly<Record<string, StoredOutcome>>;

/** Why nothing is due any more, whatever the items' own conditions say. */
export type Ended = { readonly fact: 'person.diedOn' | 'person.movedAwayOn'; readonly since: string };

export function endedOn(
  day: string,
  { diedOn, movedAwayOn }: { readonly diedOn: string | null; readonly movedAwayOn: string | null },
): Ended | null {
  if (diedOn !== null && diedOn <= day) return { fact: 'person.diedOn', since: diedOn };
  if (movedAwayOn !== null && movedAwayOn <= day) return { fact: 'person.movedAwayOn', since: movedAwayOn };
  return null;
}

export interface OutcomeChange {
  readonly itemId: string;
  readonly before: Outcome | null;
  readonly after: Outcome | null;
  readonly version: string;
  readonly needs: readonly string[];
}

/**
 * Brings a person's outcomes up to what was determined now.
 * @param options.decision number of this decision of the person
 * @param options.hasCard without a card only what needs none is of interest
 * @param options.baseless items that a fact had granted which turned out wrong, and of which nothing is known now
 * @param options.groundless items that the person's facts had granted until now, and leave open now
 * @param options.rateOf what an item comes to for a month with the facts of now; null: unknown, or the same for everybody
 * @param options.takenOver whether what comes out as entitled belongs to a take-over of the living stock
 */
export function bringUpToDate(
  before: Outcomes,
  determined: readonly Determination[],
  options: {
    decision: number;
    hasCard: boolean;
    baseless: ReadonlySet<string>;
    groundless: ReadonlySet<string>;
    ended: Ended | null;
    takenOver: (old: StoredOutcome | undefined) => boolean;
    month: string;
    rateOf: (itemId: string, month: string) => number | null;
  },
): { outcomes: Outcomes; changes: OutcomeChange[]; rates: ReadonlyMap<string, RateChange> } {
  const outcomes: Record<string, StoredOutcome> = {};
  const changes: OutcomeChange[] = [];
  const rates = new Map<string, RateChange>();
  for (const found of determined) {
    const outcome: Outcome = options.ended ? 'not-entitled' : found.outcome;
    const old = before[found.itemId];
    if (!options.hasCard && outcome === 'not-entitled' && !old) continue;
    const needs = outcome === 'needs-fact' ? found.needs : [];
    const lost =
      old !== undefined &&
      ((outcome === 'not-entitled' && old.outcome !== 'not-entitled') ||
        (outcome === 'needs-fact' &&
          old.outcome === 'entitled' &&
          (options.baseless.has(found.itemId) || options.groundless.has(found.itemId))));
    // It lasts through a freeze or a false death, until the person is found entitled again.
    const groundless =
      outcome !== 'entitled' && (options.groundless.has(found.itemId) || (old?.groundless ?? false));
    const takenOver = outcome === 'entitled' && options.takenOver(old);
    const rate = outcome === 'entitled' ? rateNow(found.itemId, old, options) : (old?.rate ?? null);
    // With the facts of now the former month would have come to something else: not only the date has changed it.
    const changed =
      outcome === 'entitled' && rate
        ? rateChange(old, rate, (month) => options.rateOf(found.itemId, month))
        : null;
    if (changed) rates.set(found.itemId, changed);
    const same =
      old?.outcome === outcome &&
      old.rate?.amount === rate?.amount &&
      old.version === found.itemVersion &&
      old.takenOver === takenOver &&
      old.groundless === groundless &&
      sameWords(old.needs, needs);
    outcomes[found.itemId] = same
      ? old
      : {
          outcome,
          version: found.itemVersion,
          needs,
          lostIn: lost || changed?.to === 'lower' ? options.decision : (old?.lostIn ?? 0),
          groundless,
          takenOver,
          rate,
        };
    if (!same) {
      changes.push({
        itemId: found.itemId,
        before: old?.outcome ?? null,
        after: outcome,
        version: found.itemVersion,
        needs,
      });
    }
  }
  for (const [itemId, old] of Object.entries(before)) {
    if (!(itemId in outcomes)) {
      changes.push({ itemId, before: old.outcome, after: null, version: old.version, needs: [] });
    }
  }
  return { outcomes, changes, rates };
}

/** How the facts changed what an item comes to. */
export interface RateChange {
  readonly to: 'higher' | 'lower';
  /** In 分 a month; 0: it was not known. */
  readonly from: number;
}

function rateNow(
  itemId: string,
  old: StoredOutcome | undefined,
  { month, rateOf }: { month: string; rateOf: (itemId: string, month: string) => number | null },
): Rate | null {
  const amount = rateOf(itemId, month);
  if (amount === null) return old?.rate ?? null;
  return old?.rate?.amount === amount ? old.rate : { amount, month };
}

function rateChange(
  old: StoredOutcome | undefined,
  now: Rate,
  rateOf: (month: string) => number | null,
): RateChange | null {
  // Nothing could be paid before; now it can.
  if (old && !old.rate) return old.outcome === 'entitled' ? { to: 'higher', from: 0 } : null;
  if (!old?.rate || now.amount === old.rate.amount) return null;
  const from = old.rate.amount;
  const amount = rateOf(old.rate.month);
  if (amount === null || amount === from) return null;
  return { to: amount > from ? 'higher' : 'lower', from };
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, place) => word === b[place]);
}

/** Facts of the person to be asked for, once for all items that need them. Parameters that the region has not set are not. */
export function missingFacts(outcomes: Outcomes): string[] {
  const names = new Set<string>();
  for (const { needs } of Object.values(outcomes)) {
    for (const need of needs) if (!need.startsWith('param:')) names.add(need);
  }
  return [...names].sort();
}
