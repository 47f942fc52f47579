import { Module } from '@nestjs/common';
import { JobsModule } from '@app/jobs';
import { ServiceModule } from '@app/service-host';
import { FactQueries } from './adapters/postgres/fact-queries.js';
import { ForgetBadRows } from './adapters/postgres/forget-bad-rows.js';
import { GuardianRepository } from './adapters/postgres/guardian-repository.js';
import { HouseholdRepository } from './adapters/postgres/household-repository.js';
import { IdentityDecisions } from './adapters/postgres/identity-decisions.js';
import { ImportRepository } from './adapters/postgres/import-repository.js';
import { IndexNames } from './adapters/postgres/index-names.js';
import { PersonQueries } from './adapters/postgres/person-queries.js';
import { PersonRepository } from './adapters/postgres/person-repository.js';
import { Placements } from './adapters/postgres/placements.js';
import { SuspectedDuplicates } from './adapters/postgres/suspected-duplicates.js';
import { SecretQueries } from './adapters/postgres/secret-queries.js';
import { SearchTokens } from './adapters/postgres/search-tokens.js';
import { CorrectFact, RecordFacts, WithdrawFact } from './app/change-facts.js';
import { AddGuardian, EndGuardian } from './app/change-guardians.js';
import { AddHousehold, ChangeHousehold } from './app/change-household.js';
import { CorrectPerson } from './app/correct-person.js';
import { FindImport } from './app/find-import.js';
import { ImportRoster } from './app/import-roster.js';
import { FindDuplicates } from './app/find-duplicates.js';
import { MergePersons } from './app/merge-persons.js';
import { MovePerson } from './app/move-person.js';
import { RecordDeath, WithdrawDeath } from './app/record-death.js';
import { RegisterPerson } from './app/register-person.js';
import { AidRosters } from './app/rosters/aid-roster.js';
import { DeathRoster } from './app/rosters/death-roster.js';
import { PersonsRoster } from './app/rosters/persons-roster.js';
import { Rosters } from './app/rosters/rosters.js';
import { KnowPlacementOnCasePlaced } from './entrypoints/consumers/know-placement-on-case-placed.js';
import { SendMessageOnMessageRequested } from './entrypoints/consumers/send-message-on-message-requested.js';
import { HouseholdsController } from './entrypoints/http/households.controller.js';
import { IdentityController } from './entrypoints/http/identity.controller.js';
import { ImportsController } from './entrypoints/http/imports.controller.js';
import { MessagesController } from './entrypoints/http/messages.controller.js';
import { PersonsController } from './entrypoints/http/persons.controller.js';
import { FindDuplicatesNightly } from './entrypoints/jobs/find-duplicates-nightly.js';
import { messageProviders } from './message-providers.js';

@Module({
  imports: [ServiceModule.forService('registry'), JobsModule.forService('registry')],
  controllers: [
    PersonsController,
    HouseholdsController,
    ImportsController,
    MessagesController,
    IdentityController,
    KnowPlacementOnCasePlaced,
    SendMessageOnMessageRequested,
  ],
  providers: [
    PersonRepository,
    PersonQueries,
    FactQueries,
    HouseholdRepository,
    GuardianRepository,
    RegisterPerson,
    CorrectPerson,
    RecordFacts,
    WithdrawFact,
    CorrectFact,
    RecordDeath,
    WithdrawDeath,
    MovePerson,
    AddHousehold,
    ChangeHousehold,
    IdentityDecisions,
    MergePersons,
    SuspectedDuplicates,
    FindDuplicates,
    FindDuplicatesNightly,
    AddGuardian,
    EndGuardian,
    ImportRepository,
    ForgetBadRows,
    SearchTokens,
    SecretQueries,
    Placements,
    IndexNames,
    PersonsRoster,
    AidRosters,
    DeathRoster,
    Rosters,
    ImportRoster,
    FindImport,
    ...messageProviders,
  ],
})
export class RegistryModule {}
