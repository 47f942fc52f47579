import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash, randomUUID } from 'node:crypto';
import { filesMigrations } from '@app/files';
import { migrate, serviceUrl, type Migration } from '@app/platform';
import { migrationsOf } from '@app/service-host';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { generateDataKeys } from '@app/access';
import { ContentKeys } from '../src/content-keys.js';
import { ContentStore } from '../src/content-store.js';
import { ArchivedFiles } from '../src/retention/archived-files.js';
import { CarryOut } from '../src/retention/carry-out.js';
import type { CaseStanding } from '../src/retention/case-standing.js';
import { FilesRetention } from '../src/retention/files-retention.js';
import { RetentionArchive } from '../src/retention/retention-archive.js';
import { RetentionJob } from '../src/retention/retention-job.js';
import { retentionRulesIn, type RetentionRules } from '../src/retention/retention-rules.js';
import { DiskStorage } from '../src/storage/disk-storage.js';
import { buildHouse, SERVICE, user, VILLAGE, worker, type House } from './build-house.js';
import { pdf } from './contents.js';

const PERSON = randomUUID();
const READERS = ['rehab-officer'];
const KEPT: RetentionRules = { 'case-material': { years: 10, archive: false, basis: '某县档案办法第九条' } };
const ARCHIVED: RetentionRules = {
  'case-material': { years: 10, archive: true, basis: '某县档案办法第九条' },
};
const NOW = new Date('2026-11-29T02:00:00Z');

/** What casework would say of its cases. */
const standing: CaseStanding = { sql: 'select case_id, ended_on, held from toy_cases' };
const toy: Migration = {
  id: 202611290999,
  name: 'create-toy-cases',
  up: ({ appRole }) => `
    create table toy_cases (case_id uuid primary key, ended_on date, held text);
    grant select, insert, update on toy_cases to ${appRole};`,
  down: () => 'drop table toy_cases;',
};

