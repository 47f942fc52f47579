import { Catalogue, type ServiceItem } from '@app/catalogue';
import { catalogueDirectory, loadFiles } from '../src/load.js';
import { examplesOf } from '../src/examples.js';
import type { RegionFile } from '../src/schema/region.js';

/** Moves every bound of every item by one, and asks that an example notices. Unnoticed, an example is missing. */
const files = loadFiles(catalogueDirectory());

type Node = Record<string, unknown>;
interface Mutant {
  readonly what: string;
  readonly item: ServiceItem;
  readonly regions: ReadonlyMap<string, RegionFile>;
}

/** Grades run from 1 to 4: a bound beyond them says the same as before. */
const isGrade = (fact: unknown) => fact === 'card.grade' || fact === 'component.grade';
const sameGrade = (fact: unknown, value: number) => isGrade(fact) && (value > 4 || value < 0);

function shiftedDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}

/** Every way to move one bound in a condition: the path to the node, and its replacement. */
function movesIn(
  node: unknown,
  path: (string | number)[] = [],
): { path: (string | number)[]; to: unknown; what: string }[] {
  if (Array.isArray(node)) return node.flatMap((part, index) => movesIn(part, [...path, index]));
  if (typeof node !== 'object' || node === null) return [];
  const moves: { path: (string | number)[]; to: unknown; what: string }[] = [];
  const test = node as Node;
  const name = String(test['fact'] ?? test['param'] ?? '');
  const change = (to: unknown, what: string) => moves.push({ path, to, what: `${name} ${what}` });
  const { op, value } = test;
  if (op !== undefined) {
    if (typeof value === 'boolean') change({ ...test, value: !value }, `${op} ${!value}`);
    if (typeof value === 'number') {
      for (const by of [-1, 1]) {
        if (!sameGrade(test['fact'], value + by))
          change({ ...test, value: value + by }, `${op} ${value + by}`);
      }
    }
    if (Array.isArray(value) && value.length > 1) {
      for (const dropped of value) {
        change({ ...test, value: value.filter((each) => each !== dropped) }, `${op} without ${dropped}`);
      }
    }
    if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
      for (const by of [-1, 1]) change({ ...test, value: shiftedDay(value, by) }, `${op} a day off`);
    } else if (typeof value === 'string' && (op === 'eq' || op === 'ne')) {
      change({ ...test, op: op === 'eq' ? 'ne' : 'eq' }, `${op} turned round`);
    }
    if (typeof value === 'object' && value !== null && 'today' in value) {
      const today = value.today as Record<string, unknown>;
      for (const by of [-1, 1])
        change({ ...test, value: { today: { ...today, days: by } } }, `${op} ${by} days off`);
      for (const [part, shift] of Object.entries(today)) {
        if (typeof shift !== 'number') continue;
        for (const by of [-1, 1])
          change({ ...test, value: { today: { ...today, [part]: shift + by } } }, `${part} ${shift + by}`);
      }
    }
  }
  if ('not' in test) change(test['not'], 'not taken away');
  if ('count' in test) {
    const count = test['count'] as Node;
    for (const by of [-1, 1]) {
      const moved = Math.max(0, Number(count['value']) + by);
      if (moved !== count['value']) change({ ...test, count: { ...count, value: moved } }, `count ${moved}`);
    }
  }
  return [...moves, ...Object.entries(test).flatMap(([key, part]) => movesIn(part, [...path, key]))];
}

function replaced(root: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return to;
  if (Array.isArray(root))
    return root.map((part, index) => (index === head ? replaced(part, rest, to) : part));
  return { ...(root as Node), [head]: replaced((root as Node)[head], rest, to) };
}

function* mutantsOf(item: ServiceItem): Generator<Mutant> {
  for (const [index, version] of item.versions.entries()) {
    const parts = { conditions: version.conditions, exclusions: version.exclusions };
    for (const { path, to, what } of movesIn(parts)) {
      const moved = replaced(parts, path, to) as Partial<typeof version>;
      const versions = item.versions.map((each, place) => (place === index ? { ...each, ...moved } : each));
      yield {
        what: `${version.version} ${path.join('.')}: ${what}`,
        item: { ...item, versions },
        regions: files.regions,
      };
    }
    for (const { id } of version.exclusions) {
      const exclusions = version.exclusions.filter((exclusion) => exclusion.id !== id);
      const versions = item.versions.map((each, place) => (place === index ? { ...each, exclusions } : each));
      yield {
        what: `${version.version} without exclusion ${id}`,
        item: { ...item, versions },
        regions: files.regions,
      };
    }
  }
  yield* regionMutantsOf(item);
}

/** A bound may live in a region's file: the value of a parameter that conditions use. */
function* regionMutantsOf(item: ServiceItem): Generator<Mutant> {
  const conditions = JSON.stringify(item.versions.map((version) => [version.conditions, version.exclusions]));
  for (const [code, region] of files.regions) {
    for (const [name, values] of Object.entries(region.items[item.id]?.parameters ?? {})) {
      if (!conditions.includes(`"param":"${name}"`)) continue;
      const grade = new RegExp(`"(card|component)\\.grade","op":"\\w+","value":\\{"param":"${name}"`).test(
        conditions,
      );
      for (const [place, { value }] of values.entries()) {
        const moved =
          typeof value === 'boolean'
            ? [!value]
            : typeof value === 'number'
              ? [value - 1, value + 1].filter((bound) => !grade || (bound >= 0 && bound <= 4))
              : Array.isArray(value)
                ? value.map((dropped) => value.filter((each) => each !== dropped))
                : [];
        for (const to of moved) {
          const path = ['items', item.id, 'parameters', name, place, 'value'];
          const regions = new Map(files.regions).set(code, replaced(region, path, to) as RegionFile);
          yield { what: `${code} ${name} = ${JSON.stringify(to)}`, item, regions };
        }
      }
    }
  }
}

function noticed({ item, regions }: Mutant): boolean {
  const catalogue = Catalogue.of({ items: new Map([[item.id, item]]), regions });
  return examplesOf(item).some((example) => {
    const [found] = catalogue.region(example.region, example.day).determine(example.subject, example.day);
    return (
      found?.outcome !== example.expect || [...found.needs].sort().join() !== [...example.needs].sort().join()
    );
  });
}

describe('moving a bound of an item turns one of its examples red', () => {
  it.each([...files.items.values()].map((item) => [item.id, item] as const))('%s', (_, item) => {
    const mutants = [...mutantsOf(item)];
    expect(noticed({ what: 'unchanged', item, regions: files.regions })).toBe(false);
    // Whoever has a valid card is visited: one bound is all of it.
    expect(mutants.length).toBeGreaterThan(item.id === 'subsidies/regular-visits' ? 0 : 1);
    expect(mutants.filter((mutant) => !noticed(mutant)).map(({ what }) => what)).toEqual([]);
  });
});
