import { Injectable } from '@nestjs/common';
import { type Actor } from '@app/access';
import { TakeOverCases } from '@app/casework';
import { type Caller, Database, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { TakeOverLoader, type RowAtWork } from '../adapters/postgres/take-over-loader.js';
import { TakeOverRepository, type TakeOver } from '../adapters/postgres/take-over-repository.js';
import { TakeOverDecidedOn, TakeOverNotReady } from '../domain/take-over-errors.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';

/** Rows of one transaction. */
const CHUNK = 200;

/**
 * Takes back what rows made: cases are withdrawn and their benefits stopped before their first month, accounts withdrawn, each with the
 * reason. Nothing is deleted: histories and facts keep that it was there.
 */
@Injectable()
export class UndoTakeOver {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly takeOvers: TakeOverRepository,
    private readonly loader: TakeOverLoader,
    private readonly cases: TakeOverCases,
  ) {}

  /**
   * The whole take-over, while nothing was decided on it. Broken off anywhere, it goes on when it is asked again.
   * @throws TakeOverNotFound, NotAllowed, TakeOverNotReady, TakeOverDecidedOn
   */
  async whole(actor: Actor, takeOverId: string, reason: string): Promise<{ readonly takenBack: number }> {
    const { county } = await this.takeOvers.find(lookingAtMoney(actor, 'take-over:read'), takeOverId);
    const caller = changingMoney(actor, ['take-over:load'], [`${county}000000`]);
    const takeOver = await this.database.command(caller, async (tx) => {
      const found = await this.takeOvers.lock(tx, takeOverId);
      if (found.state === 'closed' || found.state === 'undone') throw new TakeOverNotReady(found.state);
      tx.audit({ what: 'take-over.undone', why: reason, detail: { takeOverId } });
      if (found.state === 'undoing') return found;
      // Also what is out of the user's reach: a case that was decided elsewhere stands against it just as well.
      const decided = await tx.asService(() => this.loader.decidedOn(tx, takeOverId, county));
      if (decided) throw new TakeOverDecidedOn(decided);
      await this.takeOvers.moveTo(tx, takeOverId, 'undoing', reason);
      return found;
    });
    const takenBack = await this.all(
      takeOver,
      ['loaded', 'changed', 'gone'],
      `存量接管已撤销：${reason}`,
      true,
    );
    await this.database.transaction(this.actor, async (tx) => {
      const { state } = await this.takeOvers.lock(tx, takeOverId);
      if (state !== 'undoing') return;
      // What somebody decided in the meantime stands, and the take-over with it.
      const rest = await this.loader.made(tx, takeOverId, ['loaded', 'changed', 'gone'], null, 1);
      if (rest.length > 0) throw new TakeOverDecidedOn('case');
      await this.takeOvers.moveTo(tx, takeOverId, 'undone');
    });
    return { takenBack };
  }

  /** What a corrected file says otherwise. What was decided or paid since is left as it is. @returns how many were taken back */
  corrected(takeOver: TakeOver): Promise<number> {
    return this.all(takeOver, ['changed', 'gone'], '存量接管名单已更正', false);
  }

  private async all(
    takeOver: TakeOver,
    states: readonly RowAtWork['state'][],
    reason: string,
    isUndone: boolean,
  ): Promise<number> {
    const { takeOverId } = takeOver;
    let after: RowAtWork | null = null;
    let takenBack = 0;
    for (;;) {
      const { rows, back } = await this.database.transaction(this.actor, async (tx) => {
        await this.takeOvers.lock(tx, takeOverId);
        const found: RowAtWork[] = await this.loader.made(tx, takeOverId, states, after, CHUNK);
        const taken = await this.takeBack(tx, found, reason);
        await this.loader.takenBack(tx, takeOverId, taken, isUndone);
        return { rows: found, back: taken.length };
      });
      takenBack += back;
      if (rows.length < CHUNK) return takenBack;
      after = rows.at(-1)!;
    }
  }

  private async takeBack(tx: Tx, rows: readonly RowAtWork[], reason: string): Promise<RowAtWork[]> {
    const idsOf = (list: RowAtWork['list']) =>
      rows.flatMap((row) => (row.list === list && row.madeId ? [row.madeId] : []));
    const paid = await this.loader.paidSince(tx, idsOf('benefits'));
    const cases = await this.cases.takeBack(
      tx,
      [...idsOf('benefits').filter((id) => !paid.has(id)), ...idsOf('cases')],
      reason,
    );
    const accounts = await this.loader.withdrawAccounts(tx, idsOf('payees'), reason);
    return rows.filter(({ madeId }) => madeId !== null && (cases.has(madeId) || accounts.has(madeId)));
  }
}
