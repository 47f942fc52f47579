import { Module } from '@nestjs/common';
import { ServiceModule } from '@app/service-host';
import { FactQueries } from './adapters/postgres/fact-queries.js';
import { ForgetBadRows } from './adapters/postgres/forget-bad-rows.js';
import { GuardianRepository } from './adapters/postgres/guardian-repository.js';
import { HouseholdRepository } from './adapters/postgres/household-repository.js';
import { ImportRepository } from './adapters/postgres/import-repository.js';
import { PersonQueries } from './adapters/postgres/person-queries.js';
import { PersonRepository } from './adapters/postgres/person-repository.js';
import { CorrectFact, RecordFacts, WithdrawFact } from './app/change-facts.js';
import { AddGuardian, EndGuardian } from './app/change-guardians.js';
import { AddHousehold, ChangeHousehold } from './app/change-household.js';
import { CorrectPerson } from './app/correct-person.js';
import { FindImport } from './app/find-import.js';
import { ImportRoster } from './app/import-roster.js';
import { MovePerson } from './app/move-person.js';
import { RecordDeath, WithdrawDeath } from './app/record-death.js';
import { RegisterPerson } from './app/register-person.js';
import { AidRosters } from './app/rosters/aid-roster.js';
import { DeathRoster } from './app/rosters/death-roster.js';
import { PersonsRoster } from './app/rosters/persons-roster.js';
import { Rosters } from './app/rosters/rosters.js';
import { HouseholdsController } from './entrypoints/http/households.controller.js';
import { ImportsController } from './entrypoints/http/imports.controller.js';
import { PersonsController } from './entrypoints/http/persons.controller.js';

@Module({
  imports: [ServiceModule.forService('registry')],
  controllers: [PersonsController, HouseholdsController, ImportsController],
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
    AddGuardian,
    EndGuardian,
    ImportRepository,
    ForgetBadRows,
    PersonsRoster,
    AidRosters,
    DeathRoster,
    Rosters,
    ImportRoster,
    FindImport,
  ],
})
export class RegistryModule {}
