import { Injectable } from '@nestjs/common';
import { type Actor } from '@app/access';
import { TakeOverCases, type OldCase } from '@app/casework';
import { type Caller, Database, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { v5 as uuidV5 } from 'uuid';
import { TakeOverLoader, type RowAtWork } from '../adapters/postgres/take-over-loader.js';
import { TakeOverRepository, type TakeOver } from '../adapters/postgres/take-over-repository.js';
import { monthAfter } from '../domain/month.js';
import { takeOverLists, type TakeOverList } from '../domain/take-over.js';
import { TakeOverNotChecked, TakeOverNotReady } from '../domain/take-over-errors.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';
import { becauseOf } from './take-over-rates.js';
import { UndoTakeOver } from './undo-take-over.js';

/** Rows of one transaction: a case with its benefit, its books and its facts each. */
const CHUNK = 200;
/** Rows of one request: whoever loads a county asks again until nothing is left, and sees how far it is. */
const ROWS_AT_ONCE = 2_000;

const MADE = '6c0c6b0e-41c3-4d8e-9a39-5a2f7d0b6a77';

/** What one request did. */
export interface LoadedRows {
  readonly loaded: number;
  /** Rows of which a corrected file says otherwise, taken back to be loaded anew. */
  readonly takenBack: number;
  /** Rows that are to be loaded still: ask again. */
  readonly left: number;
}

/**
 * Loads the rows in which nothing was found, and those of villages that a supervisor has released; each once, however often it is asked.
 * What a corrected file says otherwise is taken back first.
 */
@Injectable()
export class LoadTakeOver {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly takeOvers: TakeOverRepository,
    private readonly loader: TakeOverLoader,
    private readonly cases: TakeOverCases,
    private readonly undo: UndoTakeOver,
  ) {}

  /** @throws TakeOverNotFound, NotAllowed, TakeOverNotReady, TakeOverNotChecked */
  async run(actor: Actor, takeOverId: string): Promise<LoadedRows> {
    const { county } = await this.takeOvers.find(lookingAtMoney(actor, 'take-over:read'), takeOverId);
    const caller = changingMoney(actor, ['take-over:load'], [`${county}000000`]);
    const takeOver = await this.database.command(caller, async (tx) => {
      const found = await this.takeOvers.lock(tx, takeOverId);
      if (found.state !== 'dry-run' && found.state !== 'loaded' && found.state !== 'released') {
        throw new TakeOverNotReady(found.state);
      }
      if (!found.checked) throw new TakeOverNotChecked();
      tx.audit({ what: 'take-over.loaded', detail: { takeOverId } });
      if (found.state === 'dry-run') await this.takeOvers.moveTo(tx, takeOverId, 'loaded');
      if (found.state !== 'released')
        await this.takeOvers.followVillages(tx, { takeOverId, state: 'loaded' });
      return found;
    });
    return this.go(takeOver);
  }

  /** The service's own part of it. */
  async go(takeOver: TakeOver): Promise<LoadedRows> {
    const takenBack = await this.undo.corrected(takeOver);
    let loaded = 0;
    for (const list of takeOverLists) {
      while (loaded < ROWS_AT_ONCE) {
        const rows = await this.chunk(takeOver, list);
        if (rows === 0) break;
        loaded += rows;
      }
    }
    const left = await this.database.read(this.actor, (tx) => this.loader.left(tx, takeOver.takeOverId));
    return { loaded, takenBack, left };
  }

  /** @returns how many rows it was about */
  private chunk(takeOver: TakeOver, list: TakeOverList): Promise<number> {
    return this.database.transaction(this.actor, async (tx) => {
      const { state } = await this.takeOvers.lock(tx, takeOver.takeOverId);
      if (state !== 'loaded' && state !== 'released') throw new TakeOverNotReady(state);
      const rows = await this.loader.loadable(tx, takeOver.takeOverId, list, CHUNK);
      if (rows.length === 0) return 0;
      const named = rows.map((row) => ({ ...row, madeId: idOf(takeOver, row) }));
      const made = await this.make(tx, takeOver, list, named);
      await this.loader.loaded(
        tx,
        takeOver.takeOverId,
        named.filter(({ madeId }) => made.has(madeId)),
      );
      // Somebody was granted or paid the same since the lists were compared.
      await this.loader.notLoaded(
        tx,
        takeOver.takeOverId,
        named.filter(({ madeId }) => !made.has(madeId)),
      );
      return rows.length;
    });
  }

  private async make(
    tx: Tx,
    { day }: TakeOver,
    list: TakeOverList,
    rows: readonly (RowAtWork & { readonly madeId: string })[],
  ): Promise<ReadonlySet<string>> {
    if (list === 'payees') {
      return this.loader.addAccounts(
        tx,
        rows.map((row) => ({ accountId: row.madeId, row: row as RowAtWork<'payees'> })),
        ({ row, sha256 }) => `存量接管（${day}）：旧名单第${row}行，名单校验值 ${sha256.slice(0, 8)}`,
      );
    }
    const made = await this.cases.bring(tx, rows.map(oldCaseOf));
    if (list === 'benefits') {
      await this.loader.openBooks(
        tx,
        (rows as readonly (RowAtWork<'benefits'> & { readonly madeId: string })[])
          .filter(({ madeId }) => made.has(madeId))
          .map(({ madeId, content: { lastPaid } }) => ({
            caseId: madeId,
            from: monthAfter(lastPaid),
            through: lastPaid,
          })),
      );
    }
    return made;
  }
}

/** The same row makes the same thing; a corrected one another. */
function idOf({ takeOverId }: TakeOver, { list, key, nth, revision }: RowAtWork): string {
  return uuidV5([takeOverId, list, key, nth, revision].join('/'), MADE);
}

function oldCaseOf(row: RowAtWork & { readonly madeId: string }): OldCase {
  const { personId, divisionCode, madeId: caseId } = row;
  if (row.list === 'benefits') {
    const { content } = row as RowAtWork<'benefits'>;
    return {
      ...{ caseId, personId, divisionCode, itemId: content.itemId },
      stands: { as: 'granted', on: `${content.fromMonth}-01` },
      because: becauseOf(content),
    };
  }
  const { content } = row as RowAtWork<'cases'>;
  return {
    ...{ caseId, personId, divisionCode, itemId: content.itemId },
    stands: { as: 'open', on: content.receivedOn },
    because: [],
  };
}
