import { isSameHand, type Hand, type Sensitive } from '@app/access';
import {
  AccountNotAsEntered,
  AccountNumberNotPossible,
  PayeeChanged,
  PayeeFourEyes,
  PayeeNotPending,
  PayeeOver,
  PhoneNotPossible,
  ProofEnded,
} from './payee-errors.js';
import { monthOf, type Month } from './month.js';

/** Whose account it is: the person's own, or that of who acts for the person. */
export type Holder = 'self' | 'guardian' | 'agent';

/**
 * `pending` until a second person confirms it; `confirmed` is the one that is paid, one per person; `replaced` by a later one.
 * What is refused, withdrawn or replaced stays so.
 */
export type PayeeStatus = 'pending' | 'confirmed' | 'refused' | 'withdrawn' | 'replaced';

/** By what somebody else's account is a person's payee account. */
export interface Proof {
  /** What they are to the person, in words (母亲). */
  readonly relation: string;
  /** Paper or document that shows it, by its name and number in the file. */
  readonly reference: string;
  /** Last day on which it counts. */
  readonly validUntil: string;
}

/** An account to which a person's benefits are paid (发放账户). Only status, version and hold ever change. */
export interface PayeeAccount {
  readonly id: string;
  readonly personId: string;
  readonly holder: Holder;
  readonly holderName: Sensitive;
  /** Null: it is the person's own. */
  readonly proof: Proof | null;
  readonly bank: string;
  /** Blind index of the account's number. */
  readonly token: string;
  readonly status: PayeeStatus;
  /** No run of this month or an earlier one pays to it; null: it is the person's first, or the money goes where it went. */
  readonly heldUntilMonth: Month | null;
  /** The account that was paid before it. */
  readonly replaces: string | null;
  readonly enteredBy: Hand;
  readonly version: number;
}

/** Who confirms an account, the version that they saw, and the blind index of the number that they entered. */
export interface Confirmation {
  readonly by: Hand;
  readonly version: number;
  readonly token: string;
}

/** The digits of an account number, however it was written. @throws AccountNumberNotPossible */
export function readAccountNumber(written: string): string {
  const digits = written.normalize('NFKC').replaceAll(/[\s-]/g, '');
  // As wide as the fields of account numbers in the interbank messages; no bank's own format is known here.
  if (!/^\d{6,32}$/.test(digits)) throw new AccountNumberNotPossible();
  return digits;
}

/** The digits of a telephone number, however it was written: with its area code, without that of the country. @throws PhoneNotPossible */
export function readPhone(written: string): string {
  const digits = written
    .normalize('NFKC')
    .replaceAll(/[\s()-]/g, '')
    .replace(/^(\+|00)86/, '');
  if (!/^\d{7,15}$/.test(digits)) throw new PhoneNotPossible();
  return digits;
}

/** @throws ProofEnded */
export function enterPayee(
  form: Omit<PayeeAccount, 'status' | 'heldUntilMonth' | 'replaces' | 'version'>,
  today: string,
): PayeeAccount {
  checkProof(form, today);
  return { ...form, status: 'pending', heldUntilMonth: null, replaces: null, version: 1 };
}

/**
 * A second person has the paper before them, enters the number again, and confirms.
 * @param paidBefore the person's account that was confirmed last, in whatever state it is now
 * @returns the states that it leads to, in the order in which they are to be saved
 * @throws PayeeChanged, PayeeNotPending, PayeeFourEyes, AccountNotAsEntered, ProofEnded
 */
export function confirmPayee(
  account: PayeeAccount,
  paidBefore: PayeeAccount | null,
  { by, version, token }: Confirmation,
  today: string,
): readonly PayeeAccount[] {
  checkVersion(account, version);
  if (account.status !== 'pending') throw new PayeeNotPending();
  if (isSameHand(account.enteredBy, by)) throw new PayeeFourEyes();
  if (account.token !== token) throw new AccountNotAsEntered();
  checkProof(account, today);
  const confirmed: PayeeAccount = {
    ...account,
    status: 'confirmed',
    heldUntilMonth: paidBefore && paysElsewhere(paidBefore, account) ? monthOf(today) : null,
    replaces: paidBefore?.id ?? null,
    version: account.version + 1,
  };
  if (paidBefore?.status !== 'confirmed') return [confirmed];
  return [{ ...paidBefore, status: 'replaced', version: paidBefore.version + 1 }, confirmed];
}

/** @throws PayeeChanged, PayeeNotPending */
export function refusePayee(account: PayeeAccount, version: number): PayeeAccount {
  checkVersion(account, version);
  if (account.status !== 'pending') throw new PayeeNotPending();
  return { ...account, status: 'refused', version: account.version + 1 };
}

/** It is not to be paid: what was entered by mistake, or an account that was closed. @throws PayeeChanged, PayeeOver */
export function withdrawPayee(account: PayeeAccount, version: number): PayeeAccount {
  checkVersion(account, version);
  if (account.status !== 'pending' && account.status !== 'confirmed') throw new PayeeOver();
  return { ...account, status: 'withdrawn', version: account.version + 1 };
}

/** A new proof for the same account of the same holder moves no money. */
function paysElsewhere(before: PayeeAccount, after: PayeeAccount): boolean {
  return (
    before.token !== after.token ||
    before.holder !== after.holder ||
    before.holderName.reveal() !== after.holderName.reveal()
  );
}

function checkVersion({ version }: PayeeAccount, seen: number): void {
  if (version !== seen) throw new PayeeChanged(version);
}

function checkProof({ proof }: Pick<PayeeAccount, 'proof'>, today: string): void {
  if (proof && proof.validUntil < today) throw new ProofEnded();
}
