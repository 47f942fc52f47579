import { normaliseNumber, identityFault, IdentityNumberMalformed } from '@app/access';
import { disabilityCategories, type DisabilityCategory, type DisabilityGrade } from '@app/contracts';
import {
  bad,
  choiceColumn,
  column,
  dayColumn,
  digitsColumn,
  good,
  LOST_DIGITS,
  lostDigits,
  textColumn,
  type Column,
  type Row,
  type RowError,
  type TableKind,
} from '@app/tabular';
import { cardNumberFault, readCardNumber, writeCardNumber } from '../domain/card-number.js';
import type { CancelReason, Card } from '../domain/card.js';
import { disabilityOf, type Component, type Disability } from '../domain/disability.js';
import { CardNumberDiffers } from '../domain/errors.js';
import type { DailyRow, FollowedChange, StockRow } from '../domain/follow.js';

const CATEGORY_WORDS = {
  视力: 'visual',
  听力: 'hearing',
  言语: 'speech',
  肢体: 'physical',
  智力: 'intellectual',
  精神: 'mental',
  多重: 'multiple',
} as const satisfies Record<string, DisabilityCategory>;

const GRADE_WORDS = { 一级: '1', 二级: '2', 三级: '3', 四级: '4' } as const;

const STATUS_WORDS = { 有效: 'valid', 冻结: 'frozen', 注销: 'cancelled' } as const satisfies Record<
  string,
  Card['status']
>;

const CHANGE_WORDS = {
  新办: 'issue',
  换领: 'renew',
  变更: 'regrade',
  补发: 'replace',
  冻结: 'freeze',
  解冻: 'unfreeze',
  注销: 'cancel',
  迁出: 'transfer-out',
  迁入: 'transfer-in',
} as const satisfies Record<string, FollowedChange>;

const CANCEL_WORDS = {
  死亡: 'death',
  本人申请: 'wish',
  不再符合标准: 'standard-not-met',
  逾期未迁移: 'not-transferred',
} as const satisfies Record<string, CancelReason>;

/** The suggestion is the domain's own refusal: one wording at the counter and in a file. */
const identityColumn: Column<string> = column(
  {
    header: '身份证号',
    aliases: ['公民身份号码', '身份证号码'],
    required: true,
    hint: '18 位，单元格请设为文本格式',
  },
  (cell) => {
    if (lostDigits(cell)) return LOST_DIGITS;
    const number = normaliseNumber(cell.text);
    const fault = identityFault(number);
    return fault ? bad('身份证号不正确', new IdentityNumberMalformed(fault).message) : good(number);
  },
);

const cardNumberColumn: Column<string> = column(
  {
    header: '残疾人证号',
    aliases: ['残疾证号', '证件号码'],
    required: true,
    hint: '身份证号加类别、等级各 1 位；补发的另加 B 和次数。单元格请设为文本格式',
  },
  (cell) => {
    if (lostDigits(cell)) return LOST_DIGITS;
    const number = readCardNumber(cell.text);
    return number
      ? good(writeCardNumber(number))
      : bad('残疾人证号不正确', new CardNumberDiffers('shape').message);
  },
);

const COMPONENT = /^(视力|听力|言语|肢体|智力|精神)(?:残疾)?[:：]?([一二三四1-4])级?$/;
const GRADE_SIGNS = '一二三四';

const componentsColumn: Column<readonly Component[]> = column(
  { header: '多重残疾明细', hint: '多重残疾填写各类别和等级，如：肢体二级；智力三级', example: '' },
  ({ text }) => {
    const components: Component[] = [];
    for (const part of text.split(/[;；,，、/\s]+/).filter((one) => one !== '')) {
      const match = COMPONENT.exec(part);
      const category = match && CATEGORY_WORDS[match[1] as keyof typeof CATEGORY_WORDS];
      if (!match || !category || category === 'multiple') {
        return bad('多重残疾明细无法识别', '请按“肢体二级；智力三级”的样子填写各类别和等级。');
      }
      const sign = match[2]!;
      const grade = GRADE_SIGNS.includes(sign) ? GRADE_SIGNS.indexOf(sign) + 1 : Number(sign);
      components.push({ category, grade: grade as DisabilityGrade });
    }
    if (new Set(components.map(({ category }) => category)).size < components.length) {
      return bad('多重残疾明细中类别重复', '同一类别只填写一次，等级以评定结论为准。');
    }
    return good(components);
  },
);

const cardColumns = {
  identityNumber: identityColumn,
  cardNumber: cardNumberColumn,
  category: choiceColumn({
    header: '残疾类别',
    required: true,
    example: '肢体',
    words: CATEGORY_WORDS,
    alsoAccepts: Object.fromEntries([
      ...Object.entries(CATEGORY_WORDS).map(([word, value]) => [`${word}残疾`, value]),
      ...disabilityCategories.map((value, place) => [String(place + 1), value]),
    ]) as Record<string, DisabilityCategory>,
  }),
  grade: choiceColumn({
    header: '残疾等级',
    required: true,
    example: '二级',
    words: GRADE_WORDS,
    alsoAccepts: Object.fromEntries(
      Object.values(GRADE_WORDS).flatMap((grade) => [
        [`${grade}级`, grade],
        [GRADE_SIGNS[Number(grade) - 1]!, grade],
      ]),
    ) as Record<string, '1' | '2' | '3' | '4'>,
  }),
  components: componentsColumn,
  issuedOn: dayColumn({ header: '发证日期', aliases: ['签发日期'], required: true }),
  validTo: dayColumn({ header: '有效期至', aliases: ['有效期截止', '有效期止'], required: true }),
};

