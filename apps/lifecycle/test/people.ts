import { randomUUID } from 'node:crypto';
import {
  benefitGrantedV1,
  benefitHeldV1,
  benefitReleasedV1,
  benefitStoppedV1,
  cardCancelledV1,
  cardCorrectedV1,
  cardFrozenV1,
  cardIssuedV1,
  cardRegradedV1,
  cardRenewedV1,
  cardTakenOverV1,
  cardTransferredV1,
  cardUnfrozenV1,
  caseFacts,
  deathRecordedV1,
  deathWithdrawnV1,
  factRecordedV1,
  factWithdrawnV1,
  movedAwayV1,
  movedInV1,
  paymentFailedV1,
  paymentOrderedV1,
  paymentRecoveredV1,
  personRegisteredV1,
  type CaseFacts,
  type CaseStatus,
  type DisabilityGrade,
  type NewEvent,
  type Owner,
} from '@app/contracts';

export const VILLAGE = '338801001001';
export const TODAY = '2026-03-02';

/** A person as the neighbours tell of them: every call is the next fact, with the next version of its owner. */
export class Neighbours {
  readonly personId = randomUUID();
  readonly cardId = randomUUID();
  divisionCode = VILLAGE;
  /** Ids of the facts last recorded, by name. */
  private readonly factIds: Record<string, string> = {};
  private registry = 0;
  private certification = 0;
  grade: DisabilityGrade = 2;

  registered(
    options: { birthDate?: string; householdId?: string | null; sex?: 'male' | 'female' } = {},
  ): NewEvent {
    return personRegisteredV1.of({
      ...this.about(),
      version: (this.registry += 1),
      name: '测试人',
      sex: options.sex ?? 'male',
      birthDate: options.birthDate ?? '1980-05-05',
      householdId: options.householdId ?? null,
      identityToken: 'token',
    });
  }

  knows(
    facts: Record<string, string | number | boolean>,
    options: { validFrom?: string; validTo?: string; kind?: string } = {},
  ): NewEvent {
    return factRecordedV1.of({
      ...this.about(),
      version: (this.registry += 1),
      facts: Object.entries(facts).map(([name, value]) => ({
        factId: (this.factIds[name] = randomUUID()),
        name,
        value,
        source: { kind: options.kind ?? 'roster:dibao', reference: null, asOf: '2026-02-28' },
        validFrom: options.validFrom ?? null,
        validTo: options.validTo ?? null,
      })),
    });
  }

  withdraws(...names: string[]): NewEvent {
    return factWithdrawnV1.of({
      ...this.about(),
      version: (this.registry += 1),
      withdrawn: names.map((name) => ({ factId: this.factIds[name] ?? randomUUID(), name })),
      reason: '录入有误',
    });
  }

  died(diedOn = '2026-03-01'): NewEvent {
    return deathRecordedV1.of({
      ...this.about(),
      version: (this.registry += 1),
      factId: randomUUID(),
      diedOn,
      source: { kind: 'roster:death', reference: null, asOf: '2026-03-01' },
    });
  }

  lives(): NewEvent {
    return deathWithdrawnV1.of({
      ...this.about(),
      version: (this.registry += 1),
      factId: randomUUID(),
      reason: '同名误报',
    });
  }

  movedAway(to = '330302001001'): NewEvent {
    return movedAwayV1.of({
      ...this.about(),
      version: (this.registry += 1),
      from: this.divisionCode,
      to,
      movedOn: TODAY,
    });
  }

  movedTo(to: string): NewEvent {
    const from = this.divisionCode;
    this.divisionCode = to;
    return movedInV1.of({ ...this.about(), version: (this.registry += 1), from, to, movedOn: TODAY });
  }

  issued(): NewEvent {
    return cardIssuedV1.of(this.card());
  }

  takenOver(): NewEvent {
    return cardTakenOverV1.of({ ...this.card(), origin: 'taken-over' });
  }

  renewed(): NewEvent {
    return cardRenewedV1.of(this.card());
  }

  regraded(grade: DisabilityGrade): NewEvent {
    const previous = { category: 'physical' as const, grade: this.grade };
    this.grade = grade;
    return cardRegradedV1.of({ ...this.card(), previous });
  }

