import { Injectable } from '@nestjs/common';
import { actingAs, isSameHand, lookingWith, permissions, type Actor, type Hand } from '@app/access';
import { OutsideDecisions, type OutsideDecision } from '@app/casework';
import type { DomainError } from '@app/kernel';
import { type Caller, Database, type Tx } from '@app/platform';
import {
  DecisionListRepository,
  type DecisionList,
  type KeptRow,
  type RowChange,
} from '../adapters/postgres/decision-list-repository.js';
import {
  canBeTaken,
  DECIDING_BODY,
  DecisionListDone,
  DecisionListNotFound,
  judge,
  openStates,
  ReturnEnteredBySame,
  ReturnNotAsSeen,
  RowNotToSettle,
  type Answer,
  type RowState,
} from '../domain/decision-list.js';
import type { DecisionReport } from './decision-report.js';
import { TakeDecisionReturn } from './take-decision-return.js';

/** Answers of one transaction: each decision has its document, its message and its benefit. */
const CHUNK = 100;
const OUT_OF_REACH = '这一事项不在您的管辖范围内，请由有权人员办理。';

/**
 * A second person confirms what came back: each answer decides its case as taken by that body, in chunks, once. A run that broke off goes on
 * when it is asked for again. What cannot be recorded as it is waits for a person, by name and reason.
 */
@Injectable()
export class ConfirmDecisionReturn {
  constructor(
    private readonly database: Database,
    private readonly lists: DecisionListRepository,
    private readonly returns: TakeDecisionReturn,
    private readonly outside: OutsideDecisions,
  ) {}

  /**
   * @param seen hash of the file that the person has looked at
   * @throws DecisionListNotFound, NotAllowed, ReturnNotAsSeen, ReturnEnteredBySame
   */
  async run(actor: Actor, listNo: number, returnNo: number, seen: string): Promise<DecisionReport> {
    const list = await this.lists.find(lookingWith(actor, 'decision-list:read'), listNo);
    const caller = actingAs(actor, permissions['decision-list:confirm'], list.divisionCode);
    const enteredBy = await this.database.transaction(caller, async (tx) => {
      await this.lists.lock(tx, listNo);
      const taken = await this.lists.oneReturn(tx, listNo, returnNo);
      if (taken.sha256 !== seen || taken.state === 'superseded') throw new ReturnNotAsSeen();
      if (isSameHand(taken.enteredBy, caller)) throw new ReturnEnteredBySame();
      tx.audit({
        what: 'decision-list.return-confirmed',
        detail: { listNo, receipt: list.receipt, returnNo },
      });
      if (taken.state === 'entered') await this.lists.confirm(tx, listNo, returnNo);
      return taken.enteredBy;
    });
    while (await this.isLeft(caller, list, returnNo)) await this.chunk(caller, list, returnNo, enteredBy);
    return this.returns.one(actor, listNo, returnNo);
  }

  /**
   * A person settles one row: its answer is taken as it stands, by somebody else than who entered it; or it leaves the list undecided, to be
   * decided or sent again.
   * @throws DecisionListNotFound, NotAllowed, RowNotToSettle, ReturnEnteredBySame, and why the decision cannot be recorded
   */
  async settle(
    actor: Actor,
    listNo: number,
    lineNo: number,
    how: { readonly outcome: 'take' | 'release'; readonly note: string; readonly remedy: string | null },
  ): Promise<{ readonly lineNo: number; readonly state: RowState }> {
    const list = await this.lists.find(lookingWith(actor, 'decision-list:read'), listNo);
    const may = [
      ...permissions['decision-list:confirm'],
      ...(how.outcome === 'release' ? permissions['decision-list:keep'] : []),
    ];
    const caller = actingAs(actor, may, list.divisionCode);
    return this.database.transaction(caller, async (tx) => {
      await this.lists.lock(tx, listNo);
      const row = (await this.lists.rows(tx, listNo)).find((each) => each.lineNo === lineNo);
      if (!row) throw new DecisionListNotFound();
      tx.audit({
        what: `decision-list.row-${how.outcome}`,
        personIds: [row.personId],
        caseIds: [row.caseId],
        why: how.note,
        detail: { listNo, receipt: list.receipt, lineNo },
      });
      const change =
        how.outcome === 'release'
          ? released(row, how.note)
          : await this.taken(tx, list, row, how.note, how.remedy);
      if (change.state === 'released' || change.state === 'returned' || change.state === 'overtaken') {
        await this.takeOff(tx, list, [row.caseId]);
      }
      await this.lists.change(tx, listNo, [change]);
      return { lineNo, state: change.state };
    });
  }

  /** A list that is not answered any more: what still waits on it leaves it. @throws DecisionListNotFound, NotAllowed, DecisionListDone */
  async close(actor: Actor, listNo: number, reason: string): Promise<{ readonly released: number }> {
    const list = await this.lists.find(lookingWith(actor, 'decision-list:read'), listNo);
    const caller = actingAs(actor, permissions['decision-list:keep'], list.divisionCode);
    return this.database.command(caller, async (tx) => {
      await this.lists.lock(tx, listNo);
      const waiting = (await this.lists.rows(tx, listNo)).filter(({ state }) => isOpen(state));
      if (waiting.length === 0) throw new DecisionListDone();
      await this.takeOff(
        tx,
        list,
        waiting.map(({ caseId }) => caseId),
      );
      await this.lists.change(
        tx,
        listNo,
        waiting.map((row) => released(row, reason)),
      );
      tx.audit({
        what: 'decision-list.closed',
        personIds: waiting.map(({ personId }) => personId),
        caseIds: waiting.map(({ caseId }) => caseId),
        why: reason,
        detail: { listNo, receipt: list.receipt },
      });
      return { released: waiting.length };
    });
  }

