import { DirectoryInUse, ownerOf, type BackingName, type BackingState } from '@app/backing';
import { Listr, PRESET_TIMER, type ListrTask } from 'listr2';
import pc from 'picocolors';
import { demoAccounts, demoActor } from '../demo/accounts.js';
import { demoPasswordIn, keyFilesAt } from '../installation/keys.js';
import { RunningSystem } from '../installation/running-system.js';
import type { RunState } from '../installation/run-state.js';
import { table, type Output } from '../output.js';
import { services } from '../services.js';
import { System } from './system.js';

/** Fills the demo county; must find out by itself what is there already. @returns what it did, for the checklist */
export type Seeder = (
  system: RunningSystem,
  options: { readonly people: number; readonly report: (text: string) => void },
) => Promise<string>;

export interface UpOptions {
  readonly home: string;
  readonly allInOne: boolean;
  /** Null: no demo data. */
  readonly seed: { readonly people: number; readonly seeder: Seeder } | null;
}

const BACKING_TITLES: Record<BackingName, string> = {
  postgres: '数据库 · PostgreSQL',
  redis: '任务队列 · Redis',
  kafka: '消息 · Kafka',
};

/** One of the county's users for each kind of work that the portal has screens for; the others sign in by their user ids. */
const SHOWN_ACCOUNTS = [
  { userId: demoActor('benefit-officer').id, title: '残联：两项补贴' },
  { userId: demoActor('rehab-officer').id, title: '残联：康复' },
  { userId: demoActor('employment-officer').id, title: '残联：就业' },
  { userId: demoActor('card-officer').id, title: '残联：办证' },
  { userId: demoActor('federation-lead').id, title: '残联：理事长' },
  { userId: demoActor('commissioner').id, title: '镇：专职委员' },
  { userId: demoActor('village-liaison').id, title: '村：联络员' },
  { userId: demoActor('member-unit', 'civil-affairs').id, title: '民政：经办' },
  { userId: demoActor('member-unit', 'civil-affairs', 2).id, title: '民政：复核' },
];

/** Brings the whole system up and keeps it up until a signal. @returns the exit code */
export async function up(options: UpOptions, output: Output): Promise<number> {
  const owner = ownerOf(options.home);
  if (owner !== null) throw new DirectoryInUse(options.home, owner);
  let running = false;
  const system = new System({
    home: options.home,
    allInOne: options.allInOne,
    shownAccounts: options.seed ? SHOWN_ACCOUNTS : [],
    observe: (name, state, text) => {
      if (state === 'died')
        output.line(pc.red(`✗ ${name} 意外退出，正在重启 · has ended, starting it again: ${text}`));
      if (state === 'ready' && running && !interrupted.yet) {
        output.line(pc.green(`✓ ${name} 已恢复 · is back`));
        system.publish();
      }
    },
  });
  const interrupted = untilSignal(() => {
    output.line(`\n正在停止（数据保留）· stopping, the data stay …`);
    return system.stop();
  });
  try {
    await checklist(system, output).run();
    const state = system.publish();
    system.watch();
    await seed(options, state, output);
    running = true;
    output.answer(publicView(state), () => banner(state));
  } catch (error) {
    if (!interrupted.yet) {
      await system.stop();
      throw error;
    }
  }
  await interrupted.done;
  return 0;
}

function checklist(system: System, output: Output): { run(): Promise<unknown> } {
  const waiting = new Map<BackingName, Waiting>();
  const observe = (name: BackingName, state: BackingState, text: string) =>
    waiting.get(name)?.hear(state, text);
  const backingUp: { promise: Promise<void> | null } = { promise: null };
  const backingTask = (name: BackingName): ListrTask => ({
    title: BACKING_TITLES[name],
    task: async (_, task) => {
      const ready = new Waiting((text) => (task.output = text));
      waiting.set(name, ready);
      // Asked for by the first of the three, when all three listen.
      if (waiting.size === 3) {
        backingUp.promise = system.startBacking(observe);
        backingUp.promise.then(
          () => undefined,
          () => waiting.forEach((each) => each.fail()),
        );
      }
      task.title = `${BACKING_TITLES[name]}  ${pc.dim(await ready.promise)}`;
    },
  });
  const list = new Listr(
    [
      {
        title: '密钥 · keys',
        task: async (_, task) => {
          const made = await system.makeKeys();
          task.title += pc.dim(made ? '  已生成 · made' : '  沿用 · kept');
        },
      },
      {
        title: '后台服务 · backing services',
        task: (_, task) =>
          task.newListr((['postgres', 'redis', 'kafka'] as const).map(backingTask), {
            concurrent: true,
            rendererOptions: { collapseSubtasks: false },
          }),
      },
      {
        title: '数据库结构 · migrations',
        task: async (_, task) => {
          // The list above ends with its last service; ports and leftovers come a moment later.
          await backingUp.promise;
          const done = await system.migrate((text) => (task.output = text));
          if (!done) task.title += pc.dim('  无变化 · unchanged');
        },
      },
      {
        title: `服务 · services`,
        task: async (_, task) => {
          await system.startServices((text) => (task.output = text));
          task.title += pc.dim(`  ${system.programs.length}`);
          if (system.absent.length > 0) {
            const names = system.absent.map(({ name }) => name).join(', ');
            task.title += pc.yellow(`  这个版本没有 · not in this build: ${names}`);
          }
        },
      },
    ],
    listrOptions(output),
  );
  return {
    run: () =>
      list.run().catch(async (error: unknown) => {
        await backingUp.promise;
        throw error;
      }),
  };
}

