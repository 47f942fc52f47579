import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { homeDirectory, startBacking } from '@app/backing';
import { searchWordsOf } from '@app/names';
import { openOffice, type Office } from '../../apps/workbench/test/office.js';
import { Fill } from '../scope/fill.js';
import { underLoad, type Answered } from './load.js';
import { fillQueue } from './tasks.js';
import { signInUsers, type QueueUser } from './users.js';

/**
 * `npm run bench:queue`: 200 signed-in users at a county's work queue of `--tasks n` (1,000,000) open tasks, each reading some five seconds before
 * asking again (closed loop, `--seconds n`), on a PostgreSQL and a Redis of its own (or those of ONETHING_TEST_POSTGRES and ONETHING_TEST_REDIS). The
 * portal's server and its users share this process, so what is measured holds both. First the queue's first row after a start.
 */
const { values: args } = parseArgs({
  options: { tasks: { type: 'string', default: '1000000' }, seconds: { type: 'string', default: '120' } },
});
const TASKS = Number(args.tasks);
const SECONDS = Number(args.seconds);
const THINK_MS = 5000;
const GOAL_MS = 300;
const STARTS = 5;
const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const backing = process.env['ONETHING_TEST_POSTGRES']
    ? null
    : await startBacking({
        dir: join(homeDirectory(), 'bench-queue'),
        fresh: true,
        addresses: {},
        only: ['postgres', 'redis'],
        requireReal: true,
        postgresSettings: { shared_buffers: '1GB', max_wal_size: '4GB' },
      });
  if (backing) {
    process.env['ONETHING_TEST_POSTGRES'] = backing.postgres.url;
    process.env['ONETHING_TEST_REDIS'] = backing.redis.url!;
  }
  const office = await openOffice({
    config: { DATABASE_POOL: 6 },
    environment: { SECOND_FACTOR: 'optional', TRUSTED_PROXIES: '127.0.0.1' },
  });
  try {
    await measure(office);
  } finally {
    await office.stop();
    await backing?.stop();
  }
}

async function measure(office: Office): Promise<void> {
  say(
    `${TASKS} open tasks; ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, load ${loadavg()[0]!.toFixed(1)}`,
  );
  const fill = await Fill.of(office.database.url, 'workbench');
  const began = performance.now();
  const names = await fillQueue(office, fill, TASKS).finally(() => fill.end());
  say(`filled in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const users = await signInUsers(office);
  const words = { names, pinyin: pinyinOf(names) };
  await firstRow(office, users[0]!);
  await underLoad(users, { seconds: 15, thinkMs: THINK_MS, words });
  const answered = await underLoad(users, { seconds: SECONDS, thinkMs: THINK_MS, words });
  report(answered);
}

/** Words in Latin letters by which the portal finds these, whole and begun. */
function pinyinOf(names: readonly string[]): string[] {
  const latin = names.flatMap((name) => searchWordsOf(name).filter((word) => /^[a-z]{2,}$/.test(word)));
  return [...new Set(latin)];
}

/** The portal's server is up, nothing of the queue is in its memory: how long until the first row. */
async function firstRow(office: Office, { browser }: QueueUser): Promise<void> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const process = await office.another();
    const from = performance.now();
    const { status, body } = await browser.at(process).get('/api/workbench/queue?limit=50&view=all');
    times.push(performance.now() - from);
    if (status !== 200 || body.rows.length === 0) throw new Error(`no first row: ${status}`);
    await process.stop();
  }
  browser.at(office);
  times.sort((a, b) => a - b);
  say(`first row of a fresh process: ${times[Math.floor(STARTS / 2)]!.toFixed(0)} ms (median of ${STARTS})`);
}

function report(answered: readonly Answered[]): void {
  const line = (name: string, of: readonly Answered[]) => {
    const sorted = of.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
    say(
      `${name}: ${sorted.length} answers, p50 ${at(0.5).toFixed(0)}, p95 ${at(0.95).toFixed(0)}, p99 ${at(0.99).toFixed(0)}, max ${at(1).toFixed(0)} ms`,
    );
  };
  for (const by of ['what', 'scope'] as const) {
    for (const word of new Set(answered.map((each) => each[by]))) {
      line(
        `  ${word}`,
        answered.filter((each) => each[by] === word),
      );
    }
  }
  line(`all (goal: p95 under ${GOAL_MS} ms)`, answered);
}

await main();
