import { Injectable } from '@nestjs/common';
import { type Actor } from '@app/access';
import { TakeOverCases } from '@app/casework';
import { Database } from '@app/platform';
import { TakeOverLoader } from '../adapters/postgres/take-over-loader.js';
import { TakeOverRepository } from '../adapters/postgres/take-over-repository.js';
import { TakeOverRows } from '../adapters/postgres/take-over-rows.js';
import {
  CaseNotTakenOver,
  TakeOverNotReady,
  VillageListChanged,
  VillageNotToRelease,
} from '../domain/take-over-errors.js';
import { LoadTakeOver, type LoadedRows } from './load-take-over.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';

/** What persons look at after a take-over is loaded: the lists of villages, and open cases that came with it. */
@Injectable()
export class ReleaseTakeOver {
  constructor(
    private readonly database: Database,
    private readonly takeOvers: TakeOverRepository,
    private readonly rows: TakeOverRows,
    private readonly loader: TakeOverLoader,
    private readonly load: LoadTakeOver,
    private readonly cases: TakeOverCases,
  ) {}

  /**
   * A supervisor has seen the list of a village: what only contradicts something is loaded, what cannot be loaded as it is stays out.
   * @param seen digest: of the list as it was seen
   * @throws TakeOverNotFound, NotAllowed, TakeOverNotReady, VillageNotToRelease, VillageListChanged
   */
  async village(
    actor: Actor,
    takeOverId: string,
    divisionCode: string,
    seen: { readonly digest: string; readonly note: string },
  ): Promise<LoadedRows> {
    const { county } = await this.takeOvers.find(lookingAtMoney(actor, 'take-over:read'), takeOverId);
    const caller = changingMoney(actor, ['take-over:release'], [`${county}000000`]);
    const takeOver = await this.database.command(caller, async (tx) => {
      const found = await this.takeOvers.lock(tx, takeOverId);
      if (found.state !== 'loaded' && found.state !== 'released') throw new TakeOverNotReady(found.state);
      tx.audit({
        what: 'take-over.village-released',
        why: seen.note,
        detail: { takeOverId, divisionCode, digest: seen.digest },
      });
      const released = await this.rows.release(tx, takeOverId, divisionCode, seen);
      if (released === null) throw new VillageNotToRelease();
      if (!released) throw new VillageListChanged();
      await this.takeOvers.followVillages(tx, found);
      return found;
    });
    return this.load.go(takeOver);
  }

  /**
   * A person has looked at an open case of the old office: its terms count from here on, from the day on which it was received.
   * @throws TakeOverNotFound, NotAllowed, CaseNotTakenOver
   */
  async lookedAt(actor: Actor, takeOverId: string, caseId: string): Promise<{ readonly caseId: string }> {
    const { county } = await this.takeOvers.find(lookingAtMoney(actor, 'take-over:read'), takeOverId);
    const caller = changingMoney(actor, ['take-over:look'], [`${county}000000`]);
    return this.database.command(caller, async (tx) => {
      const found = await this.loader.openCaseOf(tx, takeOverId, caseId);
      if (!found) throw new CaseNotTakenOver();
      tx.audit({ what: 'take-over.case-looked-at', personIds: [found.personId], caseIds: [caseId] });
      // Clocks are the service's own work; that the case is in the user's reach was seen at its row.
      await tx.asService(() => this.cases.lookedAt(tx, caseId));
      return { caseId };
    });
  }
}
