import type { Month } from './month.js';
import type { Holder } from './payee.js';

/** The lists of a take-over (存量接管), in the order in which they are loaded. Cards are certification's: here they are only compared. */
export const takeOverLists = ['cards', 'benefits', 'payees', 'cases'] as const;
export type TakeOverList = (typeof takeOverLists)[number];

/**
 * `dry-run`: lists come and are compared, nothing is made. `loaded`: what is certain is in. `released`: a supervisor has released every
 * village with something missing or contradictory. `closed`: two persons have signed the first run's difference. `undoing`, `undone`: all of
 * it is taken back.
 */
export const takeOverStates = ['dry-run', 'loaded', 'released', 'closed', 'undoing', 'undone'] as const;
export type TakeOverState = (typeof takeOverStates)[number];

/** States of a take-over whose county is taken over, and whose first run is not signed yet. */
export const unsignedStates: readonly TakeOverState[] = ['loaded', 'released', 'undoing'];

/** A card of the roster, as far as the other lists are compared with it. */
export interface CardRow {
  readonly status: 'valid' | 'frozen' | 'cancelled';
}

/** A benefit that the old list pays. */
export interface BenefitRow {
  readonly itemId: string;
  readonly fromMonth: Month;
  /** 分 a month, as paid. */
  readonly fen: number;
  readonly lastPaid: Month;
  /** Month from which the old list pays no more; null: it goes on. */
  readonly stoppedFrom: Month | null;
  /** Number in the paper archive (档案号). */
  readonly archive: string | null;
}

/** An account of the old list; its number is kept beside it, encrypted. */
export interface PayeeRow {
  readonly holder: Holder;
  readonly holderName: string;
  readonly relation: string | null;
  readonly proof: string | null;
  readonly validUntil: string | null;
  readonly bank: string;
  /** Blind index of the number. */
  readonly token: string;
}

/** A case that the old office has open. */
export interface OpenCaseRow {
  readonly itemId: string;
  /** `YYYY-MM-DD` */
  readonly receivedOn: string;
  readonly archive: string | null;
}

export interface ContentOf {
  readonly cards: CardRow;
  readonly benefits: BenefitRow;
  readonly payees: PayeeRow;
  readonly cases: OpenCaseRow;
}

/** What whoever read the file found in a row. */
export interface ReaderFault {
  readonly kind: 'unreadable' | 'person-not-on-file';
  /** Heading of the column; null: the row as a whole. */
  readonly column: string | null;
  /** In Chinese; never quotes the cell. */
  readonly reason: string;
}

/** A row of a list, as it was sent. */
export interface ListedRow<List extends TakeOverList = TakeOverList> {
  readonly list: List;
  /** As the spreadsheet shows it. */
  readonly row: number;
  /** Null: nobody on file has the number of the row, or it could not be read. */
  readonly personId: string | null;
  /** Null: it could not be read. */
  readonly content: ContentOf[List] | null;
  readonly faults: readonly ReaderFault[];
}

/** What a row is about: the same in a corrected file. Rows of nobody who is known are about themselves. */
export function keyOf({ list, row, personId, content }: ListedRow): string {
  if (personId === null || content === null) return `row-${row}`;
  return list === 'benefits' || list === 'cases'
    ? `${personId} ${(content as BenefitRow | OpenCaseRow).itemId}`
    : personId;
}

/**
 * What is to become of a row. `clean`: it is loaded. `releasable`: it contradicts something, and is loaded once a supervisor has released its
 * village. `blocked`: it cannot be loaded as it is; a corrected file can.
 */
export type Verdict = 'clean' | 'releasable' | 'blocked';

interface KindOfFinding {
  readonly verdict: Exclude<Verdict, 'clean'>;
  /** Heading of the column that it stands at; null: the row. */
  readonly column: string | null;
  readonly zh: string;
}

