import { Module } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { JobsModule } from '@app/jobs';
import { ServiceModule } from '@app/service-host';
import { Chains } from './adapters/postgres/chains.js';
import { PersonFiles } from './adapters/postgres/person-files.js';
import { Sheets } from './adapters/postgres/sheets.js';
import { DecidePersons } from './app/decide-persons.js';
import { FollowCases } from './app/follow-cases.js';
import { Sweep } from './app/sweep.js';
import { DecideOnFacts } from './entrypoints/consumers/decide-on-facts.js';
import { FollowChainOnCase } from './entrypoints/consumers/follow-chain-on-case.js';
import { SweepDays } from './entrypoints/jobs/sweep-days.js';

/** Determination and the chain: what each person is entitled to, and what becomes of it. */
@Module({
  imports: [ServiceModule.forService('lifecycle'), JobsModule.forService('lifecycle')],
  controllers: [DecideOnFacts, FollowChainOnCase],
  providers: [
    { provide: Catalogue, useFactory: () => Catalogue.load() },
    PersonFiles,
    Sheets,
    Chains,
    DecidePersons,
    FollowCases,
    Sweep,
    SweepDays,
  ],
})
export class LifecycleModule {}
