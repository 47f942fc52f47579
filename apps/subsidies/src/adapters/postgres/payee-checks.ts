import type { Tx } from '@app/platform';
import type { PayFinding } from '../../domain/pay-duty.js';

export const payeeChecks = ['account-changed', 'proof-ended', 'shared-account', 'shared-phone'] as const;
export type PayeeCheck = (typeof payeeChecks)[number];

/** Something to be looked at before money goes to an account. */
export interface PayeeFinding extends PayFinding {
  readonly check: PayeeCheck;
  readonly accountId: string;
}

/** A query that gives `person_id`, each once, and its parameters from `$1` on. */
export interface PlannedPersons {
  readonly sql: string;
  readonly params: readonly unknown[];
}

export interface CheckOptions {
  /** The day for which the accounts are judged, usually that on which money goes out. */
  readonly on: string;
  /** When the last run was made; null: there was none, and nothing has changed since. */
  readonly since: Date | null;
  /** Only what comes after this finding, in the order of person and check. */
  readonly after?: Pick<PayeeFinding, 'personId' | 'check'> | null;
  /** At most so many; absent: all. */
  readonly limit?: number;
}

/** Persons of one account or telephone from which on it is asked about. Source: the list of checks that the county's pay runs need (issue 6, point 5). */
const SHARED_BY = 3;

/** The day of an instant, in the calendar of the offices. */
export const dayOf = (column: string) => `to_char(${column} at time zone 'Asia/Shanghai', 'YYYY-MM-DD')`;

/**
 * For a transaction that looks at a whole run. Lines that were just planned are not in the planner's figures yet: taken for one row they would be
 * joined row by row, and 5,000 persons took more than 30 s.
 */
export async function lookAtMany(tx: Tx): Promise<void> {
  await tx.query(`select set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)`);
}

/**
 * What is to be looked at before these persons are paid, in the order of person and check. An account or telephone counts as shared among all
 * confirmed accounts that the caller of the transaction reaches, whether or not their persons are paid this time. Each rests on the account of
 * the person, which never changes: another account is another finding.
 */
export async function prePayChecks(
  tx: Tx,
  planned: PlannedPersons,
  { on, since, after = null, limit }: CheckOptions,
): Promise<PayeeFinding[]> {
  const at = planned.params.length;
  const [onDay, sinceTime, afterPerson, afterCheck, most] = [1, 2, 3, 4, 5].map((n) => `$${at + n}`);
  const rows = await tx.query<Omit<PayeeFinding, 'reason' | 'basis'> & { said: string }>(
    `with planned as (${planned.sql}),
     shared as materialized (
       select account_token, count(*) as persons from payee_accounts where status = 'confirmed'
       group by account_token having count(*) >= ${SHARED_BY}
     ),
     shared_phone as materialized (
       select phone_token, count(*) as persons from payee_accounts where status = 'confirmed' and phone_token is not null
       group by phone_token having count(*) >= ${SHARED_BY}
     ),
     paid as materialized (
       select person_id, a.account_id, a.account_token, a.phone_token, a.valid_until, a.held_until_month, a.confirmed_at
       from payee_accounts a join planned using (person_id) where a.status = 'confirmed'
     ),
     found as (
       select 'shared-account' as "check", person_id, account_id, persons::text as said, ${dayOf('confirmed_at')} as since
       from paid join shared using (account_token)
       union all
       select 'shared-phone', person_id, account_id, persons::text, ${dayOf('confirmed_at')} from paid join shared_phone using (phone_token)
       union all
       select 'proof-ended', person_id, account_id, to_char(valid_until, 'YYYY-MM-DD'), to_char(valid_until + 1, 'YYYY-MM-DD')
       from paid where valid_until < ${onDay}::date
       union all
       select 'account-changed', person_id, account_id, held_until_month, ${dayOf('confirmed_at')} from paid
       where held_until_month is not null and confirmed_at > ${sinceTime}::timestamptz
     )
     select "check", person_id as "personId", account_id as "accountId", said, since from found
     where ${afterPerson}::uuid is null or (person_id, "check") > (${afterPerson}::uuid, ${afterCheck}::text)
     order by person_id, "check" limit ${most}::bigint`,
    [...planned.params, on, since, after?.personId ?? null, after?.check ?? null, limit ?? null],
  );
  return rows.map(({ said, ...finding }) => ({
    ...finding,
    reason: REASONS[finding.check](said),
    basis: finding.accountId,
  }));
}

const REASONS: Readonly<Record<PayeeCheck, (said: string) => string>> = {
  'shared-account': (persons) =>
    `该账户共用于${persons}名残疾人的发放，请核实户主与各人的关系、各人是否知情同意。`,
  'shared-phone': (persons) => `同一联系电话共登记在${persons}名残疾人的收款账户上，请核实电话和领款人。`,
  'proof-ended': (day) => `监护或代领证明已于${day}到期，请取得有效证明并重新登记、复核后再发放。`,
  'account-changed': (month) => `上次发放后更换了收款账户，${month}及以前批次暂缓发放，请与本人核实变更。`,
};
