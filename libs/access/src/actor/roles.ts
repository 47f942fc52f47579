/**
 * Roles of the portal's users; a role acts for a range of division codes and, where it belongs to one, a department.
 * Source: the roles that the five county plans imply (岗位 and 单位 named there), plus `operator` of this system.
 */
export const roles = {
  'federation-lead': '残联理事长班子',
  'card-officer': '残疾人证办理',
  'benefit-officer': '两项补贴',
  'rehab-officer': '康复',
  'care-officer': '托养照护',
  'employment-officer': '就业培训',
  'education-officer': '教育',
  'rights-officer': '维权信访',
  'accessibility-officer': '无障碍',
  'data-officer': '数据',
  'member-unit': '残工委成员单位',
  'township-chair': '镇（街道）残联理事长',
  commissioner: '残疾人工作专职委员',
  'village-liaison': '村（社区）联络员',
  assessor: '残疾评定医师',
  'rehab-provider': '定点康复机构',
  'care-provider': '残疾人之家、托养机构',
  'family-doctor': '家庭医生',
  'legal-provider': '法律救助站、律师',
  school: '学校',
  operator: '系统运维',
} as const;

export type Role = keyof typeof roles;

export function isRole(value: string): value is Role {
  return value in roles;
}

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
