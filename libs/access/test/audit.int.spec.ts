import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  appendAnchor,
  auditMigrations,
  AuditSealer,
  callerOf,
  ColumnCipher,
  generateDataKeys,
  parseDataKeys,
  readAnchors,
  sealingHealth,
  serviceActor,
  verifyAudit,
  type AuditAnchor,
  type AuditFinding,
} from '@app/access';
import { Database, migrate, platformMigrations, rolesOf, serviceUrl, UnauditedChange } from '@app/platform';
import { createTestDatabase, testActor, until, type TestDatabase } from '@app/testing';

jest.setTimeout(120_000);

const SERVICE = 'ledger';
const actor = serviceActor(SERVICE);
const user = testActor('card-officer');
const caller = callerOf(user, user.grants[0]);
const cipherOf = (keys = generateDataKeys()) => new ColumnCipher(parseDataKeys(JSON.stringify(keys), 'test'));
const cipher = cipherOf(generateDataKeys());
const PERSON = '0190b2a8-3c5d-7e1f-8a2b-3c4d5e6f7081';

let server: TestDatabase;
let database: Database;
let directory: string;
let anchorFile: string;
let lines: AuditAnchor[];
let sealer: AuditSealer;

beforeAll(async () => {
  server = await createTestDatabase();
  const servicePassword = new URL(server.url).password || undefined;
  const migrations = [...platformMigrations, ...auditMigrations];
  await migrate({ service: SERVICE, url: server.url, servicePassword, migrations });
  const url = serviceUrl(server.url, servicePassword);
  database = new Database({ service: SERVICE, url, poolSize: 4, logger: new Logger('test') });
  await database.open();
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

beforeEach(async () => {
  await server.query('truncate ledger.audit_entries, ledger.audit_seals');
  directory = mkdtempSync(join(tmpdir(), 'onething-audit-'));
  anchorFile = join(directory, 'anchors.jsonl');
  lines = [];
  sealer = sealerWith();
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function sealerWith(anchorMs?: number): AuditSealer {
  return new AuditSealer(database, actor, cipher, {
    anchorFile,
    lookMs: 10,
    ...(anchorMs === undefined ? {} : { anchorMs }),
    logger: { log: (line) => lines.push(line), warn: (warning) => lines.push(warning as never) },
  });
}

/** A transaction that runs anywhere in the cluster, of another suite, too, holds sealing back for as long. */
const sealAll = () =>
  until(
    'everything is sealed',
    async () => {
      await sealer.seal();
      return (await sealingHealth(database, actor)).unsealed === 0;
    },
    { timeoutMs: 90_000 },
  );

const act = (what: string) =>
  database.transaction(caller, async (tx) =>
    tx.audit({ what, personIds: [PERSON], why: '核对档案', detail: { field: '等级', n: 1.5 } }),
  );

async function acts(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await act(`note.written.${at}`);
}

/** Many entries at once, ten to a transaction: of transactions that a new cluster has passed too. */
const many = (count: number) =>
  server.query(
    `insert into ledger.audit_entries (xid, actor_id, actor_role, what, person_ids, case_ids)
     select (3 + n / 10)::text::xid8, 'u' || n, 'card-officer', array['bulk'], '{}', '{}' from generate_series(1, $1::int) n`,
    [count],
  );

async function findings(options: { anchors?: readonly AuditAnchor[]; pageRows?: number } = {}) {
  const { findings: found } = await verifyAudit(database, actor, cipher, options);
  return found.map(({ kind, seq }: AuditFinding) => [kind, seq]);
}

/** SQL as the superuser, whom neither grants, policies nor triggers hold. */
const tamper = (sql: string) =>
  server.query(`set session_replication_role = replica; set search_path = ledger; ${sql}; reset search_path`);

const entryAt = (seq: number) =>
  `(e.xid, e.entry_id) = (select xid, entry_id from audit_seals where seq = ${seq})`;

describe('the audit log', () => {
  it('can be added to and nothing else, by every role of the service', async () => {
    const { appRole, providerRole, workerRole, relayRole } = rolesOf(SERVICE);
    const roles = [appRole, providerRole, workerRole, relayRole, 'onething_service'];
    const may = await server.query<{ role: string; table: string }>(
      `select role, t as "table" from unnest($1::text[]) role, unnest(array['ledger.audit_entries', 'ledger.audit_seals']) t
       where has_table_privilege(role, t, 'update, delete, truncate, references, trigger') or has_any_column_privilege(role, t, 'update')`,
      [roles],
    );
    expect(may).toEqual([]);
    const seals = await server.query<{ role: string }>(
      `select role from unnest($1::text[]) role where has_table_privilege(role, 'ledger.audit_seals', 'select, insert')`,
      [roles],
    );
    expect(seals).toEqual([{ role: workerRole }]);
    await act('note.written');
    await sealAll();
    for (const [at, table] of ['audit_entries', 'audit_seals'].entries()) {
      for (const sql of [
        `truncate ${table}`,
        `delete from ${table}`,
        `update ${table} set ${at === 0 ? "why = 'x'" : "hash = ''"}`,
      ]) {
        await expect(database.query(actor, sql)).rejects.toThrow(/permission denied/);
        await expect(database.transaction(caller, (tx) => tx.query(sql))).rejects.toThrow(
          /permission denied/,
        );
      }
    }
    for (const forged of ["(xid, actor_id) values ('7', 'x')", "(at, actor_id) values ('2020-01-01', 'x')"]) {
      await expect(database.query(actor, `insert into audit_entries ${forged}`)).rejects.toThrow(
        /permission denied/,
      );
    }
    await expect(
      database.query(
        actor,
        `insert into audit_entries (entry_id, actor_id) overriding system value values (1, 'x')`,
      ),
    ).rejects.toThrow(/permission denied/);
  });

  it('refuses a change that nobody accounts for', async () => {
    await expect(database.transaction(caller, (tx) => tx.query('select 1'))).rejects.toThrow(UnauditedChange);
    expect(await sealingHealth(database, actor)).toEqual({ unsealed: 0, oldestSeconds: 0, sealedSeq: null });
  });
});

describe('sealing', () => {
  it('covers each entry once, in the order of commit, by several processes together', async () => {
    await acts(7);
    expect(await sealingHealth(database, actor)).toMatchObject({ unsealed: 7, sealedSeq: null });
    const sealers = [sealer, sealerWith(), sealerWith()];
    let sealed = 0;
    await until('all are sealed', async () => {
      for (const count of await Promise.all(sealers.map((each) => each.seal()))) sealed += count;
      return sealed >= 7;
    });
    expect(sealed).toBe(7);
    expect(await sealer.seal()).toBe(0);
    expect(await sealingHealth(database, actor)).toEqual({ unsealed: 0, oldestSeconds: 0, sealedSeq: '7' });
    expect(await verifyAudit(database, actor, cipher)).toMatchObject({
      service: SERVICE,
      seals: 7,
      entriesUnsealed: 0,
      head: { seq: '7' },
      findings: [],
      moreFindings: 0,
    });
  });

  it('waits for a transaction that began earlier and ends later', async () => {
    let end = () => {};
    let begun = false;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const late = database.transaction(caller, async (tx) => {
      await tx.query('select pg_current_xact_id()');
      tx.audit({ what: 'late' });
      begun = true;
      await ended;
    });
    await until('the late one has its number', () => begun);
    await act('early');
    expect(await sealer.seal()).toBe(0);
    end();
    await late;
    await until('both are sealed', async () => {
      await sealAll();
      return (await sealingHealth(database, actor)).sealedSeq === '2';
    });
    const order = await server.query<{ what: string[] }>(
      'select what from ledger.audit_seals join ledger.audit_entries using (xid, entry_id) order by seq',
    );
    expect(order.map(({ what }) => what)).toEqual([['late'], ['early']]);
    expect(await findings()).toEqual([]);
  });

  it('takes many in short transactions, and looks through an index when there is nothing', async () => {
    await many(4_500);
    await sealAll();
    const transactions = await server.query('select distinct sealed_at from ledger.audit_seals');
    expect(transactions).toHaveLength(3);
    expect(await findings({ pageRows: 1_000 })).toEqual([]);
    await server.query('analyze ledger.audit_entries, ledger.audit_seals');
    const plan = await server.query<{ 'QUERY PLAN': string }>(
      `explain select from ledger.audit_entries e
       where (e.xid, e.entry_id) > (coalesce((select xid from ledger.audit_seals order by seq desc limit 1), '0'::xid8),
                                    coalesce((select entry_id from ledger.audit_seals order by seq desc limit 1), 0))
         and e.xid < pg_snapshot_xmin(pg_current_snapshot()) order by e.xid, e.entry_id limit 1`,
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).not.toMatch(/Seq Scan|Sort/);
  });

  it('writes its head outside of the database, by the clock and at the end', async () => {
    const running = sealerWith(60_000);
    running.start();
    await act('first');
    await until('the head is written', () => lines.length === 1);
    await act('second');
    await until('it is sealed', async () => (await sealingHealth(database, actor)).sealedSeq === '2');
    expect(lines).toHaveLength(1);
    await act('third');
    await until('that too', async () => (await sealingHealth(database, actor)).sealedSeq === '3');
    await running.stop();
    expect(lines).toMatchObject([
      { message: 'audit sealed', service: SERVICE, seq: '1' },
      { message: 'audit sealed', service: SERVICE, seq: '3' },
    ]);
    const { anchors, unreadable } = await readAnchors(anchorFile);
    expect(unreadable).toEqual([]);
    expect(anchors.map(({ seq, hash }) => ({ seq, hash }))).toEqual(
      lines.map(({ seq, hash }) => ({ seq, hash })),
    );
    expect(await findings({ anchors })).toEqual([]);
  });

  it('is checked under the key of this installation only', async () => {
    await acts(2);
    await sealAll();
    const { findings: found } = await verifyAudit(database, actor, cipherOf());
    expect(found.map(({ seq }) => seq)).toEqual(['1', '2']);
  });
});

describe('who may do everything in the database is found out', () => {
  let anchors: readonly AuditAnchor[];

  beforeEach(async () => {
    await acts(6);
    await sealAll();
    sealer.start();
    await sealer.stop();
    ({ anchors } = await readAnchors(anchorFile));
    expect(anchors).toMatchObject([{ seq: '6' }]);
    expect(await findings({ anchors })).toEqual([]);
  });

  it.each([
    ['who acted', `actor_id = 'somebody'`],
    ['the moment', `at = at + interval '1 microsecond'`],
    ['the reason', 'why = null'],
    ['persons moved to cases', `case_ids = person_ids, person_ids = '{}'`],
    ['the proof', `detail = '{"field": "等级", "n": 1.50001}'`],
    ['what, split in two', `what = array[split_part(what[1], '.', 1), split_part(what[1], '.', 2)]`],
  ])('changing an entry: %s', async (_what, set) => {
    await tamper(`update audit_entries e set ${set} where ${entryAt(3)}`);
    expect(await findings({ anchors, pageRows: 2 })).toEqual([['changed', '3']]);
    expect(await findings()).toEqual([['changed', '3']]);
  });

  it('changing the newest entry, or its seal: the anchor tells which', async () => {
    await tamper(`update audit_entries e set why = null where ${entryAt(6)}`);
    expect(await findings({ anchors })).toEqual([['changed', '6']]);
    await tamper(`update audit_entries e set why = '核对档案' where ${entryAt(6)}`);
    await tamper(`update audit_seals set hash = sha256(hash) where seq = 6`);
    expect(await findings({ anchors })).toEqual([['seal-changed', '6']]);
  });

  it('deleting an entry, at any place', async () => {
    await tamper(`delete from audit_entries e where ${entryAt(1)} or ${entryAt(4)} or ${entryAt(6)}`);
    expect(await findings({ anchors, pageRows: 2 })).toEqual([
      ['deleted', '1'],
      ['deleted', '4'],
      ['deleted', '6'],
    ]);
  });

  it('deleting an entry with its seal, and closing the gap', async () => {
    await tamper(`delete from audit_entries e where ${entryAt(3)}; delete from audit_seals where seq = 3`);
    expect(await findings({ anchors })).toEqual([['seal-missing', '3']]);
    await tamper(`update audit_seals set seq = seq - 1 where seq > 3`);
    const found = await findings({ anchors });
    expect(found).toContainEqual(['changed', '3']);
    expect(found).toContainEqual(['truncated', '6']);
  });

  it('inserting an entry between sealed ones, or one that nobody seals', async () => {
    const forged = (xid: string, at: string) =>
      `insert into audit_entries (xid, at, actor_id, actor_role, what, person_ids, case_ids)
       select ${xid}, ${at}, 'x', 'x', '{x}', '{}', '{}' from audit_seals where seq = 3`;
    await tamper(forged('xid', 'now()'));
    expect(await findings({ anchors, pageRows: 2 })).toEqual([['inserted', null]]);
    await tamper(`delete from audit_entries where actor_id = 'x'`);
    await tamper(forged(`'9000000000000000000'`, `now() - interval '11 minutes'`));
    expect(await findings({ anchors })).toEqual([['unsealed', null]]);
    await tamper(`update audit_entries set at = now() where actor_id = 'x'`);
    expect(await findings({ anchors })).toEqual([]);
  });

  it('exchanging two entries, or the seals of two', async () => {
    await tamper(
      `update audit_entries e set what = o.what from audit_entries o
       where (${entryAt(2)} and o.what = '{note.written.3}') or (${entryAt(4)} and o.what = '{note.written.1}')`,
    );
    expect(await findings({ anchors })).toEqual([
      ['changed', '2'],
      ['changed', '4'],
    ]);
    await server.query('truncate ledger.audit_entries, ledger.audit_seals');
    await acts(4);
    await sealAll();
    await tamper(`update audit_seals set seq = -seq where seq in (2, 3);
      update audit_seals set seq = 5 + seq where seq < 0`);
    const found = await findings();
    expect(found).toContainEqual(['out-of-order', '3']);
    expect(found.filter(([kind]) => kind === 'changed' || kind === 'seal-changed').length).toBeGreaterThan(0);
  });

  it.each([
    ['hash', 'hash = sha256(hash)', 'seal-changed'],
    ['time', `sealed_at = sealed_at + interval '1 microsecond'`, 'changed'],
    ['entry', 'entry_id = entry_id + 100000', 'deleted'],
  ])('changing a seal: its %s', async (_what, set, kind) => {
    await tamper(`update audit_seals set ${set} where seq = 3`);
    expect((await findings({ anchors }))[0]).toEqual([kind, '3']);
  });

  it('forging the chain from a changed entry on, without the key', async () => {
    await tamper(`update audit_entries e set why = null where ${entryAt(2)};
      update audit_seals set hash = sha256(hash) where seq >= 2`);
    expect((await findings({ anchors })).length).toBeGreaterThan(0);
    expect((await findings()).length).toBeGreaterThan(0);
  });

  it('cutting the end off', async () => {
    await tamper(`delete from audit_entries e where ${entryAt(5)} or ${entryAt(6)};
      delete from audit_seals where seq > 4`);
    expect(await findings({ anchors })).toEqual([['truncated', '5']]);
    // Inside the database nothing is left to show it.
    expect(await findings()).toEqual([]);
    await tamper('truncate audit_entries, audit_seals');
    expect(await findings({ anchors })).toEqual([['truncated', '1']]);
  });

  it('setting the whole database back, and going on from there', async () => {
    await tamper(`delete from audit_entries e where ${entryAt(5)} or ${entryAt(6)};
      delete from audit_seals where seq > 4`);
    await acts(4);
    await sealAll();
    expect(await findings()).toEqual([]);
    expect(await findings({ anchors })).toEqual([['rolled-back', '6']]);
  });

  it('names the first two hundred, and says how many more there are', async () => {
    await server.query('truncate ledger.audit_entries, ledger.audit_seals');
    await many(300);
    await sealAll();
    await tamper(`update audit_entries set why = 'x'`);
    const { findings: found, moreFindings } = await verifyAudit(database, actor, cipher);
    expect([found.length, moreFindings]).toEqual([200, 100]);
  });

  it('says which lines of the anchors are none, and reads the others', async () => {
    await appendAnchor(anchorFile, { ...anchors[0]!, service: 'another' });
    const before = readFileSync(anchorFile, 'utf8');
    expect(before.split('\n')).toHaveLength(3);
    await appendAnchor(anchorFile, { nonsense: true } as never);
    const read = await readAnchors(anchorFile);
    expect(read.unreadable).toEqual([3]);
    expect(await findings({ anchors: read.anchors })).toEqual([]);
  });
});
