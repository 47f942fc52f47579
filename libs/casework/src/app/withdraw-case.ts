import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { keeperOf } from '../domain/item.js';
import { withdraw } from '../domain/work-case.js';
import { always, CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';
import { SignForPerson } from './sign-for-person.js';

/** What nobody has taken up is taken back. */
@Injectable()
export class WithdrawCase {
  constructor(
    private readonly desk: CaseDesk,
    private readonly signing: SignForPerson,
    private readonly clock: Clock,
  ) {}

  /** @param onBehalf who asked for it in the person's place: an entry of registry's; null: nobody else did */
  run(actor: Actor, caseId: string, reason: string, onBehalf: string | null): Promise<CaseSummary> {
    const signed = { what: 'withdrawal', on: this.clock.today(), representativeId: onBehalf } as const;
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => keeperOf(item),
      (state) => withdraw(state, reason),
      { besideClaim: always, after: (tx, state) => this.signing.run(tx, state, signed) },
    );
  }
}
