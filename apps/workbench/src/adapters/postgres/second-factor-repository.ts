import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import { InjectServiceActor } from '@app/service-host';
import { Database, type Caller, type Tx } from '@app/platform';
import { ownRows } from './own-rows.js';

const COLUMN = 'workbench.second_factors.secret';

/** A registered authenticator. */
export interface SecondFactor {
  readonly secret: Buffer;
  readonly confirmed: boolean;
  /** Time step of the last code that was taken. */
  readonly lastStep: number;
}

/** Authenticators and recovery codes of accounts. */
@Injectable()
export class SecondFactorRepository {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly self: Caller,
    private readonly cipher: ColumnCipher,
  ) {}

  async of(accountId: string): Promise<SecondFactor | null> {
    const [row] = await this.database.query<{ secret: string; confirmed: boolean; last: string }>(
      this.self,
      `select secret, confirmed_at is not null as confirmed, last_step as last from second_factors where account_id = $1`,
      [accountId],
    );
    if (!row) return null;
    return {
      secret: Buffer.from(this.cipher.decrypt(COLUMN, row.secret), 'base64'),
      confirmed: row.confirmed,
      lastStep: Number(row.last),
    };
  }

  /** Replaces one that was never confirmed. @returns false if there is a confirmed one */
  async enrol(tx: Tx, accountId: string, secret: Buffer): Promise<boolean> {
    const rows = await ownRows(tx, () =>
      tx.query(
        `insert into second_factors as held (account_id, secret) values ($1, $2)
         on conflict (account_id) do update set secret = excluded.secret, last_step = 0
         where held.confirmed_at is null returning 1`,
        [accountId, this.cipher.encrypt(COLUMN, secret.toString('base64'))],
      ),
    );
    return rows.length === 1;
  }

  /** @returns false if a code of this step or a later one has been taken in the meantime */
  async takeStep(tx: Tx, accountId: string, step: number): Promise<boolean> {
    const rows = await ownRows(tx, () =>
      tx.query(
        'update second_factors set last_step = $2 where account_id = $1 and last_step < $2 returning 1',
        [accountId, step],
      ),
    );
    return rows.length === 1;
  }

  async confirm(tx: Tx, accountId: string, codeHashes: readonly string[], now: Date): Promise<void> {
    await ownRows(tx, async () => {
      await tx.query('update second_factors set confirmed_at = $2 where account_id = $1', [accountId, now]);
      await tx.query('delete from recovery_codes where account_id = $1', [accountId]);
      await tx.query('insert into recovery_codes (account_id, code_hash) select $1, unnest($2::text[])', [
        accountId,
        codeHashes,
      ]);
    });
  }

  /** @returns how many are left, or null if there is no such code */
  async takeRecoveryCode(tx: Tx, accountId: string, codeHash: string): Promise<number | null> {
    return ownRows(tx, async () => {
      const taken = await tx.query(
        'delete from recovery_codes where account_id = $1 and code_hash = $2 returning 1',
        [accountId, codeHash],
      );
      const [left] = await tx.query<{ count: string }>(
        'select count(*) from recovery_codes where account_id = $1',
        [accountId],
      );
      return taken.length === 1 ? Number(left?.count ?? 0) : null;
    });
  }

  /** @returns whether there was one */
  async remove(tx: Tx, accountId: string): Promise<boolean> {
    const rows = await ownRows(tx, () =>
      tx.query('delete from second_factors where account_id = $1 returning 1', [accountId]),
    );
    return rows.length === 1;
  }
}
