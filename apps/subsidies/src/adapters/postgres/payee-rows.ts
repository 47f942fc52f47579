import { Sensitive } from '@app/access';
import type { Holder, PayeeAccount, PayeeStatus } from '../../domain/payee.js';

/** What the ciphertext of account and telephone numbers is bound to. */
export const ACCOUNT_COLUMN = 'subsidies.payee_accounts.account_number';
export const PHONE_COLUMN = 'subsidies.payee_accounts.phone';

export interface PayeeRow {
  readonly account_id: string;
  readonly person_id: string;
  readonly holder: Holder;
  readonly holder_name: string;
  readonly relation: string | null;
  readonly proof_reference: string | null;
  readonly valid_until: string | null;
  readonly bank: string;
  readonly account_number: string;
  readonly account_token: string;
  readonly phone: string | null;
  readonly status: PayeeStatus;
  readonly held_until_month: string | null;
  readonly replaces: string | null;
  readonly version: number;
  readonly entered_by: string;
  readonly entered_by_role: string;
  readonly entered_on_behalf_of: string | null;
}

export const payeeColumns = `a.account_id, a.person_id, a.holder, a.holder_name, a.relation, a.proof_reference, a.valid_until, a.bank,
  a.account_number, a.account_token, a.phone, a.status, a.held_until_month, a.replaces, a.version, a.entered_by, a.entered_by_role,
  a.entered_on_behalf_of`;

export function toPayee(row: PayeeRow): PayeeAccount {
  const { relation, proof_reference: reference, valid_until: validUntil } = row;
  return {
    id: row.account_id,
    personId: row.person_id,
    holder: row.holder,
    holderName: new Sensitive('name', row.holder_name),
    proof: relation && reference && validUntil ? { relation, reference, validUntil } : null,
    bank: row.bank,
    token: row.account_token,
    status: row.status,
    heldUntilMonth: row.held_until_month,
    replaces: row.replaces,
    enteredBy: { id: row.entered_by, role: row.entered_by_role, onBehalfOf: row.entered_on_behalf_of },
    version: row.version,
  };
}
