import { Injectable } from '@nestjs/common';
import { ColumnCipher, type Sensitive } from '@app/access';
import { Database, type Caller } from '@app/platform';
import type { PayeeAccount, PayeeStatus } from '../../domain/payee.js';
import { ACCOUNT_COLUMN, payeeColumns, PHONE_COLUMN, toPayee, type PayeeRow } from './payee-rows.js';

/** An account with its numbers, which leave masked. */
export interface ShownPayee extends PayeeAccount {
  readonly accountNumber: Sensitive;
  /** Null: none was left. */
  readonly phone: Sensitive | null;
}

/** One state that an account has had. */
export interface PastPayeeState {
  readonly version: number;
  readonly status: PayeeStatus;
  readonly heldUntilMonth: string | null;
  readonly reason: string | null;
  readonly day: string;
  readonly by: string;
  readonly role: string;
}

export interface PayeeQuery {
  readonly personId?: string | undefined;
  readonly status?: PayeeStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Payee accounts, as they are looked at. */
@Injectable()
export class PayeeQueries {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
  ) {}

  async list(reader: Caller, { personId, status, after, limit }: PayeeQuery): Promise<ShownPayee[]> {
    const rows = await this.database.query<PayeeRow>(
      reader,
      `select ${payeeColumns} from payee_accounts a
       where ($1::uuid is null or a.person_id = $1) and ($2::text is null or a.status = $2)
         and ($3::uuid is null or a.account_id > $3)
       order by a.account_id limit $4`,
      [personId ?? null, status ?? null, after ?? null, limit],
    );
    return rows.map((row) => this.shown(row));
  }

  async find(reader: Caller, accountId: string): Promise<ShownPayee | null> {
    const [row] = await this.database.query<PayeeRow>(
      reader,
      `select ${payeeColumns} from payee_accounts a where a.account_id = $1`,
      [accountId],
    );
    return row ? this.shown(row) : null;
  }

  async history(reader: Caller, accountId: string): Promise<PastPayeeState[]> {
    return this.database.query<PastPayeeState>(
      reader,
      `select version, status, held_until_month as "heldUntilMonth", reason, day, changed_by as by, changed_by_role as role
       from payee_account_history where account_id = $1 order by version`,
      [accountId],
    );
  }

  /** Where the person's benefits are, of those in reach. */
  async placesOf(reader: Caller, personId: string): Promise<string[]> {
    const rows = await this.database.query<{ division_code: string }>(
      reader,
      'select distinct division_code from benefits where person_id = $1 order by division_code',
      [personId],
    );
    return rows.map((row) => row.division_code);
  }

  private shown(row: PayeeRow): ShownPayee {
    return {
      ...toPayee(row),
      accountNumber: this.cipher.open('account', ACCOUNT_COLUMN, row.account_number),
      phone: row.phone === null ? null : this.cipher.open('phone', PHONE_COLUMN, row.phone),
    };
  }
}
