import { Catalogue } from '@app/catalogue';

type Files = Parameters<typeof Catalogue.of>[0];
type Item = Files['items'] extends ReadonlyMap<string, infer Value> ? Value : never;
type Region = Files['regions'] extends ReadonlyMap<string, infer Value> ? Value : never;
type Condition = Item['versions'][number]['conditions'];
type Step = Item['versions'][number]['steps'][number];

/** A club with benefits of its own, so that these tests do not hang on real policy. */
interface ClubItem {
  readonly id: string;
  readonly owner: Item['owner'];
  readonly mode: Item['mode'];
  readonly period: Item['period'];
  readonly conditions: Condition;
  readonly steps?: readonly (Pick<Step, 'id' | 'kind' | 'role' | 'department'> &
    Pick<Partial<Step>, 'limit'>)[];
  readonly gives?: readonly string[];
  /** 分 a month: the lower one for a family on the allowance’s edge, and for a child. */
  readonly rates?: { readonly low: number; readonly high: number };
  /** From when and how often it is paid. */
  readonly payment?: Item['versions'][number]['payment'];
}

const holdsCard: Condition = { fact: 'card.valid', op: 'eq', value: true };

export const clubItems: readonly ClubItem[] = [
  {
    id: 'club/allowance',
    owner: 'subsidies',
    mode: 'invite',
    period: 'once',
    conditions: { all: [holdsCard, { fact: 'aid.dibao', op: 'eq', value: true }] },
    rates: { low: 100_00, high: 200_00 },
    steps: [
      { id: 'receive', kind: 'work', role: 'commissioner', department: null },
      {
        id: 'decide',
        kind: 'decide',
        role: 'member-unit',
        department: 'civil-affairs',
        limit: { value: 5, unit: 'working-day', kind: 'statutory', basis: '章程第二条' },
      },
    ],
  },
  {
    id: 'club/nursing',
    owner: 'subsidies',
    mode: 'invite',
    period: 'once',
    conditions: { all: [holdsCard, { fact: 'card.grade', op: 'lte', value: 2 }] },
    gives: ['device.needed'],
    steps: [{ id: 'decide', kind: 'decide', role: 'benefit-officer', department: null }],
  },
  { id: 'club/greeting', owner: 'community', mode: 'auto', period: 'year', conditions: holdsCard },
  {
    id: 'club/youth',
    owner: 'rehabilitation',
    mode: 'list',
    period: 'once',
    conditions: { all: [holdsCard, { fact: 'person.age', op: 'lt', value: 18 }] },
    steps: [{ id: 'place', kind: 'work', role: 'rehab-officer', department: null }],
  },
  {
    id: 'club/family',
    owner: 'community',
    mode: 'invite',
    period: 'once',
    conditions: { all: [holdsCard, { household: { of: 'others', any: holdsCard } }] },
    steps: [{ id: 'decide', kind: 'decide', role: 'care-officer', department: null }],
  },
  {
    id: 'club/device',
    owner: 'rehabilitation',
    mode: 'apply',
    period: 'round',
    conditions: { all: [holdsCard, { fact: 'device.needed', op: 'eq', value: true }] },
    steps: [{ id: 'decide', kind: 'decide', role: 'rehab-officer', department: null }],
  },
  {
    // Needs no card.
    id: 'club/advice',
    owner: 'legal-aid',
    mode: 'apply',
    period: 'once',
    conditions: { fact: 'petition.raised', op: 'eq', value: true },
    steps: [{ id: 'decide', kind: 'decide', role: 'rights-officer', department: null }],
  },
];

const county = { schemaVersion: 1, demo: true } as const;

/** The club's catalogue in the demo county and in its neighbour `338802`, where only the greeting is in force. */
export function clubCatalogue(
  items: readonly ClubItem[] = clubItems,
  promises: Pick<Region, 'chain' | 'gaps'> = {},
): Catalogue {
  const inForce = { inForce: { from: '2020-01-01' } };
  const valued = Object.fromEntries(
    items.map(({ id, rates }) => [
      id,
      rates
        ? {
            ...inForce,
            parameters: Object.fromEntries(
              Object.entries(rates).map(([name, value]) => [
                name,
                [{ from: '2020-01-01', value, demo: true as const }],
              ]),
            ),
          }
        : inForce,
    ]),
  );
  const region = (code: string, name: string, own: Region['items']): [string, Region] => [
    code,
    { ...county, code, name, items: own },
  ];
  return Catalogue.of({
    items: new Map(items.map((item) => [item.id, toItem(item)])),
    regions: new Map([
      region('00', '全国', {}),
      ['338801', { ...region('338801', '示范县', valued)[1], ...promises }],
      region('338802', '邻县', { 'club/greeting': inForce }),
    ]),
  });
}

function toItem(item: ClubItem): Item {
  const title = { zh: item.id, en: item.id };
  return {
    id: item.id,
    schemaVersion: 1,
    title,
    domain: 'club',
    owner: item.owner,
    mode: item.mode,
    period: item.period,
    department: null,
    rationed: false,
    ...(item.gives ? { gives: [...item.gives] } : {}),
    sources: [
      {
        id: 'charter',
        title: '章程',
        number: null,
        article: '1',
        url: null,
        quotation: '会员享受。',
        confidence: 'statute',
        retrieved: '2026-03-02',
      },
    ],
    parameters: item.rates
      ? { low: { type: 'money', zh: '较低标准' }, high: { type: 'money', zh: '较高标准' } }
      : {},
    versions: [
      {
        version: '2020-01',
        effectiveFrom: '2020-01-01',
        conditions: item.conditions,
        exclusions: [],
        steps: (item.steps ?? []).map((step) => ({
          ...step,
          title: { zh: step.id, en: step.id },
          limit: step.limit ?? null,
        })),
        materials: [],
        amounts: item.rates
          ? {
              per: 'month',
              rows: [
                { when: [{ fact: 'aid.dibian', op: 'eq', value: true }], parameter: 'low' },
                { when: [{ fact: 'person.age', op: 'lt', value: 16 }], parameter: 'low' },
                { parameter: 'high' },
              ],
            }
          : null,
        payment: item.payment ?? null,
        review: { cycle: 'none', zh: '无' },
        stops: [{ zh: '退会', source: null }],
        reopens: [],
        choices: [],
      },
    ],
    baseline: {
      region: '338801',
      day: '2026-03-02',
      person: { birthDate: '1980-01-01', sex: 'male' },
      card: null,
      facts: {},
      household: null,
    },
    examples: [],
  } as Item;
}
