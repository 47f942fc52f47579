import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type Provider,
  type Type,
} from '@nestjs/common';
import type { ActorRef } from '@app/contracts';
import { Jobs, JobsModule } from '@app/jobs';
import { Clock } from '@app/kernel';
import { Database } from '@app/platform';
import { RemindingOfServices, SERVICE_ACTOR, ServiceModule } from '@app/service-host';
import { clockHealth } from './clock-health.js';
import { ClockSweeper, SWEEP_MS } from './clock-sweeper.js';
import { LegalClocks } from './legal-clocks.js';
import { NearHorizon } from './near-horizon.js';
import { RungHandler } from './rung-handler.js';
import { WorkingCalendar } from './working-calendar.js';

export interface ClocksOptions {
  /** Gets its dependencies from `ServiceModule` of the service, and from `imports` and `providers`. */
  readonly handler: Type<RungHandler>;
  readonly imports?: DynamicModule['imports'];
  readonly providers?: Provider[];
  /** How often late rungs are looked for; default 30 s. */
  readonly sweepMs?: number;
}

/** The calendar is read once per process, when the first service asks for it. */
@Module({
  providers: [{ provide: WorkingCalendar, useFactory: () => WorkingCalendar.load() }],
  exports: [WorkingCalendar],
})
class CalendarModule {}

class RunsSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly sweeper: ClockSweeper) {}

  onApplicationBootstrap(): void {
    this.sweeper.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweeper.stop();
  }
}

/** The legal clocks of one service. */
@Module({})
export class ClocksModule {
  static forService(service: string, options: ClocksOptions): DynamicModule {
    return {
      module: ClocksModule,
      imports: [
        ServiceModule.forService(service),
        JobsModule.forService(service),
        CalendarModule,
        ...(options.imports ?? []),
      ],
      providers: [
        ...(options.providers ?? []),
        { provide: RungHandler, useClass: options.handler },
        {
          provide: NearHorizon,
          inject: [Jobs, Clock],
          useFactory: (jobs: Jobs, clock: Clock) => new NearHorizon(jobs, clock),
        },
        {
          provide: LegalClocks,
          inject: [Database, WorkingCalendar, Clock, NearHorizon],
          useFactory: (database: Database, calendar: WorkingCalendar, clock: Clock, horizon: NearHorizon) =>
            new LegalClocks(database, calendar, clock, horizon),
        },
        {
          provide: ClockSweeper,
          inject: [Database, SERVICE_ACTOR, RungHandler, WorkingCalendar, Clock, Jobs, NearHorizon],
          useFactory: (
            database: Database,
            actor: ActorRef,
            handler: RungHandler,
            calendar: WorkingCalendar,
            clock: Clock,
            jobs: Jobs,
            horizon: NearHorizon,
          ) =>
            new ClockSweeper(
              database,
              actor,
              handler,
              calendar,
              clock,
              jobs,
              horizon,
              options.sweepMs ?? SWEEP_MS,
            ),
        },
        {
          provide: RunsSweeper,
          inject: [ClockSweeper, RemindingOfServices, Database, SERVICE_ACTOR, Clock],
          useFactory: (
            sweeper: ClockSweeper,
            reminding: RemindingOfServices,
            database: Database,
            actor: ActorRef,
            clock: Clock,
          ) => {
            // Who looks at the delivery of a service sees whether its reminding itself has stopped.
            reminding.watch(service, () => clockHealth(database, actor, clock));
            return new RunsSweeper(sweeper);
          },
        },
      ],
      exports: [LegalClocks, ClockSweeper, CalendarModule],
    };
  }
}
