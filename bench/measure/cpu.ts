import { readdirSync, readFileSync } from 'node:fs';

/** CPU milliseconds since the start of the processes, user and system. */
export interface Cpu {
  readonly node: number;
  readonly postgres: number;
  readonly kafka: number;
  readonly redis: number;
}

/** `/proc` counts in ticks of a hundredth of a second. */
const TICK_MS = 10;

interface Stat {
  readonly parent: number;
  readonly ticks: number;
  /** Of children that have ended and were waited for. */
  readonly reapedTicks: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const number = (index: number) => Number(fields[index]);
    return {
      parent: number(1),
      ticks: number(11) + number(12),
      reapedTicks: number(13) + number(14),
    };
  } catch {
    return null;
  }
}

/** CPU milliseconds of one process of this machine; 0 where it is none. */
export function processMs(pid: number): number {
  return (statOf(pid)?.ticks ?? 0) * TICK_MS;
}

/** A process with its living children and what the dead ones have used; of the bench itself no children, since they are the others. */
function familyMs(pid: number): number {
  if (pid === process.pid) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
  let ticks = 0;
  const own = statOf(pid);
  if (own) ticks += own.ticks + own.reapedTicks;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(Number(name));
    if (stat?.parent === pid) ticks += stat.ticks + stat.reapedTicks;
  }
  return ticks * TICK_MS;
}

export interface Pids {
  readonly node: readonly number[];
  readonly postgres: number;
  readonly kafka: number;
  readonly redis: number;
}

export function cpuOf(pids: Pids): Cpu {
  return {
    node: pids.node.reduce((sum, pid) => sum + familyMs(pid), 0),
    postgres: familyMs(pids.postgres),
    kafka: familyMs(pids.kafka),
    redis: familyMs(pids.redis),
  };
}

export function between(before: Cpu, after: Cpu): Cpu {
  return {
    node: after.node - before.node,
    postgres: after.postgres - before.postgres,
    kafka: after.kafka - before.kafka,
    redis: after.redis - before.redis,
  };
}

export function totalMs(cpu: Cpu): number {
  return cpu.node + cpu.postgres + cpu.kafka + cpu.redis;
}

export function scaled(cpu: Cpu, factor: number): Cpu {
  return {
    node: cpu.node * factor,
    postgres: cpu.postgres * factor,
    kafka: cpu.kafka * factor,
    redis: cpu.redis * factor,
  };
}
