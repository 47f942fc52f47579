import {
  judge,
  type CaseNow,
  type ReadAnswer,
  type RowReason,
  type SheetProblem,
  type Verdict,
} from '../domain/decision-list.js';
import type { DecisionList, DecisionReturn, KeptRow } from '../adapters/postgres/decision-list-repository.js';

/** What a returned file says, row by row, against how its cases stand now. */
export interface DecisionReport {
  readonly listNo: number;
  readonly receipt: string;
  readonly returnNo: number;
  readonly sha256: string;
  readonly state: DecisionReturn['state'];
  /** How many rows it has each of; what is done already counts as `answered`. */
  readonly become: Readonly<Record<Verdict['become'], number>>;
  readonly lines: readonly {
    /** Of the file. */
    readonly row: number;
    readonly lineNo: number;
    readonly caseId: string;
    readonly become: Verdict['become'];
    readonly why: readonly RowReason[];
  }[];
  readonly problems: readonly SheetProblem[];
  /** Cases of the list that nobody has answered, neither here nor before. */
  readonly unanswered: readonly { readonly lineNo: number; readonly caseId: string }[];
}

/** Compares the answers of a file with the list and the cases of now: nothing is changed. */
export function reportOf(
  { listNo, receipt }: DecisionList,
  { returnNo, sha256, state, problems }: DecisionReturn,
  rows: readonly KeptRow[],
  answers: readonly ReadAnswer[],
  now: ReadonlyMap<string, CaseNow>,
): DecisionReport {
  const byLine = new Map(rows.map((row) => [row.lineNo, row]));
  const become = {
    granted: 0,
    refused: 0,
    returned: 0,
    'to-settle': 0,
    overtaken: 0,
    answered: 0,
    closed: 0,
  };
  const lines = answers.map(({ row, lineNo, answer }) => {
    const line = byLine.get(lineNo)!;
    const { caseId } = line;
    const verdict = judge(line, answer, receipt, now.get(caseId) ?? null);
    become[verdict.become] += 1;
    return { row, lineNo, caseId, ...verdict };
  });
  const said = new Set(answers.map(({ lineNo }) => lineNo));
  return {
    ...{ listNo, receipt, returnNo, sha256, state, become, lines, problems },
    unanswered: rows
      .filter((row) => row.state === 'sent' && !said.has(row.lineNo))
      .map(({ lineNo, caseId }) => ({ lineNo, caseId })),
  };
}
