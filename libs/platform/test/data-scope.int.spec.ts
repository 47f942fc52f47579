import { Logger } from '@nestjs/common';
import { createTestDatabase, scopeFindings, serviceLogin, type TestDatabase } from '@app/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import {
  Database,
  migrate,
  platformMigrations,
  protect,
  protectVia,
  UnauditedChange,
  UnsafeRole,
  unprotect,
  type Caller,
  type Migration,
  type ScopeGrant,
} from '../src/index.js';
import type { RolePool } from '../src/database/role-pool.js';

const SERVICE = 'parish';
const A = '338801001001';
const B = '338801002001';
const CLINIC = randomUUID();

const parish: Migration = {
  id: 202611281001,
  name: 'create-files',
  up: (names) => `
    create table files (
      file_id int primary key,
      division_code text not null,
      readers jsonb not null default '["clerk", "member-unit:health"]',
      unit_id uuid
    );
    create index files_place on files (division_code, file_id);
    create table notes (note_id int primary key, file_id int not null references files);
    create table purses (purse_id int primary key, division_code text not null);
    grant select, insert, update on files, notes, purses to ${names.appRole};
    ${protect(names, 'files', { place: 'division_code', readers: 'readers', unit: 'unit_id', providerMay: 'select, update' })}
    ${protectVia(names, 'notes', { table: 'files', column: 'file_id' }, 'select, insert')}
    ${protect(names, 'purses', { place: 'division_code', departments: ['finance'] })}`,
  down: () => 'drop table purses, notes, files;',
};
const migrations = [...platformMigrations, parish];

let owner: TestDatabase;
let parishHall: Database;

function grant(token: string, from: string, to = from, unit: string | null = null): ScopeGrant {
  return { token, from, to, unit };
}

function user(...scope: ScopeGrant[]): Caller {
  return { id: `user of ${scope[0]!.from}`, role: scope[0]!.token.split(':')[0]!, scope };
}

const service: Caller = { id: 'service:parish', role: 'service', scope: 'service' };
const clerk = user(grant('clerk', A));
const county = user(grant('clerk', '338801000000', '338801999999'));
const health = user(grant('member-unit:health', '338801000000', '338801999999'));
const clinic = user(grant('doctor', A, A, CLINIC));

function open(url: string, poolSize = 3): Database {
  return new Database({ service: SERVICE, url, poolSize, logger: new Logger('parish') });
}

async function files(caller: Caller): Promise<number[]> {
  const rows = await parishHall.query<{ file_id: number }>(
    caller,
    'select file_id from files order by file_id',
  );
  return rows.map(({ file_id }) => file_id);
}

beforeAll(async () => {
  owner = await createTestDatabase();
  await migrate({
    service: SERVICE,
    url: owner.url,
    migrations,
    servicePassword: serviceLogin(owner.url).servicePassword,
  });
  await owner.query(
    `insert into parish.files (file_id, division_code, readers, unit_id)
     values (1, $1, default, null), (2, $1, '["clerk"]', $3), (3, $2, default, null), (4, $2, '["elder"]', null)`,
    [A, B, CLINIC],
  );
  await owner.query('insert into parish.notes values (1, 1), (2, 2), (3, 3)');
  await owner.query('insert into parish.purses values (1, $1)', [A]);
  parishHall = open(serviceLogin(owner.url).url);
  await parishHall.open();
});

afterAll(async () => {
  await parishHall.close();
  await owner.drop();
});

describe('what a caller sees', () => {
  it('is what lies in the reach of the role, where the role may look', async () => {
    expect(await files(clerk)).toEqual([1, 2]);
    expect(await files(county)).toEqual([1, 2, 3]);
    expect(await files(health)).toEqual([1, 3]);
    expect(await files(service)).toEqual([1, 2, 3, 4]);
  });

  it('of several grants is the sum, each role in its own place', async () => {
    expect(await files(user(grant('elder', B), grant('clerk', A)))).toEqual([1, 2, 4]);
    expect(await files(user(grant('elder', A), grant('member-unit:health', B)))).toEqual([3]);
  });

  it('by placement is what is placed with the unit, and nothing for no unit or both kinds', async () => {
    expect(await files(clinic)).toEqual([2]);
    expect(await files(user(grant('doctor', A, A, randomUUID())))).toEqual([]);
    await expect(files(user(grant('doctor', A, A, CLINIC), grant('clerk', A)))).rejects.toThrow('never both');
  });

  it('follows to what belongs to it', async () => {
    const notes = async (caller: Caller) => (await parishHall.query(caller, 'select from notes')).length;
    expect([await notes(clerk), await notes(health), await notes(clinic), await notes(service)]).toEqual([
      2, 2, 1, 3,
    ]);
  });

  it('is kept from the member units of other departments', async () => {
    const purses = async (caller: Caller) => (await parishHall.query(caller, 'select from purses')).length;
    const finance = user(grant('member-unit:finance', A));
    expect([await purses(clerk), await purses(health), await purses(finance)]).toEqual([1, 0, 1]);
    expect(await purses(user(grant('member-unit:health', A), grant('member-unit:justice', A)))).toBe(0);
  });

  it('is nothing for a bare query: a connection at rest has no scope', async () => {
    for (const role of ['parish_app', 'parish_provider']) {
      const client = new pg.Client({
        connectionString: serviceLogin(owner.url).url,
        options: `-c role=${role} -c search_path=parish`,
      });
      await client.connect();
      try {
        expect((await client.query('select from files')).rowCount).toBe(0);
        await client.query('begin');
        await client.query(`set local onething.place_from = '000000000000'`);
        await client.query(`set local onething.place_to = '999999999999'`);
        await client.query('commit');
        expect((await client.query('select from files')).rowCount).toBe(0);
      } finally {
        await client.end();
      }
    }
    expect(await files(user(grant('', '', '')))).toEqual([]);
  });

  it('cannot be widened by what is written into a grant', async () => {
    const sly = `x'; set local onething.place_to = '999999999999`;
    expect(await files({ ...user(grant(sly, A)), id: sly })).toEqual([]);
  });
});

