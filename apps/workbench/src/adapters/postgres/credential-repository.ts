import { Injectable } from '@nestjs/common';
import { InjectServiceActor } from '@app/service-host';
import { Database, type Caller, type Tx } from '@app/platform';
import type { AccountState } from '../../app/grants-of-account.js';
import { ownRows } from './own-rows.js';

/** An account with what is kept of its ways to sign in. */
export interface Credentials {
  readonly accountId: string;
  readonly userId: string;
  readonly name: string;
  readonly state: AccountState;
  readonly divisionCode: string;
  readonly passwordHash: string | null;
  readonly activationHash: string | null;
  readonly activationEndsAt: Date | null;
  /** Null: no second factor, or one that was never confirmed. */
  readonly secondFactorSince: Date | null;
}

const SELECT = `
  select a.account_id as "accountId", a.user_id as "userId", a.name, a.state, a.division_code as "divisionCode",
         c.password_hash as "passwordHash", v.code_hash as "activationHash", v.expires_at as "activationEndsAt",
         f.confirmed_at as "secondFactorSince"
  from accounts a
  left join credentials c using (account_id)
  left join activations v using (account_id)
  left join second_factors f using (account_id)`;

/** Passwords and activation codes of accounts. */
@Injectable()
export class CredentialRepository {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly self: Caller,
  ) {}

  async ofUser(userId: string): Promise<Credentials | null> {
    const [row] = await this.database.query<Credentials>(this.self, `${SELECT} where a.user_id = $1`, [
      userId,
    ]);
    return row ?? null;
  }

  async ofAccount(accountId: string): Promise<Credentials | null> {
    const [row] = await this.database.query<Credentials>(this.self, `${SELECT} where a.account_id = $1`, [
      accountId,
    ]);
    return row ?? null;
  }

  /** Names of the divisions that the code stands in, for what may not stand in a password. */
  async placeNames(divisionCode: string): Promise<string[]> {
    const around = [2, 4, 6, 9, 12].map((digits) => divisionCode.slice(0, digits).padEnd(12, '0'));
    const rows = await this.database.query<{ name: string }>(
      this.self,
      `select distinct name from unit_states where class = 'division' and valid_to is null and division_code = any($1)`,
      [around],
    );
    return rows.map(({ name }) => name);
  }

  /** The activation code, if there was one, is used up. */
  async setPassword(tx: Tx, accountId: string, passwordHash: string, now: Date): Promise<void> {
    await ownRows(tx, async () => {
      await tx.query(
        `insert into credentials (account_id, password_hash, changed_at) values ($1, $2, $3)
         on conflict (account_id) do update set password_hash = excluded.password_hash, changed_at = excluded.changed_at`,
        [accountId, passwordHash, now],
      );
      await tx.query('delete from activations where account_id = $1', [accountId]);
    });
  }

  /** The same password under newer parameters. */
  async renewHash(tx: Tx, accountId: string, before: string, after: string): Promise<void> {
    await ownRows(tx, () =>
      tx.query('update credentials set password_hash = $3 where account_id = $1 and password_hash = $2', [
        accountId,
        before,
        after,
      ]),
    );
  }

  /** @returns false if somebody else used the code in the meantime */
  async useActivation(tx: Tx, accountId: string, codeHash: string): Promise<boolean> {
    const used = await ownRows(tx, () =>
      tx.query('delete from activations where account_id = $1 and code_hash = $2 returning 1', [
        accountId,
        codeHash,
      ]),
    );
    return used.length === 1;
  }

  /** @returns whether the account had a password, which is no good any more */
  async replaceByActivation(tx: Tx, accountId: string, codeHash: string, expiresAt: Date): Promise<boolean> {
    return ownRows(tx, async () => {
      await tx.query(
        `insert into activations (account_id, code_hash, expires_at) values ($1, $2, $3)
         on conflict (account_id) do update set code_hash = excluded.code_hash, expires_at = excluded.expires_at`,
        [accountId, codeHash, expiresAt],
      );
      const had = await tx.query('delete from credentials where account_id = $1 returning 1', [accountId]);
      return had.length > 0;
    });
  }
}
