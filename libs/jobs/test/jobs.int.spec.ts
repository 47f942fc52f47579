import { jest } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { createTestDatabase, testServices, until, uniquePrefix, type TestDatabase } from '@app/testing';
import {
  FailedJobNotFound,
  jobIdOf,
  JobIdNotUsable,
  Jobs,
  openBackend,
  QueueAway,
  QueueNotHere,
  type QueueBackend,
  type RunningJob,
} from '@app/jobs';

// A busy machine needs longer than the default to make a database.
jest.setTimeout(60_000);

const { redisUrl } = testServices();
const prefix = uniquePrefix().replace('.', '');
let database: TestDatabase;

/** Jobs of one process, which the test closes. */
interface Process {
  readonly jobs: Jobs;
  readonly backend: QueueBackend;
  close(): Promise<void>;
}
const open: Process[] = [];

function start(kind: 'redis' | 'postgres', url = redisUrl ?? undefined, service = 'test'): Process {
  const backend = openBackend({
    QUEUE_BACKEND: kind,
    QUEUE_PREFIX: prefix,
    REDIS_URL: url,
    DATABASE_URL: database.url,
  });
  const jobs = new Jobs(service, backend);
  const process: Process = {
    jobs,
    backend,
    close: async () => {
      await jobs.close();
      await backend.close();
    },
  };
  open.push(process);
  return process;
}

const usable = (process: Process) => until('a usable queue', () => process.backend.usable);
let unique = 0;
const id = () => jobIdOf(`event${(unique += 1)}`, 'test');

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((process) => process.close()));
});
afterAll(async () => {
  await database.drop();
  if (!redisUrl) return;
  const redis = new Redis(redisUrl);
  // Only this file's keys: others share the server.
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length > 0) await redis.del(keys);
  redis.disconnect();
});

it('makes ids that BullMQ takes, and refuses others', async () => {
  expect(jobIdOf('0d6ff0f6-1111-4222-8333-444455556666', 'send-letter')).toBe(
    '0d6ff0f6-1111-4222-8333-444455556666-send-letter',
  );
  expect(() => jobIdOf('a:b', 'c')).toThrow(JobIdNotUsable);
  const { jobs } = start('postgres');
  await expect(jobs.add('letters', {}, { jobId: '17' })).rejects.toThrow(JobIdNotUsable);
  await expect(jobs.add('letters', {}, { jobId: '' })).rejects.toThrow(JobIdNotUsable);
});

const backends = redisUrl ? (['redis', 'postgres'] as const) : (['postgres'] as const);