describe('retention of files', () => {
  let owner: TestDatabase;
  let directory: string;
  let house: House;
  let archive: RetentionArchive;
  const url = () => serviceUrl(owner.url, new URL(owner.url).password || undefined);
  const lead = () => user('federation-lead', { from: '338801000000', to: '338801999999' });

  beforeEach(async () => {
    owner = await createTestDatabase();
    const migrations = migrationsOf({ service: SERVICE, migrations: [...filesMigrations, toy] });
    const password = new URL(owner.url).password || undefined;
    await migrate({ service: SERVICE, url: owner.url, migrations, servicePassword: password });
    directory = mkdtempSync(join(tmpdir(), 'onething-retention-'));
    house = buildHouse({ url: url(), keys: generateDataKeys(), storage: new DiskStorage(directory) });
    house.clock.set(NOW);
  });
  afterEach(async () => {
    await house.database.close();
    await owner.drop();
    rmSync(directory, { recursive: true });
  });

  function parts(rules: RetentionRules) {
    const keys = new ContentKeys(house.cipher, SERVICE);
    const store = new ContentStore(house.storage, keys, SERVICE);
    archive = new RetentionArchive(store, keys);
    const retention = new FilesRetention(
      house.database,
      worker,
      standing,
      rules,
      () => archive.newKey(),
      house.clock,
    );
    const carryOut = new CarryOut(
      house.database,
      worker,
      standing,
      keys,
      archive,
      house.sweeper,
      house.clock,
    );
    return {
      retention,
      carryOut,
      job: new RetentionJob(house.database, worker, retention, carryOut, house.clock),
    };
  }

  const ask = <Row = Record<string, unknown>>(sql: string, params: unknown[] = []) =>
    house.database.query<Row>(worker, sql, params);

  async function caseOf(endedOn: string | null, held: string | null = null): Promise<string> {
    const caseId = randomUUID();
    await ask('insert into toy_cases values ($1, $2, $3) returning 1', [caseId, endedOn, held]);
    return caseId;
  }

  async function fileOf(
    caseId: string,
    content: Buffer,
    options: { personId?: string; retainUntil?: string; kind?: string } = {},
  ): Promise<string> {
    const personId = options.personId ?? PERSON;
    const { fileId } = await house.files.receive(
      user(),
      {
        personId,
        caseId,
        divisionCode: VILLAGE,
        readers: READERS,
        retentionClass: options.kind ?? 'case-material',
        name: 'scan.pdf',
      },
      (async function* () {
        yield content;
      })(),
    );
    await house.database.transaction(user(), (tx) =>
      house.files.link(tx, fileId, { personId, caseId, retainUntil: options.retainUntil ?? null }),
    );
    return fileId;
  }

  /** As a day later: what was just received is looked at by the sweep, and found to be in use. */
  async function settle(): Promise<void> {
    house.clock.set(new Date(NOW.getTime() + 25 * 3_600_000));
    await house.sweeper.clear();
  }

  const onDisk = (below = '') =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter(
        (entry) => entry.isFile() && join(entry.parentPath, entry.name).includes(`${directory}/${below}`),
      )
      .map((entry) => entry.name);

  async function approveAll(retention: FilesRetention) {
    const [proposal] = await retention.open();
    return retention.approve(lead(), proposal!.proposalId, proposal!.idsHash, '已核对清单，同意销毁');
  }

  it('deletes nothing of a class for which the place has settled no period', async () => {
    await fileOf(await caseOf('1990-01-01'), pdf());
    await settle();
    const { retention, job } = parts({});
    await job.look();
    expect(await retention.open()).toEqual([]);
    expect(await retention.report()).toMatchObject([{ class: 'case-material', files: 1, rule: null }]);
  });

  it('proposes only what is over and held by nothing', async () => {
    const due = await fileOf(await caseOf('2016-11-28'), pdf('due'));
    await fileOf(await caseOf('2016-11-30'), pdf('not ten years yet'));
    await fileOf(await caseOf(null, 'open'), pdf('of an open case'));
    await fileOf(await caseOf('2000-01-01', 'challenged'), pdf('of a challenged case'));
    await fileOf(randomUUID(), pdf('of a case that nobody knows'));
    await fileOf(await caseOf('2000-01-01'), pdf('kept longer'), { retainUntil: '2030-01-01' });
    await fileOf(await caseOf('2000-01-01'), pdf('of another class'), { kind: 'case-proof' });
    const hidden = randomUUID();
    await fileOf(await caseOf('2000-01-01'), pdf('of a protected person'), { personId: hidden });
    await house.database.transaction(lead(), (tx) => house.closed.close(tx, [hidden], 'protected'));
    const { retention } = parts(KEPT);

    await retention.propose();
    const [proposal] = await retention.open();
    expect(proposal).toMatchObject({ files: 1, status: 'proposed', oldest: '2016-11-28', years: 10 });
    expect(await ask('select file_id from retention_proposal_files')).toEqual([{ file_id: due }]);
    expect(await retention.report()).toMatchObject([
      { class: 'case-material', files: 7, ofOpenCases: 2, challenged: 1, protected: 1 },
      { class: 'case-proof', files: 1, rule: null },
    ]);
    // The next night finds the same, and does not ask again.
    await retention.propose();
    expect((await retention.open()).map(({ proposalId }) => proposalId)).toEqual([proposal!.proposalId]);
  });

  it('deletes nothing that no named person has approved, nor a set other than they saw', async () => {
    const fileId = await fileOf(await caseOf('2000-01-01'), pdf());
    await settle();
    const { retention, carryOut } = parts(KEPT);
    await retention.propose();
    expect(await carryOut.run()).toBe(0);
    const [proposal] = await retention.open();
    await expect(
      retention.approve(lead(), proposal!.proposalId, 'f'.repeat(64), '同意'),
    ).rejects.toMatchObject({ slug: 'retention-proposal-changed' });
    await expect(retention.approve(lead(), randomUUID(), proposal!.idsHash, '同意')).rejects.toMatchObject({
      slug: 'retention-proposal-not-open',
    });
    expect((await house.files.find(user(), fileId)).fileId).toBe(fileId);
  });

  it('takes rows and bytes away, and leaves the proof, which nobody can change', async () => {
    const fileId = await fileOf(await caseOf('2000-01-01'), pdf('goes'));
    const other = await fileOf(await caseOf('2026-01-01'), pdf('stays'));
    await settle();
    expect(onDisk(SERVICE)).toHaveLength(2);
    const { retention, carryOut } = parts(KEPT);
    await retention.propose();
    await approveAll(retention);
    await expect(approveAll(retention)).rejects.toMatchObject({ slug: 'retention-proposal-not-open' });

    expect(await carryOut.run()).toBe(1);
    await expect(house.files.find(user(), fileId)).rejects.toMatchObject({ slug: 'file-not-found' });
    expect((await house.files.find(user(), other)).fileId).toBe(other);
    expect(onDisk(SERVICE)).toHaveLength(1);
    const proofs = await retention.proofs(10);
    expect(proofs.map(({ what }) => what).sort()).toEqual(['contents-removed', 'deleted']);
    expect(proofs.find(({ what }) => what === 'deleted')).toMatchObject({
      count: 1,
      idsHash: createHash('sha256').update(fileId).digest('hex'),
      oldest: '2000-01-01',
      newest: '2000-01-01',
      approvedBy: 'federation-lead',
      basis: '某县档案办法第九条',
    });
    expect(await retention.open()).toEqual([]);
    await expect(ask('delete from retention_proofs returning 1')).rejects.toThrow(/permission denied/);
    await expect(ask(`update retention_proofs set count = 0 returning 1`)).rejects.toThrow(
      /permission denied/,
    );
    // Once more does nothing more.
    expect(await carryOut.run()).toBe(0);
    expect(await retention.proofs(10)).toHaveLength(2);
  });

  it('keeps the bytes while another file lives on them', async () => {
    await fileOf(await caseOf('2000-01-01'), pdf('one paper'));
    const other = await fileOf(await caseOf('2026-01-01'), pdf('one paper'));
    await settle();
    const { retention, carryOut } = parts(KEPT);
    await retention.propose();
    await approveAll(retention);
    expect(await carryOut.run()).toBe(1);
    expect(onDisk(SERVICE)).toHaveLength(1);
    const opened = await house.files.open(user(), other);
    expect(Buffer.concat(await opened.stream.toArray())).toEqual(pdf('one paper'));
    expect((await retention.proofs(10)).map(({ what }) => what)).toEqual(['deleted']);
  });

  it('keeps what is held again between approval and deletion', async () => {
    const caseId = await caseOf('2000-01-01');
    const fileId = await fileOf(caseId, pdf());
    await settle();
    const { retention, carryOut } = parts(ARCHIVED);
    await retention.propose();
    await approveAll(retention);
    await ask(`update toy_cases set held = 'challenged' where case_id = $1 returning 1`, [caseId]);
    expect(await carryOut.run()).toBe(0);
    expect((await house.files.find(user(), fileId)).fileId).toBe(fileId);
    expect(await retention.proofs(10)).toEqual([]);
    expect(await ask('select kept_because from retention_proposal_files')).toEqual([
      { kept_because: 'held' },
    ]);
  });

  it('archives first, encrypted, with a manifest whose hash stands in the proof', async () => {
    const content = pdf('to be archived');
    const fileId = await fileOf(await caseOf('2000-01-01'), content);
    await settle();
    const { retention, carryOut } = parts(ARCHIVED);
    await retention.propose();
    const { proposalId } = await approveAll(retention);
    expect(await carryOut.run()).toBe(1);
    expect(onDisk(SERVICE)).toEqual([]);

    const proof = (await retention.proofs(10)).find(({ what }) => what === 'archived')!;
    const [{ wrapped_key: key }] = (await ask<{ wrapped_key: string }>(
      'select wrapped_key from retention_proposals',
    )) as [{ wrapped_key: string }];
    const manifest = await archive.manifest(proposalId, key, String(proof.detail['manifestSha256']));
    expect(manifest).toMatchObject([{ fileId, personId: PERSON, name: 'scan.pdf', endedOn: '2000-01-01' }]);
    expect(await archive.open(proposalId, key, fileId)).toEqual(content);
    // Neither the sweep nor its comparison takes the bundle for something that was left over.
    await house.sweeper.compare();
    expect(onDisk('archive').sort()).toEqual([fileId, 'manifest'].sort());
  });

  it('opens a file of a bundle with a reason that stays in the audit log, and no other', async () => {
    const content = pdf('looked at again');
    const caseId = await caseOf('2000-01-01');
    const fileId = await fileOf(caseId, content);
    await fileOf(await caseOf('2000-01-01'), pdf('of somebody else'), { personId: randomUUID() });
    await settle();
    const { retention, carryOut } = parts(ARCHIVED);
    const archived = new ArchivedFiles(house.database, worker, archive);
    await retention.propose();
    const proposalId = (await retention.open())[0]!.proposalId;
    // Not archived yet.
    expect(await archived.list(proposalId, { limit: 10 })).toMatchObject({ count: 0, files: [] });
    await approveAll(retention);
    expect(await carryOut.run()).toBe(2);

    expect(await archived.list(proposalId, { limit: 1 })).toMatchObject({ count: 2, files: [{}] });
    const found = await archived.list(proposalId, { personId: PERSON, caseId, limit: 10 });
    expect(found).toMatchObject({ count: 1, files: [{ fileId, endedOn: '2000-01-01' }] });
    expect(JSON.stringify(found)).not.toContain('scan.pdf');

    await expect(archived.open(lead(), proposalId, randomUUID(), '复议需要')).rejects.toMatchObject({
      slug: 'archive-bundle-not-found',
    });
    const opened = await archived.open(lead(), proposalId, fileId, '复议需要查阅原件');
    expect(Buffer.concat(await opened.stream.toArray())).toEqual(content);
    expect(opened).toMatchObject({ name: 'scan.pdf', type: 'application/pdf', size: content.length });
    expect(
      await ask(
        `select why, person_ids, case_ids from audit_entries where 'archived-file.opened' = any(what)`,
      ),
    ).toEqual([{ why: '复议需要查阅原件', person_ids: [PERSON], case_ids: [caseId] }]);

    const piece = onDisk('archive').find((name) => name === fileId)!;
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (entry.name === piece) writeFileSync(join(entry.parentPath, entry.name), 'damaged');
    }
    await expect(archived.open(lead(), proposalId, fileId, '复议需要')).rejects.toThrow();
    expect(await ask(`select 1 from audit_entries where 'archived-file.opened' = any(what)`)).toHaveLength(1);
  });

  it('keeps what cannot be archived', async () => {
    const fileId = await fileOf(await caseOf('2000-01-01'), pdf());
    await settle();
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) writeFileSync(join(entry.parentPath, entry.name), 'damaged');
    }
    const { retention, carryOut } = parts(ARCHIVED);
    await retention.propose();
    await approveAll(retention);
    expect(await carryOut.run()).toBe(0);
    expect((await house.files.find(user(), fileId)).fileId).toBe(fileId);
    expect(await ask('select kept_because from retention_proposal_files')).toEqual([
      { kept_because: 'unreadable' },
    ]);
  });

  it('goes on after it was cut off between rows and bytes', async () => {
    await fileOf(await caseOf('2000-01-01'), pdf());
    await settle();
    const { retention, carryOut } = parts(KEPT);
    await retention.propose();
    await approveAll(retention);
    const clear = house.sweeper.clear.bind(house.sweeper);
    house.sweeper.clear = () => Promise.reject(new Error('killed'));
    await expect(carryOut.run()).rejects.toThrow('killed');
    house.sweeper.clear = clear;
    expect(await carryOut.run()).toBe(0);
    expect(onDisk(SERVICE)).toEqual([]);
    expect((await retention.proofs(10)).map(({ what }) => what).sort()).toEqual([
      'contents-removed',
      'deleted',
    ]);
  });

  it('refuses rules that do not say how long and by what', () => {
    const file = join(directory, 'rules.json');
    expect(retentionRulesIn(undefined)).toEqual({});
    writeFileSync(file, JSON.stringify({ 'case-material': { archive: true } }));
    expect(() => retentionRulesIn(file)).toThrow(/case-material.years/);
    writeFileSync(file, JSON.stringify(ARCHIVED));
    expect(retentionRulesIn(file)).toEqual(ARCHIVED);
  });
});
