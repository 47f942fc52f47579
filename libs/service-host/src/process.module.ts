import { Global, Logger, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { StandardSchemaSerializerInterceptor } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { ActorGuard, ActorTokenVerifier, ColumnCipher, keySourceOf, KeyWatch } from '@app/access';
import { QueuesOfServices } from '@app/jobs';
import { Clock, SystemClock } from '@app/kernel';
import { KafkaEventLog, MessagingRuntime, PostgresEventLog, type EventLog } from '@app/messaging';
import { PROCESS_CONFIG, ProblemDetailsFilter, validationPipe, type ProcessConfig } from '@app/platform';
import type { JSONWebKeySet } from 'jose';
import { AuditController } from './audit/audit.controller.js';
import { AuditOfServices } from './audit/audit-of-services.js';
import { OpsController } from './ops/ops.controller.js';
import { QueuesController } from './ops/queues.controller.js';
import { RemindingOfServices } from './ops/reminding.js';
import { SendingOfServices } from './ops/sending.js';
import { ProbesController } from './ops/probes.controller.js';
import { ReplaysController } from './ops/replays.controller.js';

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
      controllers: [ProbesController, OpsController, ReplaysController, QueuesController, AuditController],
      providers: [
        { provide: PROCESS_CONFIG, useValue: config },
        { provide: Clock, useValue: overrides.clock ?? new SystemClock() },
        {
          provide: KeyWatch,
          useFactory: () => {
            const logger = new Logger('data-keys');
            return KeyWatch.start(keySourceOf(config), { warn: (reason) => logger.warn(reason) });
          },
        },
        { provide: ColumnCipher, inject: [KeyWatch], useFactory: ({ cipher }: KeyWatch) => cipher },
        {
          provide: ActorTokenVerifier,
          useFactory: () =>
            new ActorTokenVerifier({
              file: JSON.parse(readFileSync(config.ACTOR_JWKS_FILE, 'utf8')) as JSONWebKeySet,
              url: config.ACTOR_JWKS_URL,
            }),
        },
        {
          provide: MessagingRuntime,
          useFactory: () =>
            new MessagingRuntime(overrides.eventLog ?? eventLog(several ? name : null, config)),
        },
        RemindingOfServices,
        SendingOfServices,
        AuditOfServices,
        QueuesOfServices,
        { provide: APP_GUARD, useClass: ActorGuard },
        { provide: APP_FILTER, useClass: ProblemDetailsFilter },
        { provide: APP_PIPE, useFactory: validationPipe },
        {
          provide: APP_INTERCEPTOR,
          inject: [Reflector],
          useFactory: (reflector: Reflector) => new StandardSchemaSerializerInterceptor(reflector),
        },
      ],
      exports: [
        PROCESS_CONFIG,
        Clock,
        ColumnCipher,
        MessagingRuntime,
        RemindingOfServices,
        SendingOfServices,
        AuditOfServices,
        QueuesOfServices,
      ],
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