  private async isLeft(caller: Caller, { listNo }: DecisionList, returnNo: number): Promise<boolean> {
    const left = await this.database.read(caller, (tx) =>
      this.lists.answers(tx, listNo, returnNo, { limit: 1 }),
    );
    return left.length > 0;
  }

  private chunk(caller: Caller, list: DecisionList, returnNo: number, enteredBy: Hand): Promise<void> {
    const { listNo, receipt } = list;
    return this.database.transaction(caller, async (tx) => {
      await this.lists.lock(tx, listNo);
      const answers = await this.lists.answers(tx, listNo, returnNo, { limit: CHUNK });
      const rows = new Map((await this.lists.rows(tx, listNo)).map((row) => [row.lineNo, row]));
      const asked = answers.map(({ lineNo, answer }) => ({ row: rows.get(lineNo)!, answer }));
      const now = await this.lists.now(
        tx,
        asked.map(({ row }) => row.caseId),
        { lock: true },
      );
      const judged = asked.map(({ row, answer }) => ({
        row,
        answer,
        ...judge(row, answer, receipt, now.get(row.caseId) ?? null),
      }));
      const failed = await this.outside.record(
        tx,
        judged
          .filter(({ become }) => become === 'granted' || become === 'refused')
          .map(({ row, answer }) => decisionOf(row, answer, receipt, enteredBy, null)),
      );
      const changes = judged.flatMap(({ row: { lineNo, caseId }, answer, become, why }): RowChange[] => {
        if (become === 'answered' || become === 'closed') return [];
        const change = { lineNo, state: become, why, answer, returnNo };
        return failed.has(caseId) ? [notRecorded(change, failed.get(caseId) ?? null)] : [change];
      });
      const left = judged.filter(({ become }) => become === 'returned' || become === 'overtaken');
      await this.takeOff(
        tx,
        list,
        left.map(({ row }) => row.caseId),
      );
      await this.lists.change(tx, listNo, changes);
      await this.lists.take(
        tx,
        listNo,
        returnNo,
        answers.map(({ lineNo }) => lineNo),
      );
      tx.audit({
        what: 'decision-list.applied',
        detail: { listNo, receipt, returnNo, rows: answers.length },
      });
    });
  }

  private async taken(
    tx: Tx,
    { listNo, receipt }: DecisionList,
    row: KeptRow,
    note: string,
    remedy: string | null,
  ): Promise<RowChange> {
    const { answer, returnNo } = row;
    if (answer === null || returnNo === null || !canBeTaken(row, row.why)) {
      throw new RowNotToSettle(row.state === 'to-settle' ? row.why : []);
    }
    const { enteredBy } = await this.lists.oneReturn(tx, listNo, returnNo);
    if (isSameHand(enteredBy, tx.actor)) throw new ReturnEnteredBySame();
    const now = await this.lists.now(tx, [row.caseId], { lock: true });
    const { become, why } = judge(row, { ...answer, differs: [] }, receipt, now.get(row.caseId) ?? null);
    if (become === 'to-settle' || become === 'answered' || become === 'closed') throw new RowNotToSettle(why);
    if (become === 'granted' || become === 'refused') {
      const failed = await this.outside.record(tx, [decisionOf(row, answer, receipt, enteredBy, remedy)]);
      const error = failed.get(row.caseId);
      if (error) throw error;
      if (error === null) throw new DecisionListNotFound();
    }
    return { lineNo: row.lineNo, state: become, why, answer, returnNo, note };
  }

  /** Wherever the case is by now: that the user may was asked of the list. */
  private takeOff(tx: Tx, { receipt }: DecisionList, caseIds: readonly string[]): Promise<void> {
    return tx.asService(() => this.outside.takeOff(tx, caseIds, receipt));
  }
}

function isOpen(state: RowState): boolean {
  return (openStates as readonly RowState[]).includes(state);
}

/** @throws RowNotToSettle if it is not on the list any more */
function released({ lineNo, state, why }: KeptRow, note: string): RowChange {
  if (!isOpen(state)) throw new RowNotToSettle([]);
  return { lineNo, state: 'released', why, answer: null, returnNo: null, note };
}

function notRecorded(change: RowChange, error: DomainError | null): RowChange {
  return { ...change, state: 'to-settle', why: ['not-recorded'], note: error?.message ?? OUT_OF_REACH };
}

function decisionOf(
  { caseId }: KeptRow,
  { outcome, reason, on, decider, document }: Answer,
  receipt: string,
  enteredBy: Hand,
  remedy: string | null,
): OutsideDecision {
  return {
    caseId,
    refusedFor: outcome === 'refuse' ? reason : null,
    remedy,
    reported: { body: DECIDING_BODY, receipt, on, decider, document, enteredBy },
  };
}
