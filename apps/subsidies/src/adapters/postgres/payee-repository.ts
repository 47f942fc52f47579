import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import { Clock } from '@app/kernel';
import { Database, type Caller, type Tx } from '@app/platform';
import type { PayeeAccount, PayeeStatus } from '../../domain/payee.js';
import { PayeeAlreadyPending, PayeeNotFound } from '../../domain/payee-errors.js';
import { ACCOUNT_COLUMN, payeeColumns, PHONE_COLUMN, toPayee, type PayeeRow } from './payee-rows.js';

/** What a change led to. It may be kept for a repeated request, so there are neither names nor numbers. */
export interface PayeeChange {
  readonly accountId: string;
  readonly status: PayeeStatus;
  readonly heldUntilMonth: string | null;
  readonly version: number;
}

/** One state more of an account, with the reason that somebody gave. */
interface PayeeStep {
  readonly state: PayeeAccount;
  readonly reason: string | null;
}

/** Payee accounts, their numbers encrypted; `change` is the way to write one that exists. */
@Injectable()
export class PayeeRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {}

  /** Blind index of an account's digits. */
  tokenOf(digits: string): string {
    return this.cipher.blindIndex('account', digits);
  }

  /** @throws PayeeAlreadyPending */
  async add(
    caller: Caller,
    account: PayeeAccount,
    { digits, phone }: { readonly digits: string; readonly phone: string | null },
  ): Promise<PayeeChange> {
    return this.database.command(caller, async (tx) => {
      const { enteredBy, proof } = account;
      const added = await tx.query(
        `insert into payee_accounts (account_id, person_id, holder, holder_name, relation, proof_reference, valid_until, bank,
           account_number, account_token, status, version, entered_by, entered_by_role, entered_on_behalf_of, changed_by, changed_by_role,
           phone, phone_token)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $13, $14, $16, $17)
         on conflict (person_id) where status = 'pending' do nothing returning 1`,
        [
          account.id,
          account.personId,
          account.holder,
          account.holderName.reveal(),
          proof?.relation ?? null,
          proof?.reference ?? null,
          proof?.validUntil ?? null,
          account.bank,
          this.cipher.encrypt(ACCOUNT_COLUMN, digits),
          account.token,
          account.status,
          account.version,
          enteredBy.id,
          enteredBy.role,
          enteredBy.onBehalfOf ?? null,
          phone && this.cipher.encrypt(PHONE_COLUMN, phone),
          phone && this.cipher.blindIndex('phone', phone),
        ],
      );
      if (added.length === 0) throw new PayeeAlreadyPending();
      await this.remember(tx, [{ state: account, reason: null }]);
      tx.audit({ what: 'payee.entered', personIds: [account.personId], detail: { accountId: account.id } });
      return changed(account);
    });
  }

  /**
   * Changes an account under a lock on all of its person's.
   * @param decide gets the account, and the one of the person that was confirmed last; the last state it returns is that of the account
   * @throws PayeeNotFound
   */
  async change(
    caller: Caller,
    accountId: string,
    what: string,
    reason: string | null,
    decide: (account: PayeeAccount, paidBefore: PayeeAccount | null) => readonly PayeeAccount[],
  ): Promise<PayeeChange> {
    return this.database.command(caller, async (tx) => {
      const rows = await tx.query<PayeeRow & { confirmed: boolean }>(
        `select ${payeeColumns}, a.confirmed_at is not null as confirmed from payee_accounts a
         where a.person_id = (select person_id from payee_accounts where account_id = $1)
         order by a.account_id for update`,
        [accountId],
      );
      const own = rows.find((row) => row.account_id === accountId);
      if (!own) throw new PayeeNotFound();
      // Each account that is confirmed replaces the one before it, also when that was withdrawn: the end of the chain was paid last.
      const replaced = new Set(rows.map(({ replaces }) => replaces));
      const before = rows.find((row) => row.confirmed && row !== own && !replaced.has(row.account_id));
      const states = decide(toPayee(own), before ? toPayee(before) : null);
      for (const state of states) await this.update(tx, state);
      await this.remember(
        tx,
        states.map((state) => ({ state, reason: state.id === accountId ? reason : null })),
      );
      tx.audit({ what, personIds: [own.person_id], why: reason, detail: { accountId } });
      return changed(states.at(-1)!);
    });
  }

  private async update(
    tx: Tx,
    { id, status, heldUntilMonth, replaces, version }: PayeeAccount,
  ): Promise<void> {
    await tx.query(
      `update payee_accounts set status = $2, held_until_month = $3, replaces = $4, version = $5,
         confirmed_at = case when $2 = 'confirmed' then $6 else confirmed_at end,
         changed_by = $7, changed_by_role = $8, changed_at = now()
       where account_id = $1`,
      [id, status, heldUntilMonth, replaces, version, this.clock.now(), tx.actor.id, tx.actor.role],
    );
  }

  private async remember(tx: Tx, steps: readonly PayeeStep[]): Promise<void> {
    await tx.query(
      `insert into payee_account_history (account_id, version, status, held_until_month, reason, day, changed_by, changed_by_role,
         on_behalf_of)
       select n.*, $6, $7, $8, $9
       from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[]) as n`,
      [
        steps.map(({ state }) => state.id),
        steps.map(({ state }) => state.version),
        steps.map(({ state }) => state.status),
        steps.map(({ state }) => state.heldUntilMonth),
        steps.map(({ reason }) => reason),
        this.clock.today(),
        tx.actor.id,
        tx.actor.role,
        tx.actor.onBehalfOf ?? null,
      ],
    );
  }
}

function changed({ id, status, heldUntilMonth, version }: PayeeAccount): PayeeChange {
  return { accountId: id, status, heldUntilMonth, version };
}
