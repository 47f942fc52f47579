import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import { InjectServiceActor } from '@app/service-host';
import { Database, type Caller, type Tx } from '@app/platform';
import type { JWK } from 'jose';
import type { SigningKey } from '../../domain/signing-key.js';
import { ownRows } from './own-rows.js';

const COLUMN = 'workbench.signing_keys.private_key';

export interface StoredSigningKey extends SigningKey {
  readonly publicKey: JWK;
  /** Null: it does not sign any more. */
  readonly privateKey: JWK | null;
}

/** The keys that sign tokens, in the workbench's own schema. */
@Injectable()
export class SigningKeyRepository {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly self: Caller,
    private readonly cipher: ColumnCipher,
  ) {}

  async all(tx?: Tx): Promise<StoredSigningKey[]> {
    const sql = `select kid, public_key as "publicKey", private_key as sealed, signs_from as "signsFrom",
                        published_until as "publishedUntil"
                 from signing_keys`;
    type Row = Omit<StoredSigningKey, 'privateKey'> & { sealed: string | null };
    const rows = tx
      ? await ownRows(tx, () => tx.query<Row>(sql))
      : await this.database.query<Row>(this.self, sql);
    return rows.map(({ sealed, ...key }) => ({
      ...key,
      privateKey: sealed ? (JSON.parse(this.cipher.decrypt(COLUMN, sealed)) as JWK) : null,
    }));
  }

  /** One rotation at a time, whoever begins it. */
  async lock(tx: Tx): Promise<void> {
    await ownRows(tx, () =>
      tx.query(`select pg_advisory_xact_lock(hashtextextended('workbench:signing-keys', 0))`),
    );
  }

  /** Adds a key, and lets those before it end. */
  async add(
    tx: Tx,
    key: {
      readonly kid: string;
      readonly publicKey: JWK;
      readonly privateKey: JWK;
      readonly signsFrom: Date;
    },
    othersUntil: Date,
    by: string,
    now: Date,
  ): Promise<void> {
    await ownRows(tx, async () => {
      await tx.query(
        `update signing_keys set published_until = least(coalesce(published_until, 'infinity'), $1)`,
        [othersUntil],
      );
      await tx.query('update signing_keys set private_key = null where published_until <= $1', [now]);
      await tx.query(
        `insert into signing_keys (kid, public_key, private_key, signs_from, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6)`,
        [
          key.kid,
          JSON.stringify(key.publicKey),
          this.cipher.encrypt(COLUMN, JSON.stringify(key.privateKey)),
          key.signsFrom,
          by,
          now,
        ],
      );
    });
  }

  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.database.transaction(this.self, work);
  }
}
