import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type Provider,
  type Type,
} from '@nestjs/common';
import { Jobs, JobsModule } from '@app/jobs';
import { Clock } from '@app/kernel';
import { type Caller, Database, PROCESS_CONFIG, type ProcessConfig } from '@app/platform';
import { RemindingOfServices, SERVICE_ACTOR, ServiceModule } from '@app/service-host';
import { clockHealth } from './clock-health.js';
import { ClockSweeper, SWEEP_MS } from './clock-sweeper.js';
import { escalationController } from './escalation/escalation.controller.js';
import { EscalationItems } from './escalation/escalation-items.js';
import { escalationProviders } from './escalation/escalation-providers.js';
import { Notices } from './escalation/notices.js';
import { HEARTBEAT_SECONDS } from './heartbeat/beat-state.js';
import { Heartbeat } from './heartbeat/heartbeat.js';
import { WithHeartbeat } from './heartbeat/with-heartbeat.js';
import { LegalClocks } from './legal-clocks.js';
import { NearHorizon } from './near-horizon.js';
import { RuleBook } from './clock-rule.js';
import { RungHandler } from './rung-handler.js';
import { calendarController } from './published/calendar.controller.js';
import { CalendarInForce } from './published/calendar-in-force.js';
import { CalendarModule } from './published/calendar.module.js';
import { WorkingCalendar } from './working-calendar.js';

export interface ClocksOptions {
  /** Gets its dependencies from `ServiceModule` of the service, and from `imports` and `providers`. */
  readonly handler: Type<RungHandler>;
  readonly imports?: DynamicModule['imports'];
  readonly providers?: Provider[];
  /** What the service's rules of escalation can be about; absent: it has neither rules nor notices. Gets its dependencies as the handler does. */
  readonly escalation?: Type<EscalationItems>;
  /** How often late rungs are looked for; default 30 s. */
  readonly sweepMs?: number;
}

class RunsSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly sweeper: ClockSweeper,
    private readonly heartbeat: Heartbeat,
  ) {}

  onApplicationBootstrap(): void {
    this.heartbeat.start();
    this.sweeper.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.heartbeat.stop();
    await this.sweeper.stop();
  }
}

function heartbeatSeconds({ CLOCK_HEARTBEAT_SECONDS: seconds }: ProcessConfig): number {
  return seconds ?? HEARTBEAT_SECONDS;
}

/** A heart that beats faster than sweeps come is swept as often: the queue wakes on whole minutes. */
function sweepMsOf(config: ProcessConfig): number {
  return Math.min(SWEEP_MS, (heartbeatSeconds(config) * 1000) / 4);
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
        CalendarModule.forService(service),
        ...(options.imports ?? []),
      ],
      controllers: [
        calendarController(service),
        ...(options.escalation ? [escalationController(service)] : []),
      ],
      providers: [
        ...(options.providers ?? []),
        ...(options.escalation ? escalationProviders(options.escalation) : []),
        options.handler,
        {
          provide: Heartbeat,
          inject: [Database, SERVICE_ACTOR, LegalClocks, Clock, PROCESS_CONFIG, RemindingOfServices],
          useFactory: (
            database: Database,
            actor: Caller,
            clocks: LegalClocks,
            clock: Clock,
            config: ProcessConfig,
            reminding: RemindingOfServices,
          ) => {
            const period = heartbeatSeconds(config);
            // Where the portal's server publishes its keys there is one, and it watches.
            const isWatchable = config.ACTOR_JWKS_URL !== undefined;
            return new Heartbeat(
              database,
              actor,
              clocks,
              clock,
              period,
              () => isWatchable && reminding.isUnwatched(period),
            );
          },
        },
        {
          provide: RungHandler,
          inject: [options.handler, Heartbeat],
          useFactory: (owner: RungHandler, heartbeat: Heartbeat) => new WithHeartbeat(owner, heartbeat),
        },
        {
          provide: NearHorizon,
          inject: [Jobs, Clock],
          useFactory: (jobs: Jobs, clock: Clock) => new NearHorizon(jobs, clock),
        },
        RuleBook,
        {
          provide: LegalClocks,
          inject: [Database, RuleBook, WorkingCalendar, Clock, NearHorizon],
          useFactory: (
            database: Database,
            rules: RuleBook,
            calendar: WorkingCalendar,
            clock: Clock,
            horizon: NearHorizon,
          ) => new LegalClocks(database, rules, calendar, clock, horizon),
        },
        {
          provide: ClockSweeper,
          inject: [
            Database,
            SERVICE_ACTOR,
            RungHandler,
            RuleBook,
            WorkingCalendar,
            Clock,
            Jobs,
            NearHorizon,
            CalendarInForce,
            PROCESS_CONFIG,
          ],
          useFactory: (
            database: Database,
            actor: Caller,
            handler: RungHandler,
            rules: RuleBook,
            calendar: WorkingCalendar,
            clock: Clock,
            jobs: Jobs,
            horizon: NearHorizon,
            inForce: CalendarInForce,
            config: ProcessConfig,
          ) =>
            new ClockSweeper(
              database,
              actor,
              handler,
              rules,
              calendar,
              clock,
              jobs,
              horizon,
              options.sweepMs ?? sweepMsOf(config),
              inForce,
            ),
        },
        {
          provide: RunsSweeper,
          inject: [ClockSweeper, Heartbeat, RemindingOfServices, Database, SERVICE_ACTOR, Clock],
          useFactory: (
            sweeper: ClockSweeper,
            heartbeat: Heartbeat,
            reminding: RemindingOfServices,
            database: Database,
            actor: Caller,
            clock: Clock,
          ) => {
            // Who looks at the delivery of a service sees whether its reminding itself has stopped.
            reminding.watch(service, () => clockHealth(database, actor, clock));
            return new RunsSweeper(sweeper, heartbeat);
          },
        },
      ],
      exports: [LegalClocks, ClockSweeper, CalendarModule, ...(options.escalation ? [Notices] : [])],
    };
  }
}
