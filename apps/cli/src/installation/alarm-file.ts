import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const alarmSchema = z.object({
  raisedAt: z.iso.datetime(),
  /** `unreachable`: no process answers; `reminding-stopped`: it answers, and its clocks do not fire. */
  what: z.enum(['unreachable', 'reminding-stopped']),
  /** Services whose heartbeat is missing; none where no process answers. */
  services: z.array(z.string()),
  periodSeconds: z.number(),
});

/** Reminding of this installation has stopped: raised by the watchdog, shown by `status`, taken back when it beats again. */
export type Alarm = z.infer<typeof alarmSchema>;

function fileIn(home: string): string {
  return join(home, 'alarm.json');
}

export function writeAlarm(home: string, alarm: Alarm): void {
  const unfinished = `${fileIn(home)}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(alarm, null, 2)}\n`);
  renameSync(unfinished, fileIn(home));
}

export function removeAlarm(home: string): void {
  rmSync(fileIn(home), { force: true });
}

/** Null: none stands. */
export function readAlarm(home: string): Alarm | null {
  try {
    return alarmSchema.parse(JSON.parse(readFileSync(fileIn(home), 'utf8')));
  } catch {
    return null;
  }
}

/** The alarm as people read it. */
export function alarmText({ raisedAt, what, services, periodSeconds }: Alarm): string {
  const since = `${raisedAt}，心跳周期 · period ${periodSeconds} s`;
  return what === 'unreachable'
    ? `期限提醒已停止：系统没有应答 · reminding has stopped, the system does not answer (${since})`
    : `期限提醒已停止：${services.join('、')} 没有心跳 · reminding has stopped, no heartbeat (${since})`;
}
