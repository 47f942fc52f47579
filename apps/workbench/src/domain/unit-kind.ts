import type { Role } from '@app/access';

interface KindDefinition {
  readonly title: string;
  /** `division`: the tree itself; `office`: acts for its division; `institution`: people are placed with it. */
  readonly class: 'division' | 'office' | 'institution';
  /** Kinds that it may stand under; empty: it may be the root of an installation. */
  readonly under: readonly string[];
  /** Roles that a post here may carry. */
  readonly roles: readonly Role[];
}

/** Officers of the federation: they work in its office of a county or city, or of the division itself where offices are not kept apart. */
const officers = [
  'federation-lead',
  'card-officer',
  'benefit-officer',
  'rehab-officer',
  'care-officer',
  'employment-officer',
  'education-officer',
  'culture-officer',
  'rights-officer',
  'accessibility-officer',
  'organisation-officer',
  'finance-officer',
  'data-officer',
  'monitor',
  'committee-office',
  'hotline-operator',
  'access-inspector',
  'reader',
  'system-admin',
  'security-admin',
  'auditor',
  'operator',
] as const satisfies readonly Role[];

const anywhere = ['city', 'county', 'town', 'village'] as const;

/**
 * Kinds of units as data. Divisions form the tree; offices and institutions hang on one of its nodes and share its division code.
 * The roles of a kind follow the posts that the five county plans name for such a unit.
 */
export const unitKinds = {
  city: { title: '设区市', class: 'division', under: [], roles: officers },
  county: { title: '县（市、区）', class: 'division', under: ['city'], roles: officers },
  town: {
    title: '乡镇（街道）',
    class: 'division',
    under: ['county'],
    roles: ['township-chair', 'commissioner', 'village-liaison', 'rehab-coordinator'],
  },
  village: {
    title: '村（社区）',
    class: 'division',
    under: ['town'],
    roles: ['commissioner', 'village-liaison', 'rehab-coordinator'],
  },

  federation: { title: '残联', class: 'office', under: ['city', 'county'], roles: officers },
  department: {
    title: '残工委成员单位',
    class: 'office',
    under: ['city', 'county', 'town'],
    roles: ['member-unit'],
  },

  hospital: { title: '残疾评定机构', class: 'institution', under: anywhere, roles: ['assessor'] },
  'rehab-institution': {
    title: '康复机构',
    class: 'institution',
    under: anywhere,
    roles: ['rehab-provider', 'device-point'],
  },
  'care-institution': {
    title: '残疾人之家、托养机构',
    class: 'institution',
    under: anywhere,
    roles: ['care-provider', 'home-service-provider'],
  },
  'home-service': {
    title: '居家服务机构',
    class: 'institution',
    under: anywhere,
    roles: ['home-service-provider'],
  },
  clinic: { title: '社区卫生服务机构', class: 'institution', under: anywhere, roles: ['family-doctor'] },
  'device-station': {
    title: '辅具供应站、服务点',
    class: 'institution',
    under: anywhere,
    roles: ['device-point'],
  },
  school: { title: '学校', class: 'institution', under: anywhere, roles: ['school'] },
  employer: { title: '用人单位', class: 'institution', under: anywhere, roles: ['employer'] },
  'employment-service': {
    title: '就业服务机构',
    class: 'institution',
    under: anywhere,
    roles: ['employment-counsellor', 'training-provider'],
  },
  'training-provider': {
    title: '培训机构',
    class: 'institution',
    under: anywhere,
    roles: ['training-provider'],
  },
  'law-firm': {
    title: '法律救助站、律师事务所',
    class: 'institution',
    under: anywhere,
    roles: ['legal-provider'],
  },
  'mediation-centre': {
    title: '矛盾纠纷调处化解中心',
    class: 'institution',
    under: anywhere,
    roles: ['mediator'],
  },
  evaluator: { title: '第三方评估机构', class: 'institution', under: anywhere, roles: ['evaluator'] },
  'volunteer-station': {
    title: '志愿者联络站',
    class: 'institution',
    under: anywhere,
    roles: ['volunteer-station', 'volunteer'],
  },
  'social-organisation': {
    title: '助残社会组织',
    class: 'institution',
    under: anywhere,
    roles: ['social-organisation', 'home-service-provider'],
  },
  'special-association': {
    title: '专门协会',
    class: 'institution',
    under: anywhere,
    roles: ['special-association'],
  },
  insurer: { title: '商业保险机构', class: 'institution', under: anywhere, roles: ['insurer'] },
  'interpreter-desk': {
    title: '手语翻译派遣机构',
    class: 'institution',
    under: anywhere,
    roles: ['interpreter-desk'],
  },
  charity: { title: '慈善组织', class: 'institution', under: anywhere, roles: ['charity'] },
} as const satisfies Readonly<Record<string, KindDefinition>>;

export type UnitKind = keyof typeof unitKinds;

export const allUnitKinds = Object.keys(unitKinds) as [UnitKind, ...UnitKind[]];

/** The definition of a kind, read without the narrowness of the data. */
export function kindOf(kind: UnitKind): KindDefinition {
  return unitKinds[kind];
}
