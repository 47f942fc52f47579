import type { Catalogue, ServiceItem } from '@app/catalogue';

type Files = Parameters<typeof Catalogue.of>[0];
type Version = ServiceItem['versions'][number];

const steps: Version['steps'] = [
  {
    id: 'receive',
    title: { zh: '受理初审', en: 'Receive' },
    kind: 'work',
    role: 'township-chair',
    department: null,
    limit: null,
  },
  {
    id: 'review',
    title: { zh: '残联审核', en: 'Review' },
    kind: 'work',
    role: 'benefit-officer',
    department: null,
    limit: null,
  },
  {
    id: 'decide',
    title: { zh: '民政审定', en: 'Decide' },
    kind: 'decide',
    role: 'member-unit',
    department: 'civil-affairs',
    limit: null,
  },
];

const payment = (from: NonNullable<Version['payment']>['from']): Version['payment'] => ({
  from,
  cycle: 'month',
  source: 'invented',
});

const amounts: Version['amounts'] = {
  per: 'month',
  rows: [
    { when: [{ fact: 'card.grade', op: 'eq', value: 1 }], parameter: 'rate' },
    { when: [{ fact: 'card.grade', op: 'gt', value: 1 }], parameter: 'rate-lower' },
  ],
};

function item(id: string, changes: Partial<Version>, mode: ServiceItem['mode'] = 'invite'): ServiceItem {
  return {
    id,
    domain: 'invented',
    schemaVersion: 1,
    title: { zh: '生活补贴（虚构）', en: 'An invented allowance' },
    owner: 'subsidies',
    mode,
    period: 'once',
    department: 'civil-affairs',
    rationed: false,
    sources: [],
    parameters: {},
    versions: [
      {
        version: '2026-01',
        effectiveFrom: '2026-01-01',
        conditions: { fact: 'card.valid', op: 'eq', value: true },
        exclusions: [],
        steps,
        materials: [],
        amounts,
        payment: payment('application-month'),
        review: { cycle: 'month', zh: '每月比对' },
        stops: [{ zh: '死亡', source: null }],
        reopens: [],
        choices: [],
        ...changes,
      },
    ],
    baseline: {
      region: '338801',
      day: '2026-03-02',
      person: { birthDate: '1970-01-01', sex: 'female' },
      card: null,
      facts: {},
      household: null,
    },
    examples: [],
  };
}

const items = [
  item('invented/allowance', {}),
  item('invented/after-grant', { payment: payment('month-after-grant') }),
  item('invented/unset', {}),
  item('invented/by-rule', { steps: [] }, 'auto'),
  item('invented/per-household', { steps: [] }, 'auto'),
  item('invented/once', { amounts: { ...amounts, per: 'once' } }),
  item('invented/timed', {
    steps: steps.map((step, place) =>
      place === 0
        ? { ...step, limit: { value: 10, unit: 'natural-day', kind: 'statutory', basis: '演示办法第三条' } }
        : step,
    ),
  }),
  item('invented/challenged', {
    remedies: [
      {
        kind: 'reconsideration',
        to: { zh: '本级人民政府', en: 'The people’s government' },
        against: ['decision'],
        term: { value: 60, unit: 'natural-day', kind: 'statutory', basis: '演示办法第二十条' },
        source: 'invented',
      },
    ],
  }),
];

// The layer that makes them known; `invented/unset` is in force and has no rate.
const parametersOf = (id: string) => [
  ...(id === 'invented/unset' ? [] : ['rate', 'rate-lower']),
  ...(id === 'invented/per-household' ? ['once-per-household'] : []),
];

/** Allowances that no government pays, in force in the demo county. */
export const inventedItems: Files = {
  items: new Map(
    items.map((each) => [
      each.id,
      {
        ...each,
        parameters: {
          rate: { type: 'money' as const, zh: '一级，每月（分）' },
          'rate-lower': { type: 'money' as const, zh: '其他等级，每月（分）' },
          'once-per-household': { type: 'boolean' as const, zh: '每户是否只发一份' },
        },
      },
    ]),
  ),
  regions: new Map(
    ['00', '33', '3388', '338801'].map((code) => [
      code,
      {
        code,
        schemaVersion: 1 as const,
        name: code,
        demo: code === '338801',
        items:
          code === '338801'
            ? Object.fromEntries(
                items.map(({ id }) => [
                  id,
                  {
                    inForce: { from: '2026-01-01' },
                    parameters: Object.fromEntries(
                      parametersOf(id).map((name) => [
                        name,
                        name === 'once-per-household'
                          ? [{ from: '2025-01-01', value: true, demo: true as const }]
                          : name === 'rate'
                            ? [
                                { from: '2025-01-01', value: 30000, demo: true as const },
                                { from: '2026-07-01', value: 33000, demo: true as const },
                              ]
                            : [{ from: '2025-01-01', value: 15000, demo: true as const }],
                      ]),
                    ),
                  },
                ]),
              )
            : {},
      },
    ]),
  ),
};
