import { Catalogue, type ItemInForce, type ServiceItem } from '@app/catalogue';
import type { Owner } from '@app/contracts';

type Step = ItemInForce['steps'][number];
type Version = ServiceItem['versions'][number];

const basis = '演示办法第三条';

export function work(id: string, role: Step['role'], limit: Step['limit'] = null): Step {
  return {
    id,
    title: { zh: id, en: id },
    kind: 'work',
    role,
    department: role === 'member-unit' ? 'civil-affairs' : null,
    limit,
  };
}

export function decide(id: string, role: Step['role'], limit: Step['limit'] = null): Step {
  return { ...work(id, role, limit), kind: 'decide' };
}

export function within(
  value: number | null,
  kind: 'statutory' | 'local_rule' | 'promised' | 'unknown' = 'statutory',
): Step['limit'] {
  return { value, unit: 'working-day', kind, basis };
}

export interface InventedItem {
  readonly id: string;
  readonly owner?: Owner;
  readonly mode: ServiceItem['mode'];
  readonly steps?: readonly Step[];
  readonly period?: ServiceItem['period'];
  readonly department?: ServiceItem['department'];
  readonly rationed?: boolean;
  readonly materials?: Version['materials'];
  readonly parameters?: ServiceItem['parameters'];
  readonly supplement?: Version['supplement'];
  readonly acceptIncomplete?: Version['acceptIncomplete'];
  readonly amounts?: Version['amounts'];
  readonly payment?: Version['payment'];
  readonly remedies?: Version['remedies'];
  readonly publicNotice?: Version['publicNotice'];
  readonly serveWithin?: Version['serveWithin'];
  readonly overall?: Version['overall'];
  readonly tellRefusal?: Version['tellRefusal'];
}

function serviceItem(item: InventedItem): ServiceItem {
  return {
    id: item.id,
    domain: 'invented',
    schemaVersion: 1,
    title: { zh: '茶', en: 'Tea' },
    owner: item.owner ?? 'subsidies',
    mode: item.mode,
    period: item.period ?? 'once',
    department: item.department ?? null,
    rationed: item.rationed ?? false,
    sources: [],
    parameters: item.parameters ?? {},
    versions: [
      {
        version: '2026-01',
        effectiveFrom: '2026-01-01',
        conditions: { fact: 'card.valid', op: 'eq', value: true },
        exclusions: [],
        steps: [...(item.steps ?? [])],
        materials: item.materials ?? [],
        ...(item.supplement ? { supplement: item.supplement } : {}),
        ...(item.acceptIncomplete ? { acceptIncomplete: item.acceptIncomplete } : {}),
        ...(item.remedies ? { remedies: item.remedies } : {}),
        ...(item.publicNotice ? { publicNotice: item.publicNotice } : {}),
        ...(item.serveWithin ? { serveWithin: item.serveWithin } : {}),
        ...(item.overall ? { overall: item.overall } : {}),
        ...(item.tellRefusal ? { tellRefusal: item.tellRefusal } : {}),
        amounts: item.amounts ?? null,
        payment: item.payment ?? null,
        review: { cycle: 'none', zh: '无' },
        stops: [{ zh: '死亡', source: null }],
        reopens: [],
        choices: [],
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

/** Values of parameters, by item, in the demo county. */
export type InventedValues = Readonly<
  Record<string, Readonly<Record<string, readonly { from: string; value: number | null }[]>>>
>;

/** A catalogue of invented items, in force in the demo county and in the county beside it. */
export function inventedCatalogue(items: readonly InventedItem[], values: InventedValues = {}): Catalogue {
  const region = (code: string, own: boolean) => ({
    code,
    schemaVersion: 1 as const,
    name: code,
    demo: own,
    items: own
      ? Object.fromEntries(
          items.map(({ id }) => [
            id,
            {
              inForce: { from: '2026-01-01' },
              parameters: Object.fromEntries(
                Object.entries(values[id] ?? {}).map(([name, dated]) => [
                  name,
                  dated.map((value) => ({ ...value, demo: true as const })),
                ]),
              ),
            },
          ]),
        )
      : {},
  });
  return Catalogue.of({
    items: new Map(items.map((item) => [item.id, serviceItem(item)])),
    regions: new Map(
      [
        region('00', false),
        region('33', false),
        region('3388', false),
        region('338801', true),
        region('338802', true),
      ].map((file) => [file.code, file]),
    ),
  });
}

/** Every way in which an item of a service can be worked. */
export const teaItems: readonly InventedItem[] = [
  {
    id: 'invented/tea-allowance',
    mode: 'invite',
    department: 'civil-affairs',
    steps: [
      work('receive', 'township-chair', within(5, 'promised')),
      work('review', 'benefit-officer', within(null, 'unknown')),
      decide('decide', 'member-unit', within(10)),
      work('tell', 'township-chair', within(3)),
    ],
    materials: [
      { id: 'account', zh: '一卡通账号', from: 'asked', source: null },
      { id: 'card', zh: '残疾人证', from: 'on-file', source: null },
    ],
  },
  { id: 'invented/tea-voucher', mode: 'auto' },
  {
    id: 'invented/tea-visit',
    mode: 'auto',
    steps: [work('visit', 'village-liaison', within(3, 'local_rule'))],
  },
  { id: 'invented/tea-roster', mode: 'list', department: 'human-resources' },
  {
    id: 'invented/tea-garden',
    mode: 'apply',
    rationed: true,
    period: 'round',
    steps: [work('survey', 'benefit-officer'), decide('approve', 'benefit-officer')],
  },
  {
    id: 'invented/tea-lesson',
    mode: 'apply',
    period: 'round',
    steps: [
      work('survey', 'benefit-officer'),
      work('teach', 'school', within(3)),
      work('confirm', 'township-chair'),
    ],
    materials: [
      { id: 'account', zh: '一卡通账号', from: 'asked', source: null },
      { id: 'photo', zh: '照片', from: 'asked', source: null },
    ],
  },
  { id: 'invented/rice', owner: 'community', mode: 'invite' },
];
