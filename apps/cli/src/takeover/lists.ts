import { normaliseNumber } from '@app/access';
import type { ItemInForce } from '@app/catalogue';
import {
  bad,
  choiceColumn,
  column,
  dayColumn,
  digitsColumn,
  freeTextColumn,
  good,
  LOST_DIGITS,
  lostDigits,
  monthColumn,
  type Column,
  type TableKind,
} from '@app/tabular';

/** The lists of a take-over that subsidies loads, in their order; cards are certification's, and compared with. */
export const lists = ['cards', 'benefits', 'payees', 'cases'] as const;
export type List = (typeof lists)[number];

const WRONG_NUMBER = bad('证号不正确', '请对照证件填写18位身份证号，或20位残疾人证号。');

/** Who a row is about. The number never leaves this process but to ask registry who it is. */
const identity: Column<string> = column(
  {
    header: '身份证号',
    aliases: ['公民身份号码', '身份证号码'],
    hint: '身份证号、残疾人证号至少填写一项，单元格请设为文本格式',
  },
  (cell) => {
    if (lostDigits(cell)) return LOST_DIGITS;
    const number = normaliseNumber(cell.text);
    return /^\d{17}[\dX]$/.test(number) ? good(number) : WRONG_NUMBER;
  },
);

/** The identity number with which a card number begins: eighteen characters, then category, grade, and for a replacement B and its serial. */
const card: Column<string> = column(
  { header: '残疾人证号', aliases: ['残疾证号'], hint: '没有身份证号的填写，单元格请设为文本格式' },
  (cell) => {
    if (lostDigits(cell)) return LOST_DIGITS;
    const match = /^(\d{17}[\dX])[1-7][1-4](?:B\d)?$/.exec(normaliseNumber(cell.text));
    return match ? good(match[1]!) : WRONG_NUMBER;
  },
);

/** Yuan with at most two places, as 分: no binary fraction comes near money. */
function yuanColumn(header: string): Column<number> {
  return column(
    { header, aliases: ['发放标准', '月发放金额'], required: true, hint: '元，可含两位小数，如 300.00' },
    ({ text }) => {
      const match = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(text.replace(/[,\s]|元(\/月)?$/g, ''));
      const fen = match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : 0;
      return fen > 0 ? good(fen) : bad(`${header}不是有效的金额`, '请填写大于0的金额（元），最多两位小数。');
    },
  );
}

/** A number of the paper archive; somebody's identity number is none, for it would stand in the clear. */
const archive: Column<string> = column({ header: '档案号', aliases: ['档案编号'] }, ({ text }) => {
  if (text.length > 60) return bad('档案号超过60个字', '请缩短到60个字以内。');
  return /\d{17}[\dXx]/.test(text)
    ? bad('档案号中含有身份证号', '请填写纸质档案的编号，不要用身份证号代替。')
    : good(text);
});

const HOLDERS = { 本人: 'self', 监护人: 'guardian', 代领人: 'agent' } as const;

/** The roster of cards, as far as the other lists are compared with it; certification reads all of it. */
const cardColumns = {
  identity,
  card,
  status: choiceColumn({
    header: '状态',
    aliases: ['证件状态'],
    required: true,
    words: { 有效: 'valid', 冻结: 'frozen', 注销: 'cancelled' } as const,
  }),
};
const cardTable = {
  name: 'card-roster',
  title: '存量残疾人证名册',
  columns: cardColumns,
} satisfies TableKind<typeof cardColumns>;

/** The tables of subsidies' lists, with the items that the county has in force as their words. */
export function listTables(items: readonly ItemInForce[]) {
  const owned = items.filter(({ owner }) => owner === 'subsidies');
  const words = (those: typeof owned) => Object.fromEntries(those.map(({ id, title }) => [title.zh, id]));
  const monthly = owned.filter(({ amounts }) => amounts?.per === 'month');
  const itemColumn = (those: typeof owned) =>
    choiceColumn({
      header: '项目',
      aliases: ['补贴项目', '待遇项目'],
      required: true,
      example: those[0]?.title.zh ?? '',
      words: words(those),
    });
  const tables = {
    cards: cardTable,
    benefits: {
      name: 'benefits',
      title: '在享待遇名单',
      columns: {
        identity,
        card,
        itemId: itemColumn(monthly),
        fromMonth: monthColumn({ header: '起始月', aliases: ['起发月份'], required: true }),
        fen: yuanColumn('月标准'),
        lastPaid: monthColumn({ header: '最后发放月', aliases: ['最近发放月份'], required: true }),
        stoppedFrom: monthColumn({ header: '停发月份', hint: '已停发的填写，如 2026-03', example: '' }),
        archive,
      },
    },
    payees: {
      name: 'payees',
      title: '发放账户名单',
      columns: {
        identity,
        card,
        who: choiceColumn({ header: '户主类型', required: true, example: '本人', words: HOLDERS }),
        holderName: freeTextColumn({ header: '户名', required: true, max: 50 }),
        relation: freeTextColumn({ header: '与残疾人关系', max: 20 }),
        proof: freeTextColumn({ header: '证明材料', max: 100 }),
        validUntil: dayColumn({ header: '证明有效期至', example: '' }),
        bank: freeTextColumn({ header: '开户银行', required: true, max: 100 }),
        accountNumber: digitsColumn({ header: '账号', required: true, min: 6, max: 32 }),
      },
    },
    cases: {
      name: 'cases',
      title: '在办事项名单',
      columns: {
        identity,
        card,
        itemId: itemColumn(owned),
        receivedOn: dayColumn({ header: '受理日期', aliases: ['收件日期'], required: true }),
        archive,
      },
    },
  };
  return tables;
}
export type ListTables = ReturnType<typeof listTables>;
