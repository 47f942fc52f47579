import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { Database, type Caller, type Tx } from '@app/platform';
import { SecondFactorRepository } from '../adapters/postgres/second-factor-repository.js';
import { SignInAttempts } from '../adapters/postgres/sign-in-attempts.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../config.js';
import { hashOfCode, newCode } from '../domain/one-time-code.js';
import {
  CodeRefused,
  SecondFactorHeld,
  SecondFactorMissing,
  SecondFactorRequired,
} from '../domain/sign-in-errors.js';
import { PER_ACCOUNT } from '../domain/slow-down.js';
import { base32, enrolmentAddress, stepOfCode } from '../domain/totp.js';

/** What an authenticator app needs; shown once. */
export interface Enrolment {
  /** For typing in. */
  readonly secret: string;
  /** For a picture (QR). */
  readonly address: string;
}

/** Proof of the second factor. */
export type FactorProof = { readonly code: string } | { readonly recoveryCode: string };

/** 160 bits, as RFC 4226 section 4 recommends. */
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
const ISSUER = '一件事';

/** The second factor of accounts: time codes of an authenticator app (RFC 6238), and recovery codes for whoever loses it. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly database: Database,
    private readonly factors: SecondFactorRepository,
    private readonly attempts: SignInAttempts,
    private readonly clock: Clock,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  /** Codes have six digits: guessing is slowed down as it is for passwords. @throws TooManyAttempts */
  async takeAttempt(accountId: string): Promise<void> {
    await this.attempts.take(`second-factor:${accountId}`, PER_ACCOUNT);
  }

  async forgetAttempts(accountId: string): Promise<void> {
    await this.attempts.forget(`second-factor:${accountId}`);
  }

  /** @throws CodeRefused, also for a code that was taken before */
  async prove(tx: Tx, accountId: string, proof: FactorProof): Promise<void> {
    if ('recoveryCode' in proof) {
      const left = await this.factors.takeRecoveryCode(
        tx,
        accountId,
        hashOfCode('recovery', proof.recoveryCode),
      );
      if (left === null) throw new CodeRefused();
      tx.audit({ what: 'second-factor.recovery-code-used', detail: { left } });
      return;
    }
    const factor = await this.factors.of(accountId);
    if (!factor?.confirmed) throw new SecondFactorMissing();
    await this.takeCode(tx, accountId, factor, proof.code);
  }

  /** Registers an authenticator, which counts from its first right code on. @throws SecondFactorHeld */
  async enrol(caller: Caller, accountId: string, userId: string): Promise<Enrolment> {
    const secret = randomBytes(SECRET_BYTES);
    await this.database.transaction(caller, async (tx) => {
      tx.audit({ what: 'second-factor.enrolled' });
      if (!(await this.factors.enrol(tx, accountId, secret))) throw new SecondFactorHeld();
    });
    return { secret: base32(secret), address: enrolmentAddress(secret, ISSUER, userId) };
  }

  /** @returns the recovery codes, which are shown once. @throws CodeRefused, SecondFactorMissing, SecondFactorHeld */
  async confirmWithin(tx: Tx, accountId: string, code: string): Promise<string[]> {
    const factor = await this.factors.of(accountId);
    if (!factor) throw new SecondFactorMissing();
    if (factor.confirmed) throw new SecondFactorHeld();
    await this.takeCode(tx, accountId, factor, code);
    const codes = Array.from({ length: RECOVERY_CODES }, newCode);
    const hashes = codes.map((each) => hashOfCode('recovery', each));
    await this.factors.confirm(tx, accountId, hashes, this.clock.now());
    tx.audit({ what: 'second-factor.confirmed' });
    return codes;
  }

  async confirm(caller: Caller, accountId: string, code: string): Promise<string[]> {
    await this.takeAttempt(accountId);
    const codes = await this.database.transaction(caller, (tx) => this.confirmWithin(tx, accountId, code));
    await this.forgetAttempts(accountId);
    return codes;
  }

  /** The account's own wish. @throws SecondFactorRequired, CodeRefused */
  async disable(caller: Caller, accountId: string, proof: FactorProof): Promise<void> {
    if (this.config.SECOND_FACTOR === 'required') throw new SecondFactorRequired();
    await this.takeAttempt(accountId);
    await this.database.transaction(caller, async (tx) => {
      await this.prove(tx, accountId, proof);
      await this.factors.remove(tx, accountId);
      tx.audit({ what: 'second-factor.disabled' });
    });
    await this.forgetAttempts(accountId);
  }

  private async takeCode(
    tx: Tx,
    accountId: string,
    { secret, lastStep }: { readonly secret: Buffer; readonly lastStep: number },
    code: string,
  ): Promise<void> {
    const step = stepOfCode(secret, code, this.clock.now(), lastStep);
    if (step === null || !(await this.factors.takeStep(tx, accountId, step))) throw new CodeRefused();
  }
}
