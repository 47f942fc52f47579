import { disabilityCategories } from '@app/contracts';

export type FactType = 'boolean' | 'number' | 'day' | 'choice';

/** A fact that conditions may name. There are no others: what the vocabulary cannot say is added to it, with a test. */
export interface FactDefinition {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly type: FactType;
  /** For `choice`: every value, machine name and Chinese word. */
  readonly values?: Readonly<Record<string, string>>;
  /** Who keeps it: recorded in the registry, the card of certification, or worked out here from other facts. */
  readonly from: 'registry' | 'certification' | 'derived';
  /** Department or body that can say, in Chinese. */
  readonly source: string;
  /** What to ask when it is missing, once per person; null for what is never asked. */
  readonly question: string | null;
}

type Draft = Omit<FactDefinition, 'name' | 'from'>;

const categories = Object.fromEntries(
  disabilityCategories.map((category, index) => [
    category,
    ['视力', '听力', '言语', '肢体', '智力', '精神', '多重'][index] as string,
  ]),
);

const derived: Record<string, Draft> = {
  'person.age': {
    zh: '周岁',
    en: 'Age in completed years',
    type: 'number',
    source: '身份证号',
    question: null,
  },
  'person.sex': {
    zh: '性别',
    en: 'Sex',
    type: 'choice',
    values: { male: '男', female: '女' },
    source: '身份证号',
    question: null,
  },
  'person.retirement-age-reached': {
    zh: '已达法定退休年龄',
    en: 'Has reached the statutory retirement age of the month of birth, sex and post',
    type: 'boolean',
    source: '身份证号、岗位性质',
    question: null,
  },
  'household.size': {
    zh: '家庭人口',
    en: 'People in the household',
    type: 'number',
    source: '户籍',
    question: null,
  },
  'household.cardholders': {
    zh: '家庭持证残疾人数',
    en: 'Card holders in the household',
    type: 'number',
    source: '残联、户籍',
    question: null,
  },
  'household.members': {
    zh: '家庭成员情况',
    en: 'Members of the household and their facts',
    type: 'number',
    source: '户籍、村（社区）',
    question: '请核实家庭成员（出生日期、持证、就业、健康情况）。',
  },
};

const certification: Record<string, Draft> = {
  'card.valid': {
    zh: '残疾人证有效',
    en: 'Holds a card that is neither frozen, cancelled nor expired',
    type: 'boolean',
    source: '残联',
    question: null,
  },
  'card.status': {
    zh: '残疾人证状态',
    en: 'Status of the card',
    type: 'choice',
    values: { none: '未办证', valid: '有效', expired: '过期', frozen: '冻结', cancelled: '注销' },
    source: '残联',
    question: null,
  },
  'card.category': {
    zh: '残疾类别',
    en: 'Category of the card',
    type: 'choice',
    values: categories,
    source: '残联',
    question: null,
  },
  'card.grade': {
    zh: '残疾等级',
    en: 'Grade, 1 is the heaviest',
    type: 'number',
    source: '残联',
    question: null,
  },
  'card.issuedOn': { zh: '发证日期', en: 'Day of issue', type: 'day', source: '残联', question: null },
  'card.validTo': {
    zh: '有效期止',
    en: 'Last day of the card’s term',
    type: 'day',
    source: '残联',
    question: null,
  },
  'card.cancelledOn': {
    zh: '注销日期',
    en: 'Day of cancellation',
    type: 'day',
    source: '残联',
    question: '原残疾人证是哪一天注销的？',
  },
  'component.category': {
    zh: '残疾类别（单项）',
    en: 'Category of one component of the card',
    type: 'choice',
    values: Object.fromEntries(Object.entries(categories).filter(([name]) => name !== 'multiple')),
    source: '残联',
    question: null,
  },
  'component.grade': {
    zh: '残疾等级（单项）',
    en: 'Grade of one component of the card',
    type: 'number',
    source: '残联',
    question: null,
  },
};

function flag(zh: string, en: string, source: string, question: string): Draft {
  return { zh, en, type: 'boolean', source, question };
}

function dated(zh: string, en: string, source: string, question: string): Draft {
  return { zh, en, type: 'day', source, question };
}

function choice(
  zh: string,
  en: string,
  source: string,
  question: string,
  values: Record<string, string>,
): Draft {
  return { zh, en, type: 'choice', values, source, question };
}

function amount(zh: string, en: string, source: string, question: string): Draft {
  return { zh, en, type: 'number', source, question };
}