async function seed({ seed: wanted }: UpOptions, state: RunState, output: Output): Promise<void> {
  const needed = ['registry', 'certification', 'workbench'];
  if (!wanted || needed.some((service) => !state.services[service])) return;
  await new Listr(
    [
      {
        title: `示范县 · demo county, ${wanted.people} 人`,
        task: async (_, task) => {
          const report = (text: string) => (task.output = text);
          const did = await wanted.seeder(new RunningSystem(state), { people: wanted.people, report });
          task.title += pc.dim(`  ${did}`);
        },
      },
    ],
    listrOptions(output),
  ).run();
}

function listrOptions(output: Output) {
  return {
    ...(output.options.json ? { renderer: 'silent' as const } : { renderer: 'default' as const }),
    fallbackRenderer: 'simple' as const,
    // Ctrl+C is ours: what has been started must be ended in order.
    registerSignalListeners: false,
    // An error ends the command, and is then said once, with what to do.
    collectErrors: false as const,
    rendererOptions: { timer: PRESET_TIMER, collapseErrors: false, showErrorMessage: false },
    fallbackRendererOptions: { timer: PRESET_TIMER },
  };
}

/** Turns what is heard of one backing service into a promise of its being ready. */
class Waiting {
  readonly promise: Promise<string>;
  private settle: { resolve: (detail: string) => void; reject: (error: Error) => void };

  constructor(private readonly show: (text: string) => void) {
    this.settle = { resolve: () => undefined, reject: () => undefined };
    this.promise = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  hear(state: BackingState, text: string): void {
    if (state === 'ready') this.settle.resolve(text);
    else if (text) this.show(text);
  }

  /** What exactly went wrong is said once, at the end. */
  fail(): void {
    this.settle.reject(new Error('没有启动 · not started'));
  }
}

/** The first signal ends everything; the ones that Ctrl+C sends to every process of a terminal change nothing more. */
function untilSignal(stop: () => Promise<void>): { yet: boolean; done: Promise<void> } {
  const state = { yet: false, done: Promise.resolve() };
  state.done = new Promise((resolve, reject) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (state.yet) return;
        state.yet = true;
        stop().then(resolve, reject);
      });
    }
  });
  return state;
}

/** For programs: everything but the password. */
function publicView({ databaseUrl: _, ...state }: RunState) {
  return state;
}

function banner(state: RunState): string {
  const { postgres, redis, kafka } = state.backing;
  const embedded = [
    ...(state.kafkaBrokers
      ? []
      : ['消息走 PostgreSQL 日志，没有 Kafka · events on the PostgreSQL log, no Kafka']),
    ...(state.redisUrl ? [] : ['任务队列走 PostgreSQL，没有 Redis · queues on PostgreSQL, no Redis']),
    ...(postgres.source === 'embedded' ? ['PostgreSQL 来自 npm 包 · PostgreSQL from an npm package'] : []),
  ];
  return [
    '',
    pc.bold(pc.green('残疾人全周期服务“一件事”已启动 · Onething is up')),
    '',
    table([
      ['消息 · broker', pc.bold(kafka.source), kafka.detail],
      ['数据库 · database', pc.bold(postgres.source), postgres.detail],
      ['队列 · queue', pc.bold(redis.source), redis.detail],
    ]),
    ...(embedded.length > 0
      ? [
          '',
          pc.yellow('内嵌服务，仅供试用 · embedded services, for trying out:'),
          ...embedded.map((line) => `  ${line}`),
        ]
      : []),
    '',
    ...(state.services['workbench']
      ? [`门户 · portal  ${pc.bold(pc.cyan(`${state.services['workbench']}/`))}`, '']
      : []),
    addresses(state),
    '',
    `演示账号 · demo accounts（示范县 338801，共 ${demoAccounts.length} 个）  密码 · password  ${demoPasswordIn(keyFilesAt(state.keys))}`,
    table([
      ['  残联办证', 'demo:card-officer:1', 'npx onething token --role card-officer'],
      ['  残联补贴', 'demo:benefit-officer:1', 'npx onething token --role benefit-officer'],
      [
        '  民政',
        'demo:member-unit:civil-affairs:1',
        'npx onething token --role member-unit --department civil-affairs',
      ],
      ['  运维', 'demo:operator:1', 'npx onething token --role operator'],
    ]),
    '',
    `日志 · logs  ${state.logs}`,
    pc.dim('Ctrl+C 停止，数据保留 · Ctrl+C stops it, the data stay'),
  ].join('\n');
}

function addresses(state: RunState): string {
  if (state.mode === 'all-in-one') {
    return `全部服务 · all services  ${Object.values(state.services)[0] ?? '—'}/docs`;
  }
  return table(
    services
      .filter(({ name }) => state.services[name])
      .map(({ name, title }) => [`  ${title}`, name, `${state.services[name]}/docs`]),
  );
}