const takenOverColumns = {
  ...cardColumns,
  status: choiceColumn({
    header: '状态',
    aliases: ['证件状态'],
    required: true,
    example: '有效',
    words: STATUS_WORDS,
  }),
};

const followedColumns = {
  change: choiceColumn({
    header: '变动类型',
    aliases: ['业务类型'],
    required: true,
    example: '新办',
    words: CHANGE_WORDS,
  }),
  changedOn: dayColumn({ header: '变动日期', aliases: ['办结日期'], required: true }),
  ...cardColumns,
  cancelReason: choiceColumn({ header: '注销原因', example: '', words: CANCEL_WORDS }),
  awayTo: digitsColumn({ header: '迁往地区划代码', min: 12, max: 12, example: '' }),
  note: textColumn({ header: '备注', max: 200 }),
};

/** The roster of cards that were valid before this system came, and the daily file of the system above. */
export const cardTables = {
  'taken-over': {
    name: 'card-roster',
    title: '存量残疾人证名册',
    columns: takenOverColumns,
  } satisfies TableKind<typeof takenOverColumns>,
  followed: {
    name: 'card-daily',
    title: '残疾人证每日变动',
    columns: followedColumns,
  } satisfies TableKind<typeof followedColumns>,
};
export type CardTable = keyof typeof cardTables;

/** A row that can be applied, as one of the two tables states it. */
export interface ReadRow<Stated> {
  readonly row: number;
  readonly identityNumber: string;
  readonly stated: Stated;
}

type CardRow = Row<typeof cardColumns>;
type Problem = Omit<RowError, 'row'>;

/** What the columns together say of the card, or what does not fit. */
function statedCard({ values }: CardRow, today: string) {
  const { identityNumber, cardNumber, category, grade: gradeText, components, issuedOn, validTo } = values;
  if (!identityNumber || !cardNumber || !category || !gradeText || !issuedOn || !validTo) return null;
  const grade = Number(gradeText) as DisabilityGrade;
  const problems: Problem[] = [];
  const problem = (key: keyof typeof cardColumns, reason: string, suggestion: string) =>
    problems.push({ column: cardColumns[key].header, reason, suggestion });
  const fault = cardNumberFault(cardNumber, { identityNumber, category, grade });
  if (fault) problem('cardNumber', '残疾人证号与同一行的其他内容不符', new CardNumberDiffers(fault).message);
  if (issuedOn > today)
    problem('issuedOn', '发证日期晚于今天', '请核对发证日期；尚未发证的请在发证后再导入。');
  if (validTo <= issuedOn) problem('validTo', '有效期至不晚于发证日期', '请核对两个日期，有效期为十年。');
  const disability = disabilityIn(category, grade, components ?? [], problem);
  return {
    problems,
    card: disability && { identityNumber, number: cardNumber, disability, issuedOn, validTo },
  };
}

function disabilityIn(
  category: DisabilityCategory,
  grade: DisabilityGrade,
  components: readonly Component[],
  problem: (key: 'components', reason: string, suggestion: string) => void,
): Disability | null {
  if (category !== 'multiple') {
    const [only] = components;
    if (components.length > 1 || (only && (only.category !== category || only.grade !== grade))) {
      problem('components', '明细与残疾类别、等级不符', '单一残疾不用填写明细；多重残疾的类别请填“多重”。');
    }
    return { category, grade, components: [{ category, grade }] };
  }
  if (components.length < 2) {
    problem('components', '多重残疾缺少明细', '请填写两个以上类别及其等级，如：肢体二级；智力三级。');
    return null;
  }
  const disability = disabilityOf(components);
  if (disability?.grade !== grade) {
    problem('components', '残疾等级与明细中最重的等级不符', '多重残疾的等级应等于明细中最重的一级，请核对。');
  }
  return disability;
}

type Reading<Stated> = { ok: true; row: ReadRow<Stated> } | { ok: false; errors: readonly RowError[] };

function reading<Stated>(row: CardRow, stated: Stated | null, problems: readonly Problem[]): Reading<Stated> {
  const errors = [...row.errors, ...problems.map((problem) => ({ row: row.row, ...problem }))];
  return errors.length === 0 && stated !== null
    ? { ok: true, row: { row: row.row, identityNumber: row.values.identityNumber!, stated } }
    : { ok: false, errors };
}

export function readStockRow(row: Row<typeof takenOverColumns>, today: string): Reading<StockRow> {
  const read = statedCard(row, today);
  const { status } = row.values;
  return reading(row, read?.card && status ? { ...read.card, status } : null, read?.problems ?? []);
}

export function readDailyRow(row: Row<typeof followedColumns>, today: string): Reading<DailyRow> {
  const read = statedCard(row, today);
  const { change, changedOn, cancelReason, awayTo } = row.values;
  const problems = [...(read?.problems ?? [])];
  if (changedOn && changedOn > today) {
    const column = followedColumns.changedOn.header;
    problems.push({ column, reason: '变动日期晚于今天', suggestion: '请核对变动日期。' });
  }
  if (change === 'transfer-out' && !awayTo && row.errors.length === 0) {
    problems.push({
      column: followedColumns.awayTo.header,
      reason: '迁出没有填写迁往地',
      suggestion: '请填写迁往地的 12 位区划代码。',
    });
  }
  const stated =
    read?.card && change && changedOn ? { ...read.card, change, changedOn, cancelReason, awayTo } : null;
  return reading(row, stated, problems);
}
