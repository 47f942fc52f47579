import { Injectable } from '@nestjs/common';
import { type Hand } from '@app/access';
import { type Caller, Database, type Tx } from '@app/platform';
import {
  DecisionListNotFound,
  openStates,
  receiptOf,
  type Answer,
  type CaseNow,
  type ListedRow,
  type ReadAnswer,
  type RowReason,
  type RowState,
  type SheetProblem,
} from '../../domain/decision-list.js';

const OPEN = openStates.map((state) => `'${state}'`).join(', ');

/** A list as its row has it. */
export interface DecisionList {
  readonly listNo: number;
  readonly receipt: string;
  readonly county: string;
  readonly divisionCode: string;
  readonly body: string;
  readonly itemId: string | null;
  /** Day on which it went out. */
  readonly day: string;
  readonly count: number;
  readonly sentBy: string;
}

/** A case as it goes on a list. */
export interface NewRow {
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly title: string;
  readonly appliedOn: string | null;
  /** 分 a month; null: not known. */
  readonly fen: number | null;
}

/** A row with everything that is kept of it. */
export interface KeptRow extends ListedRow, NewRow {
  readonly nameToken: string | null;
  readonly identityToken: string | null;
  readonly why: readonly RowReason[];
  readonly returnNo: number | null;
}

/** A file that came back. */
export interface DecisionReturn {
  readonly returnNo: number;
  readonly sha256: string;
  readonly state: 'entered' | 'superseded' | 'confirmed';
  readonly problems: readonly SheetProblem[];
  readonly enteredBy: Hand;
  readonly enteredAt: Date;
  readonly confirmedBy: string | null;
}

/** What becomes of a row. */
export interface RowChange {
  readonly lineNo: number;
  readonly state: RowState;
  readonly why: readonly RowReason[];
  readonly answer: Answer | null;
  readonly returnNo: number | null;
  readonly note?: string | null;
}

const listColumns = `l.list_no::float8 as "listNo", l.receipt, l.county, l.division_code as "divisionCode", l.body, l.item_id as "itemId", l.day,
  l.count, l.sent_by as "sentBy"`;
const rowColumns = `r.line_no as "lineNo", r.case_id as "caseId", r.person_id as "personId", r.division_code as "divisionCode",
  r.item_id as "itemId", r.title, r.applied_on as "appliedOn", r.fen::float8 as fen, r.name_token as "nameToken",
  r.identity_token as "identityToken", r.state, r.why, r.answer, r.return_no as "returnNo"`;
const returnColumns = `t.return_no as "returnNo", t.sha256, t.state, t.problems, t.confirmed_by as "confirmedBy", t.entered_at as "enteredAt",
  jsonb_build_object('id', t.entered_by, 'role', t.entered_by_role, 'onBehalfOf', t.entered_on_behalf_of) as "enteredBy"`;

/** Lists by which another body is asked to decide, what came back, and how each case left its list. */
@Injectable()
export class DecisionListRepository {
  constructor(private readonly database: Database) {}

  /** @throws DecisionListNotFound */
  async find(reader: Caller, listNo: number): Promise<DecisionList> {
    const [row] = await this.database.query<DecisionList>(
      reader,
      `select ${listColumns} from decision_lists l where l.list_no = $1`,
      [listNo],
    );
    if (!row) throw new DecisionListNotFound();
    return row;
  }

