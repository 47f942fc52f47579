import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import type {
  ContentOf,
  ListedRow,
  ReaderFault,
  TakeOverFinding,
  TakeOverList,
  Verdict,
} from '../../domain/take-over.js';

/** What the ciphertext of account numbers in lists is bound to. */
export const LISTED_ACCOUNT_COLUMN = 'subsidies.take_over_rows.account_number';

/** A row that came, as it is kept. */
export interface StagedRow {
  readonly list: TakeOverList;
  readonly key: string;
  readonly nth: number;
  readonly row: number;
  readonly sha256: string;
  readonly personId: string | null;
  readonly divisionCode: string;
  readonly content: ContentOf[TakeOverList] | null;
  /** Ciphertext. */
  readonly accountNumber: string | null;
  readonly faults: readonly ReaderFault[];
  /** Of all that the row says. */
  readonly digest: string;
}

/** A row as it is compared with others. */
export type KeptRow = ListedRow &
  Pick<StagedRow, 'key' | 'nth' | 'divisionCode'> & { verdict: Verdict | null };

/** SQL: the row on file says what `n` says. Its digest is of the id that the person had when it came. */
const SAME = `(r.digest = n.digest or (r.person_id is not distinct from n.person_id and r.content is not distinct from n.content::jsonb
  and r.faults = n.faults::jsonb))`;

/** The rows of lists: taken as they come, compared, and the lists of villages that come of it. Only the service's own work writes them. */
@Injectable()
export class TakeOverRows {
  /**
   * Takes rows of a file. One that says what was said before stays as it is, also where its person's id is another one since files were
   * merged; one that says otherwise is to be loaded anew.
   * @returns how many are new or say otherwise
   */
  async take(tx: Tx, takeOverId: string, rows: readonly StagedRow[]): Promise<number> {
    if (rows.length === 0) return 0;
    const [{ changed } = { changed: 0 }] = await tx.query<{ changed: number }>(
      `with sent as (
         select * from unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[],
           $11::text[], $12::text[])
         as n (list, key, nth, row, sha256, person_id, division_code, content, account_number, faults, digest)),
       before as (
         select r.list, r.key, r.nth, r.state, ${SAME.replaceAll('n.', 'sent.')} as same
         from take_over_rows r join sent using (list, key, nth) where r.take_over_id = $1),
       written as (
         insert into take_over_rows as r (take_over_id, list, key, nth, row, sha256, person_id, division_code, content, account_number,
           faults, digest, state)
         select $1, list, key, nth, row, sha256, person_id, division_code, content::jsonb, account_number, faults::jsonb, digest, 'staged'
         from sent
         on conflict (take_over_id, list, key, nth) do update set row = excluded.row, sha256 = excluded.sha256,
           content = excluded.content, account_number = excluded.account_number, faults = excluded.faults, digest = excluded.digest,
           verdict = case when ${SAME.replaceAll('n.', 'excluded.')} then r.verdict end,
           state = case
             when r.state = 'void' then 'staged'
             when r.state in ('loaded', 'changed', 'gone') and not (${SAME.replaceAll('n.', 'excluded.')}) then 'changed'
             when r.state = 'gone' then 'loaded'
             else r.state end)
       select (count(*) filter (where b.same is not true))::int as changed from sent s left join before b using (list, key, nth)`,
      [
        takeOverId,
        rows.map(({ list }) => list),
        rows.map(({ key }) => key),
        rows.map(({ nth }) => nth),
        rows.map(({ row }) => row),
        rows.map(({ sha256 }) => sha256),
        rows.map(({ personId }) => personId),
        rows.map(({ divisionCode }) => divisionCode),
        rows.map(({ content }) => (content ? JSON.stringify(content) : null)),
        rows.map(({ accountNumber }) => accountNumber),
        rows.map(({ faults }) => JSON.stringify(faults)),
        rows.map(({ digest }) => digest),
      ],
      'take-over-rows',
    );
    return changed;
  }

  /** The file is whole: rows of the one before it that it has no more are gone. @returns how many */
  async passOver(tx: Tx, takeOverId: string, list: TakeOverList, sha256: string): Promise<number> {
    const rows = await tx.query(
      `with dropped as (
         delete from take_over_rows where take_over_id = $1 and list = $2 and sha256 <> $3 and state = 'staged' returning 1),
       gone as (
         update take_over_rows set state = 'gone' where take_over_id = $1 and list = $2 and sha256 <> $3 and state in ('loaded', 'changed')
         returning 1)
       select 1 from dropped union all select 1 from gone`,
      [takeOverId, list, sha256],
    );
    return rows.length;
  }