const registry: Record<string, Draft> = {
  'disability.suspected': flag(
    '疑似残疾',
    'Screened, diagnosed or says that they may be disabled',
    '卫健、村（社区）',
    '是否有筛查、诊断结果或者本人认为可能符合残疾标准？',
  ),
  'housing.difficulty': flag(
    '住房困难',
    'Meets the local standard of housing difficulty',
    '住建',
    '是否符合当地住房困难标准？',
  ),
  'aid.dibao': flag(
    '低保家庭',
    'Lives in a family on the minimum living allowance',
    '民政',
    '是否属于最低生活保障（低保）家庭？',
  ),
  'aid.dibian': flag(
    '低保边缘家庭',
    'Lives in a family on the edge of the allowance',
    '民政',
    '是否属于低保边缘（低收入）家庭？',
  ),
  'aid.tekun': flag(
    '特困供养',
    'Supported as a person in extreme difficulty',
    '民政',
    '是否享受特困人员救助供养？',
  ),
  'aid.supporter': flag(
    '有履行能力的赡养抚养扶养人',
    'Has somebody who must and can support them',
    '民政',
    '有没有能够履行义务的赡养、抚养或扶养人？',
  ),
  'income.own-percent-of-dibao': amount(
    '本人月收入占当地低保标准的百分比',
    'Own income as percent of the local allowance standard',
    '民政',
    '本人月收入是多少（由民政核对）？',
  ),
  'income.fixed': flag(
    '有固定生活来源',
    'Has a fixed source of living',
    '民政、村（社区）',
    '本人有没有固定生活来源？',
  ),
  'allowance.work-injury-nursing': flag(
    '领取工伤保险生活护理费',
    'Draws the nursing fee of work injury insurance',
    '人社',
    '是否领取工伤保险生活护理费？',
  ),
  'allowance.orphan': flag(
    '享受孤儿基本生活保障',
    'Draws the orphan allowance',
    '民政',
    '是否享受孤儿基本生活保障？',
  ),
  'care.long-term-need': flag(
    '需要长期照护（持续六个月以上）',
    'Needs long-term care, for six months or more',
    '残联、卫健',
    '是否需要他人长期照护（持续六个月以上）？',
  ),
  'care.self-care': choice(
    '生活自理能力',
    'Ability to care for oneself',
    '评估机构',
    '生活自理能力评估结果是什么？',
    {
      able: '能自理',
      'partly-unable': '部分不能自理',
      'basically-unable': '基本不能自理',
      'wholly-unable': '完全不能自理',
    },
  ),
  'care.residential': flag(
    '在机构集中托养',
    'Lives in a care institution',
    '残联、民政',
    '是否在托养或供养机构居住？',
  ),
  'care.wanted': flag(
    '有托养照护需求',
    'Wants care or day care',
    '村（社区）',
    '是否需要托养、日间照料或居家服务？',
  ),
  'insurance.pension': choice(
    '养老保险状态',
    'State of pension insurance',
    '人社',
    '参加的是哪种养老保险，是否已领取待遇？',
    {
      none: '未参保',
      resident: '城乡居民养老',
      employee: '职工养老',
      drawing: '已领取待遇',
    },
  ),
  'insurance.medical': choice(
    '医疗保险状态',
    'State of medical insurance',
    '医保',
    '参加的是哪种医疗保险？',
    {
      none: '未参保',
      resident: '城乡居民医保',
      employee: '职工医保',
    },
  ),
  'employment.status': choice('就业状况', 'Employment', '人社、残联', '目前的就业状况是什么？', {
    employed: '受雇就业',
    'self-employed': '自主创业或灵活就业',
    unemployed: '未就业',
    student: '在校',
    retired: '退休',
  }),
  'employment.registered-unemployed': flag(
    '已办理失业登记',
    'Is registered as unemployed',
    '人社',
    '是否已办理失业登记？',
  ),
  'employment.able': flag('有劳动能力', 'Is able to work', '残联', '是否有劳动能力？'),
  'employment.wanted': flag('有就业意愿', 'Wishes to work', '残联、村（社区）', '是否有就业意愿？'),
  'employment.post': choice(
    '岗位性质',
    'Kind of post, which decides women’s retirement age',
    '人社',
    '原岗位是干部（管理技术）岗还是工人岗？',
    {
      cadre: '干部（管理、技术）岗',
      worker: '工人岗',
    },
  ),
  'employment.business-started-on': dated(
    '创业登记日期',
    'Day on which the business was registered',
    '市场监管',
    '个体工商户或企业是哪一天登记的？',
  ),
  'registration.urban': flag('城镇家庭', 'Belongs to an urban household', '户籍', '是否城镇家庭？'),
  'training.wanted': flag('有培训需求', 'Wishes to be trained', '残联', '是否想参加职业技能培训？'),
  'education.stage': choice('就学阶段', 'Stage of schooling', '教育', '目前在哪个阶段就学？', {
    none: '未就学',
    preschool: '学前',
    compulsory: '义务教育',
    'senior-secondary': '高中阶段',
    higher: '高等教育',
  }),
  'education.graduates-on': dated('毕业日期', 'Day of graduation', '教育', '预计（或已经）哪一天毕业？'),
  'education.cannot-attend': flag(
    '需专人护理不能到校',
    'Needs personal nursing and cannot go to school',
    '教育',
    '是否因需要专人护理而不能到校就读？',
  ),
  'rehab.diagnosis': choice(
    '诊断或评定的残疾类别',
    'Disability that a hospital diagnosed',
    '卫健',
    '医疗机构诊断的残疾类别是什么？',
    {
      none: '无',
      visual: '视力',
      hearing: '听力',
      speech: '言语',
      physical: '肢体',
      intellectual: '智力',
      autism: '孤独症',
    },
  ),
  'rehab.needed': flag(
    '有基本康复需求',
    'Needs basic rehabilitation',
    '残联、卫健',
    '需求调查中是否有康复需求？',
  ),
  'device.needed': flag('有辅助器具需求', 'Needs an assistive device', '残联', '是否需要辅助器具？'),
  'health.doctor-contract-to': dated(
    '家庭医生签约到期日',
    'Last day of the family doctor’s contract',
    '卫健',
    '家庭医生签约到哪一天（没有签约请记为最近一次到期日）？',
  ),
  'health.medication': flag(
    '需服用基本抗精神病药物',
    'Takes basic antipsychotic medicine',
    '卫健',
    '是否需要服用基本抗精神病药物？',
  ),
  'health.ill': flag('长期患病', 'Is chronically ill', '卫健、村（社区）', '是否长期患病？'),
  'home.needs-retrofit': flag(
    '有家庭无障碍改造需求',
    'The home needs a retrofit',
    '残联、村（社区）',
    '家庭是否有无障碍改造需求？',
  ),
  'home.suitable': flag(
    '住房具备改造条件',
    'The house can be retrofitted, owner agreeing',
    '残联、住建',
    '住房是否具备改造条件（含产权人同意）？',
  ),
  'home.tv-device': flag(
    '已有数字电视或收音设备',
    'Has digital television, telephone or radio',
    '村（社区）',
    '家里是否已有数字电视、手机（盲人收音设备或定位器）？',
  ),
  'legal.matter': choice('法律事项', 'Matter of law', '司法、残联', '需要法律帮助的是什么事项？', {
    none: '无',
    'social-benefit': '社会保险待遇或社会救助',
    maintenance: '赡养费、抚养费、扶养费',
    labour: '确认劳动关系或劳动报酬',
    capacity: '认定行为能力',
    injury: '人身损害赔偿',
    abuse: '虐待、遗弃、家庭暴力',
    other: '其他',
  }),
  'legal.represented': flag(
    '已委托代理人',
    'Has appointed a representative',
    '司法',
    '是否已委托律师或其他代理人？',
  ),
  'legal.hardship': flag(
    '符合经济困难标准',
    'Meets the province’s standard of economic hardship',
    '司法',
    '是否符合法律援助经济困难标准？',
  ),
  'petition.raised': flag('有信访诉求', 'Has raised a petition', '信访、残联', '是否提出了信访诉求？'),
  'petition.other-procedure': flag(
    '事项应通过诉讼、仲裁、行政复议等程序处理',
    'The matter belongs to litigation, arbitration or review',
    '信访',
    '事项是否应当通过诉讼、仲裁、行政复议等途径解决？',
  ),
  'communication.need': choice(
    '沟通方式需求',
    'How they need to be communicated with',
    '残联',
    '办事时需要哪种沟通支持？',
    {
      none: '无',
      sign: '手语',
      captions: '字幕',
      voice: '语音',
    },
  ),
};

function define(drafts: Record<string, Draft>, from: FactDefinition['from']): FactDefinition[] {
  return Object.entries(drafts).map(([name, draft]) => ({ name, from, ...draft }));
}

/** Every fact that conditions may name, in a stable order. */
export const vocabulary: readonly FactDefinition[] = [
  ...define(derived, 'derived'),
  ...define(certification, 'certification'),
  ...define(registry, 'registry'),
];

const byName = new Map(vocabulary.map((fact) => [fact.name, fact]));

/** The definition of a fact, or undefined for a name that the vocabulary does not have. */
export function factNamed(name: string): FactDefinition | undefined {
  return byName.get(name);
}
