import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { StandardSchemaSerializerInterceptor } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { ActorGuard, ActorTokenVerifier, ColumnCipher, readDataKeys } from '@app/access';
import { Clock, SystemClock } from '@app/kernel';
import { KafkaEventLog, MessagingRuntime, PostgresEventLog, type EventLog } from '@app/messaging';
import { PROCESS_CONFIG, ProblemDetailsFilter, validationPipe, type ProcessConfig } from '@app/platform';
import type { JSONWebKeySet } from 'jose';
import { OpsController } from './ops/ops.controller.js';
import { RemindingOfServices } from './ops/reminding.js';
import { ProbesController } from './ops/probes.controller.js';

/** Exit status of a process whose consumers have stopped for good: its supervisor starts it again. */
export const EXIT_STUCK = 70;

/** What a test or a demo may put in the place of the real thing. */
export interface ProcessOverrides {
  readonly clock?: Clock;
  readonly eventLog?: EventLog;
}

/** What every process has once, whether it runs one service or all of them. */
@Global()
@Module({})
export class ProcessModule {
  /** @param name the service, or `all-in-one` for several that share one consumer group */
  static forProcess(
    name: string,
    config: ProcessConfig,
    several: boolean,
    overrides: ProcessOverrides = {},
  ): DynamicModule {
    return {
      module: ProcessModule,
      controllers: [ProbesController, OpsController],
      providers: [
        { provide: PROCESS_CONFIG, useValue: config },
        { provide: Clock, useValue: overrides.clock ?? new SystemClock() },
        { provide: ColumnCipher, useFactory: () => new ColumnCipher(readDataKeys(config.DATA_KEYS_FILE)) },
        {
          provide: ActorTokenVerifier,
          useFactory: () =>
            new ActorTokenVerifier(JSON.parse(readFileSync(config.ACTOR_JWKS_FILE, 'utf8')) as JSONWebKeySet),
        },
        {
          provide: MessagingRuntime,
          useFactory: () =>
            new MessagingRuntime(overrides.eventLog ?? eventLog(several ? name : null, config)),
        },
        RemindingOfServices,
        { provide: APP_GUARD, useClass: ActorGuard },
        { provide: APP_FILTER, useClass: ProblemDetailsFilter },
        { provide: APP_PIPE, useFactory: validationPipe },
        {
          provide: APP_INTERCEPTOR,
          inject: [Reflector],
          useFactory: (reflector: Reflector) => new StandardSchemaSerializerInterceptor(reflector),
        },
      ],
      exports: [PROCESS_CONFIG, Clock, ColumnCipher, MessagingRuntime, RemindingOfServices],
    };
  }
}

function eventLog(oneGroup: string | null, config: ProcessConfig): EventLog {
  if (config.EVENT_LOG === 'postgres') return new PostgresEventLog();
  return new KafkaEventLog({
    brokers: config.KAFKA_BROKERS!.split(','),
    topicPrefix: config.TOPIC_PREFIX,
    topics: { partitions: config.TOPIC_PARTITIONS, replication: config.TOPIC_REPLICATION },
    oneGroup,
    onStuck: () => process.exit(EXIT_STUCK),
  });
}
