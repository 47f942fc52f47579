import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import type { Catalogue } from '@app/catalogue';
import { CaseworkModule } from '@app/casework';
import { JobsModule } from '@app/jobs';
import { ServiceModule } from '@app/service-host';
import { BenefitLedger } from './adapters/postgres/benefit-ledger.js';
import { BenefitQueries } from './adapters/postgres/benefit-queries.js';
import { DeclaredRelatives } from './adapters/postgres/declared-relatives.js';
import { DecisionListQueries } from './adapters/postgres/decision-list-queries.js';
import { DecisionListRepository } from './adapters/postgres/decision-list-repository.js';
import { FollowedPersons } from './adapters/postgres/followed-persons.js';
import { LedgerBooks } from './adapters/postgres/ledger-books.js';
import { Overpayments } from './adapters/postgres/overpayments.js';
import { PayRunFiles } from './adapters/postgres/pay-run-files.js';
import { PayRunFindings } from './adapters/postgres/pay-run-findings.js';
import { PayRunLines } from './adapters/postgres/pay-run-lines.js';
import { PayRunQueries } from './adapters/postgres/pay-run-queries.js';
import { PayRunRepository } from './adapters/postgres/pay-run-repository.js';
import { PaymentPersons } from './adapters/postgres/payment-persons.js';
import { SuspectedDeaths } from './adapters/postgres/suspected-deaths.js';
import { FirstRunLines } from './adapters/postgres/first-run-lines.js';
import { TakeOverLoader } from './adapters/postgres/take-over-loader.js';
import { TakeOverQueries } from './adapters/postgres/take-over-queries.js';
import { TakeOverRepository } from './adapters/postgres/take-over-repository.js';
import { ToldPayments } from './adapters/postgres/told-payments.js';
import { TakeOverRows } from './adapters/postgres/take-over-rows.js';
import { TakeOverWorld } from './adapters/postgres/take-over-world.js';
import { PayeeQueries } from './adapters/postgres/payee-queries.js';
import { PayeeRepository } from './adapters/postgres/payee-repository.js';
import { BankFormats } from './app/bank-formats.js';
import { BenefitRules } from './app/benefit-rules.js';
import { ChangeOverpayments } from './app/change-overpayments.js';
import { CheckAuthority } from './app/check-authority.js';
import { ChangePayees } from './app/change-payees.js';
import { ChangePayRuns } from './app/change-pay-runs.js';
import { DeclareRelatives } from './app/declare-relatives.js';
import { ConfirmDecisionReturn } from './app/confirm-decision-return.js';
import { ExportPayRun } from './app/export-pay-run.js';
import { FindBenefits } from './app/find-benefits.js';
import { FindDecisionLists } from './app/find-decision-lists.js';
import { FindPayees } from './app/find-payees.js';
import { FindPayRuns } from './app/find-pay-runs.js';
import { FollowCases } from './app/follow-cases.js';
import { OpenDecisionList } from './app/open-decision-list.js';
import { OrderPayRun } from './app/order-pay-run.js';
import { PlanPayRun } from './app/plan-pay-run.js';
import { CheckTakeOver } from './app/check-take-over.js';
import { FindTakeOvers } from './app/find-take-overs.js';
import { FirstRunDifference } from './app/first-run-difference.js';
import { LoadTakeOver } from './app/load-take-over.js';
import { ReleaseTakeOver } from './app/release-take-over.js';
import { RetainedBankFiles, RetainedReturnFiles } from './app/retained-bank-files.js';
import { StageTakeOver } from './app/stage-take-over.js';
import { TellMoneyAgain } from './app/tell-money-again.js';
import { UndoTakeOver } from './app/undo-take-over.js';
import { TakeDecisionReturn } from './app/take-decision-return.js';
import { TakeReturnFile } from './app/take-return-file.js';
import { KnowHouseholdOnPersonRegistered } from './entrypoints/consumers/know-household-on-person-registered.js';
import { KnowSuspicionOnDeathSuspected } from './entrypoints/consumers/know-suspicion-on-death-suspected.js';
import { WriteDecisionList } from './app/write-decision-list.js';
import { BankFormatsController } from './entrypoints/http/bank-formats.controller.js';
import { BenefitsController } from './entrypoints/http/benefits.controller.js';
import { DeclaredRelativesController } from './entrypoints/http/declared-relatives.controller.js';
import { DecisionListsController } from './entrypoints/http/decision-lists.controller.js';
import { OverpaymentsController } from './entrypoints/http/overpayments.controller.js';
import { MoneyToldAgainController } from './entrypoints/http/money-told-again.controller.js';
import { PayeesController } from './entrypoints/http/payees.controller.js';
import { PayRunsController } from './entrypoints/http/pay-runs.controller.js';
import { TakeOversController } from './entrypoints/http/take-overs.controller.js';
import { PayRunWorker } from './entrypoints/jobs/pay-run-worker.js';

function parts(catalogue?: Catalogue): ModuleMetadata {
  return {
    imports: [
      ServiceModule.forService('subsidies'),
      JobsModule.forService('subsidies'),
      CaseworkModule.forService('subsidies', {
        effects: FollowCases,
        persons: FollowedPersons,
        providers: [BenefitRules, BenefitLedger],
        records: [RetainedBankFiles, RetainedReturnFiles],
        ...(catalogue ? { catalogue } : {}),
      }),
    ],
    controllers: [
      BenefitsController,
      PayeesController,
      PayRunsController,
      OverpaymentsController,
      BankFormatsController,
      MoneyToldAgainController,
      DeclaredRelativesController,
      TakeOversController,
      DecisionListsController,
      KnowHouseholdOnPersonRegistered,
      KnowSuspicionOnDeathSuspected,
    ],
    providers: [
      BenefitQueries,
      FindBenefits,
      PayeeRepository,
      PayeeQueries,
      CheckAuthority,
      ChangePayees,
      FindPayees,
      LedgerBooks,
      Overpayments,
      ChangeOverpayments,
      PayRunRepository,
      PayRunLines,
      PayRunFindings,
      PayRunFiles,
      PayRunQueries,
      BankFormats,
      ChangePayRuns,
      FindPayRuns,
      PlanPayRun,
      OrderPayRun,
      ExportPayRun,
      TakeReturnFile,
      ToldPayments,
      TellMoneyAgain,
      PayRunWorker,
      PaymentPersons,
      SuspectedDeaths,
      DeclaredRelatives,
      DeclareRelatives,
      TakeOverRepository,
      TakeOverRows,
      TakeOverWorld,
      TakeOverLoader,
      TakeOverQueries,
      FirstRunLines,
      FirstRunDifference,
      StageTakeOver,
      CheckTakeOver,
      LoadTakeOver,
      UndoTakeOver,
      ReleaseTakeOver,
      FindTakeOvers,
      BenefitRules,
      DecisionListRepository,
      DecisionListQueries,
      OpenDecisionList,
      WriteDecisionList,
      TakeDecisionReturn,
      ConfirmDecisionReturn,
      FindDecisionLists,
    ],
  };
}

/** Cases of the subsidies, and the benefits that follow them. */
@Module(parts())
export class SubsidiesModule {
  /** The same on another catalogue than that of the house. */
  static on(catalogue: Catalogue): DynamicModule {
    return { module: class SubsidiesOnCatalogue {}, ...parts(catalogue) };
  }
}
