import type { Provider, Type } from '@nestjs/common';
import { ServiceStatus } from './adapters/http/service-status.js';
import { AlarmRepository } from './adapters/postgres/alarm-repository.js';
import { HurtCases } from './adapters/postgres/hurt-cases.js';
import { FindOperations } from './app/find-operations.js';
import { WatchServices } from './app/watch-services.js';
import { AlarmsController } from './entrypoints/http/alarms.controller.js';
import { OperationsController } from './entrypoints/http/operations.controller.js';

export const watchControllers: Type[] = [AlarmsController, OperationsController];

export const watchProviders: Provider[] = [
  ServiceStatus,
  AlarmRepository,
  HurtCases,
  WatchServices,
  FindOperations,
];
