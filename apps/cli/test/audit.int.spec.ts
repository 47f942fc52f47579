import { AuditSealer, callerOf, type AuditReport } from '@app/access';
import { Database } from '@app/platform';
import { createServiceApp, ServiceModule } from '@app/service-host';
import { DirectEventLog, startService, testActor, until, type ServiceUnderTest } from '@app/testing';
import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../src/cli-error.js';
import { ensureKeys, keyFilesIn } from '../src/installation/keys.js';
import { writeRunState } from '../src/installation/run-state.js';
import { createProgram, runProgram } from '../src/program.js';

@Module({ imports: [ServiceModule.forService('registry')] })
class Empty {}

const EMPTY_HOUSE = { name: 'registry', modules: [Empty] };
const PERSON = '0190b2a8-3c5d-7e1f-8a2b-3c4d5e6f7081';
const ENVIRONMENT = ['DATABASE_URL', 'DATA_KEYS_FILE', 'DATA_KEYS', 'AUDIT_ANCHOR_FILE'];

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let home: string;
let out: string;
let kept: Record<string, string | undefined>;

beforeAll(async () => {
  service = await startService({ ...EMPTY_HOUSE, migrated: [{ service: 'registry', migrations: [] }] });
  const user = testActor('card-officer');
  await service
    .get(Database)
    .transaction(callerOf(user, user.grants[0]), async (tx) =>
      tx.audit({ what: 'person.looked-at', personIds: [PERSON], why: '核对' }),
    );
  await until('it is sealed', async () => {
    await service.get(AuditSealer).seal();
    return (await service.database.query('select 1 from registry.audit_seals')).length === 1;
  });
});

afterAll(() => service?.stop());

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'onething-cli-'));
  kept = Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]]));
  for (const name of ENVIRONMENT) delete process.env[name];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((out += String(text))));
});

afterEach(() => {
  jest.restoreAllMocks();
  for (const [name, value] of Object.entries(kept)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(home, { recursive: true, force: true });
});

async function audit(...args: string[]): Promise<{ code: number; said: Record<string, unknown> }> {
  const before = process.exitCode;
  out = '';
  const argv = ['node', 'onething', '--json', '--dir', home, 'audit', ...args];
  await runProgram(createProgram(null), argv);
  const code = Number(process.exitCode ?? 0);
  process.exitCode = before;
  return { code, said: JSON.parse(out) as Record<string, unknown> };
}

describe('the audit log on the command line', () => {
  it('is verified where the environment says, and ends with 1 on a finding', async () => {
    process.env['DATABASE_URL'] = service.config.DATABASE_URL;
    process.env['DATA_KEYS_FILE'] = service.config.DATA_KEYS_FILE;
    const anchors = join(home, 'anchors.jsonl');
    const verify = () => audit('verify', '--service', 'registry', '--anchors', anchors);
    expect(await verify()).toMatchObject({ code: EXIT.failed, said: { error: { code: 'no-anchors' } } });

    const [head] = await service.database.query<{ hash: string }>(
      `select encode(hash, 'hex') as hash from registry.audit_seals`,
    );
    const anchor = { service: 'registry', seq: '1', hash: head!.hash, at: new Date().toISOString() };
    writeFileSync(anchors, `${JSON.stringify(anchor)}\n`);
    expect(await verify()).toMatchObject({
      code: EXIT.ok,
      said: { intact: true, anchorFile: anchors, services: [{ service: 'registry', seals: 1, anchors: 1 }] },
    });

    await service.database.query(`update registry.audit_entries set why = '其他'`);
    const found = await verify();
    expect(found).toMatchObject({
      code: EXIT.failed,
      said: { intact: false, services: [{ findings: [{ kind: 'changed', seq: '1' }] }] },
    });
    await service.database.query(`update registry.audit_entries set why = '核对'`);

    writeFileSync(anchors, `${JSON.stringify({ ...anchor, seq: '9' })}\nnonsense\n`);
    const cut = await verify();
    expect(cut).toMatchObject({ code: EXIT.failed, said: { unreadableAnchorLines: [2] } });
    expect((cut.said['services'] as AuditReport[])[0]!.findings).toMatchObject([
      { kind: 'truncated', seq: '2', toSeq: '9' },
    ]);
  });

  it('is not verified where nothing runs, or a service is not there', async () => {
    expect(await audit('verify')).toMatchObject({ code: EXIT.notRunning });
    process.env['DATABASE_URL'] = service.config.DATABASE_URL;
    process.env['DATA_KEYS_FILE'] = service.config.DATA_KEYS_FILE;
    expect(await audit('verify', '--service', 'nowhere')).toMatchObject({
      code: EXIT.failed,
      said: { error: { code: 'unknown-service' } },
    });
    expect(await audit('verify', '--service', 'lifecycle')).toMatchObject({
      code: EXIT.failed,
      said: { error: { code: 'not-verified' } },
    });
  });

  it('is shown as the auditor sees it, by person, user or case', async () => {
    mkdirSync(join(home, 'keys'), { recursive: true });
    const keys = keyFilesIn(home);
    await ensureKeys(keys);
    const app = await createServiceApp(
      EMPTY_HOUSE,
      { ...service.config, ACTOR_JWKS_FILE: keys.actorJwks },
      { eventLog: new DirectEventLog() },
    );
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    const backing = { source: 'environment', detail: '' } as const;
    writeRunState(home, {
      ...{ pid: process.pid, startedAt: new Date().toISOString(), mode: 'separate' as const, pids: {} },
      services: { registry: await app.getUrl() },
      databaseUrl: service.database.url,
      ...{ redisUrl: null, kafkaBrokers: null, keys: keys.directory, logs: home },
      backing: { postgres: backing, redis: backing, kafka: backing },
    });
    try {
      expect(await audit('show')).toMatchObject({ code: EXIT.usage, said: { error: { code: 'no-filter' } } });
      for (const filter of [
        ['--person', PERSON],
        ['--user', 'card-officer'],
      ]) {
        expect(await audit('show', ...filter)).toMatchObject({
          code: EXIT.ok,
          said: [{ service: 'registry', what: ['person.looked-at'], who: { id: 'card-officer' } }],
        });
      }
      expect(await audit('show', '--case', PERSON)).toMatchObject({ code: EXIT.ok, said: [] });
    } finally {
      await app.close();
    }
    // What the command looked at is in the log of the service.
    const looks = await service.database.query(
      `select 1 from registry.audit_entries where actor_id = 'demo:auditor:1' and what = '{audit.read}'`,
    );
    expect(looks).toHaveLength(3);
  });
});
