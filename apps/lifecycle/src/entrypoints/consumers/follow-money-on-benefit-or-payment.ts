import { Controller } from '@nestjs/common';
import {
  benefitGrantedV1,
  benefitHeldV1,
  benefitReleasedV1,
  benefitStoppedV1,
  paymentFailedV1,
  paymentOrderedV1,
  paymentRecoveredV1,
  type Envelope,
  type EventDefinition,
} from '@app/contracts';
import { shanghaiDay } from '@app/kernel';
import { OnEvents, type Slice } from '@app/messaging';
import {
  Payments,
  type BenefitNews,
  type PaymentNews,
  type RecoveryNews,
} from '../../adapters/postgres/payments.js';
import { firstMonthHeld } from '../../domain/payment.js';

const BENEFITS: readonly EventDefinition[] = [
  benefitGrantedV1,
  benefitHeldV1,
  benefitReleasedV1,
  benefitStoppedV1,
];
const ofBenefits: ReadonlySet<string> = new Set(BENEFITS.map(({ type }) => type));
const ofRuns: ReadonlySet<string> = new Set([paymentOrderedV1.type, paymentFailedV1.type]);

/** Keeps what is owed to each person and what was paid of it: 已享未付 is the difference, and nothing is decided here. */
@Controller()
export class FollowMoneyOnBenefitOrPayment {
  constructor(private readonly payments: Payments) {}

  @OnEvents({
    service: 'lifecycle',
    name: 'follow-money-on-benefit-or-payment',
    events: [...BENEFITS, paymentOrderedV1, paymentFailedV1, paymentRecoveredV1],
  })
  async handle(facts: readonly Envelope[], { tx }: Slice): Promise<void> {
    await this.payments.learnBenefits(tx, facts.filter(({ type }) => ofBenefits.has(type)).map(benefitOf));
    await this.payments.learnPayments(tx, facts.filter(({ type }) => ofRuns.has(type)).map(paymentOf));
    await this.payments.learnRecoveries(
      tx,
      facts.filter(({ type }) => type === paymentRecoveredV1.type).map(recoveryOf),
    );
  }
}

function benefitOf({ data, time, actor }: Envelope): BenefitNews {
  const { heldFrom, paidThrough, cycle, ...told } = data as Omit<
    BenefitNews,
    'by' | 'owedIn' | 'heldFrom' | 'paidThrough' | 'cycle'
  > & {
    readonly heldFrom?: string;
    readonly paidThrough?: string;
    readonly cycle?: 'month' | 'quarter';
  };
  return {
    ...told,
    heldFrom: heldFrom === undefined ? null : firstMonthHeld(heldFrom),
    paidThrough: paidThrough ?? null,
    cycle: cycle ?? null,
    owedIn: shanghaiDay(new Date(time)).slice(0, 7),
    by: actor,
  };
}

function paymentOf({ type, data, time, actor }: Envelope): PaymentNews {
  return {
    ...(data as Omit<PaymentNews, 'kind' | 'day' | 'by'>),
    kind: type === paymentOrderedV1.type ? 'ordered' : 'failed',
    day: shanghaiDay(new Date(time)),
    by: actor,
  };
}

function recoveryOf({ data, actor }: Envelope): RecoveryNews {
  return { ...(data as Omit<RecoveryNews, 'by'>), by: actor };
}
