import { Module } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { CalendarModule } from '@app/clocks';
import { JobsModule } from '@app/jobs';
import { ServiceModule } from '@app/service-host';
import { CaseTerms } from './adapters/postgres/case-terms.js';
import { ChainQueries } from './adapters/postgres/chain-queries.js';
import { Chains } from './adapters/postgres/chains.js';
import { PersonFiles } from './adapters/postgres/person-files.js';
import { Sheets } from './adapters/postgres/sheets.js';
import { ClockOfRound } from './app/clock-of-round.js';
import { DecidePersons } from './app/decide-persons.js';
import { FindCatalogue } from './app/find-catalogue.js';
import { FindChain } from './app/find-chain.js';
import { FindMissingFacts } from './app/find-missing-facts.js';
import { FindTable } from './app/find-table.js';
import { FollowCases } from './app/follow-cases.js';
import { Look } from './app/look.js';
import { Sweep } from './app/sweep.js';
import { DecideOnFacts } from './entrypoints/consumers/decide-on-facts.js';
import { FollowChainOnCase } from './entrypoints/consumers/follow-chain-on-case.js';
import { FollowTermOnCaseTerm } from './entrypoints/consumers/follow-term-on-case-term.js';
import { LifecycleController } from './entrypoints/http/lifecycle.controller.js';
import { PersonsController } from './entrypoints/http/persons.controller.js';
import { SweepDays } from './entrypoints/jobs/sweep-days.js';

/** Determination and the chain: what each person is entitled to, and what becomes of it. */
@Module({
  imports: [
    ServiceModule.forService('lifecycle'),
    JobsModule.forService('lifecycle'),
    CalendarModule.forService('lifecycle'),
  ],
  controllers: [
    LifecycleController,
    PersonsController,
    DecideOnFacts,
    FollowChainOnCase,
    FollowTermOnCaseTerm,
  ],
  providers: [
    { provide: Catalogue, useFactory: () => Catalogue.load() },
    CaseTerms,
    ClockOfRound,
    PersonFiles,
    Sheets,
    Chains,
    ChainQueries,
    DecidePersons,
    FollowCases,
    Look,
    FindChain,
    FindTable,
    FindMissingFacts,
    FindCatalogue,
    Sweep,
    SweepDays,
  ],
})
export class LifecycleModule {}
