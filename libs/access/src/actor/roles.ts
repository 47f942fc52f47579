/**
 * How far a role reaches:
 * - `place`: everything in a range of division codes;
 * - `placement`: only what is placed with the unit (institution, school, employer, station) that the user works in;
 * - `installation`: the running of this installation, no person's data;
 * - `own`: one's own things. Citizens do not sign in to the portal of the offices, so no account holds such a role and no
 *   permission names it; it stands here because events and consents name its bearer.
 */
export type Reach = 'place' | 'placement' | 'installation' | 'own';

interface RoleDefinition {
  readonly title: string;
  readonly reach: Reach;
}

/**
 * Roles of users. Source: the roles that the five county plans imply (岗位 and 单位 named there); the last block is this
 * system's own: three administrators, none of whom may be another of the three, and who runs it.
 */
export const roles = {
  'federation-lead': { title: '残联理事长班子', reach: 'place' },
  'card-officer': { title: '残疾人证办理', reach: 'place' },
  'benefit-officer': { title: '两项补贴', reach: 'place' },
  'rehab-officer': { title: '康复', reach: 'place' },
  'care-officer': { title: '托养照护', reach: 'place' },
  'employment-officer': { title: '就业培训', reach: 'place' },
  'education-officer': { title: '教育', reach: 'place' },
  'culture-officer': { title: '文体', reach: 'place' },
  'rights-officer': { title: '维权信访', reach: 'place' },
  'accessibility-officer': { title: '无障碍', reach: 'place' },
  'organisation-officer': { title: '组织建设、志愿者', reach: 'place' },
  'finance-officer': { title: '经费', reach: 'place' },
  'data-officer': { title: '数据', reach: 'place' },
  monitor: { title: '监测评估', reach: 'place' },
  'committee-office': { title: '残工委办公室', reach: 'place' },
  'member-unit': { title: '残工委成员单位', reach: 'place' },
  'township-chair': { title: '镇（街道）残联理事长', reach: 'place' },
  commissioner: { title: '残疾人工作专职委员', reach: 'place' },
  'village-liaison': { title: '村（社区）联络员', reach: 'place' },
  'rehab-coordinator': { title: '社区康复协调员', reach: 'place' },
  'hotline-operator': { title: '12385、12345 热线', reach: 'place' },
  'access-inspector': { title: '无障碍督导队伍', reach: 'place' },
  reader: { title: '人大、政协、检察机关', reach: 'place' },

  assessor: { title: '残疾评定医师', reach: 'placement' },
  'rehab-provider': { title: '定点康复机构', reach: 'placement' },
  'care-provider': { title: '残疾人之家、托养机构', reach: 'placement' },
  'home-service-provider': { title: '居家服务机构', reach: 'placement' },
  'family-doctor': { title: '家庭医生', reach: 'placement' },
  'device-point': { title: '辅具供应站、服务点', reach: 'placement' },
  school: { title: '学校', reach: 'placement' },
  employer: { title: '用人单位', reach: 'placement' },
  'employment-counsellor': { title: '就业辅导员', reach: 'placement' },
  'training-provider': { title: '培训机构', reach: 'placement' },
  'legal-provider': { title: '法律救助站、律师', reach: 'placement' },
  mediator: { title: '矛盾纠纷调处化解中心', reach: 'placement' },
  evaluator: { title: '第三方评估', reach: 'placement' },
  'volunteer-station': { title: '志愿者联络站', reach: 'placement' },
  volunteer: { title: '志愿者', reach: 'placement' },
  'social-organisation': { title: '助残社会组织', reach: 'placement' },
  'special-association': { title: '专门协会', reach: 'placement' },
  insurer: { title: '商业保险机构', reach: 'placement' },
  'interpreter-desk': { title: '手语翻译派遣', reach: 'placement' },
  charity: { title: '慈善总会', reach: 'placement' },

  person: { title: '残疾人本人', reach: 'own' },
  agent: { title: '亲友、监护人', reach: 'own' },

  'system-admin': { title: '系统管理员', reach: 'place' },
  'security-admin': { title: '安全管理员', reach: 'place' },
  auditor: { title: '审计员', reach: 'place' },
  operator: { title: '系统运维', reach: 'installation' },
} as const satisfies Readonly<Record<string, RoleDefinition>>;

export type Role = keyof typeof roles;

export function isRole(value: string): value is Role {
  return Object.hasOwn(roles, value);
}

/** Roles that a user of the portal can hold: all but those of citizens. */
export const portalRoles: readonly Role[] = (Object.keys(roles) as Role[]).filter(
  (role) => roles[role].reach !== 'own',
);

/** Departments in which `member-unit` acts. */
export const departments = {
  'civil-affairs': '民政',
  health: '卫健',
  'human-resources': '人社',
  'medical-insurance': '医保',
  education: '教育',
  housing: '住建',
  justice: '司法',
  finance: '财政',
  petitions: '信访',
  transport: '交通',
} as const;

export type Department = keyof typeof departments;
