import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { shanghaiDay, type Clock } from '@app/kernel';
import type { Caller, Database, Tx } from '@app/platform';
import type { ContentKeys } from '../content-keys.js';
import type { SealedObject } from '../content-store.js';
import type { FileSweeper } from '../file-sweeper.js';
import type { CaseStanding } from './case-standing.js';
import { dueFiles, dueRecords, idsHash } from './due-files.js';
import type { RecordContent, RetainedRecords } from './retained-records.js';
import type { ArchivedFile, RetentionArchive } from './retention-archive.js';

const FILES_AT_ONCE = 500;
/** A record's content may be a whole bank file: few are held in memory at a time. */
const RECORDS_AT_ONCE = 50;

/** `$4` the proposal: what was not archived yet, and may be. */
const NOT_ARCHIVED = `exists (select from retention_proposal_files w where w.proposal_id = $4 and w.file_id = due.file_id
  and w.archived_sha256 is null and w.kept_because is null and w.deleted_at is null)`;

/** `$4` ids, `$5` the proposal, `$6` whether it is archived first: of these what is still due, and lies in the archive. */
const STILL_DUE = `due.file_id = any($4::uuid[])
  and exists (select from retention_proposal_files p where p.proposal_id = $5 and p.file_id = due.file_id
    and (not $6 or p.archived_sha256 is not null))`;

interface Approved {
  readonly proposal_id: string;
  readonly class: string;
  readonly years: number;
  readonly archive: boolean;
  readonly wrapped_key: string | null;
}

interface FileInBundle {
  readonly file_id: string;
  readonly person_id: string;
  readonly case_id: string;
  readonly ended_on: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly archived_sha256: string;
}

/**
 * Carries out what a named person has approved: the archive first where the class has one, then rows with their proof in one transaction,
 * then the bytes. Killed anywhere, it goes on where it was; a file that is held again meanwhile stays. One process at a time.
 */
export class CarryOut {
  private readonly logger: Logger;

  constructor(
    private readonly database: Database,
    private readonly worker: Caller,
    private readonly standing: CaseStanding,
    private readonly keys: ContentKeys,
    private readonly archive: RetentionArchive,
    private readonly sweeper: Pick<FileSweeper, 'clear'>,
    private readonly clock: Clock,
    private readonly records: readonly RetainedRecords[] = [],
  ) {
    this.logger = new Logger(`retention:${database.service}`);
  }

  /** @returns how many files were deleted */
  async run(): Promise<number> {
    const approved = await this.database.query<Approved>(
      this.worker,
      `select proposal_id, class, years, archive, wrapped_key from retention_proposals where status = 'approved' order by approved_at`,
    );
    let deleted = 0;
    for (const proposal of approved) {
      const records = this.records.find((each) => each.class === proposal.class) ?? null;
      if (proposal.archive)
        await (records ? this.archiveRecords(proposal, records) : this.archiveAll(proposal));
      for (;;) {
        const chunk = await this.database.transaction(this.worker, (tx) =>
          this.deleteChunk(tx, proposal, records),
        );
        deleted += chunk.deleted;
        if (chunk.looked < FILES_AT_ONCE) break;
      }
      if (!records) await this.sweeper.clear();
      await (records ? this.close(proposal) : this.finish(proposal));
    }
    if (deleted > 0) this.logger.log(`${deleted} files were deleted, as approved`);
    return deleted;
  }

  private async archiveAll(proposal: Approved): Promise<void> {
    const key = proposal.wrapped_key!;
    for (;;) {
      const files = await this.database.query<SealedObject & { readonly file_id: string }>(
        this.worker,
        `select due.file_id, o.object_id, o.address, o.wrapped_key
         from ${dueFiles(this.standing.sql)} join file_objects o using (object_id)
         where ${NOT_ARCHIVED} order by due.file_id limit $5`,
        [...this.dueOf(proposal), proposal.proposal_id, FILES_AT_ONCE],
      );
      for (const file of files) {
        const sha256 = await this.archive
          .add(proposal.proposal_id, key, file.file_id, file)
          .catch((error: unknown) => {
            this.logger.error(
              `file ${file.file_id} cannot be archived and stays: ${error instanceof Error ? error.message : String(error)}`,
            );
            return null;
          });
        await this.archived(proposal, file.file_id, sha256);
      }
      if (files.length < FILES_AT_ONCE) break;
    }
    await this.proveArchive(proposal, key);
  }

