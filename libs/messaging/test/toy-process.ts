import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { KafkaEventLog, PostgresEventLog } from '@app/messaging';
import { countSacks, startToys, type Handle, type Toys, type ToyService } from './toy.js';

/** Some of the toy's services as a process of their own, that can be killed, frozen and ended. */
export interface ToyProcessOptions {
  readonly url: string;
  readonly services: readonly ToyService[];
  /** Null: the event log is PostgreSQL. */
  readonly brokers: readonly string[] | null;
  readonly topicPrefix: string;
  /** What happens when sack 666 is in hand: the process kills itself, or stops itself inside the transaction. */
  readonly trap?: 'die' | 'freeze';
}

export interface ToyProcess {
  readonly pid: number;
  readonly alive: boolean;
  /** Fills so many sacks a second from now on. Resolves when this is under way, or has ended. */
  load(perSecond: number): Promise<void>;
  signal(name: NodeJS.Signals): void;
  readonly exited: Promise<void>;
}

export async function startToyProcess(options: ToyProcessOptions): Promise<ToyProcess> {
  const loader = fileURLToPath(new URL('../../testing/run/typescript.mjs', import.meta.url));
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], {
    execArgv: ['--import', loader],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(() => undefined);
  await Promise.race([answer(child, 'ready'), exited.then(() => undefined)]);
  return {
    pid: child.pid!,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    load: async (perSecond) => {
      const done = answer(child, 'loading');
      child.send({ load: perSecond });
      await done;
    },
    signal: (name) => void child.kill(name),
    exited,
  };
}

function answer(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve) => {
    const listen = (message: unknown) => {
      if (message !== word) return;
      child.off('message', listen);
      resolve();
    };
    child.on('message', listen);
  });
}

const TICK_MS = 50;

async function main(options: ToyProcessOptions): Promise<void> {
  const log = options.brokers
    ? new KafkaEventLog({
        brokers: options.brokers,
        topicPrefix: options.topicPrefix,
        topics: { partitions: 4, replication: 1 },
        oneGroup: null,
        onStuck: () => process.exit(70),
      })
    : new PostgresEventLog();
  const toys = await startToys(options.url, log, {
    services: options.services,
    handle: options.trap ? trapped(options.trap) : countSacks,
  });
  let loading = Promise.resolve();
  let perSecond = 0;
  process.on('message', (message: { load: number }) => {
    perSecond = message.load;
    void loading.then(() => process.send!('loading'));
    if (perSecond > 0) loading = keepFilling(toys, () => perSecond);
  });
  process.on('SIGTERM', () => {
    perSecond = 0;
    void loading
      .then(() => toys.stop())
      .then(() => process.disconnect())
      .then(() => process.exit(0));
  });
  process.send!('ready');
}

/** Numbers rise from life to life of the process, so that the judge sees any disorder. */
async function keepFilling(toys: Toys, perSecond: () => number): Promise<void> {
  const people = Array.from({ length: 20 }, () => randomUUID());
  for (let turn = 0; perSecond() > 0; turn += 1) {
    const next = performance.now() + TICK_MS;
    const count = Math.max(1, Math.round((perSecond() * TICK_MS) / 1000));
    const chosen = Array.from({ length: count }, (_, n) => people[(turn * count + n) % people.length]!);
    await Promise.all([...new Set(chosen)].map((person) => toys.fill(person, [Date.now() % 2_000_000_000])));
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
  }
}

function trapped(trap: 'die' | 'freeze'): Handle {
  return async (events, slice) => {
    await countSacks(events, slice);
    if (events.some(({ data }) => data.number === 666)) {
      process.kill(process.pid, trap === 'die' ? 'SIGKILL' : 'SIGSTOP');
    }
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await main(JSON.parse(process.argv[2]!) as ToyProcessOptions);
