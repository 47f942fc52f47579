import type { Provider, Type } from '@nestjs/common';
import { AccountRepository } from './adapters/postgres/account-repository.js';
import { CalendarRepository } from './adapters/postgres/calendar-repository.js';
import { DeputyRepository } from './adapters/postgres/deputy-repository.js';
import { UnitRepository } from './adapters/postgres/unit-repository.js';
import { AccountDesk } from './app/account-desk.js';
import { ChangeAccounts } from './app/change-accounts.js';
import { ChangeDeputies } from './app/change-deputies.js';
import { ChangePosts } from './app/change-posts.js';
import { ChangeUnits } from './app/change-units.js';
import { FindAccounts } from './app/find-accounts.js';
import { FindUnits } from './app/find-units.js';
import { GrantsOfAccount } from './app/grants-of-account.js';
import { ImportAccounts } from './app/import-accounts.js';
import { LeaveAccount } from './app/leave-account.js';
import { PublishCalendar } from './app/publish-calendar.js';
import { ReorganiseDivisions } from './app/reorganise-divisions.js';
import { AccountsController } from './entrypoints/http/accounts.controller.js';
import { CalendarsController } from './entrypoints/http/calendars.controller.js';
import { PostsController } from './entrypoints/http/posts.controller.js';
import { UnitsController } from './entrypoints/http/units.controller.js';

export const organisationControllers: Type[] = [
  UnitsController,
  AccountsController,
  PostsController,
  CalendarsController,
];

export const organisationProviders: Provider[] = [
  UnitRepository,
  AccountRepository,
  DeputyRepository,
  AccountDesk,
  ChangeUnits,
  ReorganiseDivisions,
  FindUnits,
  ChangeAccounts,
  ImportAccounts,
  FindAccounts,
  ChangePosts,
  ChangeDeputies,
  LeaveAccount,
  GrantsOfAccount,
  CalendarRepository,
  PublishCalendar,
];
