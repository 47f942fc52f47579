import type { Provider, Type } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { personFollower } from '@app/messaging';
import { OwnerCases } from './adapters/http/owner-cases.js';
import { Colleagues } from './adapters/postgres/colleagues.js';
import { WorkDone } from './adapters/postgres/work-done.js';
import { WorkItems } from './adapters/postgres/work-items.js';
import { WorkOverview } from './adapters/postgres/work-overview.js';
import { WorkPersons } from './adapters/postgres/work-persons.js';
import { WorkQueue } from './adapters/postgres/work-queue.js';
import { WorkTitles } from './adapters/work-titles.js';
import { CheckWork } from './app/check-work.js';
import { FindColleagues } from './app/find-colleagues.js';
import { FindVisits } from './app/find-visits.js';
import { FindSupervision } from './app/find-supervision.js';
import { FindWork } from './app/find-work.js';
import { FollowWorkPersons } from './app/follow-work-persons.js';
import { QueueFreshness } from './app/queue-freshness.js';
import { TakeNext } from './app/take-next.js';
import { workConsumers } from './entrypoints/consumers/work-consumers.js';
import { QueueController } from './entrypoints/http/queue.controller.js';
import { SupervisionController } from './entrypoints/http/supervision.controller.js';
import { QueueOpsController } from './entrypoints/http/queue-ops.controller.js';

export const queueControllers: Type[] = [
  QueueController,
  SupervisionController,
  QueueOpsController,
  ...workConsumers,
];

export const queueProviders: Provider[] = [
  { provide: Catalogue, useFactory: () => Catalogue.load() },
  personFollower(FollowWorkPersons),
  WorkItems,
  WorkDone,
  WorkOverview,
  WorkPersons,
  WorkQueue,
  WorkTitles,
  OwnerCases,
  QueueFreshness,
  FindWork,
  FindVisits,
  FindSupervision,
  Colleagues,
  FindColleagues,
  TakeNext,
  CheckWork,
];
