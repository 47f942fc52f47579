import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { handOf, NotAllowed, permissions, Sensitive, type Actor, type Permission } from '@app/access';
import { Clock } from '@app/kernel';
import type { Caller } from '@app/platform';
import { PayeeQueries } from '../adapters/postgres/payee-queries.js';
import { PayeeRepository, type PayeeChange } from '../adapters/postgres/payee-repository.js';
import {
  confirmPayee,
  enterPayee,
  readAccountNumber,
  readPhone,
  refusePayee,
  withdrawPayee,
  type Holder,
  type PayeeAccount,
  type Proof,
} from '../domain/payee.js';
import { PayeeNotFound, PersonHasNoBenefit } from '../domain/payee-errors.js';
import { CheckAuthority } from './check-authority.js';
import { changingMoney, lookingAtMoney, mayChangeMoney } from './money-callers.js';

/** What somebody enters who has the passbook or card before them. */
export interface PayeeForm {
  readonly personId: string;
  readonly holder: Holder;
  readonly holderName: string;
  /** Null: the account is the person's own. */
  readonly proof: Proof | null;
  readonly bank: string;
  readonly accountNumber: string;
  /** Telephone that the payee leaves; null: none. */
  readonly phone: string | null;
}

/** Payee accounts are entered by one person and confirmed by another; each change is in its own transaction. */
@Injectable()
export class ChangePayees {
  constructor(
    private readonly payees: PayeeRepository,
    private readonly queries: PayeeQueries,
    private readonly authority: CheckAuthority,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws PersonHasNoBenefit, AccountNumberNotPossible, PhoneNotPossible, ProofEnded, PayeeAlreadyPending, NotAllowed, and as
   *   `CheckAuthority`
   */
  async enter(actor: Actor, { accountNumber, phone, holderName, ...form }: PayeeForm): Promise<PayeeChange> {
    const digits = readAccountNumber(accountNumber);
    const telephone = phone === null ? null : readPhone(phone);
    const places = await this.queries.placesOf(lookingAtMoney(actor, 'payee:read'), form.personId);
    if (places.length === 0) throw new PersonHasNoBenefit();
    const caller = changingMoney(actor, ['payee:enter'], places);
    await this.authority.run(caller, { ...form, holderName });
    const account = enterPayee(
      {
        ...form,
        id: randomUUID(),
        holderName: new Sensitive('name', holderName),
        token: this.payees.tokenOf(digits),
        enteredBy: handOf(caller),
      },
      this.clock.today(),
    );
    return this.payees.add(caller, account, { digits, phone: telephone });
  }

  /** @throws PayeeNotFound, NotAllowed, and as `confirmPayee` and `CheckAuthority` */
  async confirm(
    actor: Actor,
    accountId: string,
    { version, accountNumber }: { version: number; accountNumber: string },
  ): Promise<PayeeChange> {
    const token = this.payees.tokenOf(readAccountNumber(accountNumber));
    const { caller, seen } = await this.acting(actor, accountId, 'payee:confirm');
    if (seen.status === 'pending')
      await this.authority.run(caller, { ...seen, holderName: seen.holderName.reveal() });
    return this.payees.change(caller, accountId, 'payee.confirmed', null, (account, paidBefore) =>
      confirmPayee(account, paidBefore, { by: handOf(caller), version, token }, this.clock.today()),
    );
  }

  /** @throws PayeeNotFound, NotAllowed, PayeeChanged, PayeeNotPending */
  async refuse(
    actor: Actor,
    accountId: string,
    { version, reason }: { version: number; reason: string },
  ): Promise<PayeeChange> {
    const { caller } = await this.acting(actor, accountId, 'payee:confirm');
    return this.payees.change(caller, accountId, 'payee.refused', reason, (account) => [
      refusePayee(account, version),
    ]);
  }

  /**
   * Whoever enters accounts takes back what waits; what is paid is withdrawn by whoever confirms.
   * @throws PayeeNotFound, NotAllowed, PayeeChanged, PayeeOver
   */
  async withdraw(
    actor: Actor,
    accountId: string,
    { version, reason }: { version: number; reason: string },
  ): Promise<PayeeChange> {
    const { caller, places } = await this.acting(actor, accountId, 'payee:confirm', 'payee:enter');
    return this.payees.change(caller, accountId, 'payee.withdrawn', reason, (account) => {
      if (account.status === 'confirmed' && !mayChangeMoney(actor, 'payee:confirm', places)) {
        throw new NotAllowed(permissions['payee:confirm']);
      }
      return [withdrawPayee(account, version)];
    });
  }

  private async acting(
    actor: Actor,
    accountId: string,
    ...needed: [Permission, ...Permission[]]
  ): Promise<{ caller: Caller; places: readonly string[]; seen: PayeeAccount }> {
    const looking = lookingAtMoney(actor, 'payee:read');
    const seen = await this.queries.find(looking, accountId);
    if (!seen) throw new PayeeNotFound();
    const places = await this.queries.placesOf(looking, seen.personId);
    return { caller: changingMoney(actor, needed, places), places, seen };
  }
}
