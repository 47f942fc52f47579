import { Injectable } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { ColumnCipher, type Actor } from '@app/access';
import { Database } from '@app/platform';
import { TakeOverRepository, type TakeOver } from '../adapters/postgres/take-over-repository.js';
import { LISTED_ACCOUNT_COLUMN, TakeOverRows, type StagedRow } from '../adapters/postgres/take-over-rows.js';
import { readAccountNumber } from '../domain/payee.js';
import {
  keyOf,
  type ContentOf,
  type ListedRow,
  type PayeeRow,
  type ReaderFault,
  type TakeOverList,
} from '../domain/take-over.js';
import { RowsNotDistinct, TakeOverNotReady } from '../domain/take-over-errors.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';

/** A row as it is sent: persons by their id, numbers of accounts in the clear. */
export interface SentRow {
  readonly row: number;
  /** Of rows about the same, the how-manieth: 1 but for repetitions. */
  readonly nth: number;
  readonly personId: string | null;
  readonly content:
    | ContentOf['cards']
    | ContentOf['benefits']
    | ContentOf['cases']
    | (Omit<PayeeRow, 'token'> & { readonly accountNumber: string })
    | null;
  readonly faults: readonly ReaderFault[];
}

export interface SentRows {
  readonly list: TakeOverList;
  /** Of the whole file. */
  readonly sha256: string;
  readonly rows: readonly SentRow[];
  /** These are the last rows of the file. */
  readonly isLast: boolean;
}

/** What came of rows that were sent. */
export interface RowsTaken {
  /** The file is the one that counts already: nothing was read. */
  readonly known: boolean;
  /** New, or saying otherwise than the file before. */
  readonly changed: number;
  /** Rows of the file before that this one has no more; said with the last rows. */
  readonly gone: number;
}

/** Begins a take-over and takes its lists, part by part: nothing is made of them before they are compared and loaded. */
@Injectable()
export class StageTakeOver {
  constructor(
    private readonly database: Database,
    private readonly takeOvers: TakeOverRepository,
    private readonly rows: TakeOverRows,
    private readonly cipher: ColumnCipher,
  ) {}

  /** @throws NotAllowed, TakeOverUnderWay */
  open(actor: Actor, form: { readonly county: string; readonly day: string }): Promise<TakeOver> {
    const caller = changingMoney(actor, ['take-over:load'], [`${form.county}000000`]);
    return this.takeOvers.open(caller, randomUUID(), form);
  }

  /**
   * Once loaded a corrected file is taken too: what it says otherwise is loaded anew.
   * @throws TakeOverNotFound, NotAllowed, TakeOverNotReady, AccountNumberNotPossible, RowsNotDistinct
   */
  async take(actor: Actor, takeOverId: string, { list, sha256, rows, isLast }: SentRows): Promise<RowsTaken> {
    const { county } = await this.takeOvers.find(lookingAtMoney(actor, 'take-over:read'), takeOverId);
    const caller = changingMoney(actor, ['take-over:load'], [`${county}000000`]);
    const staged = rows.map((row) => this.staged(list, sha256, `${county}000000`, row));
    assertDistinct(staged);
    return this.database.command(caller, async (tx) => {
      const { state } = await this.takeOvers.lock(tx, takeOverId);
      if (state !== 'dry-run' && state !== 'loaded' && state !== 'released')
        throw new TakeOverNotReady(state);
      tx.audit({ what: 'take-over.rows', detail: { takeOverId, list, sha256, rows: rows.length } });
      if ((await this.takeOvers.fileOf(tx, takeOverId, list)) === sha256) {
        return { known: true, changed: 0, gone: 0 };
      }
      await this.takeOvers.keepFile(tx, takeOverId, list, { sha256, isWhole: isLast });
      await this.takeOvers.setUnchecked(tx, takeOverId);
      // Rows are the service's own; whose county they are taken over for was asked above.
      return tx.asService(async () => ({
        known: false,
        changed: await this.rows.take(tx, takeOverId, staged),
        gone: isLast ? await this.rows.passOver(tx, takeOverId, list, sha256) : 0,
      }));
    });
  }

  private staged(list: TakeOverList, sha256: string, divisionCode: string, sent: SentRow): StagedRow {
    const { row, nth, personId, faults } = sent;
    const { content, number } = this.withoutNumber(sent.content);
    const listed: ListedRow = { list, row, personId, content, faults };
    return {
      ...listed,
      key: keyOf(listed),
      nth,
      sha256,
      divisionCode,
      accountNumber: number && this.cipher.encrypt(LISTED_ACCOUNT_COLUMN, number),
      // A row is the same row wherever it stands in the file; of the number only the blind index is in it.
      digest: createHash('sha256')
        .update(JSON.stringify([personId, content, faults]))
        .digest('hex'),
    };
  }

  private withoutNumber(content: SentRow['content']): {
    content: ContentOf[TakeOverList] | null;
    number: string | null;
  } {
    if (content === null || !('accountNumber' in content)) return { content, number: null };
    const { accountNumber, ...rest } = content;
    const number = readAccountNumber(accountNumber);
    return { content: { ...rest, token: this.cipher.blindIndex('account', number) }, number };
  }
}

function assertDistinct(rows: readonly StagedRow[]): void {
  const first = new Map<string, number>();
  for (const { key, nth, row } of rows) {
    const before = first.get(`${key} ${nth}`);
    if (before !== undefined) throw new RowsNotDistinct([before, row]);
    first.set(`${key} ${nth}`, row);
  }
}