describe('what a caller writes', () => {
  const change = (caller: Caller, sql: string, params: unknown[] = []) =>
    parishHall.transaction(caller, async (tx) => {
      tx.audit({ what: 'file.changed' });
      return (await tx.query(sql, params)).length;
    });

  it('lies in the reach, or is refused by the database', async () => {
    expect(await change(clerk, 'update files set readers = readers where file_id = 3 returning 1')).toBe(0);
    await expect(
      change(clerk, 'insert into files (file_id, division_code) values (9, $1)', [B]),
    ).rejects.toThrow('row-level security');
    await expect(change(clerk, 'update files set division_code = $1 where file_id = 1', [B])).rejects.toThrow(
      'row-level security',
    );
    await expect(change(clinic, 'insert into notes values (9, 1)')).rejects.toThrow('row-level security');
    expect(await change(clinic, 'insert into notes values (4, 2) returning 1')).toBe(1);
  });

  it('beyond the reach only by the few statements that say so, and as oneself again after them', async () => {
    await parishHall.transaction(clerk, async (tx) => {
      tx.audit({ what: 'file.moved' });
      await tx.asService(() => tx.query('update files set division_code = $1 where file_id = 1', [B]));
      expect(await tx.query('select from files where file_id in (1, 3)')).toEqual([]);
    });
    expect(await files(clerk)).toEqual([2]);
    await parishHall.query(service, 'update files set division_code = $1 where file_id = 1', [A]);
  });

  it('is nothing in a look', async () => {
    await expect(parishHall.query(clerk, 'delete from files')).rejects.toThrow(/read-only|permission denied/);
    await expect(
      parishHall.read(clerk, (tx) => tx.query('update files set readers = readers')),
    ).rejects.toThrow('read-only');
  });

  it('is accounted for, or does not commit', async () => {
    await expect(
      parishHall.transaction(clerk, (tx) => tx.query('update files set unit_id = null where file_id = 2')),
    ).rejects.toThrow(UnauditedChange);
    expect(await files(clinic)).toEqual([2]);
    const personId = randomUUID();
    await parishHall.transaction({ ...clerk, onBehalfOf: 'the dean', address: '10.1.1.7' }, async (tx) => {
      tx.audit({ what: 'file.changed', personIds: [personId], why: '更正' });
      tx.audit({ what: 'note.added', personIds: [personId], detail: { fields: ['phone'] } });
      await tx.query('update files set readers = readers where file_id = 1');
    });
    const [entry] = await owner.query(
      `select actor_id, actor_role, on_behalf_of, reach_from, reach_to, address, what, person_ids, why, detail
       from parish.audit_entries order by entry_id desc limit 1`,
    );
    expect(entry).toEqual({
      actor_id: clerk.id,
      actor_role: 'clerk',
      on_behalf_of: 'the dean',
      reach_from: A,
      reach_to: A,
      address: '10.1.1.7',
      what: ['file.changed', 'note.added'],
      person_ids: [personId],
      why: '更正',
      detail: { fields: ['phone'] },
    });
    for (const role of ['parish_app', 'parish_provider', 'parish_worker', 'parish_relay']) {
      const [may] = await owner.query<{ may: boolean }>(
        `select has_table_privilege($1, 'parish.audit_entries', 'update, delete, truncate') as may`,
        [role],
      );
      expect(may).toEqual({ may: false });
    }
  });

  it('in the audit log is read by who stands over who acted, in their reach', async () => {
    const entries = async (caller: Caller) =>
      (await parishHall.query(caller, 'select from audit_entries')).length;
    const over = (token: string, from: string, to = from) =>
      user({ ...grant(token, from, to), oversees: true });
    expect(await entries(clerk)).toBe(0);
    expect(await entries(county)).toBe(0);
    expect(await entries(over('auditor', '338801000000', '338801999999'))).toBeGreaterThan(0);
    expect(await entries(over('chair', A))).toBeGreaterThan(0);
    expect(await entries(over('chair', B))).toBe(0);
    await expect(
      parishHall.transaction(clerk, async (tx) => {
        tx.audit({ what: 'forged' });
        await tx.query(
          `insert into audit_entries (actor_id, actor_role, what, person_ids, case_ids) values ('somebody', 'else', '{x}', '{}', '{}')`,
        );
      }),
    ).rejects.toThrow('row-level security');
  });
});

