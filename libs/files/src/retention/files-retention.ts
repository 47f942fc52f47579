import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { shanghaiDay, type Clock } from '@app/kernel';
import type { Caller, Database, Tx } from '@app/platform';
import type { CaseStanding } from './case-standing.js';
import { classesOf, dueFiles, dueRecords, idsHash, recordsOf, type ClassReport } from './due-files.js';
import type { RetainedRecords } from './retained-records.js';
import { ProposalChanged, ProposalNotOpen } from './retention-errors.js';
import type { RetentionRules } from './retention-rules.js';

/** Rows of one short transaction. */
const ROWS_AT_ONCE = 2_000;
/** Files of one proposal: what one person can answer for. The rest is proposed when it is done. */
const FILES_AT_ONCE = 20_000;

/** A set of files whose time is over (销毁清单). */
export interface Proposal {
  readonly proposalId: string;
  readonly class: string;
  readonly years: number;
  readonly archive: boolean;
  readonly basis: string;
  readonly asOf: string;
  readonly status: 'proposed' | 'approved';
  readonly files: number;
  readonly bytes: number;
  readonly idsHash: string;
  readonly oldest: string;
  readonly newest: string;
}

/** What proves that something was archived or deleted. */
export interface Proof {
  readonly proofId: string;
  readonly proposalId: string;
  readonly what: 'archived' | 'deleted' | 'contents-removed';
  readonly class: string;
  readonly years: number;
  readonly basis: string;
  readonly count: number;
  readonly bytes: number;
  readonly idsHash: string;
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly approvedBy: string;
  readonly approvedAt: string;
  readonly at: string;
}

const DAY = (column: string) => `to_char(${column}, 'YYYY-MM-DD')`;
const INSTANT = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const PROPOSAL = `proposal_id as "proposalId", class, years, archive, basis, ${DAY('as_of')} as "asOf", status, files, bytes::float8 as bytes,
  ids_hash as "idsHash", ${DAY('oldest')} as oldest, ${DAY('newest')} as newest`;
const PROOF = `proof_id as "proofId", proposal_id as "proposalId", what, class, years, basis, count, bytes::float8 as bytes, ids_hash as "idsHash",
  ${DAY('oldest')} as oldest, ${DAY('newest')} as newest, detail, approved_by as "approvedBy",
  ${INSTANT('approved_at')} as "approvedAt", ${INSTANT('at')} as at`;

/**
 * Which files are due by the rules of the place, and who approved that they go. Two eyes are the job's, which only proposes, two those
 * of a named person, who approves exactly the set that they were shown.
 */
export class FilesRetention {
  private readonly logger: Logger;

  constructor(
    private readonly database: Database,
    private readonly worker: Caller,
    private readonly standing: CaseStanding,
    private readonly rules: RetentionRules,
    private readonly newKey: () => string,
    private readonly clock: Clock,
    private readonly records: readonly RetainedRecords[] = [],
  ) {
    this.logger = new Logger(`retention:${database.service}`);
  }

  /** Every class that the service has files of, its rule, and what holds its files. Counts; nothing of a person. */
  async report(): Promise<ClassReport[]> {
    const counted = [classesOf(this.standing.sql), ...this.records.map(recordsOf)];
    const rows = await Promise.all(
      counted.map((sql) =>
        this.database.query<{
          class: string;
          files: number;
          bytes: number;
          without_case: number;
          of_open_cases: number;
          challenged: number;
          protected: number;
        }>(this.worker, sql),
      ),
    );
    return rows.flat().map((row) => ({
      class: row.class,
      files: row.files,
      bytes: row.bytes,
      withoutCase: row.without_case,
      ofOpenCases: row.of_open_cases,
      challenged: row.challenged,
      protected: row.protected,
      rule: this.rules[row.class] ?? null,
    }));
  }

  /** Proposals that wait for approval, or are being carried out. */
  open(): Promise<Proposal[]> {
    return this.database.query<Proposal>(
      this.worker,
      `select ${PROPOSAL} from retention_proposals where status in ('proposed', 'approved') order by class`,
    );
  }

  /** Newest first. */
  proofs(limit: number): Promise<Proof[]> {
    return this.database.query<Proof>(
      this.worker,
      `select ${PROOF} from retention_proofs p order by p.at desc, proof_id limit $1`,
      [limit],
    );
  }

  /** Once a night: gathers what is due of each class that has a rule. The same set again changes nothing. */
  async propose(): Promise<void> {
    await this.database.query(
      this.worker,
      `delete from retention_proposals where status = 'gathering' and proposed_at < $1`,
      [new Date(this.clock.now().getTime() - 60 * 60_000)],
    );
    for (const name of Object.keys(this.rules)) await this.proposeClass(name);
    await this.dropWithoutRule();
  }

