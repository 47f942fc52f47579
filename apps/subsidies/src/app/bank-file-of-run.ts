import type { ColumnCipher } from '@app/access';
import { accountNumberOf } from '../adapters/postgres/payable-accounts.js';
import type { FileLine } from '../adapters/postgres/pay-run-files.js';
import { writeBankFile, type BankFile, type BankFileFormat } from '../domain/bank-file/index.js';
import { referenceOf } from '../domain/payment-reference.js';

/** The file of a run, from its ordered lines: the same bytes each time. */
export function bankFileOf(
  run: { readonly run_no: number; readonly month: string },
  lines: readonly FileLine[],
  format: BankFileFormat,
  cipher: ColumnCipher,
): BankFile {
  return writeBankFile(
    format,
    lines.map(({ lineNo, payeeName, accountNumber, fen }) => ({
      reference: referenceOf(run.run_no, lineNo),
      payeeName,
      account: accountNumberOf(cipher, accountNumber).reveal(),
      fen,
      remark: `${run.month}补贴`,
    })),
  );
}
