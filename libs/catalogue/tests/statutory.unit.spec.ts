import { Catalogue, type ItemInForce, type ItemStep, type StepLimit } from '@app/catalogue';

const catalogue = Catalogue.load();
const day = '2026-11-28';

/** Every limit with a number, by hand from the documents: county, item, step, what is so of the case, limit, words of its basis. */
const sourced: readonly (readonly [string, string, string, string, string, RegExp])[] = [
  ['338801', 'certification/disability-card-issuance', 'notice', '', '5 working-day', /管理办法第九条/],
  ['338801', 'certification/disability-card-issuance', 'approve', '', '10 working-day', /管理办法第九条/],
  ['338801', 'insurance/pension-insurance-subsidy', 'register', '', '10 working-day', /经办条例第六条/],
  ['338801', 'legal-aid/legal-aid', 'decide', '', '7 working-day', /法律援助法第四十三条/],
  ['338801', 'legal-aid/legal-aid', 'assign', '', '3 working-day', /法律援助法第四十三条/],
  [
    '338801',
    'petitions/petition-handling',
    'jurisdiction',
    'when transferred',
    '5 working-day from application',
    /第二十三条第三款/,
  ],
  ['338801', 'petitions/petition-handling', 'notify', '', '15 natural-day from application', /第二十三条/],
  ['338801', 'petitions/petition-handling', 'decide', '', '60 natural-day + 30', /第三十四条/],
  ...(['living-subsidy', 'nursing-subsidy'] as const).flatMap((name) => {
    const item = `subsidies/${name}`;
    const decided = '10 working-day from push';
    return [
      ['338801', item, 'push', 'when cross-region', '3 working-day from application', /跨省通办/],
      ['338801', item, 'receive', 'limit cross-region', decided, /自收到推送材料之日起10个工作日/],
      ['338801', item, 'review', 'limit cross-region', decided, /自收到推送材料之日起10个工作日/],
      ['338801', item, 'decide', 'limit cross-region', decided, /自收到推送材料之日起10个工作日/],
      ['338801', item, 'tell', 'when cross-region', '3 working-day', /收到办理结果3个工作日/],
    ] as const;
  }),
  [
    '338801',
    'subsidies/minimum-living-single-household',
    'investigate',
    '',
    '15 working-day from refer',
    /浙江.*第十一条/,
  ],
  // What the province does not say itself is the nation's there too.
  ...(['338801', '610103'] as const).flatMap((county) => {
    const item = 'subsidies/minimum-living-single-household';
    return [
      [county, item, 'begin', '', '3 working-day', /57号.*第十五条/],
      [county, item, 'overall', '', '30 working-day from refer + 15', /57号.*自受理之日起30个工作日/],
      [county, item, 'tell-refusal', '', '3 working-day', /57号.*3个工作日内告知/],
    ] as const;
  }),
  ['338801', 'subsidies/minimum-living-single-household', 'notice', '', '7 natural-day', /浙江.*第十一条/],
  ['338801', 'subsidies/minimum-living-single-household', 'decide', '', '5 working-day', /浙江.*第十一条/],
  ['338801', 'subsidies/extreme-poverty-support', 'investigate', '', '15 working-day', /浙江.*第十五条/],
  ['338801', 'subsidies/extreme-poverty-support', 'notice', '', '7 natural-day', /浙江.*第十五条/],
  ['338801', 'subsidies/extreme-poverty-support', 'decide', '', '5 working-day', /浙江.*第十五条/],
  ['610103', 'subsidies/minimum-living-single-household', 'notice', '', '7 natural-day', /57号/],
  ['610103', 'subsidies/minimum-living-single-household', 'decide', '', '10 working-day', /57号/],
  ['610103', 'subsidies/extreme-poverty-support', 'investigate', '', '15 working-day', /认定办法第十三条/],
  ['610103', 'subsidies/extreme-poverty-support', 'notice', '', '7 natural-day', /认定办法第十五条/],
  ['610103', 'subsidies/extreme-poverty-support', 'decide', '', '15 working-day', /认定办法第十六条/],
];

type Limited = Pick<ItemStep, 'id' | 'when' | 'limit' | 'limitWhen'>;

/** A limit in a few words; null for one without a number. */
function said({ value, unit, from, extension }: StepLimit): string | null {
  if (value === null) return null;
  return `${value} ${unit}${from ? ` from ${from}` : ''}${extension ? ` + ${extension.value}` : ''}`;
}

/** The steps of an item, and its terms of the whole case as if they were some. */
function termsOf({ steps, overall, tellRefusal }: ItemInForce): Limited[] {
  return [...steps, { id: 'overall', limit: overall }, { id: 'tell-refusal', limit: tellRefusal }];
}

function limitsOf({ when, limit, limitWhen }: Limited): (readonly [string, StepLimit])[] {
  return [
    ...(limit ? [[when ? `when ${when}` : '', limit] as const] : []),
    ...Object.entries(limitWhen ?? {}).map(([of, each]) => [`limit ${of}`, each as StepLimit] as const),
  ];
}

describe('the limits that documents give', () => {
  it.each(sourced)('%s %s: %s %s is %s', (county, itemId, stepId, of, expected, basis) => {
    const item = catalogue.region(county, day).items.find(({ id }) => id === itemId);
    const step = item && termsOf(item).find(({ id }) => id === stepId);
    const found = step && limitsOf(step).find(([each]) => each === of)?.[1];
    expect(found && said(found)).toBe(expected);
    expect(found?.kind).toBe('statutory');
    expect(found?.basis).toMatch(basis);
    // An office's own days do not roll over unless its text says so, and none of these does.
    expect(found).not.toHaveProperty('rollOver');
    expect(found).not.toHaveProperty('pauses');
  });

  it.each(['338801', '610103'])('are the only ones with a number in %s: every other is unknown', (county) => {
    const expected = new Set(
      sourced.filter(([at]) => at === county).map(([, ...rest]) => rest.slice(0, 3).join(' ')),
    );
    const everywhere = new Set(sourced.map(([, ...rest]) => rest.slice(0, 3).join(' ')));
    for (const item of catalogue.region(county, day).items) {
      const { id } = item;
      for (const step of termsOf(item)) {
        for (const [of, limit] of limitsOf(step)) {
          const name = [id, step.id, of].join(' ');
          if (limit.value !== null) expect(everywhere).toContain(name);
          else expect([name, limit.kind, expected.has(name)]).toEqual([name, 'unknown', false]);
        }
      }
    }
  });

  it('give a petition thirty days more by the head of the organ, 低保 fifteen in special circumstances, and nothing else any', () => {
    const extended = catalogue
      .region('338801', day)
      .items.flatMap((item) =>
        termsOf(item).flatMap(({ id, limit }) =>
          limit?.extension ? [[item.id, id, limit.extension.value, limit.extension.role]] : [],
        ),
      );
    expect(extended).toEqual([
      ['petitions/petition-handling', 'decide', 30, 'member-unit'],
      ['subsidies/minimum-living-single-household', 'overall', 15, 'member-unit'],
    ]);
  });

  it('are promised for the whole chain by no place: no document says how long it may take', () => {
    expect(catalogue.regions.filter(({ chainPromise }) => chainPromise !== null)).toEqual([]);
  });
});
