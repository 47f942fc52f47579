import { grantFor, type Actor, type Department, type Role } from '@app/access';
import { DomainError } from '@app/kernel';
import type { Tx } from '@app/platform';
import {
  bad,
  column,
  good,
  LOST_DIGITS,
  lostDigits,
  type Column,
  type Columns,
  type Row,
  type RowError,
  type TableKind,
} from '@app/tabular';
import { readIdentityNumber, type IdentityNumber } from '../../domain/identity-number.js';

/** What a run of an import knows. */
export interface RosterRun {
  readonly importId: string;
  readonly actor: Actor;
  readonly roles: readonly Role[];
  readonly department: Department | null;
  /** The day up to which the roster speaks. */
  readonly asOf: string;
  readonly today: string;
}

/** What is wrong with a row in the eyes of what is on file. */
export interface RowProblem {
  readonly column: string | null;
  readonly reason: string;
  readonly suggestion: string;
  readonly notOnFile?: boolean;
}

/** `undecided`: it may mean somebody on file, and a user decides who. */
export type RowResult = 'applied' | 'unchanged' | 'undecided' | RowProblem;

/** A row whose cells are right. */
export interface CheckedRow<Value> {
  readonly row: number;
  readonly value: Value;
}

/** A kind of roster: its table, what a row must say, and how rows come on file. */
export interface Roster<C extends Columns, Value> {
  readonly kind: string;
  readonly table: TableKind<C>;
  /** Member units that may send it beside the federation's own officers. */
  readonly department: Department | null;
  /** Reads a row whose cells are each right, and reports what does not fit together. */
  check(row: Row<C>, run: RosterRun): Value | readonly RowProblem[];
  /** The natural key of a row: a file may have it once. */
  keyOf(value: Value): string;
  /** Heading of what the key is made of; absent: the identity number. */
  keyColumn?(value: Value): string;
  /** What else in the file a row must not repeat, e.g. a second head of one household. */
  alsoUnique?(value: Value): { readonly key: string; readonly problem: RowProblem } | null;
  /** Brings rows on file, set-based, in the given transaction. */
  apply(tx: Tx, rows: readonly CheckedRow<Value>[], run: RosterRun): Promise<ReadonlyMap<number, RowResult>>;
}

/** A roster that says of everybody in reach whether they are on it, so that who is not on it loses something. */
export interface FullRoster<Value> {
  /** People in reach who lose something, because none of these keys is theirs. */
  leavers(run: RosterRun, reach: { from: string; to: string }, keys: readonly string[]): Promise<Leavers>;
  remove(tx: Tx, personIds: readonly string[], run: RosterRun): Promise<number>;
  keyOf(value: Value): string;
}

export interface Leavers {
  readonly personIds: readonly string[];
  /** How many have it now. */
  readonly of: number;
}

/** An identity number. Its text cannot be read without the day, so the check proper follows in `identityOf`. */
export function identityColumn(header: string, required: boolean): Column<string> {
  return column(
    {
      header,
      aliases:
        header === '身份证号' ? ['身份证号码', '公民身份号码', '公民身份证号', '证件号码'] : [`${header}码`],
      required,
      hint: '18位公民身份号码，单元格请设为文本格式',
      example: '338801198506151234',
    },
    (cell) => {
      if (lostDigits(cell)) return LOST_DIGITS;
      if (cell.text.length > 64) return bad(`${header}过长`, '请填写18位公民身份号码。');
      return good(cell.text);
    },
  );
}

/** Reads the number of a row, or says what is wrong with it. */
export function identityOf(header: string, text: string, run: RosterRun): IdentityNumber | RowProblem {
  const read = readIdentityNumber(text, run.today);
  return read.ok ? read.value : { column: header, reason: read.reason, suggestion: read.suggestion };
}

export function isProblem(value: object): value is RowProblem {
  return 'reason' in value && 'suggestion' in value;
}

/** Whether the sender reaches a place with a role that may send this roster. */
export function reaches(run: RosterRun, divisionCode: string): boolean {
  return grantFor(run.actor, run.roles, divisionCode, run.department) !== undefined;
}

/** Runs a decision for one row: a refusal is that row's problem, not the file's. */
export function decideRow(decide: () => RowResult): RowResult {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { column: null, reason: error.message, suggestion: '请核对该行后重新上传。' };
  }
}

export const NAME_DIFFERS: RowProblem = {
  column: '姓名',
  reason: '与档案中该身份证号的姓名不一致，可能是号码填错或匹配了别人',
  suggestion: '请对照身份证核对姓名和号码；档案中的姓名有误的，请先更正档案。',
};

export const NOT_ON_FILE: RowProblem = {
  column: '身份证号',
  reason: '档案中没有此人',
  suggestion: '请核对号码；确为服务对象的，请先登记或导入人员名册，再上传本名册。',
  notOnFile: true,
};

export const IS_DEAD: RowProblem = {
  column: null,
  reason: '档案记载此人已死亡',
  suggestion: '请与户籍或民政核实；死亡登记有误的，请先撤回死亡登记，再上传本行。',
};

/** A roster must not take back what a later source said. */
export function olderThanFile(onFile: string, asOf: string): RowProblem {
  return {
    column: null,
    reason: `档案中已有更新的信息（截至${onFile}），本名册只截至${asOf}，没有覆盖`,
    suggestion: '请上传最新的名册；确需以本名册为准的，请在该人档案中更正。',
  };
}

/** The problem of a row as the report shows it. */
export function toRowError(row: number, { column, reason, suggestion }: RowProblem): RowError {
  return { row, column, reason, suggestion };
}
