import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import {
  ColumnCipher,
  generateDataKeys,
  keysInUse,
  parseDataKeys,
  rotateColumns,
  serviceActor,
  withFreshKey,
  type DataKeysFile,
  type EncryptedTable,
} from '@app/access';
import { Database, migrate, platformMigrations, protect, serviceUrl, type Migration } from '@app/platform';
import { createTestDatabase, until, type TestDatabase } from '@app/testing';

const SERVICE = 'vault';
const persons: EncryptedTable = {
  table: 'vault_persons',
  key: ['person_id'],
  columns: ['identity_number', 'phone'],
};
const rows: EncryptedTable = { table: 'vault_rows', key: ['file_id', 'row_no'], columns: ['cells'] };
const column = (name: string) => `vault.vault_persons.${name}`;

const vaultMigration: Migration = {
  id: 202611281001,
  name: 'create-vault',
  up: (names) => `
    create table vault_persons (
      person_id uuid primary key, division_code text not null, identity_number text not null, phone text);
    create table vault_rows (file_id uuid, row_no int, cells text, primary key (file_id, row_no));
    grant select, insert, update on vault_persons, vault_rows to ${names.appRole}, ${names.workerRole};
    ${protect(names, 'vault_persons', { place: 'division_code' })}`,
  down: () => 'drop table vault_rows, vault_persons;',
};

const old = generateDataKeys();
const { file: both } = withFreshKey(old, 'sm4-ctr-hmac-sm3');
const next: DataKeysFile = { ...both, current: 'k2' };
const without = { ...next, keys: { k2: next.keys['k2']! } };
const read = (file: DataKeysFile) => parseDataKeys(JSON.stringify(file), 'test');
const cipherWith = (file: DataKeysFile) => new ColumnCipher(read(file));
const actor = serviceActor(SERVICE);

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase();
  const servicePassword = new URL(server.url).password || undefined;
  const migrations = [...platformMigrations, vaultMigration];
  await migrate({ service: SERVICE, url: server.url, servicePassword, migrations });
  const url = serviceUrl(server.url, servicePassword);
  database = new Database({ service: SERVICE, url, poolSize: 8, logger: new Logger('test') });
  await database.open();
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

beforeEach(() => server.query('truncate vault.vault_persons, vault.vault_rows'));

/** Persons under a cipher's current key; every third has no phone. @returns what each should open to */
async function fill(cipher: ColumnCipher, count: number): Promise<Map<string, string>> {
  const plain = new Map(Array.from({ length: count }, (_, at) => [randomUUID(), `110101${at}`]));
  const ids = [...plain.keys()];
  await database.transaction(actor, (tx) =>
    tx.query(
      `insert into vault_persons select u.id, '338801001001', u.number, u.phone
       from unnest($1::uuid[], $2::text[], $3::text[]) as u (id, number, phone)`,
      [
        ids,
        [...plain.values()].map((number) => cipher.encrypt(column('identity_number'), number)),
        ids.map((id, at) => (at % 3 === 0 ? null : cipher.encrypt(column('phone'), id))),
      ],
    ),
  );
  return plain;
}

async function opened(cipher: ColumnCipher, most = 1_000_000): Promise<Map<string, string>> {
  const stored = await database.query<{ person_id: string; identity_number: string; phone: string | null }>(
    actor,
    'select person_id, identity_number, phone from vault_persons order by random() limit $1',
    [most],
  );
  return new Map(
    stored.map(({ person_id, identity_number, phone }) => {
      if (phone !== null) expect(cipher.decrypt(column('phone'), phone)).toBe(person_id);
      return [person_id, cipher.decrypt(column('identity_number'), identity_number)];
    }),
  );
}

const keyIds = async (table: EncryptedTable) =>
  [...new Set((await keysInUse(database, actor, [table])).map(({ keyId }) => keyId))].sort();