  /** Every row that counts, in the order of list and row. */
  async all(tx: Tx, takeOverId: string): Promise<KeptRow[]> {
    return tx.query<KeptRow>(
      `select list, key, nth, row, person_id as "personId", division_code as "divisionCode", content, faults, verdict
       from take_over_rows where take_over_id = $1 and state not in ('gone', 'void') order by list, row`,
      [takeOverId],
    );
  }

  /** What the comparison says of these rows: whether they are loaded, and where their persons live. */
  async judge(
    tx: Tx,
    takeOverId: string,
    rows: readonly (Pick<KeptRow, 'list' | 'key' | 'nth' | 'divisionCode'> & { readonly verdict: Verdict })[],
  ): Promise<void> {
    await tx.query(
      `update take_over_rows r set verdict = n.verdict, division_code = n.division_code
       from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::text[]) as n (list, key, nth, verdict, division_code)
       where r.take_over_id = $1 and r.list = n.list and r.key = n.key and r.nth = n.nth`,
      [
        takeOverId,
        rows.map(({ list }) => list),
        rows.map(({ key }) => key),
        rows.map(({ nth }) => nth),
        rows.map(({ verdict }) => verdict),
        rows.map(({ divisionCode }) => divisionCode),
      ],
    );
  }

  async clearFindings(tx: Tx, takeOverId: string): Promise<void> {
    await tx.query('delete from take_over_findings where take_over_id = $1', [takeOverId]);
  }

  async addFindings(
    tx: Tx,
    takeOverId: string,
    found: readonly (TakeOverFinding & {
      readonly personId: string | null;
      readonly divisionCode: string;
      readonly place: number;
    })[],
  ): Promise<void> {
    await tx.query(
      `insert into take_over_findings (take_over_id, list, row, kind, place, "column", reason, person_id, division_code)
       select $1, n.* from unnest($2::text[], $3::int[], $4::text[], $5::int[], $6::text[], $7::text[], $8::uuid[], $9::text[]) as n
       on conflict do nothing`,
      [
        takeOverId,
        found.map(({ list }) => list),
        found.map(({ row }) => row),
        found.map(({ kind }) => kind),
        found.map(({ place }) => place),
        found.map(({ column }) => column),
        found.map(({ reason }) => reason),
        found.map(({ personId }) => personId),
        found.map(({ divisionCode }) => divisionCode),
      ],
    );
  }

  /** The lists of the villages follow the findings; one that a supervisor released stays so while it says the same. */
  async listVillages(tx: Tx, takeOverId: string): Promise<void> {
    await tx.query(
      `with now as (
         select f.division_code, count(*)::int as findings,
           md5(string_agg(concat_ws(' ', f.list, coalesce(r.key, f.row::text), f.kind, r.digest), E'\\n'
             order by f.list, r.key, f.row, f.kind)) as digest
         from take_over_findings f
         left join take_over_rows r on r.take_over_id = f.take_over_id and r.list = f.list and r.row = f.row and r.state not in ('gone', 'void')
         where f.take_over_id = $1 group by f.division_code),
       over as (
         delete from take_over_villages v where v.take_over_id = $1 and not exists (
           select from now where now.division_code = v.division_code))
       insert into take_over_villages (take_over_id, division_code, findings, digest)
       select $1, division_code, findings, digest from now
       on conflict (take_over_id, division_code) do update set findings = excluded.findings, digest = excluded.digest`,
      [takeOverId],
    );
  }

  /** @returns whether the village's list is the one that was seen and was not released yet; null: there is no such list */
  async release(
    tx: Tx,
    takeOverId: string,
    divisionCode: string,
    { digest, note }: { readonly digest: string; readonly note: string },
  ): Promise<boolean | null> {
    const rows = await tx.query<{ same: boolean }>(
      `select digest = $3 as same from take_over_villages
       where take_over_id = $1 and division_code = $2 and released_digest is distinct from digest for update`,
      [takeOverId, divisionCode, digest],
    );
    const [found] = rows;
    if (!found) return null;
    if (!found.same) return false;
    await tx.query(
      `update take_over_villages set released_digest = digest, released_by = $3, released_by_role = $4, note = $5, released_at = now()
       where take_over_id = $1 and division_code = $2`,
      [takeOverId, divisionCode, tx.actor.id, tx.actor.role, note],
    );
    return true;
  }
}
