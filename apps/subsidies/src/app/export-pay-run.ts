import { Injectable } from '@nestjs/common';
import { ColumnCipher, type Actor } from '@app/access';
import { type Caller, Database, type Tx } from '@app/platform';
import { createHash } from 'node:crypto';
import { PayRunFiles } from '../adapters/postgres/pay-run-files.js';
import { PayRunRepository } from '../adapters/postgres/pay-run-repository.js';
import type { PayRunRow } from '../adapters/postgres/pay-run-rows.js';
import { bankFileFormat, type BankFile, type BankFileFormat } from '../domain/bank-file/index.js';
import {
  BankFileDestroyed,
  BankFileDiffers,
  NothingToPay,
  PayRunNotReady,
} from '../domain/pay-run-errors.js';
import { bankFileOf } from './bank-file-of-run.js';
import { BankFormats } from './bank-formats.js';
import { FirstRunDifference } from './first-run-difference.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';

/** A file for the payer of money, as it is handed over. */
export interface Exported {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly count: number;
  readonly fen: number;
}

/**
 * The file of a run is written from its ordered lines, and written again whenever it is asked for: the same bytes each time, which the
 * hash in the run's row proves. So no file with account numbers lies about.
 */
@Injectable()
export class ExportPayRun {
  constructor(
    private readonly database: Database,
    private readonly runs: PayRunRepository,
    private readonly files: PayRunFiles,
    private readonly formats: BankFormats,
    private readonly cipher: ColumnCipher,
    private readonly difference: FirstRunDifference,
  ) {}

  /**
   * @param formatId absent: the format by which it was exported before
   * @throws PayRunNotFound, NotAllowed, PayRunNotReady, BankFormatUnknown, NothingToPay, BankFileNotWritable, BankFileDiffers,
   *   BankFileDestroyed, DifferenceNotSigned
   */
  async run(actor: Actor, runNo: number, formatId: string): Promise<Exported> {
    const before = await this.runs.one(lookingAtMoney(actor, 'pay-run:read'), runNo);
    const caller = changingMoney(actor, ['pay-run:export'], [before.division_code]);
    const format = await this.formats.one(actor, formatId);
    // The lines do not change any more: they are read outside of the transaction that notes the export.
    checkState(before);
    // What was handed over before a take-over began is handed over again as it was.
    if (before.file_sha256 === null) await this.difference.assertSigned(before.county);
    const used = before.format ? bankFileFormat.parse(before.format) : format;
    const file = await this.write(caller, before, used);
    await this.note(caller, runNo, used, file);
    return {
      name: `${before.county}-${before.month}-${before.serial}-${runNo}.txt`,
      bytes: file.bytes,
      sha256: file.sha256,
      count: file.totals.count,
      fen: file.totals.fen,
    };
  }

  private async write(caller: Caller, run: PayRunRow, format: BankFileFormat): Promise<BankFile> {
    const lines = await this.files.lines(caller, run.run_no);
    if (lines.length === 0) throw new NothingToPay();
    return bankFileOf(run, lines, format, this.cipher);
  }

  private note(caller: Caller, runNo: number, format: BankFileFormat, file: BankFile): Promise<void> {
    return this.database.command(caller, async (tx: Tx) => {
      const run = await this.runs.lock(tx, runNo);
      checkState(run);
      tx.audit({
        what: 'pay-run.file-taken',
        detail: { runNo, formatId: format.id, sha256: file.sha256, count: file.totals.count },
      });
      if (run.file_sha256 !== null) {
        if (run.file_sha256 !== file.sha256) throw new BankFileDiffers();
        return;
      }
      await this.files.keep(tx, runNo, format, file.sha256);
      await this.runs.moveTo(
        tx,
        { ...run, count: file.totals.count, fen: file.totals.fen },
        'exported',
        `文件校验值 ${file.sha256}`,
      );
    });
  }
}

function checkState({ state, file_destroyed_on: destroyedOn }: PayRunRow): void {
  if (destroyedOn !== null) throw new BankFileDestroyed(destroyedOn);
  if (state !== 'ordered' && state !== 'exported' && state !== 'closed') throw new PayRunNotReady(state);
}

/** Of bytes, hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