  frozen(): NewEvent {
    return cardFrozenV1.of({ ...this.card('frozen'), reason: '信息核实' });
  }

  unfrozen(): NewEvent {
    return cardUnfrozenV1.of({ ...this.card(), reason: '核实无误' });
  }

  cancelled(): NewEvent {
    return cardCancelledV1.of({ ...this.card('cancelled'), reason: '本人申请', effectiveOn: TODAY });
  }

  corrected(withdraws: 'issue' | 'cancellation'): NewEvent {
    return cardCorrectedV1.of({
      ...this.card(withdraws === 'issue' ? 'cancelled' : 'valid'),
      withdraws,
      reason: '办理有误',
    });
  }

  transferred(direction: 'in' | 'out'): NewEvent {
    return cardTransferredV1.of({ ...this.card(), direction });
  }

  private card(status: 'valid' | 'frozen' | 'cancelled' = 'valid') {
    return {
      ...this.about(),
      version: (this.certification += 1),
      cardId: this.cardId,
      status,
      category: 'physical' as const,
      grade: this.grade,
      components: [{ category: 'physical' as const, grade: this.grade }],
      issuedOn: TODAY,
      validTo: '2036-03-01',
      origin: 'issued-here' as const,
    };
  }

  private about() {
    return { personId: this.personId, divisionCode: this.divisionCode };
  }
}

type TermOfCase = Parameters<CaseFacts['term']['of']>[0];

/** A case as its owner tells of it. */
export class OwnersCase {
  readonly caseId = randomUUID();
  private version = 0;

  constructor(
    private readonly personId: string,
    private readonly owner: Owner,
    private readonly itemId: string,
    private readonly period: string,
    private roundId: string | null,
  ) {}

  opened(status: CaseStatus = 'invited'): NewEvent {
    return this.facts.opened.of({ ...this.now(status), mode: 'invite' });
  }

  advanced(nextStep: string, status: CaseStatus = 'open'): NewEvent {
    return this.facts.advanced.of({ ...this.now(status), doneStep: 'consent', nextStep });
  }

  granted(): NewEvent {
    return this.facts.decided.of({
      ...this.now('granted'),
      decidedOn: TODAY,
      effectiveFrom: TODAY,
      reason: null,
    });
  }

  refused(): NewEvent {
    return this.facts.decided.of({
      ...this.now('refused'),
      decidedOn: TODAY,
      effectiveFrom: null,
      reason: '材料不实',
    });
  }

  declined(): NewEvent {
    return this.facts.declined.of({ ...this.now('declined'), declinedOn: TODAY });
  }

  held(heldFrom: CaseStatus, roundId: string): NewEvent {
    this.roundId = roundId;
    return this.facts.held.of({ ...this.now('held'), heldFrom, effectiveOn: TODAY, reason: '待核' });
  }

  released(status: CaseStatus = 'granted'): NewEvent {
    return this.facts.released.of({ ...this.now(status), reason: '继续' });
  }

  stopped(): NewEvent {
    return this.facts.stopped.of({ ...this.now('stopped'), stoppedFrom: TODAY, reason: '不再符合' });
  }

  /** A term that ends with `lastDay`; null: it stands still since today. */
  term(step: string, lastDay: string | null, more: Partial<TermOfCase> = {}): NewEvent {
    return this.facts.term.of({
      personId: this.personId,
      divisionCode: VILLAGE,
      version: (this.version += 1),
      caseId: this.caseId,
      itemId: this.itemId,
      roundId: this.roundId,
      clockId: randomUUID(),
      step,
      holder: 'office',
      kind: 'statutory',
      unit: 'working-day',
      value: 10,
      basis: '章程第二条',
      anchorDay: TODAY,
      dueAt: lastDay && `${lastDay}T16:00:00.000Z`,
      provisional: false,
      paused: lastDay === null,
      pausedSince: lastDay === null ? `${TODAY}T01:00:00.000Z` : null,
      pauseReason: lastDay === null ? 'hearing' : null,
      ended: false,
      ...more,
    });
  }

  /** The papers that the case waits for now; none: for none any more. */
  awaits(papers: string[], status: CaseStatus = 'open'): NewEvent {
    return this.facts.papersAwaited.of({ ...this.now(status), papers });
  }