  /** Null: it cannot be read, and stays. */
  private async archived(
    { proposal_id: id }: Approved,
    fileId: string,
    sha256: string | null,
  ): Promise<void> {
    await this.database.query(
      this.worker,
      `update retention_proposal_files set archived_sha256 = $3, kept_because = case when $3::text is null then 'unreadable' end
       where proposal_id = $1 and file_id = $2`,
      [id, fileId, sha256],
    );
  }

  private async archiveRecords(proposal: Approved, records: RetainedRecords): Promise<void> {
    const key = proposal.wrapped_key!;
    for (;;) {
      const due = await this.database.query<{ readonly file_id: string }>(
        this.worker,
        `select due.file_id from ${dueRecords(records)} where ${NOT_ARCHIVED} order by due.file_id limit $5`,
        [...this.dueOf(proposal), proposal.proposal_id, RECORDS_AT_ONCE],
      );
      const ids = due.map(({ file_id }) => file_id);
      const contents = new Map(
        (await records.contents(this.worker, ids)).map((record) => [record.recordId, record]),
      );
      for (const id of ids) {
        const record = contents.get(id);
        const sha256 = record
          ? await this.archive.addContent(proposal.proposal_id, key, id, record.content)
          : null;
        await this.archived(proposal, id, sha256);
      }
      if (due.length < RECORDS_AT_ONCE) break;
    }
    if (await this.isArchived(proposal)) return;
    const rows = await this.database.query<{ file_id: string; ended_on: string; archived_sha256: string }>(
      this.worker,
      `select file_id, to_char(ended_on, 'YYYY-MM-DD') as ended_on, archived_sha256 from retention_proposal_files
       where proposal_id = $1 and archived_sha256 is not null order by file_id`,
      [proposal.proposal_id],
    );
    const files: ArchivedFile[] = [];
    for (let at = 0; at < rows.length; at += RECORDS_AT_ONCE) {
      const part = rows.slice(at, at + RECORDS_AT_ONCE);
      const contents = new Map(
        (
          await records.contents(
            this.worker,
            part.map(({ file_id }) => file_id),
          )
        ).map((record) => [record.recordId, record]),
      );
      files.push(...part.flatMap((row) => archivedRecord(proposal, row, contents.get(row.file_id))));
    }
    await this.closeBundle(proposal, key, files);
  }

  private async isArchived({ proposal_id: id }: Approved): Promise<boolean> {
    const proved = await this.database.query(
      this.worker,
      `select 1 from retention_proofs where proposal_id = $1 and what = 'archived'`,
      [id],
    );
    return proved.length > 0;
  }

  private async proveArchive(proposal: Approved, key: string): Promise<void> {
    if (await this.isArchived(proposal)) return;
    const rows = await this.database.query<FileInBundle>(
      this.worker,
      `select f.file_id, f.person_id, f.case_id, f.name, to_char(p.ended_on, 'YYYY-MM-DD') as ended_on, o.type, o.bytes, p.archived_sha256
       from retention_proposal_files p join files f using (file_id) join file_objects o on o.object_id = f.object_id
       where p.proposal_id = $1 and p.archived_sha256 is not null order by f.file_id`,
      [proposal.proposal_id],
    );
    await this.closeBundle(
      proposal,
      key,
      rows.map((row): ArchivedFile => ({
        fileId: row.file_id,
        personId: row.person_id,
        caseId: row.case_id,
        class: proposal.class,
        endedOn: row.ended_on,
        name: this.keys.openName(row.name),
        type: row.type,
        bytes: row.bytes,
        sha256: row.archived_sha256,
      })),
    );
  }

