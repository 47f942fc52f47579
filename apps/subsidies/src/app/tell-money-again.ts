import { Injectable } from '@nestjs/common';
import { paymentFailedV1, paymentOrderedV1, paymentRecoveredV1, type NewEvent } from '@app/contracts';
import { Outbox } from '@app/messaging';
import { type Caller, Database } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { ToldPayments, type BookedMoney } from '../adapters/postgres/told-payments.js';

/** How far a telling has come. */
export interface MoneyToldAgain {
  readonly benefits: number;
  readonly facts: number;
  /** Of the last benefit; null: none is left. */
  readonly next: string | null;
}

/**
 * Tells others once more what was paid, what the bank returned and what came back from persons, as the books have it, benefit by benefit:
 * for a consumer that came later than the outbox remembers. Each fact says what it said once, and who knows it changes nothing.
 */
@Injectable()
export class TellMoneyAgain {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly told: ToldPayments,
    private readonly outbox: Outbox,
  ) {}

  run(after: string | null, limit: number): Promise<MoneyToldAgain> {
    return this.database.transaction(this.actor, async (tx) => {
      const benefitIds = await this.told.benefits(tx, after, limit);
      const facts = (await this.told.of(tx, benefitIds)).map(factOf);
      this.outbox.append(tx, facts);
      return {
        benefits: benefitIds.length,
        facts: facts.length,
        next: benefitIds.length === limit ? (benefitIds.at(-1) ?? null) : null,
      };
    });
  }
}

function factOf({
  what,
  months,
  fen,
  runNo,
  runMonth,
  overpaymentId,
  version,
  ...money
}: BookedMoney): NewEvent {
  const { benefitId, personId, divisionCode, itemId } = money;
  const about = { benefitId, personId, divisionCode, itemId, months: [...months], fen };
  switch (what) {
    case 'ordered':
      return paymentOrderedV1.of({ ...about, runNo: runNo!, runMonth: runMonth! });
    case 'failed':
      return paymentFailedV1.of({ ...about, runNo: runNo!, runMonth: runMonth! });
    case 'recovered':
      return paymentRecoveredV1.of({ ...about, overpaymentId: overpaymentId!, version: version! });
  }
}