  /**
   * A named person approves that exactly this set goes.
   * @param seen hash of the ids that they were shown
   * @throws ProposalNotOpen, ProposalChanged
   */
  async approve(caller: Caller, proposalId: string, seen: string, reason: string): Promise<Proposal> {
    return this.database.transaction(caller, async (tx) => {
      // Proposals are no user's rows; the caller has been asked whether they may.
      const [approved] = await tx.asService(async () => {
        const [found] = await tx.query<{ status: string; ids_hash: string | null }>(
          'select status, ids_hash from retention_proposals where proposal_id = $1 for update',
          [proposalId],
        );
        if (found?.status !== 'proposed') throw new ProposalNotOpen();
        if (found.ids_hash !== seen) throw new ProposalChanged();
        return tx.query<Proposal>(
          `update retention_proposals set status = 'approved', approved_by = $2, approved_by_role = $3, approved_at = $4, reason = $5
           where proposal_id = $1 returning ${PROPOSAL}`,
          [proposalId, tx.actor.id, tx.actor.role, this.clock.now(), reason],
        );
      });
      tx.audit({
        what: 'retention.approved',
        why: reason,
        detail: { proposalId, class: approved!.class, files: approved!.files, idsHash: seen },
      });
      return approved!;
    });
  }

  private async proposeClass(name: string): Promise<void> {
    const [standing] = await this.database.query<{ status: string }>(
      this.worker,
      `select status from retention_proposals where class = $1 and status = 'approved'`,
      [name],
    );
    // What was approved is carried out first.
    if (standing) return;
    const proposalId = randomUUID();
    await this.begin(proposalId, name);
    for (let files = 0; files < FILES_AT_ONCE; files += ROWS_AT_ONCE) {
      if ((await this.gather(proposalId, name)) < ROWS_AT_ONCE) break;
    }
    const proposed = await this.database.transaction(this.worker, (tx) => this.finish(tx, proposalId, name));
    if (proposed > 0) this.logger.log(`${proposed} files of class ${name} are proposed for deletion`);
  }

  private async begin(proposalId: string, name: string): Promise<void> {
    const { years, archive, basis } = this.rules[name]!;
    const now = this.clock.now();
    await this.database.query(
      this.worker,
      `insert into retention_proposals (proposal_id, class, years, archive, basis, as_of, status, wrapped_key, proposed_at)
       values ($1, $2, $3, $4, $5, $6, 'gathering', $7, $8)`,
      [proposalId, name, years, archive, basis, shanghaiDay(now), archive ? this.newKey() : null, now],
    );
  }

  private async gather(proposalId: string, name: string): Promise<number> {
    const rows = await this.database.query(
      this.worker,
      `insert into retention_proposal_files (proposal_id, file_id, object_id, ended_on, bytes)
       select $4, due.file_id, due.object_id, due.ended_on, due.bytes from ${this.dueOf(name)}
       where not exists (select from retention_proposal_files p where p.proposal_id = $4 and p.file_id = due.file_id)
       order by due.file_id limit $5 returning 1`,
      [name, this.rules[name]!.years, shanghaiDay(this.clock.now()), proposalId, ROWS_AT_ONCE],
    );
    return rows.length;
  }

  private dueOf(name: string): string {
    const records = this.records.find((each) => each.class === name);
    return records ? dueRecords(records) : dueFiles(this.standing.sql);
  }

  /** The new set takes the place of the one before, unless it is the same by the same rule. @returns how many files are newly proposed */
  private async finish(tx: Tx, proposalId: string, name: string): Promise<number> {
    const [made] = await tx.query<{ files: number; same: string | null }>(
      `with sums as (
         select count(*)::int as files, coalesce(sum(bytes), 0) as bytes, ${idsHash('file_id')} as ids_hash,
           min(ended_on) as oldest, max(ended_on) as newest from retention_proposal_files where proposal_id = $1),
       filled as (
         update retention_proposals p set files = s.files, bytes = s.bytes, ids_hash = s.ids_hash, oldest = s.oldest, newest = s.newest
         from sums s where p.proposal_id = $1 returning p.*)
       select f.files, (select b.proposal_id from retention_proposals b where b.class = $2 and b.status = 'proposed' and b.ids_hash = f.ids_hash
         and (b.years, b.archive, b.basis) = (f.years, f.archive, f.basis)) as same from filled f`,
      [proposalId, name],
    );
    if (made!.files === 0 || made!.same !== null) {
      await tx.query('delete from retention_proposals where proposal_id = $1', [proposalId]);
      if (made!.files > 0) return 0;
    }
    await tx.query(
      `update retention_proposals set status = 'superseded' where class = $1 and status = 'proposed' and proposal_id <> $2`,
      [name, proposalId],
    );
    await tx.query(
      `update retention_proposals set status = 'proposed' where proposal_id = $1 and status = 'gathering'`,
      [proposalId],
    );
    return made!.files;
  }

  /** The place has taken a rule back: what was proposed by it is not offered any more. */
  private async dropWithoutRule(): Promise<void> {
    await this.database.query(
      this.worker,
      `update retention_proposals set status = 'superseded' where status = 'proposed' and class <> all($1)`,
      [Object.keys(this.rules)],
    );
  }
}