  private async closeBundle(proposal: Approved, key: string, files: readonly ArchivedFile[]): Promise<void> {
    if (files.length === 0) return;
    const manifest = await this.archive.close(proposal.proposal_id, key, files);
    await this.database.transaction(this.worker, async (tx) => {
      if (!(await this.isMine(tx, proposal.proposal_id, 'archived'))) return;
      const ids = files.map(({ fileId }) => fileId);
      await this.prove(tx, proposal.proposal_id, 'archived', ids, { manifestSha256: manifest });
    });
  }

  /** What is still due of the set goes, and the proof of it is written, in one transaction. */
  private async deleteChunk(
    tx: Tx,
    proposal: Approved,
    records: RetainedRecords | null,
  ): Promise<{ looked: number; deleted: number }> {
    const looked = await tx.query<{ file_id: string }>(
      `select file_id from retention_proposal_files
       where proposal_id = $1 and deleted_at is null and kept_because is null order by file_id limit $2 for update`,
      [proposal.proposal_id, FILES_AT_ONCE],
    );
    if (looked.length === 0) return { looked: 0, deleted: 0 };
    const ids = looked.map(({ file_id }) => file_id);
    const deleted = records
      ? await this.deleteRecords(tx, proposal, records, ids)
      : await this.deleteFiles(tx, proposal, ids);
    await tx.query(
      `update retention_proposal_files set deleted_at = case when file_id = any($3::uuid[]) then $4::timestamptz end,
         kept_because = case when file_id = any($3::uuid[]) then null else 'held' end
       where proposal_id = $1 and file_id = any($2::uuid[])`,
      [proposal.proposal_id, ids, deleted, this.clock.now()],
    );
    if (deleted.length > 0) await this.prove(tx, proposal.proposal_id, 'deleted', deleted, {});
    return { looked: looked.length, deleted: deleted.length };
  }

  private async deleteRecords(
    tx: Tx,
    proposal: Approved,
    records: RetainedRecords,
    ids: readonly string[],
  ): Promise<string[]> {
    const due = await tx.query<{ file_id: string }>(
      `select due.file_id from ${dueRecords(records)} where ${STILL_DUE} order by due.file_id`,
      [...this.dueOf(proposal), ids, proposal.proposal_id, proposal.archive],
    );
    const deleted = due.map(({ file_id }) => file_id);
    if (deleted.length > 0) await records.remove(tx, deleted);
    return deleted;
  }

  private async deleteFiles(tx: Tx, proposal: Approved, ids: readonly string[]): Promise<string[]> {
    // Whoever changes a file holds its row; what they decide is seen below.
    await tx.query('select 1 from files where file_id = any($1::uuid[]) order by file_id for update', [ids]);
    const gone = await tx.query<{ file_id: string }>(
      `with over as (
         select due.file_id from ${dueFiles(this.standing.sql)} where ${STILL_DUE}),
       gone as (delete from files where file_id in (select file_id from over) returning file_id, object_id),
       -- Looked at once, and not after hours: nobody can be on the way to link a row that is gone. A claim of the same content is later.
       looked as (
         update file_objects o set look_at = coalesce(o.look_at, '-infinity')
         from (select distinct object_id from gone) g where o.object_id = g.object_id)
       select file_id from gone`,
      [...this.dueOf(proposal), ids, proposal.proposal_id, proposal.archive],
    );
    return gone.map(({ file_id }) => file_id);
  }

  /** Records have no bytes beside their rows: with these all is done. */
  private async close({ proposal_id: id }: Approved): Promise<void> {
    await this.database.query(
      this.worker,
      `update retention_proposals set status = 'done', done_at = $2 where proposal_id = $1 and status = 'approved'`,
      [id, this.clock.now()],
    );
  }