describe('the scope of one caller', () => {
  it('never reaches the next one on a pooled connection, whatever becomes of the transaction', async () => {
    await owner.query(
      `insert into parish.files (file_id, division_code)
       select 1000 + n, '3388010' || lpad((n % 40)::text, 2, '0') || '001' from generate_series(1, 400) n`,
    );
    const villages = Array.from({ length: 40 }, (_, n) => `3388010${String(n).padStart(2, '0')}001`);
    const strangers: string[] = [];
    const turn = async (n: number): Promise<void> => {
      const village = villages[n % villages.length]!;
      const caller = user(grant('clerk', village));
      const look = async (sql: string): Promise<void> => {
        const rows = await parishHall.query<{ division_code: string }>(caller, sql);
        strangers.push(...rows.map(({ division_code }) => division_code).filter((code) => code !== village));
      };
      if (n % 7 === 0) await expect(look('select 1 / 0')).rejects.toThrow('22012');
      else if (n % 11 === 0) await parishHall.query(service, 'select from files');
      else if (n % 13 === 0) {
        await expect(
          parishHall.transaction(caller, async (tx) => {
            await tx.asService(() => tx.query('select from files'));
            throw new Error('gives up');
          }),
        ).rejects.toThrow('gives up');
      } else await look('select division_code from files where file_id > 1000');
    };
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < 10_000) await turn(next++);
    };
    await Promise.all(Array.from({ length: 12 }, worker));
    expect(strangers).toEqual([]);
  });

  it('is gone from the connection when its transaction is', async () => {
    const hall = open(serviceLogin(owner.url).url, 1);
    try {
      await hall.query(clerk, 'select from files');
      await hall.query(clinic, 'select from files');
      await hall
        .transaction(clerk, (tx) => tx.asService(() => tx.query('select 1 / 0')))
        .catch(() => undefined);
      // The one connection of the pool, as the next caller would get it.
      const { client, runner } = await (hall as unknown as { users: RolePool }).users.connect();
      const { rows } = await client.query(
        `select current_user as role, array(select nullif(current_setting('onething.' || name, true), '')
           from unnest('{actor_id,place_from,place_to,token,grants,units,oversight}'::text[]) name) as left_over`,
      );
      await runner.release();
      expect(rows).toEqual([{ role: 'parish_app', left_over: Array(7).fill(null) }]);
    } finally {
      await hall.close();
    }
  });

  it('is served by the index of the place', async () => {
    await owner.query(
      `insert into parish.files (file_id, division_code)
       select 10000 + n, '33880' || (1000000 + n % 500 * 1000) from generate_series(1, 20000) n`,
    );
    await owner.query('analyze parish.files');
    const plan = await parishHall.query<{ 'QUERY PLAN': string }>(
      clerk,
      'explain select file_id from files order by division_code, file_id limit 20',
    );
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('files_place');
    expect(text).toMatch(/Index Cond:.*division_code >= current_setting/);
  });
});

describe('the roles', () => {
  it('are what the protection rests on, and a defect in either is found', async () => {
    expect(await scopeFindings(owner, SERVICE)).toEqual([]);
    await owner.query('drop policy in_reach on parish.files');
    expect(await scopeFindings(owner, SERVICE)).toEqual([
      { table: 'parish.files', what: 'parish_app may touch it without a policy' },
    ]);
    await owner.query('create policy in_reach on parish.files to parish_app using (false)');
    await owner.query(unprotect('parish.notes'));
    expect(await scopeFindings(owner, SERVICE)).toContainEqual({
      table: 'parish.notes',
      what: 'users may touch it, and row-level security is off',
    });
  });

  it('stop the start when one may pass row-level security by, or owns the tables', async () => {
    await expect(open(owner.url, 1).open()).rejects.toThrow(UnsafeRole);
    const name = `sly_${randomUUID().slice(0, 8)}`;
    await owner.query(`create role ${name} login noinherit bypassrls password 'sly'`);
    try {
      await owner.query(`grant parish_app, parish_worker to ${name}`);
      const url = new URL(owner.url);
      url.username = name;
      url.password = 'sly';
      await expect(open(url.href, 1).open()).rejects.toThrow('BYPASSRLS');
    } finally {
      await owner.query(`drop role ${name}`);
    }
  });
});
