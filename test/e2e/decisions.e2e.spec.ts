import { checkCharacter } from '@app/access';
import { caseIdOf } from '@app/casework';
import { itemOpenedV1 } from '@app/contracts';
import { startService, type ServiceUnderTest } from '@app/testing';
import { jest } from '@jest/globals';
import ExcelJS from 'exceljs';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import { ensureKeys, keyFilesIn } from '../../apps/cli/src/installation/keys.js';
import { writeRunState } from '../../apps/cli/src/installation/run-state.js';
import { RunningSystem } from '../../apps/cli/src/installation/running-system.js';
import { createProgram, runProgram } from '../../apps/cli/src/program.js';
import { registry } from '../../apps/registry/src/migrations.js';
import { RegistryModule } from '../../apps/registry/src/registry.module.js';
import { subsidies } from '../../apps/subsidies/src/migrations.js';
import { SubsidiesModule } from '../../apps/subsidies/src/subsidies.module.js';

jest.setTimeout(180_000);

const VILLAGE = '338801001001';
const PURPOSE = '送县民政局审定补贴资格';

let service: ServiceUnderTest;
let system: RunningSystem;
let home: string;
let out = '';

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'onething-cli-'));
  const keys = keyFilesIn(home);
  await ensureKeys(keys);
  service = await startService({
    name: 'all-in-one',
    modules: [RegistryModule, SubsidiesModule],
    migrated: [registry, subsidies],
    settings: { ACTOR_JWKS_FILE: keys.actorJwks },
  });
  writeRunState(home, {
    ...{ pid: process.pid, startedAt: new Date().toISOString(), mode: 'all-in-one', pids: {} },
    services: { registry: service.url, subsidies: service.url },
    ...{ databaseUrl: service.database.url, redisUrl: null, kafkaBrokers: null },
    ...{ keys: keys.directory, logs: home },
    backing: {
      postgres: { source: 'environment', detail: '' },
      redis: { source: 'environment', detail: '' },
      kafka: { source: 'environment', detail: '' },
    },
  });
  system = RunningSystem.find(home);
});
afterAll(async () => {
  await service?.stop();
  rmSync(home, { recursive: true, force: true });
});

async function onething(...args: string[]): Promise<{ code: number; said: Record<string, unknown> }> {
  const before = process.exitCode;
  out = '';
  const written = jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => Boolean((out += String(text))));
  await runProgram(createProgram(null), ['node', 'onething', '--json', '--dir', home, 'decisions', ...args]);
  written.mockRestore();
  const code = Number(process.exitCode ?? 0);
  process.exitCode = before;
  return { code, said: JSON.parse(out) as Record<string, unknown> };
}

/** Somebody on file whose living subsidy waits for civil affairs. */
async function waiting(
  serial: number,
): Promise<{ personId: string; caseId: string; identityNumber: string }> {
  const seventeen = `338801199001${String(10 + serial)}001`;
  const identityNumber = seventeen + checkCharacter(seventeen);
  const { personId } = await system.call<{ personId: string }>('registry', 'POST', '/registry/persons', {
    actor: demoActor('data-officer'),
    body: { name: `送审人${serial}`, identityNumber, divisionCode: VILLAGE },
  });
  const roundId = randomUUID();
  const itemId = 'subsidies/living-subsidy';
  await service.deliver(
    'subsidies',
    itemOpenedV1.of({
      ...{ personId, roundId, divisionCode: VILLAGE, version: 1, cause: 'card-issued', itemId },
      ...{ itemVersion: '2016-01', owner: 'subsidies', period: 'once', mode: 'invite' },
      because: [{ fact: 'aid.dibao', value: true }],
      entitledOn: '2026-01-10',
    }),
  );
  const caseId = caseIdOf(roundId, itemId, 'once');
  const act = (step: string, role: 'township-chair' | 'benefit-officer' | 'village-liaison', body: object) =>
    system.call('subsidies', 'POST', `/subsidies/cases/${caseId}/${step}`, {
      actor: demoActor(role),
      body,
      headers: { 'if-match': '*' },
    });
  await act('consent', 'village-liaison', { consentedOn: '2026-01-12' });
  await act('steps/receive', 'township-chair', { received: ['account', 'consent'] });
  await act('steps/review', 'benefit-officer', {});
  return { personId, caseId, identityNumber };
}

it('civil affairs decides on the command line: out with a purpose, compared, confirmed by a second person, and asked for what is left', async () => {
  const [one, other] = [await waiting(1), await waiting(2)];
  const file = join(home, 'out.xlsx');
  const sent = await onething('export', file, '--purpose', PURPOSE);
  expect(sent).toMatchObject({
    code: 0,
    said: { rows: 2, receipt: expect.stringMatching(/^MZ-338801-\d{4}-0001$/) },
  });
  expect(statSync(file).mode & 0o077).toBe(0);
  const { reads } = await system.call<{ reads: { field: string; purpose: string }[] }>(
    'registry',
    'GET',
    `/registry/persons/${one.personId}/reads`,
    { actor: demoActor('benefit-officer') },
  );
  expect(reads.map(({ field, purpose }) => [field, purpose]).sort()).toEqual([
    ['identity', PURPOSE],
    ['name', PURPOSE],
  ]);

  const book = new ExcelJS.Workbook();
  await book.xlsx.load(readFileSync(file) as unknown as ArrayBuffer);
  const sheet = book.worksheets[0]!;
  const place = new Map<string, number>();
  sheet.getRow(3).eachCell((cell, at) => place.set(String(cell.value), at));
  sheet.eachRow((row) => {
    if (row.getCell(place.get('身份证号')!).value !== one.identityNumber) return;
    row.getCell(place.get('审定结论')!).value = '同意';
    row.getCell(place.get('审定日期')!).value = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Asia/Shanghai',
    }).format(service.clock.now());
    row.getCell(place.get('审定文号')!).value = '民审〔2026〕1号';
  });
  const back = join(home, 'back.xlsx');
  writeFileSync(back, Buffer.from(await book.xlsx.writeBuffer()));
  expect(await onething('import', back)).toMatchObject({
    code: 0,
    said: {
      confirmed: false,
      become: { granted: 1 },
      problems: [],
      unanswered: [{ lineNo: expect.any(Number) }],
    },
  });
  const standing = async (caseId: string) =>
    (
      await system.call<{ status: string }>('subsidies', 'GET', `/subsidies/cases/${caseId}`, {
        actor: demoActor('benefit-officer'),
      })
    ).status;
  expect(await standing(one.caseId)).toBe('deciding');
  expect(await onething('import', back, '--confirm')).toMatchObject({ code: 0, said: { confirmed: true } });
  expect([await standing(one.caseId), await standing(other.caseId)]).toEqual(['granted', 'deciding']);
  expect(await onething('status')).toMatchObject({
    code: 0,
    said: [{ rows: 2, daysWaiting: 0, states: { sent: 1, granted: 1 } }],
  });

  const again = join(home, 'again.xlsx');
  const receipt = sent.said['receipt'] as string;
  expect(await onething('export', again, '--purpose', PURPOSE, '--list', receipt)).toMatchObject({
    code: 0,
    said: { rows: 1, receipt },
  });
  writeFileSync(back, '姓名,回执码\n某人,没有\n');
  expect(await onething('import', back)).toMatchObject({ code: 1, said: { error: { code: 'no-receipt' } } });
});
