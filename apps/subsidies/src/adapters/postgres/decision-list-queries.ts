import { Injectable } from '@nestjs/common';
import { type Caller, Database } from '@app/platform';
import { rowStates, type RowState } from '../../domain/decision-list.js';
import type { DecisionList, DecisionReturn, KeptRow } from './decision-list-repository.js';

/** A list with how many of its cases stand where. */
export interface ShownList extends Omit<DecisionList, 'count'> {
  readonly rows: number;
  readonly states: Readonly<Record<RowState, number>>;
  /** When names and numbers were taken out last; null: never. */
  readonly writtenAt: Date | null;
}

export type ShownRow = Omit<KeptRow, 'nameToken' | 'identityToken'> & { readonly note: string | null };

export type ShownReturn = Omit<DecisionReturn, 'enteredBy' | 'problems'> & {
  readonly enteredBy: string;
  readonly answers: number;
  readonly problems: number;
};

const counted = rowStates
  .map((state) => `'${state}', (count(*) filter (where r.state = '${state}'))::int`)
  .join(', ');

/** Lists as they are looked at: row-level security shows what is in reach. */
@Injectable()
export class DecisionListQueries {
  constructor(private readonly database: Database) {}

  /** The oldest that still wait first; of those that are done the newest. */
  lists(
    reader: Caller,
    query: {
      readonly county?: string | undefined;
      readonly receipt?: string | undefined;
      readonly open?: boolean | undefined;
      readonly listNo?: number | undefined;
    },
  ): Promise<ShownList[]> {
    return this.database.query<ShownList>(
      reader,
      `select l.list_no::float8 as "listNo", l.receipt, l.county, l.division_code as "divisionCode", l.body, l.item_id as "itemId", l.day,
         l.sent_by as "sentBy", l.count as rows, jsonb_build_object(${counted}) as states,
         (select max(f.taken_at) from decision_list_files f where f.list_no = l.list_no) as "writtenAt"
       from decision_lists l join decision_list_rows r using (list_no)
       where ($1::text is null or l.county = $1) and ($2::text is null or l.receipt = $2) and ($4::bigint is null or l.list_no = $4)
       group by l.list_no
       having not coalesce($3, false) or bool_or(r.state in ('sent', 'to-settle'))
       order by bool_or(r.state in ('sent', 'to-settle')) desc,
         case when bool_or(r.state in ('sent', 'to-settle')) then l.list_no else -l.list_no end limit 200`,
      [query.county ?? null, query.receipt ?? null, query.open ?? null, query.listNo ?? null],
    );
  }

  rows(
    reader: Caller,
    listNo: number,
    query: { readonly state?: RowState | undefined; readonly after: number; readonly limit: number },
  ): Promise<ShownRow[]> {
    return this.database.query<ShownRow>(
      reader,
      `select r.line_no as "lineNo", r.case_id as "caseId", r.person_id as "personId", r.division_code as "divisionCode",
         r.item_id as "itemId", r.title, r.applied_on as "appliedOn", r.fen::float8 as fen, r.state, r.why, r.answer,
         r.return_no as "returnNo", r.note
       from decision_list_rows r
       where r.list_no = $1 and ($2::text is null or r.state = $2) and r.line_no > $3 order by r.line_no limit $4`,
      [listNo, query.state ?? null, query.after, query.limit],
    );
  }

  returns(reader: Caller, listNo: number): Promise<ShownReturn[]> {
    return this.database.query<ShownReturn>(
      reader,
      `select t.return_no as "returnNo", t.sha256, t.state, t.entered_by as "enteredBy", t.entered_at as "enteredAt",
         t.confirmed_by as "confirmedBy", jsonb_array_length(t.problems) as problems,
         (select count(*)::int from decision_answers a where a.list_no = t.list_no and a.return_no = t.return_no) as answers
       from decision_returns t where t.list_no = $1 order by t.return_no`,
      [listNo],
    );
  }
}
