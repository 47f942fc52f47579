import type { NoticeSubject } from '@app/clocks';
import type { Owner } from '@app/contracts';
import type { Tx } from '@app/platform';
import { officerOf } from '../../domain/item.js';

/** What of these cases decides who is told of their terms. */
export async function noticeSubjects(
  tx: Tx,
  owner: Owner,
  caseIds: readonly string[],
): Promise<ReadonlyMap<string, NoticeSubject>> {
  const rows = await tx.query<Omit<NoticeSubject, 'officer'>>(
    `select case_id as "subjectId", item_id as item, task_doers as doers, claimed_by as "claimedBy", unit_id as "unitId"
     from cases where case_id = any($1::uuid[])`,
    [caseIds],
    'notice-subjects',
  );
  return new Map(rows.map((row) => [row.subjectId, { ...row, officer: officerOf[owner] }]));
}
