import { DomainError } from '@app/kernel';

/** The body that decides by returned lists: 国发〔2015〕52号, township receives, federation reviews, civil affairs decides. */
export const DECIDING_BODY = 'civil-affairs';

/** Most cases of one list: what one request and one sheet hold. */
export const MOST_ROWS = 1_000;

/** How a case stands on its list. It leaves the list by the last five, each once. */
export const rowStates = [
  'sent',
  'to-settle',
  'granted',
  'refused',
  'returned',
  'overtaken',
  'released',
] as const;
export type RowState = (typeof rowStates)[number];
/** States in which the case still is on the list. */
export const openStates = ['sent', 'to-settle'] as const satisfies readonly RowState[];

/** What the body says of a case: agreed, refused, another sum, or back for papers. */
export const answerOutcomes = ['agree', 'refuse', 'amount', 'return'] as const;
export type AnswerOutcome = (typeof answerOutcomes)[number];

/** Cells that came back otherwise than they went out. */
export const comparedCells = ['name', 'identity', 'item', 'amount'] as const;
export type ComparedCell = (typeof comparedCells)[number];

/** The body's answer about one case. Neither name nor number stands in it. */
export interface Answer {
  readonly outcome: AnswerOutcome;
  /** Of a refusal why, of what comes back what is missing. */
  readonly reason: string | null;
  /** 分 a month that the body has decided; null: it named none. */
  readonly fen: number | null;
  /** `YYYY-MM-DD` */
  readonly on: string;
  readonly decider: string | null;
  readonly document: string | null;
  readonly differs: readonly ComparedCell[];
}

/** Why a case waits for a person, or was not decided by its list. */
export const rowReasons = [
  ...comparedCells,
  'amount-decided',
  'held',
  'not-recorded',
  'decided',
  'withdrawn',
  'died',
  'moved',
  'merged',
  'not-on-list',
] as const;
export type RowReason = (typeof rowReasons)[number];

/** A case of a list. */
export interface ListedRow {
  readonly lineNo: number;
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly state: RowState;
  readonly answer: Answer | null;
}

/** Something in a returned file that was not read as an answer, with where and what to do. Quotes no cell. */
export interface SheetProblem {
  readonly row: number;
  readonly column: string | null;
  readonly sentence: string;
}

/** What a row of a returned file says of which line of the list. */
export interface ReadAnswer {
  readonly row: number;
  readonly lineNo: number;
  readonly answer: Answer;
}

/** A listed case as it is now. */
export interface CaseNow {
  readonly personId: string;
  readonly divisionCode: string;
  readonly status: string;
  /** Receipt of the list that it is on; null: none. */
  readonly receipt: string | null;
  readonly isTwin: boolean;
  readonly died: boolean;
  readonly movedAway: boolean;
}

/** What an answer does to its row. `answered`: it says what the row says already; `closed`: the row has another outcome, which stands. */
export interface Verdict {
  readonly become: Exclude<RowState, 'sent' | 'released'> | 'answered' | 'closed';
  readonly why: readonly RowReason[];
}

const OUTCOME_OF: Readonly<Partial<Record<RowState, AnswerOutcome>>> = {
  granted: 'agree',
  refused: 'refuse',
  returned: 'return',
};
const DECIDED = ['granted', 'refused', 'stopped', 'waiting', 'handed-over'];

/**
 * Whether an answer counts, by what went out and how the case stands now. What was dealt with otherwise meanwhile stays as it is; what came
 * back changed is for a person to settle.
 * @param now null: the case is not there any more
 */
export function judge(row: ListedRow, answer: Answer, receipt: string, now: CaseNow | null): Verdict {
  if (row.state !== 'sent' && row.state !== 'to-settle') {
    return { become: OUTCOME_OF[row.state] === answer.outcome ? 'answered' : 'closed', why: [] };
  }
  const overtaken = overtakenBy(row, receipt, now);
  if (overtaken) return { become: 'overtaken', why: [overtaken] };
  const open: RowReason[] = [
    ...answer.differs,
    ...(answer.outcome === 'amount' ? (['amount-decided'] as const) : []),
    ...(now!.status === 'held' ? (['held'] as const) : []),
  ];
  if (open.length > 0) return { become: 'to-settle', why: open };
  if (answer.outcome === 'agree') return { become: 'granted', why: [] };
  return { become: answer.outcome === 'refuse' ? 'refused' : 'returned', why: [] };
}

