import { createTestDatabase, createTestKeys, type TestDatabase } from '@app/testing';
import { schemaOf, serviceUrl } from '@app/platform';
import { keysOfServices, migrateServices } from '@app/service-host';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allMigrations } from '../src/services.js';

const declared = allMigrations.flatMap(({ service, encrypted = [] }) =>
  encrypted.flatMap(({ table, columns }) =>
    columns.map((column) => `${schemaOf(service)}.${table}.${column}`),
  ),
);

let database: TestDatabase;
const password = () => new URL(database.url).password || undefined;
beforeAll(async () => {
  database = await createTestDatabase();
  await migrateServices(
    allMigrations,
    { DATABASE_URL: database.url, SERVICE_DATABASE_PASSWORD: password(), QUEUE_BACKEND: 'redis' },
    () => undefined,
  );
}, 120_000);
afterAll(() => database.drop());

describe('the encrypted columns of all services', () => {
  it('are declared where the schema calls a column encrypted', async () => {
    const rows = await database.query<{ name: string }>(
      `select n.nspname || '.' || c.relname || '.' || a.attname as name
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
       where col_description(c.oid, a.attnum) ilike 'encrypted%' and n.nspname = any($1)`,
      [allMigrations.map(({ service }) => schemaOf(service))],
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ name }) => name).filter((name) => !declared.includes(name))).toEqual([]);
  });

  it('are declared where code encrypts one', () => {
    const apps = join(import.meta.dirname, '../..');
    const named = readdirSync(apps, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^[^/]+\/src\/.*\.ts$/.test(file))
      .map((file) => readFileSync(join(apps, file), 'utf8'))
      .filter((text) => text.includes('ColumnCipher'))
      .flatMap((text) => [...text.matchAll(/'([a-z_]+\.[a-z_]+\.[a-z_]+)'/g)].map(([, name]) => name!));
    expect(named).toContain('registry.persons.identity_number');
    expect(named.filter((name) => !declared.includes(name))).toEqual([]);
  });

  it('can each be encrypted anew by the role that does it', async () => {
    const keys = await createTestKeys();
    await database.query(
      `insert into registry.persons (person_id, division_code, version, name, sex, birth_date, identity_number, identity_token,
         created_by, created_role, changed_by, changed_role)
       values (gen_random_uuid(), '338801001001', 1, '张三', 'male', '1980-05-17', 'k1.AAAA', 'token', 't', 't', 't', 't')`,
    );
    const lines: string[] = [];
    const report = await keysOfServices(
      allMigrations,
      'rotate',
      { DATABASE_URL: serviceUrl(database.url, password()), DATA_KEYS_FILE: keys.dataKeysFile },
      (line) => lines.push(line),
      0,
    );
    expect(report).toEqual({
      current: 'k1',
      rotated: 0,
      unreadable: 0,
      uses: [{ column: 'registry.persons.identity_number', keyId: 'k1', values: 1 }],
    });
    expect(JSON.parse(lines.at(-1)!)).toEqual(report);
    const file = JSON.parse(readFileSync(keys.dataKeysFile, 'utf8')) as {
      keys: { k1: string };
      index: string;
    };
    writeFileSync(
      keys.dataKeysFile,
      JSON.stringify({ ...file, current: 'k2', keys: { ...file.keys, k2: file.index } }),
    );
    await expect(
      keysOfServices(
        allMigrations,
        'rotate',
        { DATABASE_URL: serviceUrl(database.url, password()), DATA_KEYS_FILE: keys.dataKeysFile },
        () => undefined,
        0,
      ),
    ).resolves.toMatchObject({ current: 'k2', rotated: 0, unreadable: 1 });
  });
});