  placed(unitId: string, status: CaseStatus = 'open'): NewEvent {
    return this.facts.placed.of({ ...this.now(status), unitId, since: TODAY });
  }

  placementEnded(unitId: string, status: CaseStatus = 'open'): NewEvent {
    return this.facts.placementEnded.of({ ...this.now(status), unitId, endedOn: TODAY });
  }

  /** Another body said that the refusal, the stop or the amount does not stand. */
  revoked(was: CaseStatus, status: CaseStatus, nextStep: string | null = null): NewEvent {
    return this.facts.decisionRevoked.of({
      ...this.now(status),
      revoked: was,
      remedy: 'reconsideration',
      outcome: 'revoked',
      decidedOn: TODAY,
      nextStep,
      reason: '事实不清',
    });
  }

  withdrawn(roundId: string | null = this.roundId): NewEvent {
    this.roundId = roundId;
    return this.facts.withdrawn.of({ ...this.now('withdrawn'), reason: '不再符合' });
  }

  /** The files of two were merged, and of their cases this one goes on. */
  kept(stays: Neighbours, twin: OwnersCase, status: CaseStatus = 'granted'): NewEvent {
    return this.facts.kept.of({
      ...this.now(status),
      personId: stays.personId,
      twinId: twin.caseId,
      nextStep: null,
    });
  }

  private get facts(): CaseFacts {
    return caseFacts[this.owner] as CaseFacts;
  }

  private now(status: CaseStatus) {
    return {
      personId: this.personId,
      divisionCode: VILLAGE,
      version: (this.version += 1),
      caseId: this.caseId,
      itemId: this.itemId,
      itemVersion: '2020-01',
      period: this.period,
      roundId: this.roundId,
      status,
    };
  }
}

type Rates = { fromMonth: string; fen: number }[] | null;

/** A benefit in money as subsidies tells of it: every call is the next fact, with the next version. */
export class PaidBenefit {
  readonly benefitId = randomUUID();
  private readonly caseId = randomUUID();
  private version = 0;
  rates: Rates;
  /** How often it is paid; absent: not told. */
  cycle?: 'month' | 'quarter';

  constructor(
    private readonly person: Pick<Neighbours, 'personId' | 'divisionCode'>,
    private readonly itemId: string,
    private readonly fromMonth: string,
    fen: number | null = 200_00,
  ) {
    this.rates = fen === null ? null : [{ fromMonth, fen }];
  }

  granted(paidThrough?: string): NewEvent {
    return benefitGrantedV1.of({ ...this.now('running'), ...(paidThrough ? { paidThrough } : {}) });
  }

  held(heldFrom: string): NewEvent {
    return benefitHeldV1.of({ ...this.now('held'), heldFrom });
  }

  released(): NewEvent {
    return benefitReleasedV1.of(this.now('running'));
  }

  stopped(toMonth: string): NewEvent {
    return benefitStoppedV1.of({ ...this.now('stopped'), toMonth });
  }

  ordered(runNo: number, runMonth: string, months: string[] = [runMonth], fen = 200_00): NewEvent {
    return paymentOrderedV1.of(this.payment(runNo, runMonth, months, fen));
  }

  failed(runNo: number, runMonth: string, months: string[] = [runMonth], fen = 200_00): NewEvent {
    return paymentFailedV1.of(this.payment(runNo, runMonth, months, fen));
  }

  recovered(month: string, fen: number): NewEvent {
    return paymentRecoveredV1.of({
      ...this.about(),
      overpaymentId: randomUUID(),
      version: 2,
      months: [{ month, fen }],
      fen,
    });
  }

  private payment(runNo: number, runMonth: string, months: string[], fen: number) {
    return {
      ...this.about(),
      runNo,
      runMonth,
      months: months.map((month) => ({ month, fen })),
      fen: fen * months.length,
    };
  }

  private now(status: 'running' | 'held' | 'stopped') {
    return {
      ...this.about(),
      version: (this.version += 1),
      caseId: this.caseId,
      status,
      fromMonth: this.fromMonth,
      toMonth: null as string | null,
      rates: this.rates,
      ...(this.cycle ? { cycle: this.cycle } : {}),
    };
  }

  private about() {
    const { personId, divisionCode } = this.person;
    return { personId, divisionCode, benefitId: this.benefitId, itemId: this.itemId };
  }
}
