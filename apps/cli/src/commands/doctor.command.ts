import { inspectMachine, isAlive, isPortFree, type Machine } from '@app/backing';
import { WorkingCalendar } from '@app/clocks';
import { shanghaiDay } from '@app/kernel';
import type { Command } from 'commander';
import pc from 'picocolors';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { action } from '../cli.js';
import { EXIT } from '../cli-error.js';
import {
  coverInForce,
  coverOf,
  PUBLISH_CALENDAR,
  type CalendarCover,
} from '../installation/calendar-cover.js';
import { readRunState } from '../installation/run-state.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';
import { ALL_IN_ONE, services } from '../services.js';

/** `warn`: it works, with less. `bad`: it does not start. */
export interface Diagnosis {
  readonly check: string;
  readonly verdict: 'ok' | 'warn' | 'bad';
  readonly detail: string;
  /** What to do; null when there is nothing to do. */
  readonly remedy: string | null;
}

const OLDEST_NODE = [20, 19] as const;
const SPACE_NEEDED = 2 * 1024 ** 3;

/** Looks at the machine and says, for everything that is not as it should be, what to do. */
export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('检查这台机器，并说明怎么办 · check this machine, and say what to do')
    .action(
      action(async ({ home, output }) => {
        const diagnoses = await examine(home, await inspectMachine());
        output.answer(diagnoses, () => describe(diagnoses));
        return diagnoses.some(({ verdict }) => verdict === 'bad') ? EXIT.failed : EXIT.ok;
      }),
    );
}

/** @param today `YYYY-MM-DD` in Asia/Shanghai */
export async function examine(
  home: string,
  machine: Machine,
  today: string = shanghaiDay(new Date()),
): Promise<Diagnosis[]> {
  return [
    node(process.versions.node),
    ...backing(machine),
    directory(home),
    await space(home),
    runState(home),
    await ports(home),
    await calendar(home, today),
  ];
}

export function node(version: string): Diagnosis {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const good = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return {
    check: 'Node.js',
    verdict: good ? 'ok' : 'bad',
    detail: version,
    remedy: good
      ? null
      : `需要 ${OLDEST_NODE.join('.')} 或更高 · install Node.js ${OLDEST_NODE.join('.')} or newer`,
  };
}

function backing(machine: Machine): Diagnosis[] {
  const { docker } = machine;
  const from = (check: string, found: Machine[keyof Machine], without: string): Diagnosis => ({
    check,
    verdict: found.found || docker.found ? 'ok' : 'warn',
    detail: found.found ? found.detail : docker.found ? `${found.detail}; ${docker.detail}` : found.detail,
    remedy: found.found || docker.found ? null : `${found.remedy}（${without}）`,
  });
  return [
    {
      check: 'Docker',
      verdict: 'ok',
      detail: docker.found ? docker.detail : `${docker.detail}（不需要 · not needed）`,
      remedy: null,
    },
    from('PostgreSQL', machine.postgres, '否则用 npm 内嵌版 · else one from npm is used'),
    from('Redis', machine.redis, '否则队列走 PostgreSQL · else queues run on PostgreSQL'),
    from('Java', machine.java, '否则没有 Kafka · else there is no Kafka'),
    from('Kafka', machine.kafka, '否则消息走 PostgreSQL · else events run on PostgreSQL'),
  ];
}

function directory(home: string): Diagnosis {
  try {
    mkdirSync(home, { recursive: true });
    accessSync(home, constants.W_OK);
    return { check: '目录 · directory', verdict: 'ok', detail: home, remedy: null };
  } catch {
    return {
      check: '目录 · directory',
      verdict: 'bad',
      detail: `${home} 不可写 · cannot be written`,
      remedy: '换目录 · choose another: --dir <path>',
    };
  }
}

async function space(home: string): Promise<Diagnosis> {
  const check = '磁盘 · disk';
  if (!existsSync(home)) return { check, verdict: 'warn', detail: '未知 · unknown', remedy: null };
  const { bavail, bsize } = await statfs(home);
  const free = bavail * bsize;
  return {
    check,
    verdict: free >= SPACE_NEEDED ? 'ok' : 'bad',
    detail: `${(free / 1024 ** 3).toFixed(1)} GiB 可用 · free`,
    remedy: free >= SPACE_NEEDED ? null : '至少需要 2 GiB · make at least 2 GiB free',
  };
}

function runState(home: string): Diagnosis {
  const check = '运行状态 · run state';
  const state = readRunState(home);
  if (!state) return { check, verdict: 'ok', detail: '没有在运行 · not running', remedy: null };
  if (isAlive(state.pid))
    return { check, verdict: 'ok', detail: `进程 · process ${state.pid}`, remedy: null };
  return {
    check,
    verdict: 'warn',
    detail: `上次没有正常结束 · the last run (process ${state.pid}) did not end in order`,
    remedy: '直接再次启动，会先收拾残留 · just start again, it clears up first: npm start',
  };
}

async function ports(home: string): Promise<Diagnosis> {
  const check = '端口 · ports';
  const state = readRunState(home);
  if (state && isAlive(state.pid))
    return { check, verdict: 'ok', detail: '由本系统使用 · in use by us', remedy: null };
  const wanted = [ALL_IN_ONE, ...services].map(({ port }) => port);
  const taken: number[] = [];
  for (const port of wanted) if (!(await isPortFree(port))) taken.push(port);
  if (taken.length === 0) {
    return { check, verdict: 'ok', detail: `${wanted[0]}–${wanted.at(-1)} 空闲 · free`, remedy: null };
  }
  return {
    check,
    verdict: 'warn',
    detail: `被占用 · taken: ${taken.join(', ')}`,
    remedy: '会自动改用后面的端口 · the next free block is used',
  };
}

/** How far the working calendar reaches: that of the running system, else the one that came with this release. */
async function calendar(home: string, today: string): Promise<Diagnosis> {
  const { coveredTo, daysLeft, warning } =
    (await calendarInForce(home, today)) ?? coverOf(WorkingCalendar.load().coveredTo, today);
  return {
    check: '工作日历 · calendar',
    verdict: warning ? 'warn' : 'ok',
    detail: `覆盖至 · covered to ${coveredTo}（${daysLeft} 天 · days）`,
    remedy: warning && `${warning.zh} · ${warning.en}: ${PUBLISH_CALENDAR}`,
  };
}

/** Null: nothing runs, or it does not say; also where its keys are gone. */
async function calendarInForce(home: string, today: string): Promise<CalendarCover | null> {
  try {
    return await coverInForce(RunningSystem.find(home), today);
  } catch {
    return null;
  }
}

function describe(diagnoses: readonly Diagnosis[]): string {
  const marks = {
    ok: pc.green('✓ 正常 · ok'),
    warn: pc.yellow('! 注意 · note'),
    bad: pc.red('✗ 有问题 · bad'),
  };
  const lines = diagnoses.map(({ check, verdict, detail }) => [marks[verdict], check, detail]);
  const remedies = diagnoses
    .filter(({ remedy }) => remedy)
    .map(({ check, remedy }) => `  ${check}: ${remedy}`);
  return [table(lines), ...(remedies.length > 0 ? ['', '怎么办 · what to do', ...remedies] : [])].join('\n');
}
