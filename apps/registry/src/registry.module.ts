import { Module } from '@nestjs/common';
import { JobsModule } from '@app/jobs';
import { ServiceModule } from '@app/service-host';
import { DeathMatches } from './adapters/postgres/death-matches.js';
import { FactQueries } from './adapters/postgres/fact-queries.js';
import { FormerNumbers } from './adapters/postgres/former-numbers.js';
import { ForgetBadRows } from './adapters/postgres/forget-bad-rows.js';
import { GuardianRepository } from './adapters/postgres/guardian-repository.js';
import { HouseholdRepository } from './adapters/postgres/household-repository.js';
import { IdentityDecisions } from './adapters/postgres/identity-decisions.js';
import { ImportRepository } from './adapters/postgres/import-repository.js';
import { IndexNames } from './adapters/postgres/index-names.js';
import { PersonQueries } from './adapters/postgres/person-queries.js';
import { PersonRepository } from './adapters/postgres/person-repository.js';
import { Placements } from './adapters/postgres/placements.js';
import { TemporaryRegistrations } from './adapters/postgres/temporary-registrations.js';
import { Representatives } from './adapters/postgres/representatives.js';
import { SuspectedDuplicates } from './adapters/postgres/suspected-duplicates.js';
import { SecretQueries } from './adapters/postgres/secret-queries.js';
import { SearchTokens } from './adapters/postgres/search-tokens.js';
import { CorrectFact, RecordFacts, WithdrawFact } from './app/change-facts.js';
import { ChangeNumber } from './app/change-number.js';
import { AddGuardian, EndGuardian } from './app/change-guardians.js';
import { AddHousehold, ChangeHousehold } from './app/change-household.js';
import { CorrectPerson } from './app/correct-person.js';
import { DecideDeathMatch } from './app/decide-death-match.js';
import { FindImport } from './app/find-import.js';
import { FindRepresentatives } from './app/find-representatives.js';
import { ImportRoster } from './app/import-roster.js';
import { FindDuplicates } from './app/find-duplicates.js';
import { MergePersons } from './app/merge-persons.js';
import { MovePerson } from './app/move-person.js';
import { RecordDeath, WithdrawDeath } from './app/record-death.js';
import { RegisterPerson } from './app/register-person.js';
import { RegisterTemporarily } from './app/register-temporarily.js';
import { TellAgain } from './app/tell-again.js';
import { TellUntold } from './app/tell-untold.js';
import { AidRosters } from './app/rosters/aid-roster.js';
import { DeathRoster } from './app/rosters/death-roster.js';
import { PersonsRoster } from './app/rosters/persons-roster.js';
import { Rosters } from './app/rosters/rosters.js';
import { KnowPlacementOnCasePlaced } from './entrypoints/consumers/know-placement-on-case-placed.js';
import { SendMessageOnMessageRequested } from './entrypoints/consumers/send-message-on-message-requested.js';
import { DeathMatchesController } from './entrypoints/http/death-matches.controller.js';
import { ToldAgainController } from './entrypoints/http/told-again.controller.js';
import { RepresentativesController } from './entrypoints/http/representatives.controller.js';
import { HouseholdsController } from './entrypoints/http/households.controller.js';
import { IdentityController } from './entrypoints/http/identity.controller.js';
import { ImportsController } from './entrypoints/http/imports.controller.js';
import { MessagesController } from './entrypoints/http/messages.controller.js';
import { PersonsController } from './entrypoints/http/persons.controller.js';
import { FindDuplicatesNightly } from './entrypoints/jobs/find-duplicates-nightly.js';
import { TellUntoldNightly } from './entrypoints/jobs/tell-untold-nightly.js';
import { messageProviders } from './message-providers.js';

@Module({
  imports: [ServiceModule.forService('registry'), JobsModule.forService('registry')],
  controllers: [
    PersonsController,
    HouseholdsController,
    ImportsController,
    MessagesController,
    IdentityController,
    DeathMatchesController,
    RepresentativesController,
    ToldAgainController,
    KnowPlacementOnCasePlaced,
    SendMessageOnMessageRequested,
  ],
  providers: [
    PersonRepository,
    PersonQueries,
    FactQueries,
    HouseholdRepository,
    GuardianRepository,
    Representatives,
    FindRepresentatives,
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
    FormerNumbers,
    ChangeNumber,
    TemporaryRegistrations,
    RegisterTemporarily,
    SuspectedDuplicates,
    FindDuplicates,
    FindDuplicatesNightly,
    TellAgain,
    TellUntold,
    TellUntoldNightly,
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
    DeathMatches,
    DecideDeathMatch,
    DeathRoster,
    Rosters,
    ImportRoster,
    FindImport,
    ...messageProviders,
  ],
})
export class RegistryModule {}
