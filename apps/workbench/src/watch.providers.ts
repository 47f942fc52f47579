import type { Provider, Type } from '@nestjs/common';
import { ServiceStatus } from './adapters/http/service-status.js';
import { AlarmRepository } from './adapters/postgres/alarm-repository.js';
import { WatchServices } from './app/watch-services.js';
import { AlarmsController } from './entrypoints/http/alarms.controller.js';

export const watchControllers: Type[] = [AlarmsController];

export const watchProviders: Provider[] = [ServiceStatus, AlarmRepository, WatchServices];
