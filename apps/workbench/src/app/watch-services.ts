import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HEARTBEAT_SECONDS } from '@app/clocks';
import { PROCESS_CONFIG, type ProcessConfig } from '@app/platform';
import { ServiceAddresses } from '../adapters/http/service-addresses.js';
import { ServiceStatus } from '../adapters/http/service-status.js';
import { AlarmRepository } from '../adapters/postgres/alarm-repository.js';
import { afterLook, alarmOf, lookEveryMs, type Look, type Watched } from '../domain/watch.js';

const LONGEST_WAIT_MS = 5_000;

/**
 * Looks at every other service from outside, whether its reminding still beats. That it has stopped shows itself by nothing, least of all
 * to whoever stopped with it: so another process raises the alarm.
 */
@Injectable()
export class WatchServices implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('alarms');
  private readonly watched = new Map<string, Watched>();
  private readonly periodMs: number;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    @Inject(PROCESS_CONFIG) private readonly config: ProcessConfig,
    private readonly addresses: ServiceAddresses,
    private readonly status: ServiceStatus,
    private readonly alarms: AlarmRepository,
  ) {
    this.periodMs = (config.CLOCK_HEARTBEAT_SECONDS ?? HEARTBEAT_SECONDS) * 1000;
  }

  onApplicationBootstrap(): void {
    // Services that start together with this process have their first beat behind them by then, after a night as well.
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.looking;
  }

  private schedule(): void {
    if (this.stopped) return;
    const periods = [...this.watched.values()].map(({ periodMs }) => periodMs);
    this.timer = setTimeout(
      () => {
        this.looking = this.look()
          .catch((error: unknown) =>
            this.logger.error(`cannot watch: ${error instanceof Error ? error.message : String(error)}`),
          )
          .then(() => this.schedule());
      },
      lookEveryMs(Math.min(this.periodMs, ...periods)),
    );
  }

  private async look(): Promise<void> {
    const others = Object.keys(this.config.SERVICE_ADDRESSES ?? {}).filter(
      (service) => service !== 'workbench',
    );
    await Promise.all(
      this.addresses.byProcess(others).map(async ([base, services]) => {
        const timeoutMs = Math.max(500, Math.min(LONGEST_WAIT_MS, this.periodMs / 4));
        const looks = await this.status.of(base, services, timeoutMs);
        for (const [service, look] of looks) await this.judge(service, look);
      }),
    );
  }

  private async judge(service: string, look: Look): Promise<void> {
    const now = performance.now();
    const known = afterLook(this.watched.get(service), look, now, this.periodMs);
    this.watched.set(service, known);
    const what = alarmOf(known, now);
    if (what) {
      const silentMs = now - known.provedAt;
      const raised = await this.alarms.raise(service, {
        what,
        why: known.why,
        silentMs,
        periodMs: known.periodMs,
      });
      if (raised) {
        this.logger.error(
          `${service}: ${what}, no heartbeat for ${Math.round(silentMs / 1000)} s (period ${known.periodMs / 1000} s)${known.why ? `, ${known.why}` : ''}`,
        );
      }
    } else if ((look.heard === 'beat' || look.heard === 'answer') && (await this.alarms.clear(service))) {
      this.logger.log(`${service}: beats again`);
    }
  }
}