  /** A content that somebody is just uploading again is looked at a day later; until then the proposal is not done. */
  private async finish({ proposal_id: proposalId }: Approved): Promise<void> {
    await this.database.transaction(this.worker, async (tx) => {
      if (!(await this.isMine(tx, proposalId, 'contents-removed'))) return;
      const [state] = await tx.query<{ pending: number; shared: number; kept: number }>(
        `select
           (count(*) filter (where o.object_id is not null and not u.used))::int as pending,
           (count(*) filter (where o.object_id is not null and u.used))::int as shared,
           (select count(*)::int from retention_proposal_files where proposal_id = $1 and kept_because is not null) as kept
         from (select distinct object_id from retention_proposal_files where proposal_id = $1 and deleted_at is not null) p
         left join file_objects o using (object_id)
         cross join lateral (select exists (select from files f where f.object_id = p.object_id) as used) u`,
        [proposalId],
      );
      if (state!.pending > 0) return;
      await tx.query(
        `insert into retention_proofs (proof_id, proposal_id, what, class, years, basis, count, bytes, ids_hash, oldest, newest, detail,
           approved_by, approved_by_role, approved_at, at)
         select $2, p.proposal_id, 'contents-removed', p.class, p.years, p.basis, g.count, g.bytes, g.ids_hash, g.oldest, g.newest, $3,
           p.approved_by, p.approved_by_role, p.approved_at, $4
         from retention_proposals p, lateral (
           select count(*)::int as count, sum(bytes) as bytes, ${idsHash('object_id')} as ids_hash, min(oldest) as oldest, max(newest) as newest
           from (select object_id, min(bytes) as bytes, min(ended_on) as oldest, max(ended_on) as newest from retention_proposal_files
                 where proposal_id = $1 and deleted_at is not null group by object_id) d
           where not exists (select from file_objects o where o.object_id = d.object_id)) g
         where p.proposal_id = $1 and g.count > 0`,
        [
          proposalId,
          randomUUID(),
          JSON.stringify({ shared: state!.shared, kept: state!.kept }),
          this.clock.now(),
        ],
      );
      await tx.query(`update retention_proposals set status = 'done', done_at = $2 where proposal_id = $1`, [
        proposalId,
        this.clock.now(),
      ]);
    });
  }

  /** Of several processes the first one proves; it holds the proposal until it has. */
  private async isMine(tx: Tx, proposalId: string, what: string): Promise<boolean> {
    const [open] = await tx.query(
      `select 1 from retention_proposals where proposal_id = $1 and status = 'approved' for update`,
      [proposalId],
    );
    if (!open) return false;
    const proved = await tx.query('select 1 from retention_proofs where proposal_id = $1 and what = $2', [
      proposalId,
      what,
    ]);
    return proved.length === 0;
  }

  private async prove(
    tx: Tx,
    proposalId: string,
    what: 'archived' | 'deleted',
    fileIds: readonly string[],
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await tx.query(
      `insert into retention_proofs (proof_id, proposal_id, what, class, years, basis, count, bytes, ids_hash, oldest, newest, detail,
         approved_by, approved_by_role, approved_at, at)
       select $2, p.proposal_id, $3, p.class, p.years, p.basis, s.count, s.bytes, s.ids_hash, s.oldest, s.newest, $5,
         p.approved_by, p.approved_by_role, p.approved_at, $6
       from retention_proposals p, lateral (
         select count(*)::int as count, sum(bytes) as bytes, ${idsHash('file_id')} as ids_hash, min(ended_on) as oldest, max(ended_on) as newest
         from retention_proposal_files where proposal_id = p.proposal_id and file_id = any($4::uuid[])) s
       where p.proposal_id = $1`,
      [proposalId, randomUUID(), what, fileIds, JSON.stringify(detail), this.clock.now()],
    );
  }

  private dueOf({ class: name, years }: Approved): readonly [string, number, string] {
    return [name, years, shanghaiDay(this.clock.now())];
  }
}

/** A record that is held again, or was changed meanwhile, is in the manifest all the same: its content lies in the bundle. */
function archivedRecord(
  { class: name }: Approved,
  row: { readonly file_id: string; readonly ended_on: string; readonly archived_sha256: string },
  record: RecordContent | undefined,
): ArchivedFile[] {
  if (!record) return [];
  return [
    {
      fileId: row.file_id,
      personId: record.personId,
      caseId: record.caseId,
      class: name,
      endedOn: row.ended_on,
      name: record.name,
      type: record.type,
      bytes: record.content.length,
      sha256: row.archived_sha256,
    },
  ];
}