  /** Cases of a place that wait for the body's decision and are on no list, longest first. */
  async candidates(
    tx: Tx,
    query: {
      readonly from: string;
      readonly to: string;
      readonly itemId: string | null;
      readonly token: string;
      readonly limit: number;
    },
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select c.case_id as id from cases c
       where c.task is not null and c.status = 'deciding' and c.division_code between $1 and $2 and c.task_doers ? $3
         and c.sent_out is null and c.twin_of is null and not c.waits_for_papers and ($4::text is null or c.item_id = $4)
       order by c.changed_at, c.case_id limit $5`,
      [query.from, query.to, query.token, query.itemId, query.limit],
    );
    return rows.map(({ id }) => id);
  }

  /** The next receipt of a county in a year; whoever asks too waits for this transaction. */
  async nextReceipt(tx: Tx, county: string, year: string): Promise<{ serial: number; receipt: string }> {
    await tx.query(`select pg_advisory_xact_lock(hashtext('decision-list ' || $1))`, [county]);
    // Also lists out of the user's reach have their numbers.
    const [row] = await tx.asService(() =>
      tx.query<{ serial: number }>(
        'select coalesce(max(serial), 0) + 1 as serial from decision_lists where county = $1 and year = $2',
        [county, year],
      ),
    );
    const { serial } = row!;
    return { serial, receipt: receiptOf(county, year, serial) };
  }

  async add(
    tx: Tx,
    list: Omit<DecisionList, 'listNo' | 'count' | 'sentBy'> & { readonly serial: number },
    rows: readonly NewRow[],
  ): Promise<DecisionList> {
    const [added] = await tx.query<DecisionList>(
      `insert into decision_lists as l (receipt, county, division_code, year, serial, body, item_id, day, count, sent_by, sent_by_role,
         on_behalf_of) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning ${listColumns}`,
      [
        list.receipt,
        list.county,
        list.divisionCode,
        list.day.slice(0, 4),
        list.serial,
        list.body,
        list.itemId,
        list.day,
        rows.length,
        tx.actor.id,
        tx.actor.role,
        tx.actor.onBehalfOf ?? null,
      ],
    );
    await tx.query(
      `insert into decision_list_rows (list_no, line_no, case_id, person_id, division_code, item_id, title, applied_on, fen, state,
         changed_by, changed_by_role)
       select $1, n.line_no, n.case_id, n.person_id, n.division_code, n.item_id, n.title, n.applied_on, n.fen, 'sent', $9, $10
       from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[], $8::bigint[]) with ordinality
         as n (case_id, person_id, division_code, item_id, title, applied_on, fen, line_no)`,
      [
        added!.listNo,
        rows.map(({ caseId }) => caseId),
        rows.map(({ personId }) => personId),
        rows.map(({ divisionCode }) => divisionCode),
        rows.map(({ itemId }) => itemId),
        rows.map(({ title }) => title),
        rows.map(({ appliedOn }) => appliedOn),
        rows.map(({ fen }) => fen),
        tx.actor.id,
        tx.actor.role,
      ],
    );
    return added!;
  }

  /** One at a time works on a list. @throws DecisionListNotFound */
  async lock(tx: Tx, listNo: number): Promise<void> {
    // What is appended only cannot be locked as a row.
    await tx.query(`select pg_advisory_xact_lock(hashtext('decision-list-work'), $1::int)`, [listNo]);
    const [row] = await tx.query('select 1 from decision_lists where list_no = $1', [listNo]);
    if (!row) throw new DecisionListNotFound();
  }

  rows(tx: Tx, listNo: number): Promise<KeptRow[]> {
    return tx.query<KeptRow>(
      `select ${rowColumns} from decision_list_rows r where r.list_no = $1 order by r.line_no`,
      [listNo],
    );
  }

  /** A sheet is written: by these its rows are compared when they come back. */
  async keepTokens(
    tx: Tx,
    listNo: number,
    rows: readonly { readonly lineNo: number; readonly nameToken: string; readonly identityToken: string }[],
  ): Promise<void> {
    await tx.query(
      `update decision_list_rows r set name_token = n.name_token, identity_token = n.identity_token
       from unnest($2::int[], $3::text[], $4::text[]) as n (line_no, name_token, identity_token)
       where r.list_no = $1 and r.line_no = n.line_no`,
      [
        listNo,
        rows.map(({ lineNo }) => lineNo),
        rows.map(({ nameToken }) => nameToken),
        rows.map(({ identityToken }) => identityToken),
      ],
    );
  }

  async keepFile(
    tx: Tx,
    listNo: number,
    file: { readonly hash: string; readonly rows: number; readonly purpose: string },
  ): Promise<void> {
    await tx.query(
      `insert into decision_list_files (list_no, file_no, content_hash, rows, purpose, taken_by, taken_by_role)
       select $1, coalesce(max(file_no), 0) + 1, $2, $3, $4, $5, $6 from decision_list_files where list_no = $1`,
      [listNo, file.hash, file.rows, file.purpose, tx.actor.id, tx.actor.role],
    );
  }

  /** The file that came before with the same content; null: none. */
  async returnOf(tx: Tx, listNo: number, sha256: string): Promise<DecisionReturn | null> {
    const [row] = await tx.query<DecisionReturn>(
      `select ${returnColumns} from decision_returns t where t.list_no = $1 and t.sha256 = $2`,
      [listNo, sha256],
    );
    return row ?? null;
  }

  /** @throws DecisionListNotFound */
  async oneReturn(tx: Tx, listNo: number, returnNo: number): Promise<DecisionReturn> {
    const [row] = await tx.query<DecisionReturn>(
      `select ${returnColumns} from decision_returns t where t.list_no = $1 and t.return_no = $2`,
      [listNo, returnNo],
    );
    if (!row) throw new DecisionListNotFound();
    return row;
  }

  /** Keeps a file that came back; those before it that nobody has confirmed do not count any more. @returns its number */
  async addReturn(
    tx: Tx,
    listNo: number,
    file: { readonly sha256: string; readonly content: string; readonly problems: readonly SheetProblem[] },
    answers: readonly ReadAnswer[],
  ): Promise<number> {
    await tx.query(
      `update decision_returns set state = 'superseded' where list_no = $1 and state = 'entered'`,
      [listNo],
    );
    const [added] = await tx.query<{ return_no: number }>(
      `insert into decision_returns (list_no, return_no, sha256, content, state, problems, entered_by, entered_by_role, entered_on_behalf_of)
       select $1, coalesce(max(return_no), 0) + 1, $2, $3, 'entered', $4, $5, $6, $7 from decision_returns where list_no = $1
       returning return_no`,
      [
        listNo,
        file.sha256,
        file.content,
        JSON.stringify(file.problems),
        tx.actor.id,
        tx.actor.role,
        tx.actor.onBehalfOf ?? null,
      ],
    );
    const returnNo = added!.return_no;
    await tx.query(
      `insert into decision_answers (list_no, return_no, line_no, row, answer)
       select $1, $2, n.line_no, n.row, n.answer::jsonb from unnest($3::int[], $4::int[], $5::text[]) as n (line_no, row, answer)`,
      [
        listNo,
        returnNo,
        answers.map(({ lineNo }) => lineNo),
        answers.map(({ row }) => row),
        answers.map(({ answer }) => JSON.stringify(answer)),
      ],
    );
    return returnNo;
  }

  /** A file that was passed over is entered again by whoever sends it again. */
  async enterAgain(tx: Tx, listNo: number, returnNo: number): Promise<void> {
    await tx.query(
      `update decision_returns set state = case return_no when $2 then 'entered' else 'superseded' end,
         entered_by = case return_no when $2 then $3 else entered_by end, entered_by_role = case return_no when $2 then $4 else entered_by_role end,
         entered_on_behalf_of = case return_no when $2 then $5 else entered_on_behalf_of end
       where list_no = $1 and (state = 'entered' or return_no = $2) and state <> 'confirmed'`,
      [listNo, returnNo, tx.actor.id, tx.actor.role, tx.actor.onBehalfOf ?? null],
    );
  }

  async confirm(tx: Tx, listNo: number, returnNo: number): Promise<void> {
    await tx.query(
      `update decision_returns set state = 'confirmed', confirmed_by = $3, confirmed_by_role = $4, confirmed_on_behalf_of = $5,
         confirmed_at = now() where list_no = $1 and return_no = $2`,
      [listNo, returnNo, tx.actor.id, tx.actor.role, tx.actor.onBehalfOf ?? null],
    );
  }

  /** Encrypted. @throws DecisionListNotFound */
  async contentOf(tx: Tx, listNo: number, returnNo: number): Promise<string> {
    const [row] = await tx.query<{ content: string }>(
      'select content from decision_returns where list_no = $1 and return_no = $2',
      [listNo, returnNo],
    );
    if (!row) throw new DecisionListNotFound();
    return row.content;
  }

  /** Of a returned file what is not done yet, in the order of the list; with `all` every answer of it. */
  answers(
    tx: Tx,
    listNo: number,
    returnNo: number,
    { limit, all = false }: { readonly limit: number; readonly all?: boolean },
  ): Promise<ReadAnswer[]> {
    return tx.query<ReadAnswer>(
      `select line_no as "lineNo", row, answer from decision_answers
       where list_no = $1 and return_no = $2 and ($3 or not taken) order by line_no limit $4`,
      [listNo, returnNo, all, limit],
    );
  }

  async take(tx: Tx, listNo: number, returnNo: number, lineNos: readonly number[]): Promise<void> {
    await tx.query(
      'update decision_answers set taken = true where list_no = $1 and return_no = $2 and line_no = any($3::int[])',
      [listNo, returnNo, lineNos],
    );
  }

  /** How listed cases stand now, wherever they are by now; locked, where it is to be acted on. */
  async now(
    tx: Tx,
    caseIds: readonly string[],
    { lock }: { readonly lock: boolean },
  ): Promise<Map<string, CaseNow>> {
    // Whether the user may was asked of the list; a case may have moved out of their reach.
    const rows = await tx.asService(() =>
      tx.query<CaseNow & { caseId: string }>(
        `select c.case_id as "caseId", c.person_id as "personId", c.division_code as "divisionCode", c.status,
           c.sent_out ->> 'receipt' as receipt, c.twin_of is not null as "isTwin",
           coalesce((select p.died_on is not null from case_persons p where p.person_id = c.person_id), false) as died,
           coalesce((select p.moved_away from case_persons p where p.person_id = c.person_id), false) as "movedAway"
         from cases c where c.case_id = any($1::uuid[]) order by c.case_id ${lock ? 'for update of c' : ''}`,
        [caseIds],
      ),
    );
    return new Map(rows.map(({ caseId, ...now }) => [caseId, now]));
  }

  async change(tx: Tx, listNo: number, changes: readonly RowChange[]): Promise<void> {
    await tx.query(
      `update decision_list_rows r set state = n.state, why = n.why::jsonb, answer = coalesce(n.answer::jsonb, r.answer),
         return_no = coalesce(n.return_no, r.return_no), note = coalesce(n.note, r.note), changed_by = $8, changed_by_role = $9,
         changed_at = now()
       from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[]) as n (line_no, state, why, answer, return_no, note)
       where r.list_no = $1 and r.line_no = n.line_no and r.state in (${OPEN})`,
      [
        listNo,
        changes.map(({ lineNo }) => lineNo),
        changes.map(({ state }) => state),
        changes.map(({ why }) => JSON.stringify(why)),
        changes.map(({ answer }) => (answer ? JSON.stringify(answer) : null)),
        changes.map(({ returnNo }) => returnNo),
        changes.map(({ note }) => note ?? null),
        tx.actor.id,
        tx.actor.role,
      ],
    );
  }
}
