import { factNamed, type Determination, type FactValue, type Reason, type TraceNode } from '@app/catalogue';
import type { ChainCause } from '../domain/cause.js';
import type { MissingFactView, ReasonView, TraceStepView } from './views.js';

/** Facts that end everything; they are not in the vocabulary, because no item may ask for them. */
const endings: Readonly<Record<string, string>> = {
  'person.diedOn': '去世日期',
  'person.movedAwayOn': '户籍迁出日期',
};

const causes: Readonly<Record<ChainCause, string>> = {
  'card-issued': '残疾人证核发',
  'card-renewed': '残疾人证换领',
  'card-regraded': '残疾类别或等级变更',
  'card-stopped': '残疾人证冻结、注销或转出',
  'card-corrected': '残疾人证更正或解冻',
  'fact-changed': '认定依据变化',
  'moved-in': '迁入',
  'moved-away': '迁出',
  death: '登记死亡',
  'death-withdrawn': '死亡登记撤销',
  'day-reached': '日期或政策到期生效',
  applied: '本人申请',
  'taken-over': '存量接管',
};

export function causeInChinese(cause: ChainCause): string {
  return causes[cause];
}

export function factInChinese(name: string): string {
  return factNamed(name)?.zh ?? endings[name] ?? name;
}

function valueInChinese(name: string, value: FactValue): string {
  if (typeof value === 'boolean') return value ? '是' : '否';
  if (name === 'card.grade' || name === 'component.grade')
    return `${'一二三四'[Number(value) - 1] ?? value}级`;
  return factNamed(name)?.values?.[String(value)] ?? String(value);
}

export function reasonInChinese({ fact, value }: Reason): ReasonView {
  return { fact, zh: factInChinese(fact), value, valueZh: valueInChinese(fact, value) };
}

/** What to ask, and whom. */
export function missingInChinese(name: string): MissingFactView {
  const fact = factNamed(name);
  return { fact: name, zh: fact?.zh ?? name, question: fact?.question ?? null, source: fact?.source ?? '' };
}

/** An outcome with its reasons, as one sentence for the person's table. */
export function sentence({
  outcome,
  needs,
  reasons,
}: Pick<Determination, 'outcome' | 'needs' | 'reasons'>): string {
  const because = reasons
    .map(reasonInChinese)
    .map(({ zh, valueZh }) => `${zh}：${valueZh}`)
    .join('；');
  switch (outcome) {
    case 'entitled':
      return because ? `符合条件（${because}）` : '符合条件';
    case 'not-entitled':
      return because ? `不符合条件（${because}）` : '不符合条件';
    case 'needs-fact': {
      const asked = needs.filter((need) => !need.startsWith('param:')).map(factInChinese);
      return asked.length > 0 ? `待核实：${asked.join('、')}` : '当地尚未规定所需标准';
    }
  }
}

const kinds: Readonly<Record<TraceNode['kind'], string>> = {
  all: '以下各项均须满足',
  any: '以下任一项满足即可',
  not: '以下不得成立',
  fact: '',
  param: '当地规定',
  household: '家庭成员条件',
  components: '残疾类别条件',
  exclusion: '排除情形',
  person: '家庭成员',
};

const comparisons: Readonly<Record<string, string>> = {
  eq: '为',
  ne: '不为',
  in: '属于',
  'not-in': '不属于',
  gt: '大于',
  gte: '不小于',
  lt: '小于',
  lte: '不大于',
  before: '早于',
  'on-or-before': '不晚于',
  after: '晚于',
  'on-or-after': '不早于',
  'is-known': '已知',
};

/** The reasoning with a Chinese line for each step. */
export function traceInChinese(node: TraceNode): TraceStepView {
  const { kind, result, fact, op, expected, actual, source, children = [] } = node;
  return {
    kind,
    result,
    zh: node.zh ?? lineOf(node),
    ...(fact === undefined ? {} : { fact }),
    ...(op === undefined ? {} : { op }),
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
    ...(source === undefined ? {} : { source }),
    children: children.map(traceInChinese),
  };
}

function lineOf({ kind, fact, op, expected, actual }: TraceNode): string {
  if (kind !== 'fact' || fact === undefined) return kinds[kind];
  const words = (value: unknown): string =>
    Array.isArray(value) ? value.map(words).join('、') : valueInChinese(fact, value as FactValue);
  const wanted = expected === undefined || expected === null ? '' : words(expected);
  const found = actual === undefined || actual === null ? '未知' : words(actual);
  return `${factInChinese(fact)}${comparisons[op ?? 'eq'] ?? op}${wanted}（现为：${found}）`;
}