describe.each(backends)('jobs on %s', (kind) => {
  it('does a job once, after its delay, however often it was added', async () => {
    const process = start(kind);
    await usable(process);
    const done: { data: { letter: number }; at: number }[] = [];
    process.jobs.process<{ letter: number }>(`once-${kind}`, async ({ data }) => {
      done.push({ data, at: performance.now() });
    });
    const jobId = id();
    const added = performance.now();
    expect(await process.jobs.add(`once-${kind}`, { letter: 1 }, { jobId, delayMs: 300 })).toBe(true);
    expect(await process.jobs.add(`once-${kind}`, { letter: 1 }, { jobId, delayMs: 300 })).toBe(true);
    expect(
      await process.jobs.queue<{ letter: number }>(`once-${kind}`).addMany([
        { jobId, data: { letter: 1 } },
        { jobId: id(), data: { letter: 2 }, delayMs: 600 },
      ]),
    ).toBe(true);
    await until('both jobs', () => done.length >= 2);
    expect(done.map(({ data }) => data.letter)).toEqual([1, 2]);
    expect(done[0]!.at - added).toBeGreaterThanOrEqual(290);
  });

  it('tries a failing job again with back-off, and gives up after its attempts', async () => {
    const process = start(kind);
    await usable(process);
    const attempts: { attempt: number; at: number }[] = [];
    process.jobs.process<null>(
      `retry-${kind}`,
      async ({ attempt }) => {
        attempts.push({ attempt, at: performance.now() });
        throw new Error('the neighbour is away');
      },
      { backoffMs: 100 },
    );
    const last: RunningJob<null>[] = [];
    process.jobs.process<null>(`after-${kind}`, async (job) => {
      await job.progress(50);
      last.push(job);
    });
    await process.jobs.add(`retry-${kind}`, null, { jobId: id(), attempts: 3 });
    await until('three attempts', () => attempts.length >= 3);
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(attempts[1]!.at - attempts[0]!.at).toBeGreaterThanOrEqual(90);
    expect(attempts[2]!.at - attempts[1]!.at).toBeGreaterThanOrEqual(190);
    await process.jobs.add(`after-${kind}`, null, { jobId: id() });
    await until('a later job', () => last.length > 0);
    expect(attempts).toHaveLength(3);
  });

  it('does no more jobs a second than the neighbour allows', async () => {
    const process = start(kind);
    await usable(process);
    const at: number[] = [];
    process.jobs.process<null>(`rate-${kind}`, async () => void at.push(performance.now()), {
      perSecond: 2,
      concurrency: 5,
    });
    await process.jobs
      .queue<null>(`rate-${kind}`)
      .addMany([1, 2, 3, 4, 5].map(() => ({ jobId: id(), data: null })));
    await until('five jobs', () => at.length === 5);
    expect(at[4]! - at[0]!).toBeGreaterThan(900);
  });

  it('repeats a job until the process ends, although the repetition was asked for before the queue answered', async () => {
    const process = start(kind);
    let runs = 0;
    process.jobs.process<{ sweep: string }>(`daily-${kind}`, async ({ data }) => {
      expect(data).toEqual({ sweep: 'ages' });
      runs += 1;
    });
    process.jobs
      .queue<{ sweep: string }>(`daily-${kind}`)
      .repeat('age-sweep', { everyMs: 200 }, { sweep: 'ages' });
    process.jobs
      .queue<{ sweep: string }>(`daily-${kind}`)
      .repeat('nightly', { cron: '0 3 * * *' }, { sweep: 'ages' });
    await until('three runs', () => runs >= 3);
  });

  it('lets a running job end before it closes, and leaves no connection', async () => {
    const process = start(kind);
    await usable(process);
    const events = new EventEmitter();
    const started = once(events, 'started');
    const released = once(events, 'released');
    let ended = false;
    process.jobs.process<null>(`drain-${kind}`, async () => {
      events.emit('started');
      await released;
      ended = true;
    });
    await process.jobs.add(`drain-${kind}`, null, { jobId: id() });
    await started;
    const closing = process.close().then(() => 'closed');
    expect(await process.jobs.add(`drain-${kind}`, null, { jobId: id() })).toBe(false);
    events.emit('released');
    expect(await closing).toBe('closed');
    expect(ended).toBe(true);
    if (kind === 'postgres') {
      await until('no connection', async () => {
        const rows = await database.query(
          `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query ilike '%bullmq%'`,
        );
        return rows.length === 0;
      });
    }
  });

  it('shows what waits, what failed and why, and tries it again, one or all', async () => {
    const process = start(kind, undefined, 'seen');
    await usable(process);
    const name = `seen-${kind}`;
    expect(await process.jobs.look()).toEqual([]);
    await process.jobs.queue<string>(name).addMany([
      { jobId: 'bad-1', data: 'bad', attempts: 1 },
      { jobId: 'bad-2', data: 'bad', attempts: 2 },
      { jobId: 'later-1', data: 'good', delayMs: 60_000 },
    ]);
    const look = async () => (await process.jobs.look()).find(({ queue }) => queue === name)!;
    const waiting = await look();
    expect(waiting).toMatchObject({ backend: kind, counts: { waiting: 2, delayed: 1, failed: 0 } });
    expect(waiting.oldestWaitingSeconds).toBeGreaterThanOrEqual(0);
    expect(waiting.oldestWaitingSeconds).toBeLessThan(30);

    let broken = true;
    const tries: string[] = [];
    process.jobs.process<string>(
      name,
      async ({ id: job, attempt }) => {
        tries.push(`${job} ${attempt}`);
        if (broken) throw new Error('no 330302199001011234 here\n  at a line of code');
      },
      { backoffMs: 10 },
    );
    await until('both to fail', async () => (await look()).counts?.failed === 2);
    const failed = await process.jobs.failed(name);
    expect(failed.map((job) => [job.id, job.attempts, job.reason]).sort()).toEqual([
      ['bad-1', 1, 'no … here'],
      ['bad-2', 2, 'no … here'],
    ]);
    expect(failed[0]!.failedAt!.getTime()).toBeGreaterThanOrEqual(failed[1]!.failedAt!.getTime());
    expect((await process.jobs.failed(name, 1)).map((job) => job.id)).toEqual([failed[0]!.id]);
    expect(await look()).toMatchObject({
      counts: { waiting: 0, delayed: 1, failed: 2 },
      oldestWaitingSeconds: null,
    });

    tries.length = 0;
    expect(await process.jobs.retry(name, 'bad-2')).toBe(1);
    // With all its attempts, and it fails again.
    await until('two more attempts', () => tries.length === 2);
    await until('both to have failed', async () => (await look()).counts?.failed === 2);
    expect(tries).toEqual(['bad-2 1', 'bad-2 2']);
    broken = false;
    expect(await process.jobs.retry(name, null)).toBe(2);
    await until('nothing failed', async () => {
      const { counts } = await look();
      return counts?.failed === 0 && counts.completed === 2;
    });
    expect(await process.jobs.retry(name, null)).toBe(0);
    await expect(process.jobs.retry(name, 'bad-2')).rejects.toThrow(FailedJobNotFound);
    await expect(process.jobs.retry(name, 'later-1')).rejects.toThrow(FailedJobNotFound);
    await expect(process.jobs.failed('another')).rejects.toThrow(QueueNotHere);
    await expect(process.jobs.retry('another', null)).rejects.toThrow(QueueNotHere);
    expect((await process.jobs.look()).map(({ queue }) => queue)).toEqual([name]);
  });

  it('keeps the queues of services and installations apart', async () => {
    const one = start(kind, undefined, 'one');
    const other = start(kind, undefined, 'other');
    await Promise.all([usable(one), usable(other)]);
    const seen: string[] = [];
    one.jobs.process<null>(`letters-${kind}`, async () => void seen.push('one'));
    other.jobs.process<null>(`letters-${kind}`, async () => void seen.push('other'));
    await one.jobs.add(`letters-${kind}`, null, { jobId: id() });
    await until('the job of one', () => seen.length > 0);
    await other.jobs.add(`letters-${kind}`, null, { jobId: id() });
    await until('the job of the other', () => seen.length > 1);
    expect(seen).toEqual(['one', 'other']);
  });
});

