import { Clock } from '@app/kernel';
import { runService } from '@app/service-host';
import { allModules } from './services.js';

/** Nine in the morning in Asia/Shanghai of the day that it was told last. */
class ToldClock extends Clock {
  constructor(private day: string) {
    super();
  }

  now(): Date {
    return new Date(`${this.day}T09:00:00+08:00`);
  }

  tell(day: string): void {
    this.day = day;
  }
}

/**
 * `told.js 2026-05-11`: every service, on the days that the process which started it tells. For stories that take months; an installation
 * is never started this way, and without somebody to tell the day it does not start.
 */
const answer = process.send?.bind(process);
const [, , day] = process.argv;
if (!answer || !day) throw new Error('nobody is there to tell the day');
const clock = new ToldClock(day);
process.on('message', ({ day: next }: { day: string }) => {
  clock.tell(next);
  answer({ day: next });
});
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
await runService({ name: 'all-in-one', modules: allModules }, { clock });
