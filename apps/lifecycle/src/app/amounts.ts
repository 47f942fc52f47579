import {
  ageOn,
  dayOfAge,
  rateOf,
  type Determination,
  type ItemInForce,
  type Reason,
  type RegionCatalogue,
  type Subject,
} from '@app/catalogue';

/** What amounts come to for a person, and the facts that their owner needs to know for them. */
export interface Amounts {
  /** Facts that decided an item, and those that its amount depends on. */
  reasons(itemId: string): readonly Reason[];
  /** What is due for a month, in 分; null where it is not known, or the same for everybody. */
  rateOf(itemId: string, month: string): number | null;
  /** The earliest later day on which a date alone chooses another row; null: none does. */
  nextDay(itemId: string): string | null;
}

interface ItemWithAmounts {
  readonly item: ItemInForce;
  /** Facts that choose among the item's rows. */
  readonly facts: readonly string[];
  /** Ages at which another row may hold. */
  readonly ages: readonly number[];
}

const byRegion = new WeakMap<RegionCatalogue, ReadonlyMap<string, ItemWithAmounts>>();

function itemsWithAmounts(region: RegionCatalogue): ReadonlyMap<string, ItemWithAmounts> {
  let items = byRegion.get(region);
  if (!items) {
    items = new Map(
      region.items.flatMap((item) => {
        const facts = (item.amounts?.rows ?? []).flatMap(({ when }) => (when ?? []).map(({ fact }) => fact));
        if (facts.length === 0) return [];
        return [[item.id, { item, facts: [...new Set(facts)], ages: agesIn(item) }] as const];
      }),
    );
    byRegion.set(region, items);
  }
  return items;
}

function agesIn({ amounts }: ItemInForce): number[] {
  const tests = (amounts?.rows ?? []).flatMap(({ when }) => when ?? []);
  return tests.flatMap(({ fact, op, value }) => {
    if (fact !== 'person.age' || typeof value !== 'number') return [];
    if (op === 'lt' || op === 'gte') return [value];
    return op === 'lte' || op === 'gt' ? [value + 1] : [value, value + 1];
  });
}

export function amountsOf(
  region: RegionCatalogue,
  determined: readonly Determination[],
  subject: Subject,
  day: string,
): Amounts {
  const items = itemsWithAmounts(region);
  const reasons = (itemId: string): readonly Reason[] => {
    const found = determined.find((each) => each.itemId === itemId);
    if (!found) return [];
    const own = items.get(itemId);
    if (!own) return found.reasons;
    const known = new Set(found.reasons.map(({ fact }) => fact));
    const more = own.facts
      .filter((fact) => !known.has(fact))
      .flatMap((fact): Reason[] => {
        const value = read(fact, subject, day);
        return value === undefined ? [] : [{ fact, value }];
      });
    return more.length > 0 ? [...found.reasons, ...more] : found.reasons;
  };
  return {
    reasons,
    rateOf: (itemId, month) => {
      const own = items.get(itemId);
      if (!own) return null;
      const facts = Object.fromEntries(reasons(itemId).map(({ fact, value }) => [fact, value]));
      return rateOf(own.item, subject.person.divisionCode, month, facts);
    },
    nextDay: (itemId) => {
      const own = items.get(itemId);
      if (!own) return null;
      const days = [
        ...own.ages.map((age) => dayOfAge(subject.person.birthDate, age)),
        ...own.facts.flatMap((fact) => bounds(subject.facts[fact])),
      ].filter((on) => on > day);
      return days.length > 0 ? days.reduce((a, b) => (a < b ? a : b)) : null;
    },
  };
}

function read(fact: string, { person, card, facts }: Subject, day: string): Reason['value'] | undefined {
  switch (fact) {
    case 'person.age':
      return ageOn(person.birthDate, day);
    case 'person.sex':
      return person.sex;
    case 'card.category':
      return card?.category;
    case 'card.grade':
      return card?.grade;
    default: {
      const known = facts[fact];
      if (!known || (known.validFrom !== null && day < known.validFrom)) return undefined;
      return known.validTo !== null && day > known.validTo ? undefined : known.value;
    }
  }
}

/** Days on which a fact begins to hold, and no longer does. */
function bounds(fact: Subject['facts'][string] | undefined): string[] {
  if (!fact) return [];
  const { validFrom, validTo } = fact;
  return [...(validFrom === null ? [] : [validFrom]), ...(validTo === null ? [] : [dayAfter(validTo)])];
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