it('goes on when PostgreSQL has cut every connection of the queue', async () => {
  const process = start('postgres');
  await usable(process);
  const seen: number[] = [];
  process.jobs.process<number>('cut', async ({ data }) => void seen.push(data));
  await process.jobs.add('cut', 1, { jobId: id() });
  await until('the first job', () => seen.length === 1);
  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name <> ''`,
  );
  await until('the queue to take a job', () => process.jobs.add('cut', 2, { jobId: id() }));
  await until('a job after the cut', () => seen.length === 2);
});

it('outlives a connection to PostgreSQL that is cut in the very packet in which it became ready', async () => {
  const message = (letter: string, content: Buffer) => {
    const head = Buffer.alloc(5);
    head.write(letter);
    head.writeInt32BE(content.length + 4, 1);
    return Buffer.concat([head, content]);
  };
  const cut = Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('Z', Buffer.from('I')),
    message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')),
  ]);
  let connections = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      connections += 1;
      socket.end(cut);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const died = jest.fn();
  process.once('uncaughtException', died);
  const backend = openBackend({
    QUEUE_BACKEND: 'postgres',
    QUEUE_PREFIX: prefix,
    REDIS_URL: undefined,
    DATABASE_URL: `postgres://nobody@127.0.0.1:${(server.address() as AddressInfo).port}/none`,
  });
  try {
    await until('the connection to be cut', () => connections > 0);
    await backend.close();
    expect(died).not.toHaveBeenCalled();
  } finally {
    process.removeListener('uncaughtException', died);
    server.close();
  }
});

