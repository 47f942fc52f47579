import { ALARM_AFTER_PERIODS, isSilent } from '@app/clocks';
import type { StatusOfService } from '@app/service-host';
import { isAlive } from '@app/backing';
import { demoActor } from '../demo/accounts.js';
import { alarmText, readAlarm, removeAlarm, writeAlarm, type Alarm } from '../installation/alarm-file.js';
import { RunningSystem } from '../installation/running-system.js';
import { readRunState, type RunState } from '../installation/run-state.js';

const LONGEST_LOOK_MS = 60_000;
const LONGEST_WAIT_MS = 5_000;

/** What a look showed: services without a heartbeat, or null if nobody answered. */
type Look = { readonly silent: readonly string[] } | null;

/**
 * Watches the one process of all-in-one from outside of it, as the workbench does where services are processes of their own. Ends when
 * `up` has ended in good order, or when it was killed and the alarm of it has been raised.
 */
export class Watchdog {
  private heardAt = performance.now();
  private ended = false;

  constructor(
    private readonly home: string,
    private readonly periodSeconds: number,
    private readonly say: (text: string) => void,
  ) {}

  async run(): Promise<void> {
    const everyMs = Math.min(LONGEST_LOOK_MS, (this.periodSeconds * 1000) / 8);
    while (!this.ended) {
      // First it waits: after a night the first beat comes some seconds after the start.
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      const state = readRunState(this.home);
      if (!state) return;
      this.judge(await this.look(state), state);
    }
  }

  stop(): void {
    this.ended = true;
  }

  private async look(state: RunState): Promise<Look> {
    const [service] = Object.keys(state.services);
    const timeoutMs = Math.min(LONGEST_WAIT_MS, Math.max(500, this.periodSeconds * 250));
    try {
      const status = await new RunningSystem(state).call<StatusOfService[]>(service!, 'GET', '/ops/status', {
        actor: demoActor('operator'),
        timeoutMs,
      });
      // Its database is away: it cannot know whether it reminds.
      if (status.some(({ reminding }) => reminding === null)) return null;
      return { silent: status.filter(isSilentService).map((each) => each.service) };
    } catch {
      return null;
    }
  }

  private judge(look: Look, state: RunState): void {
    const now = performance.now();
    if (look) this.heardAt = now;
    const isGone = !look && now - this.heardAt > ALARM_AFTER_PERIODS * this.periodSeconds * 1000;
    if (isGone) this.raise('unreachable', []);
    else if (look && look.silent.length > 0) this.raise('reminding-stopped', look.silent);
    else if (look && readAlarm(this.home)) {
      removeAlarm(this.home);
      this.say('✓ 期限提醒已恢复 · reminding works again');
    }
    // Nobody is left who would start it again, or end us.
    if (isGone && !isAlive(state.pid)) this.ended = true;
  }

  private raise(what: Alarm['what'], services: readonly string[]): void {
    const standing = readAlarm(this.home);
    if (standing?.what === what && standing.services.join() === services.join()) return;
    const alarm: Alarm = {
      raisedAt: new Date().toISOString(),
      what,
      services: [...services],
      periodSeconds: this.periodSeconds,
    };
    writeAlarm(this.home, alarm);
    this.say(`✗ ${alarmText(alarm)}`);
  }
}

/** A service that has terms, and whose reminding does not prove that it works. */
function isSilentService({ reminding }: StatusOfService): boolean {
  if (!reminding?.heartbeat) return false;
  return isSilent(reminding.heartbeat.secondsSinceBeat, reminding.heartbeat.periodSeconds);
}
