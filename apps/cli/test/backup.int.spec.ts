import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceActor } from '@app/access';
import { postgresPlace, withPrivatePostgres } from '@app/backing';
import { Delivery, ServiceConsumers } from '@app/messaging';
import { asRelay, Database, schemaOf } from '@app/platform';
import { DirectEventLog, serviceLogin, until } from '@app/testing';
import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import { headersOf, Lease, OutboxReader, Relay, type OutboxRow } from '../../../libs/messaging/test/parts.js';
import {
  countSacks,
  migrateToys,
  MILL_ACTOR,
  sackFilled,
  startToys,
} from '../../../libs/messaging/test/toy.js';
import { archiveSettings, chooseBackupDirectory } from '../src/backup/archive.js';
import { takeBackup } from '../src/backup/take-backup.js';
import { ensureKeys, keyFilesIn } from '../src/installation/keys.js';
import { createProgram, runProgram } from '../src/program.js';

jest.setTimeout(180_000);

describe('backup and restore on a private PostgreSQL', () => {
  let top: string;
  let home: string;
  let root: string;
  let out: string;

  beforeAll(() => {
    top = mkdtempSync(join(tmpdir(), 'onething-backup-'));
    chmodSync(top, 0o755);
    home = join(top, 'home');
    root = join(top, 'backups');
    mkdirSync(home);
  });
  afterAll(() => rmSync(top, { recursive: true, force: true }));
  afterEach(() => jest.restoreAllMocks());

  async function onething(...args: string[]): Promise<{ error?: { code: string }; backup?: string }> {
    out = '';
    const spy = jest
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => Boolean((out += String(text))));
    const before = process.exitCode;
    await runProgram(createProgram(null), ['node', 'onething', '--dir', home, '--json', ...args]);
    process.exitCode = before;
    spy.mockRestore();
    return JSON.parse(out) as { error?: { code: string }; backup?: string };
  }

  it('finds exactly the rows of a time between, and every fact of them once', async () => {
    await ensureKeys(keyFilesIn(home));
    mkdirSync(join(home, 'files', 'aa'), { recursive: true });
    writeFileSync(join(home, 'files', 'aa', 'scan'), 'a scan');
    const place = await postgresPlace(home);
    chooseBackupDirectory(home, root, place);
    let to = new Date();
    let expected: number[] = [];

    await withPrivatePostgres(home, archiveSettings(home), async (url) => {
      await migrateToys(url);
      const toys = await startToys(url, new DirectEventLog());
      const person = randomUUID();
      let next = 0;
      let writing = true;
      const writer = (async () => {
        while (writing) await toys.fill(person, [(next += 1)]);
      })();
      await takeBackup({ home, root, withKeys: true, place, url, report: () => undefined });
      writing = false;
      await writer;
      await toys.fill(person, [(next += 1), (next += 1)]);
      // All of it was published; the bakery has handled the first half when the machine is lost.
      const half = Math.floor(next / 2);
      let delivered = 0;
      await publishAll(url, next, (rows, bakery) => {
        const handled = rows.slice(0, Math.max(0, half - delivered));
        delivered += handled.length;
        return bakery(handled);
      });
      expect(await numbers(url, 'bakery.received')).toHaveLength(half);
      expected = await numbers(url, 'mill.sacks');
      to = new Date((await clock(url)).getTime() + 2);
      await until('the time is over', async () => (await clock(url)) > to);
      await toys.fill(person, [100_001, 100_002]);
      await publishAll(url, 2, (rows, bakery) => bakery(rows));
      expect(await numbers(url, 'bakery.received')).toContain(100_002);
      await toys.stop();
      expect(await onething('restore', '--to', to.toISOString())).toMatchObject({
        error: { code: 'running' },
      });
    });
    rmSync(join(home, 'files', 'aa', 'scan'));

    expect(await onething('restore', '--to', '2026-01-01 08:00')).toMatchObject({
      error: { code: 'not-covered' },
    });
    expect(await onething('restore', '--to', new Date().toISOString())).toMatchObject({
      error: { code: 'not-covered' },
    });
    const restored = await onething('restore', '--to', to.toISOString());
    expect(restored).toMatchObject({ to: to.toISOString(), segments: expect.any(Number) });
    expect(existsSync(join(home, 'files', 'aa', 'scan'))).toBe(true);

    await withPrivatePostgres(home, archiveSettings(home), async (url) => {
      expect(await numbers(url, 'mill.sacks')).toEqual(expected);
      expect(await numbers(url, 'bakery.received')).toHaveLength(Math.floor(expected.length / 2));
      await publishAll(url, expected.length, (rows, bakery) => bakery(rows));
      expect(await numbers(url, 'bakery.received')).toEqual(expected);
      // What is decided from now on is behind what was published.
      const toys = await startToys(url, new DirectEventLog());
      await toys.fill(randomUUID(), [200_001]);
      await toys.stop();
      await publishAll(url, 1, (rows, bakery) => bakery(rows));
      expect(await numbers(url, 'bakery.received')).toEqual([...expected, 200_001]);
    });
  });
});

async function numbers(url: string, table: string): Promise<number[]> {
  const rows = await ask<{ number: number }>(url, `select number from ${table} order by number`);
  return rows.map((row) => row.number);
}

async function clock(url: string): Promise<Date> {
  const [row] = await ask<{ at: Date }>(url, 'select clock_timestamp() as at');
  return row!.at;
}

async function ask<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** The mill's own relay publishes so many facts; what becomes of them on the way to the bakery is the test's. */
async function publishAll(
  url: string,
  count: number,
  carry: (rows: readonly OutboxRow[], bakery: (rows: readonly OutboxRow[]) => Promise<void>) => Promise<void>,
): Promise<void> {
  const open = async (service: string) => {
    const database = new Database({
      service,
      url: serviceLogin(url).url,
      poolSize: 2,
      logger: new Logger(service),
    });
    await database.open();
    return database;
  };
  const [mill, bakery] = [await open('mill'), await open('bakery')];
  const consumers = new ServiceConsumers('bakery', bakery, serviceActor('bakery'), [
    {
      name: 'bakery/count-on-sack-filled',
      service: 'bakery',
      events: [sackFilled],
      stopFacts: [],
      run: countSacks as ConstructorParameters<typeof ServiceConsumers>[3][number]['run'],
    },
  ]);
  const deliver = (rows: readonly OutboxRow[]) =>
    consumers.handle(
      rows.map(
        (row) =>
          new Delivery(row.topic, `${row.xid}:${row.id}`, row.key, headersOf('mill', row), row.payload),
      ),
    );
  let published = 0;
  const relay = new Relay(
    mill,
    asRelay(MILL_ACTOR),
    new OutboxReader(mill, asRelay(MILL_ACTOR), { schema: schemaOf('mill'), topics: null }),
    {
      publish: async (_service, rows) => {
        await carry(rows, deliver);
        published += rows.length;
      },
    },
    new Lease(mill, asRelay(MILL_ACTOR), 'outbox_relays', 'relay'),
  );
  relay.start();
  await until('the facts are published', () => published >= count);
  await relay.stop();
  await Promise.all([mill.close(), bakery.close()]);
  expect(published).toBe(count);
}
