import { Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { InjectServiceActor } from '@app/service-host';
import { Database, Retention, droppingFrom, type Caller, type Tx } from '@app/platform';
import { hashOfSecret, newSecret } from '../../domain/browser-secret.js';
import { ownRows } from './own-rows.js';

/** What is awaited: a code of the authenticator, or that one is registered. */
export type HalfStep = 'second-factor' | 'enrol';

/** How somebody proved who they are. */
export type SignInMethod = 'password' | 'oidc';

export interface HalfSignIn {
  readonly accountId: string;
  readonly step: HalfStep;
  readonly method: SignInMethod;
}

/** Long enough to install an authenticator app. */
const MINUTES = 10;

/** Browsers that are half signed in. */
@Injectable()
export class HalfSignInRepository {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly self: Caller,
    private readonly clock: Clock,
    retention: Retention,
  ) {
    retention.keep({ time: '1 day', sql: droppingFrom('half_sign_ins', 'expires_at') });
  }

  /** @returns the value for the browser's cookie */
  async begin(tx: Tx, { accountId, step, method }: HalfSignIn): Promise<string> {
    const secret = newSecret();
    const expiresAt = new Date(this.clock.now().getTime() + MINUTES * 60_000);
    await ownRows(tx, async () => {
      await tx.query(
        'insert into half_sign_ins (secret_hash, account_id, step, method, expires_at) values ($1, $2, $3, $4, $5)',
        [hashOfSecret(secret), accountId, step, method, expiresAt],
      );
    });
    return secret;
  }

  async find(secret: string): Promise<HalfSignIn | null> {
    const [row] = await this.database.query<HalfSignIn>(
      this.self,
      `select account_id as "accountId", step, method from half_sign_ins where secret_hash = $1 and expires_at > $2`,
      [hashOfSecret(secret), this.clock.now()],
    );
    return row ?? null;
  }

  /** @returns false if it was ended in the meantime: one half becomes one session */
  async end(tx: Tx, secret: string): Promise<boolean> {
    const rows = await ownRows(tx, () =>
      tx.query('delete from half_sign_ins where secret_hash = $1 returning 1', [hashOfSecret(secret)]),
    );
    return rows.length === 1;
  }

  async endAllOf(tx: Tx, accountIds: readonly string[]): Promise<void> {
    await ownRows(tx, () => tx.query('delete from half_sign_ins where account_id = any($1)', [accountIds]));
  }
}