describe('encrypting a table anew', () => {
  it('goes on under writers and readers without one error, and leaves no row under the old key', async () => {
    const plain = await fill(cipherWith(old), 1500);
    const ids = [...plain.keys()];
    // A process that learns of the new current key in the midst of it, as a running service does.
    const service = cipherWith(both);
    const errors: unknown[] = [];
    let going = true;
    let writes = 0;
    const writer = async (first: number) => {
      for (let at = first; going; at = (at * 7 + 13) % ids.length) {
        const id = ids[at]!;
        const number = `330302${writes++}`;
        await database.transaction(actor, async (tx) => {
          await tx.query('select 1 from vault_persons where person_id = $1 for update', [id]);
          await tx.query('update vault_persons set identity_number = $2 where person_id = $1', [
            id,
            service.encrypt(column('identity_number'), number),
          ]);
          // Inside, while the row is held: the last writer of a row is the one whose number must be found at the end.
          tx.afterCommit(() => plain.set(id, number));
        });
        const added = randomUUID();
        await database.query(actor, `insert into vault_persons values ($1, '338801001001', $2, null)`, [
          added,
          service.encrypt(column('identity_number'), number),
        ]);
        plain.set(added, number);
      }
    };
    const reader = async () => {
      while (going) await opened(service, 50);
    };
    const busy = [writer(1), writer(2), reader()].map((work) => work.catch((error) => errors.push(error)));
    await until('writers are under way', () => writes > 20);

    const progress: number[] = [];
    const cipher = cipherWith(next);
    const rotating = rotateColumns(database, actor, cipher, persons, {
      rowsAtOnce: 50,
      progress: (done) => progress.push(done),
    });
    await until('it is in the midst of it', () => progress.length > 5);
    service.takeKeys(read(next));
    const { rotated, unreadable } = await rotating;
    going = false;
    await Promise.all(busy);
    // What was written under the old key after its row had been passed.
    await rotateColumns(database, actor, cipher, persons);

    expect(errors).toEqual([]);
    expect(unreadable).toBe(0);
    expect(rotated).toBeGreaterThan(1000);
    expect(progress.length).toBeGreaterThan(20);
    expect(await keyIds(persons)).toEqual(['k2']);
    // The old key can go: everything opens without it, to what it was or was last written as.
    const after = await opened(cipherWith(without));
    expect(after.size).toBe(plain.size);
    const differing = [...after].filter(([id, number]) => plain.get(id) !== number);
    expect(differing).toEqual([]);
  });

  it('waits for a row that somebody holds, holding none itself', async () => {
    const plain = await fill(cipherWith(old), 30);
    const [held] = [...plain.keys()].sort();
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let holds = false;
    const holding = database.transaction(actor, async (tx) => {
      await tx.query('select 1 from vault_persons where person_id = $1 for update', [held]);
      holds = true;
      await released;
    });
    await until('the row is held', () => holds);
    const rotating = rotateColumns(database, actor, cipherWith(next), persons, { rowsAtOnce: 10 });
    await until('it waits for the last row', async () => {
      const [{ waiting }] = (await server.query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query like '%vault_persons%'`,
      )) as [{ waiting: number }];
      return waiting > 0;
    });
    // Everybody else's rows are free meanwhile.
    await database.query(actor, 'update vault_persons set phone = null where person_id <> $1', [held]);
    release();
    await holding;
    expect(await rotating).toEqual({ rotated: 30, unreadable: 0 });
    expect(await keyIds(persons)).toEqual(['k2']);
  });

  it('goes on where it was stopped', async () => {
    await fill(cipherWith(old), 100);
    const stop = new AbortController();
    let before = 0;
    await expect(
      rotateColumns(database, actor, cipherWith(next), persons, {
        rowsAtOnce: 10,
        signal: stop.signal,
        progress: (done) => {
          before = done;
          if (done === 30) stop.abort();
        },
      }),
    ).rejects.toThrow();
    expect(before).toBe(30);
    expect(await keyIds(persons)).toEqual(['k1', 'k2']);
    expect(await rotateColumns(database, actor, cipherWith(next), persons)).toEqual({
      rotated: 70,
      unreadable: 0,
    });
    expect(await rotateColumns(database, actor, cipherWith(next), persons)).toEqual({
      rotated: 0,
      unreadable: 0,
    });
  });

  it('leaves what does not open as it is, and says how many', async () => {
    const plain = await fill(cipherWith(old), 20);
    const [broken] = plain.keys();
    await server.query('update vault.vault_persons set identity_number = $2 where person_id = $1', [
      broken,
      'k1.AAAA',
    ]);
    expect(await rotateColumns(database, actor, cipherWith(next), persons)).toEqual({
      rotated: 19,
      unreadable: 1,
    });
    expect(await keysInUse(database, actor, [persons])).toContainEqual({
      column: 'vault.vault_persons.identity_number',
      keyId: 'k1',
      values: 1,
    });
  });

  it('knows keys of several columns, and binds values to their column', async () => {
    const file = randomUUID();
    const name = 'vault.vault_rows.cells';
    const stored = Array.from({ length: 12 }, (_, at) => cipherWith(old).encrypt(name, `row ${at}`));
    await database.query(
      actor,
      'insert into vault_rows select $1, u.no, u.cells from unnest($2::int[], $3::text[]) as u (no, cells)',
      [file, stored.map((_, at) => at), stored],
    );
    await database.query(actor, 'insert into vault_rows values ($1, 99, null)', [file]);
    expect(await rotateColumns(database, actor, cipherWith(next), rows, { rowsAtOnce: 5 })).toEqual({
      rotated: 12,
      unreadable: 0,
    });
    const cells = await database.query<{ cells: string | null }>(
      actor,
      'select cells from vault_rows order by row_no',
    );
    expect(cells.map(({ cells }) => cells && cipherWith(without).decrypt(name, cells))).toEqual([
      ...stored.map((_, at) => `row ${at}`),
      null,
    ]);
  });
});
