import {
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Caller } from '@app/platform';
import { Database } from '@app/platform';
import { SERVICE_ACTOR, ServiceModule } from '@app/service-host';
import { WorkingCalendar } from '../working-calendar.js';
import { CalendarInForce } from './calendar-in-force.js';
import { keepPublishedCalendar } from './keep-published-calendar.js';

/** Injection token of the calendar as the files of the release have it. */
const RELEASED_CALENDAR = Symbol('RELEASED_CALENDAR');

/** The files are read once per process, when the first service asks for them. */
@Module({
  providers: [{ provide: RELEASED_CALENDAR, useFactory: () => WorkingCalendar.load() }],
  exports: [RELEASED_CALENDAR],
})
class ReleasedCalendarModule {}

/** How often a process looks for publications, beside what its sweeper does. */
const LOOK_MS = 30_000;

/** Learns of publications also where nothing is swept. One that fails is made up for by the next. */
class FollowsCalendar implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('calendar');
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly inForce: CalendarInForce) {}

  onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
    return this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.looking;
  }

  private look(): Promise<void> {
    this.looking = this.inForce.refresh().then(
      () => undefined,
      (error: unknown) => this.logger.warn(error instanceof Error ? error.message : String(error)),
    );
    return this.looking;
  }
}

// Nest tells dynamic modules apart by reference.
const modules = new Map<string, DynamicModule>();

/** The calendar of one service: `WorkingCalendar` is the one in force at each question. Needs `publishedCalendarMigrations`. */
@Module({})
export class CalendarModule {
  static forService(service: string): DynamicModule {
    const known = modules.get(service);
    if (known) return known;
    const made: DynamicModule = {
      module: CalendarModule,
      imports: [ServiceModule.forService(service), ReleasedCalendarModule],
      controllers: [keepPublishedCalendar(service)],
      providers: [
        {
          provide: CalendarInForce,
          inject: [Database, SERVICE_ACTOR, RELEASED_CALENDAR],
          useFactory: (database: Database, actor: Caller, released: WorkingCalendar) =>
            new CalendarInForce(database, actor, released),
        },
        {
          provide: WorkingCalendar,
          inject: [CalendarInForce],
          useFactory: ({ calendar }: CalendarInForce) => calendar,
        },
        {
          provide: FollowsCalendar,
          inject: [CalendarInForce],
          useFactory: (inForce: CalendarInForce) => new FollowsCalendar(inForce),
        },
      ],
      exports: [CalendarInForce, WorkingCalendar],
    };
    modules.set(service, made);
    return made;
  }
}
