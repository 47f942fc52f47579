import { Module } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { ClocksModule } from '@app/clocks';
import { JobsModule } from '@app/jobs';
import { personConsumer, personFollower } from '@app/messaging';
import { ServiceModule } from '@app/service-host';
import { CaseTerms } from './adapters/postgres/case-terms.js';
import { ChainQueries } from './adapters/postgres/chain-queries.js';
import { Chains } from './adapters/postgres/chains.js';
import { FollowedPersons } from './adapters/postgres/followed-persons.js';
import { GapDesk, Gaps } from './adapters/postgres/gaps.js';
import { Payments } from './adapters/postgres/payments.js';
import { PersonFiles } from './adapters/postgres/person-files.js';
import { Reconciliations } from './adapters/postgres/reconciliations.js';
import { Sheets } from './adapters/postgres/sheets.js';
import { StuckChains } from './adapters/postgres/stuck-chains.js';
import { Trust } from './adapters/postgres/trust.js';
import { ClockOfRound } from './app/clock-of-round.js';
import { DecidePersons } from './app/decide-persons.js';
import { FindCatalogue } from './app/find-catalogue.js';
import { FindChain } from './app/find-chain.js';
import { FindMissingFacts } from './app/find-missing-facts.js';
import { FindReconciliations } from './app/find-reconciliations.js';
import { FindStuck } from './app/find-stuck.js';
import { FindTable } from './app/find-table.js';
import { FollowCases } from './app/follow-cases.js';
import { GapSteps } from './app/gap-steps.js';
import { GapTasks } from './app/gap-tasks.js';
import { Look } from './app/look.js';
import { Reconcile } from './app/reconcile.js';
import { RegionsOfDay } from './app/regions-of-day.js';
import { StartReconciliation } from './app/start-reconciliation.js';
import { Sweep } from './app/sweep.js';
import { RemindOnGap } from './entrypoints/clocks/remind-on-gap.js';
import { DecideOnFacts } from './entrypoints/consumers/decide-on-facts.js';
import { FollowChainOnCase } from './entrypoints/consumers/follow-chain-on-case.js';
import { FollowMoneyOnBenefitOrPayment } from './entrypoints/consumers/follow-money-on-benefit-or-payment.js';
import { FollowTermOnCaseTerm } from './entrypoints/consumers/follow-term-on-case-term.js';
import { GapsController } from './entrypoints/http/gaps.controller.js';
import { LifecycleController } from './entrypoints/http/lifecycle.controller.js';
import { PersonsController } from './entrypoints/http/persons.controller.js';
import { ReconciliationsController } from './entrypoints/http/reconciliations.controller.js';
import { StuckController } from './entrypoints/http/stuck.controller.js';
import { ReconcileNightly } from './entrypoints/jobs/reconcile-nightly.js';
import { SweepDays } from './entrypoints/jobs/sweep-days.js';

/** Determination and the chain: what each person is entitled to, and what becomes of it. */
@Module({
  imports: [
    ServiceModule.forService('lifecycle'),
    JobsModule.forService('lifecycle'),
    ClocksModule.forService('lifecycle', {
      handler: RemindOnGap,
      escalation: GapSteps,
      providers: [{ provide: Catalogue, useFactory: () => Catalogue.load() }],
    }),
  ],
  controllers: [
    LifecycleController,
    StuckController,
    PersonsController,
    ReconciliationsController,
    GapsController,
    DecideOnFacts,
    FollowChainOnCase,
    FollowTermOnCaseTerm,
    FollowMoneyOnBenefitOrPayment,
    personConsumer('lifecycle'),
  ],
  providers: [
    { provide: Catalogue, useFactory: () => Catalogue.load() },
    CaseTerms,
    Payments,
    ClockOfRound,
    PersonFiles,
    personFollower(FollowedPersons),
    Sheets,
    Chains,
    ChainQueries,
    StuckChains,
    Reconciliations,
    Gaps,
    GapDesk,
    Trust,
    RegionsOfDay,
    DecidePersons,
    FollowCases,
    Look,
    FindChain,
    FindStuck,
    FindTable,
    FindMissingFacts,
    FindCatalogue,
    Sweep,
    SweepDays,
    Reconcile,
    ReconcileNightly,
    StartReconciliation,
    FindReconciliations,
    GapTasks,
  ],
})
export class LifecycleModule {}
