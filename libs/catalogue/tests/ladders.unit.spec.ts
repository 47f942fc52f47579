import { Catalogue, type ItemInForce } from '@app/catalogue';
import { checkPlan } from '@app/clocks';
import { inventedCatalogue, teaItem } from './invented.js';

type Step = ItemInForce['steps'][number];
type PlanProblem = ReturnType<typeof checkPlan>[number];

/** What is wrong with the ladders of a catalogue: each with its place, item, version, step and rung. */
function wrongLadders(catalogue: Catalogue): string[] {
  const counties = catalogue.regions.filter(({ level }) => level === 'county');
  return counties.flatMap(({ code }) =>
    catalogue.items.flatMap(({ id, versions }) =>
      versions.flatMap(({ version }) => {
        const found = stepsOf(catalogue, id, version, code);
        return found.flatMap((step) =>
          problemsOf(step).map(({ rung, en }) => `${code} ${id} ${version} ${step.id} ${rung}: ${en}`),
        );
      }),
    ),
  );
}

/** None where the county has never had the item. */
function stepsOf(catalogue: Catalogue, id: string, version: string, county: string): readonly Step[] {
  try {
    return catalogue.itemVersion(id, version, county.padEnd(12, '0')).steps;
  } catch (error) {
    if ((error as { slug?: string }).slug === 'unknown-item') return [];
    throw error;
  }
}

/**
 * One ladder serves the limits of all circumstances: what is wrong is wrong for each of them. A limit that has no number here has no end, so that
 * nothing of its ladder is due: it waits for the number.
 */
function problemsOf({ rungs, limit, limitWhen }: Step): PlanProblem[] {
  if (!rungs) return [];
  const limits = [limit, ...Object.values(limitWhen ?? {})].flatMap((each) => each ?? []);
  if (limits.length === 0) {
    return rungs.map(({ rung }) => ({ rung, zh: '该步骤没有期限', en: 'its step has no clock here' }));
  }
  const ending = limits.filter(
    ({ kind, value, unit }) => kind !== 'unknown' && (value !== null || unit === 'yearly-window'),
  );
  const [first = [], ...others] = ending.map((each) =>
    checkPlan(rungs, { ...each, extension: each.extension ?? null }),
  );
  return first.filter(({ rung, en }) =>
    others.every((problems) => problems.some((each) => each.rung === rung && each.en === en)),
  );
}

describe('the ladders of the catalogue', () => {
  it('can all be climbed, in every item, version and county', () => {
    expect(wrongLadders(Catalogue.load())).toEqual([]);
  });
});

describe('a ladder', () => {
  const days = (value: number | null, more: object = {}) => ({
    value,
    unit: 'working-day',
    kind: value === null ? 'unknown' : 'statutory',
    basis: '茶法第三条',
    ...more,
  });
  const rung = (at: object, level = 0, name = 'own') => ({ rung: name, level, at, to: ['doer'] });
  const early = [rung({ before: 12, unit: 'working-day' })];
  const pour = (limit: object | null, more: object = {}) => ({
    id: 'pour',
    title: { zh: '倒茶', en: 'Pour' },
    kind: 'work',
    role: 'benefit-officer',
    department: null,
    limit,
    ...more,
  });
  const item = (...step: Parameters<typeof pour>) => ({ item: teaItem({}, { steps: [pour(...step)] }) });
  const said = (layers: Parameters<typeof inventedCatalogue>[0]) => wrongLadders(inventedCatalogue(layers));
  const inCounty = (step: object) => ({ county: { 'tea/tea-allowance': { steps: { pour: step } } } });
  const never = [
    expect.stringMatching(/^990101 tea\/tea-allowance 2020-01 pour own: it can never come/) as string,
  ];

  it('that would begin before its term does is refused', () => {
    expect(said(item(days(10), { rungs: early }))).toEqual(never);
    expect(said(item(days(13), { rungs: early }))).toEqual([]);
    expect(said(item(days(2), { rungs: [rung({ left: 'third' })] }))).toEqual(never);
  });

  it('is checked against the limit that a place lays over the step, and so is the place’s own', () => {
    expect(said({ ...item(days(13), { rungs: early }), ...inCounty({ limit: days(5) }) })).toEqual(never);
    expect(said({ ...item(days(10)), ...inCounty({ rungs: early }) })).toEqual(never);
    expect(said({ ...item(null), ...inCounty({ rungs: early }) })).toEqual([
      expect.stringContaining('own: its step has no clock here'),
    ]);
  });

  it('is fine where it can come in one of the circumstances, or once its limit has a number', () => {
    const longer = { rungs: early, limitWhen: { 'cross-region': days(20) } };
    expect(said(item(days(10), longer))).toEqual([]);
    expect(said(item(days(null), { rungs: early }))).toEqual([]);
    expect(said(item(days(10), { ...longer, limitWhen: { 'cross-region': days(11) } }))).toEqual(never);
  });

  it('whose levels do not rise is refused', () => {
    const falling = [
      rung({ after: 3, unit: 'working-day' }, 1, 'one'),
      rung({ after: 3, unit: 'working-day' }, 2, 'two'),
    ];
    expect(said(item(days(10), { rungs: falling }))).toEqual([
      expect.stringContaining('two: it must come later than one'),
    ]);
  });
});