function overtakenBy(row: ListedRow, receipt: string, now: CaseNow | null): RowReason | null {
  if (!now) return 'not-on-list';
  if (DECIDED.includes(now.status)) return 'decided';
  if (now.status === 'withdrawn' || now.status === 'declined') return 'withdrawn';
  if (now.personId !== row.personId || now.isTwin) return 'merged';
  if (now.died) return 'died';
  if (now.movedAway || now.divisionCode.slice(0, 6) !== row.divisionCode.slice(0, 6)) return 'moved';
  return now.receipt === receipt ? null : 'not-on-list';
}

/** Whether a person may take the answer as it stands: what changes the money is decided by no list. */
export function canBeTaken(row: ListedRow, why: readonly RowReason[]): boolean {
  return (
    row.state === 'to-settle' &&
    row.answer !== null &&
    !why.some((each) => each === 'amount-decided' || each === 'amount' || each === 'held')
  );
}

/** `MZ-338801-2026-0007`: the how-manieth list of a county in a year. */
export function receiptOf(county: string, year: string, serial: number): string {
  return `MZ-${county}-${year}-${String(serial).padStart(4, '0')}`;
}

/** Whole natural days from one day to a later one. */
export function daysFrom(day: string, later: string): number {
  return Math.max(0, Math.round((Date.parse(later) - Date.parse(day)) / 86_400_000));
}

/** It does not exist, or it is out of the caller's reach: nobody can tell which. */
export class DecisionListNotFound extends DomainError {
  readonly slug = 'decision-list-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这份往来名单或其中的这一件，或者它不在您的管辖范围内。请核对编号。');
  }
}

/** No case of the place and item waits for the body's decision and is on no list. */
export class NothingToDecide extends DomainError {
  readonly slug = 'nothing-to-decide';
  readonly kind = 'conflict';
  constructor() {
    super('所选地区和项目没有可以送审的事项：等待审定的都已在名单上，或者材料还不齐。');
  }
}

/** A list is written with the name and number of everybody who still waits on it. */
export class PersonsMissing extends DomainError {
  readonly slug = 'persons-missing';
  readonly kind = 'invalid';
  constructor(personIds: readonly string[]) {
    super('名单上还有人员缺少姓名和证号，请从人口信息取得后一并提交。', {
      personIds: personIds.slice(0, 50),
    });
  }
}

/** Nobody waits on it any more: there is nothing to write, close or confirm. */
export class DecisionListDone extends DomainError {
  readonly slug = 'decision-list-done';
  readonly kind = 'conflict';
  constructor() {
    super('这份名单上的事项都已有结果，无需再办理这一步。');
  }
}

/** It never left: nothing can have come back. */
export class DecisionListNotWritten extends DomainError {
  readonly slug = 'decision-list-not-written';
  readonly kind = 'conflict';
  constructor() {
    super('这份名单还没有导出过，不会有返回的名单。请先导出送审。');
  }
}

/** None of the rows is of this list. */
export class ReturnOfOtherList extends DomainError {
  readonly slug = 'return-of-other-list';
  readonly kind = 'invalid';
  constructor(receipt: string) {
    super(`文件里没有一行属于这份名单（回执号 ${receipt}）。请核对选择的名单和文件。`, { receipt });
  }
}

/** What was confirmed is not what was seen, or a newer file has come since. */
export class ReturnNotAsSeen extends DomainError {
  readonly slug = 'return-not-as-seen';
  readonly kind = 'conflict';
  constructor() {
    super('这份返回名单与您核对的不是同一个文件，或者之后又录入了新的文件。请刷新后重新核对。');
  }
}

/** Who entered an answer does not say alone that it counts. */
export class ReturnEnteredBySame extends DomainError {
  readonly slug = 'return-entered-by-same';
  readonly kind = 'conflict';
  constructor() {
    super('这份返回名单由您本人（或您代理的人）录入，请由另一位有权人员核对后确认。');
  }
}

/** The row does not wait for a person, or its answer cannot be taken as it stands. */
export class RowNotToSettle extends DomainError {
  readonly slug = 'row-not-to-settle';
  readonly kind = 'conflict';
  constructor(why: readonly RowReason[]) {
    super(
      why.length === 0
        ? '这一件不在待核定清单上，请刷新后查看。'
        : '这一件的金额与送审的不同，或正在暂停，不能按返回的结论登记。请核实更正后移出名单，再次送审。',
      { why },
    );
  }
}
