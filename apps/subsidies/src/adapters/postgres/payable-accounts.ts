import { Sensitive, type ColumnCipher } from '@app/access';
import type { Tx } from '@app/platform';
import type { Holder } from '../../domain/payee.js';
import type { Month } from '../../domain/month.js';
import { ACCOUNT_COLUMN } from './payee-rows.js';

/**
 * Query of the confirmed accounts, at most one row per person: `person_id`, `account_id`, `holder`, `payee_name`, `relation` (null: the
 * person's own), `valid_until` (last day of the proof), `held_until_month` (no run of this month or an earlier one pays to it; null: the
 * money goes where it went, or it is the first), `confirmed_at`, `bank`, `account_number` (encrypted).
 * Whoever plans for many joins it: `left join (${payableAccounts}) payable using (person_id)`. A change that was confirmed when the run of
 * its month was made already is held for one run by `held_until_month is not null and confirmed_at > <when the last run was made>`.
 */
export const payableAccounts = `select a.person_id, a.account_id, a.holder, a.holder_name as payee_name, a.relation, a.valid_until,
    a.held_until_month, a.confirmed_at, a.bank, a.account_number
  from payee_accounts a where a.status = 'confirmed'`;

/** Where a person's money goes. */
export interface PayableAccount {
  readonly personId: string;
  readonly accountId: string;
  readonly holder: Holder;
  readonly payeeName: Sensitive;
  readonly relation: string | null;
  /** Last day on which the proof of a guardian or agent counts; null: the person's own account. */
  readonly validUntil: string | null;
  /** No run of this month or an earlier one pays to it. */
  readonly heldUntilMonth: Month | null;
  readonly bank: string;
  /** Ciphertext; `accountNumberOf` opens it. */
  readonly accountNumber: string;
}

/** The confirmed accounts of these persons, by person; who has none is not in the map. */
export async function accountsOf(
  tx: Tx,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, PayableAccount>> {
  const rows = await tx.query<Omit<PayableAccount, 'payeeName'> & { payeeName: string }>(
    `select person_id as "personId", account_id as "accountId", holder, payee_name as "payeeName", relation,
       valid_until as "validUntil", held_until_month as "heldUntilMonth", bank, account_number as "accountNumber"
     from (${payableAccounts}) payable where person_id = any($1::uuid[])`,
    [personIds],
  );
  return new Map(
    rows.map((row) => [row.personId, { ...row, payeeName: new Sensitive('name', row.payeeName) }]),
  );
}

/** The number of an account, for the file that pays it. @throws StoredValueNotReadable, UnknownDataKey */
export function accountNumberOf(cipher: ColumnCipher, accountNumber: string): Sensitive {
  return cipher.open('account', ACCOUNT_COLUMN, accountNumber);
}
