import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Database } from '@app/platform';
import { bankFileFormat, type BankFileFormat } from '../domain/bank-file/index.js';
import { BankFormatUnknown } from '../domain/pay-run-errors.js';
import { lookingAtMoney } from './money-callers.js';

/** How payers of money want their files: data that a place enters from what its payer hands out. */
@Injectable()
export class BankFormats {
  constructor(private readonly database: Database) {}

  async list(actor: Actor): Promise<readonly BankFileFormat[]> {
    const rows = await this.database.query<{ definition: unknown }>(
      lookingAtMoney(actor, 'pay-run:read'),
      'select definition from bank_formats order by format_id',
    );
    return rows.map(({ definition }) => bankFileFormat.parse(definition));
  }

  /** @throws BankFormatUnknown */
  async one(actor: Actor, id: string): Promise<BankFileFormat> {
    const [row] = await this.database.query<{ definition: unknown }>(
      lookingAtMoney(actor, 'pay-run:read'),
      'select definition from bank_formats where format_id = $1',
      [id],
    );
    if (!row) throw new BankFormatUnknown();
    return bankFileFormat.parse(row.definition);
  }

  /** A format is entered, or entered anew; files that were written keep the one they were written by. */
  async keep(actor: Actor, format: BankFileFormat): Promise<BankFileFormat> {
    await this.database.command(lookingAtMoney(actor, 'bank-format:keep'), async (tx) => {
      // A layout is of no place, so no reach could say who may write it; the permission was asked above.
      await tx.asService(() =>
        tx.query(
          `insert into bank_formats as f (format_id, definition, kept_by, kept_by_role) values ($1, $2, $3, $4)
         on conflict (format_id) do update
           set definition = excluded.definition, kept_by = excluded.kept_by, kept_by_role = excluded.kept_by_role, kept_at = now()`,
          [format.id, JSON.stringify(format), tx.actor.id, tx.actor.role],
        ),
      );
      tx.audit({ what: 'bank-format.kept', detail: { formatId: format.id } });
    });
    return format;
  }
}
