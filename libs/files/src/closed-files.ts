import { permissions, type Role } from '@app/access';
import type { Clock } from '@app/kernel';
import type { Caller, Tx } from '@app/platform';
import { lockPersons } from './person-lock.js';
import type { ClosingReason } from './stored-file.js';

const openers: readonly Role[] = permissions['file:open-closed'];

/** Whether the caller holds the permission `file:open-closed` for the place of the file. */
export function mayOpenClosed({ scope }: Caller, divisionCode: string): boolean {
  if (typeof scope === 'string') return scope === 'service';
  return scope.some(
    ({ token, from, to }) =>
      (openers as readonly string[]).includes(token) && from <= divisionCode && divisionCode <= to,
  );
}

/** Closing by rule: files of persons who died, moved away or are protected, those that come later included. */
export class ClosedFiles {
  constructor(
    private readonly schema: string,
    private readonly clock: Clock,
  ) {}

  /** Closes all files of these persons. Doing it again changes nothing; each reason holds on its own. */
  async close(tx: Tx, personIds: readonly string[], reason: ClosingReason): Promise<void> {
    if (personIds.length === 0) return;
    // A person's files lie wherever they had a case, most of them outside of the reach of who reports the death.
    await tx.asService(async () => {
      await lockPersons(tx, this.schema, personIds, 'alone');
      await tx.query(
        `insert into file_closures (person_id, reason, closed_by, closed_by_role, closed_at)
         select distinct p, $2, $3, $4, $5::timestamptz from unnest($1::uuid[]) p on conflict do nothing`,
        [personIds, reason, tx.actor.id, tx.actor.role, this.clock.now()],
      );
      await tx.query(
        `update files set closed_for = array_append(closed_for, $2)
         where person_id = any($1::uuid[]) and not ($2 = any(closed_for))`,
        [personIds, reason],
      );
    });
    tx.audit({ what: 'file.closed', personIds, detail: { reason } });
  }

  /** The reason has gone (the death was reported by mistake, they came back); files closed for another stay closed. */
  async reopen(tx: Tx, personIds: readonly string[], reason: ClosingReason): Promise<void> {
    if (personIds.length === 0) return;
    // As for closing.
    await tx.asService(async () => {
      await lockPersons(tx, this.schema, personIds, 'alone');
      await tx.query('delete from file_closures where person_id = any($1::uuid[]) and reason = $2', [
        personIds,
        reason,
      ]);
      await tx.query(
        `update files set closed_for = array_remove(closed_for, $2) where person_id = any($1::uuid[])`,
        [personIds, reason],
      );
    });
    tx.audit({ what: 'file.reopened', personIds, detail: { reason } });
  }

  /** Two persons were one: the files of the one are the other's, and stay closed for the reasons of either. Done again it finds nothing. */
  async moveTo(tx: Tx, from: string, to: string): Promise<void> {
    await tx.asService(async () => {
      await lockPersons(tx, this.schema, [from, to], 'alone');
      await tx.query(
        `insert into file_closures (person_id, reason, closed_by, closed_by_role, closed_at)
         select $2, reason, closed_by, closed_by_role, closed_at from file_closures where person_id = $1
         on conflict do nothing`,
        [from, to],
      );
      await tx.query('delete from file_closures where person_id = $1', [from]);
      await tx.query('update files set person_id = $2 where person_id = $1', [from, to]);
      await tx.query(
        `update files f set closed_for = array_append(f.closed_for, c.reason) from file_closures c
         where f.person_id = $1 and c.person_id = $1 and not (c.reason = any(f.closed_for))`,
        [to],
      );
    });
  }
}