describe('a Redis that is away', () => {
  it('lets the process start, take no job and stop, at once', async () => {
    const process = start('redis', 'redis://127.0.0.1:1');
    process.jobs.process<null>('away', async () => undefined);
    process.jobs.queue<null>('away').repeat('daily', { everyMs: 1000 }, null);
    const asked = performance.now();
    expect(await process.jobs.add('away', null, { jobId: id() })).toBe(false);
    // Unknown, and not nothing.
    expect(await process.jobs.look()).toEqual([
      { queue: 'away', backend: 'redis', counts: null, oldestWaitingSeconds: null },
    ]);
    await expect(process.jobs.failed('away')).rejects.toThrow(QueueAway);
    await expect(process.jobs.retry('away', null)).rejects.toThrow(QueueAway);
    await process.close();
    expect(performance.now() - asked).toBeLessThan(1900);
  });

  const withRedis = redisUrl ? it : it.skip;

  withRedis('interrupts work and no command, and is used again when it is back', async () => {
    const wire = await Wire.to(redisUrl!);
    const process = start('redis', wire.url);
    await usable(process);
    const seen: number[] = [];
    process.jobs.process<number>('outage', async ({ data }) => void seen.push(data));
    await process.jobs.add('outage', 1, { jobId: id() });
    await until('the first job', () => seen.length === 1);
    await wire.cut();
    await until('the outage', () => !process.backend.usable);
    expect(await process.jobs.add('outage', 2, { jobId: id() })).toBe(false);
    await wire.mend();
    await usable(process);
    expect(await process.jobs.add('outage', 3, { jobId: id() })).toBe(true);
    await until('a job after the outage', () => seen.length === 2);
    expect(seen).toEqual([1, 3]);
    await process.close();
    await wire.cut();
  });

  withRedis(
    'cannot hold up a command by not answering, nor the end of the process by being cut',
    async () => {
      const wire = await Wire.to(redisUrl!);
      const process = start('redis', wire.url);
      await usable(process);
      process.jobs.process<null>('silent', async () => undefined);
      expect(await process.jobs.add('silent', null, { jobId: id() })).toBe(true);
      wire.mute();
      const asked = performance.now();
      expect(await process.jobs.add('silent', null, { jobId: id() })).toBe(false);
      expect(performance.now() - asked).toBeLessThan(4000);
      await wire.cut();
      await until('the outage', () => !process.backend.usable);
      const closing = performance.now();
      await process.close();
      expect(performance.now() - closing).toBeLessThan(3000);
    },
  );
});

/** A wire to a server that can be cut, mended and muted. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;
  private port = 0;
  private muted = false;

  private constructor(
    private readonly host: string,
    private readonly targetPort: number,
  ) {}

  static async to(url: string): Promise<Wire> {
    const { hostname, port } = new URL(url);
    const wire = new Wire(hostname, Number(port || 6379));
    await wire.mend();
    return wire;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async mend(): Promise<void> {
    this.muted = false;
    const server = createServer((near) => {
      const far = connect(this.targetPort, this.host);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.on('data', (bytes) => void (this.muted || far.write(bytes)));
      far.on('data', (bytes) => void (this.muted || near.write(bytes)));
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  mute(): void {
    this.muted = true;
  }

  async cut(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