/** Everything that may be found, each with what it means for its row and what to do about it. */
export const findingKinds = {
  unreadable: { verdict: 'blocked', column: null, zh: '无法读取，请按提示更正后重新上传。' },
  'person-not-on-file': {
    verdict: 'blocked',
    column: '身份证号',
    zh: '人口信息中没有此人，请先登记此人或核对证号。',
  },
  'person-elsewhere': {
    verdict: 'blocked',
    column: '身份证号',
    zh: '此人登记在其他县，请核对户籍后由现住地接管。',
  },
  'person-dead': {
    verdict: 'blocked',
    column: '身份证号',
    zh: '此人已登记死亡，请核对是否仍在发放，并办理停发。',
  },
  'person-moved-away': {
    verdict: 'releasable',
    column: '身份证号',
    zh: '此人已登记迁出，请核对是否应停发。',
  },
  'row-repeated': { verdict: 'blocked', column: null, zh: '与前面一行完全相同，只按前一行接管。' },
  'two-cards': { verdict: 'blocked', column: '身份证号', zh: '同一人有两张残疾人证，请核对哪一张有效。' },
  'benefit-without-card': {
    verdict: 'releasable',
    column: '身份证号',
    zh: '在享待遇，但残疾人证名册中没有此人，请核对持证情况。',
  },
  'card-not-valid': {
    verdict: 'releasable',
    column: '身份证号',
    zh: '在享待遇，但名册中的残疾人证已冻结或注销，请核对。',
  },
  'two-benefits-of-one-item': {
    verdict: 'blocked',
    column: '项目',
    zh: '同一人同一项目有两行不同的待遇，请核对后只保留一行。',
  },
  'benefit-runs-already': { verdict: 'blocked', column: '项目', zh: '系统中此人这一项目已在享受，请核对。' },
  'item-not-here': {
    verdict: 'blocked',
    column: '项目',
    zh: '本地没有开办这一项目，或它不按月发放，请核对。',
  },
  'last-month-before-start': {
    verdict: 'blocked',
    column: '最后发放月',
    zh: '最后发放月早于起始月的前一月，请核对两个月份。',
  },
  'last-month-to-come': {
    verdict: 'blocked',
    column: '最后发放月',
    zh: '最后发放月晚于接管日所在月份，请核对。',
  },
  'last-month-after-stop': {
    verdict: 'blocked',
    column: '停发月份',
    zh: '停发以后仍有发放，请核对停发月份，多发的按追缴办理。',
  },
  'stopped-already': { verdict: 'blocked', column: '停发月份', zh: '这项待遇已停发，不作为在享待遇接管。' },
  'rate-unlike-region': {
    verdict: 'releasable',
    column: '月标准',
    zh: '月标准与本地现行标准都不相同，请核对档次和标准。',
  },
  'archive-number-twice': {
    verdict: 'releasable',
    column: '档案号',
    zh: '同一档案号用于不同的人，请核对纸质档案。',
  },
  'benefit-without-account': {
    verdict: 'releasable',
    column: null,
    zh: '账户名单中没有此人，登记并复核账户前不能发放。',
  },
  'account-without-benefit': {
    verdict: 'blocked',
    column: '身份证号',
    zh: '待遇名单中没有此人可接管的待遇，账户不予接管。',
  },
  'two-accounts': { verdict: 'blocked', column: '账号', zh: '同一人有两行不同的账户，请核对后只保留一行。' },
  'account-on-file': { verdict: 'blocked', column: '账号', zh: '系统中此人已有发放账户，请按账户变更办理。' },
  'account-shared': {
    verdict: 'releasable',
    column: '账号',
    zh: '三人及以上共用这一账户，请核实户主与各人的关系。',
  },
  'proof-missing': {
    verdict: 'blocked',
    column: '证明材料',
    zh: '他人账户缺少关系、证明材料或证明有效期，请补充填写。',
  },
  'proof-ended': {
    verdict: 'releasable',
    column: '证明有效期至',
    zh: '监护或代领证明已到期，更新证明前不能发放。',
  },
  'received-after-day': {
    verdict: 'blocked',
    column: '受理日期',
    zh: '受理日期晚于接管日，请在系统中直接受理。',
  },
  'two-cases-of-one-item': {
    verdict: 'blocked',
    column: '项目',
    zh: '同一人同一项目有两行不同的在办事项，请核对后只保留一行。',
  },
  'case-of-running-benefit': {
    verdict: 'blocked',
    column: '项目',
    zh: '此人这一项目已在待遇名单中，请核对是否仍在办理。',
  },
  'case-lives-already': {
    verdict: 'blocked',
    column: '项目',
    zh: '系统中此人这一项目已有在办事项，请核对。',
  },
} as const satisfies Readonly<Record<string, KindOfFinding>>;
export type FindingKind = keyof typeof findingKinds;

/** Something missing or contradictory, at its row and column. */
export interface TakeOverFinding {
  readonly list: TakeOverList;
  readonly row: number;
  readonly kind: FindingKind;
  readonly column: string | null;
  /** In Chinese, with what to do; never quotes a cell. */
  readonly reason: string;
}

/** The worst of what was found in a row. */
export function verdictOf(kinds: readonly FindingKind[]): Verdict {
  if (kinds.some((kind) => findingKinds[kind].verdict === 'blocked')) return 'blocked';
  return kinds.length > 0 ? 'releasable' : 'clean';
}
