import { Injectable } from '@nestjs/common';
import { type Caller, Database } from '@app/platform';
import type { FindingKind, TakeOverList, Verdict } from '../../domain/take-over.js';

/** A list as it stands: which file counts, and how many of its rows are where. */
export interface ShownList {
  readonly list: TakeOverList;
  readonly sha256: string;
  readonly isWhole: boolean;
  readonly rows: number;
  readonly loaded: number;
  /** A corrected file says otherwise, and what the row made is to be taken back, unless somebody has decided on it. */
  readonly changed: number;
  readonly clean: number;
  readonly releasable: number;
  readonly blocked: number;
}

export interface ShownFinding {
  readonly place: number;
  readonly list: TakeOverList;
  readonly row: number;
  readonly kind: FindingKind;
  readonly column: string | null;
  readonly reason: string;
  readonly personId: string | null;
  readonly divisionCode: string;
}

export interface ShownVillage {
  readonly divisionCode: string;
  readonly findings: number;
  readonly digest: string;
  readonly isReleased: boolean;
  readonly releasedBy: string | null;
  readonly note: string | null;
}

/** Take-overs, as they are looked at: row-level security shows what is in reach. */
@Injectable()
export class TakeOverQueries {
  constructor(private readonly database: Database) {}

  lists(reader: Caller, takeOverId: string): Promise<ShownList[]> {
    const verdict = (word: Verdict) => `(count(*) filter (where r.verdict = '${word}'))::int as ${word}`;
    return this.database.query<ShownList>(
      reader,
      `select l.list, l.sha256, l.is_whole as "isWhole", count(r.key)::int as rows,
         (count(*) filter (where r.state = 'loaded'))::int as loaded, (count(*) filter (where r.state in ('changed', 'gone')))::int as changed,
         ${(['clean', 'releasable', 'blocked'] as const).map(verdict).join(', ')}
       from take_over_lists l left join take_over_rows r on r.take_over_id = l.take_over_id and r.list = l.list and r.state <> 'void'
       where l.take_over_id = $1 group by l.list, l.sha256, l.is_whole
       order by array_position(array['cards', 'benefits', 'payees', 'cases'], l.list)`,
      [takeOverId],
    );
  }

  kinds(
    reader: Caller,
    takeOverId: string,
  ): Promise<{ list: TakeOverList; kind: FindingKind; count: number }[]> {
    return this.database.query(
      reader,
      `select list, kind, count(*)::int as count from take_over_findings where take_over_id = $1 group by list, kind order by list, kind`,
      [takeOverId],
    );
  }

  /** The run whose difference was signed, else the first one that was made of the county since; null: none was. */
  async firstRun(reader: Caller, takeOverId: string): Promise<number | null> {
    const [row] = await this.database.query<{ runNo: number | null }>(
      reader,
      `select coalesce(
         (select max(run_no) from take_over_signatures where take_over_id = t.take_over_id),
         (select min(r.run_no) from pay_runs r
          where r.county = t.county and r.created_at >= t.created_at and r.state <> 'cancelled' and t.state in ('loaded', 'released'))
       )::float8 as "runNo"
       from take_overs t where t.take_over_id = $1`,
      [takeOverId],
    );
    return row?.runNo ?? null;
  }

  villages(reader: Caller, takeOverId: string): Promise<ShownVillage[]> {
    return this.database.query<ShownVillage>(
      reader,
      `select division_code as "divisionCode", findings, digest, released_digest is not distinct from digest as "isReleased",
         released_by as "releasedBy", note
       from take_over_villages where take_over_id = $1 order by division_code`,
      [takeOverId],
    );
  }

  findings(
    reader: Caller,
    takeOverId: string,
    query: {
      readonly divisionCode?: string | undefined;
      readonly list?: string | undefined;
      readonly kind?: string | undefined;
      readonly after: number;
      readonly limit: number;
    },
  ): Promise<ShownFinding[]> {
    return this.database.query<ShownFinding>(
      reader,
      `select place, list, row, kind, "column", reason, person_id as "personId", division_code as "divisionCode" from take_over_findings
       where take_over_id = $1 and ($2::text is null or division_code = $2) and ($3::text is null or list = $3)
         and ($4::text is null or kind = $4) and place > $5 order by place limit $6`,
      [
        takeOverId,
        query.divisionCode ?? null,
        query.list ?? null,
        query.kind ?? null,
        query.after,
        query.limit,
      ],
    );
  }
}
