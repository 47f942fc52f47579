import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AuditSealer, callerOf, portalRoles } from '@app/access';
import { Database, UnauditedChange } from '@app/platform';
import {
  startService,
  testActor,
  until,
  type Answer,
  type ServiceUnderTest,
  type TestUser,
} from '@app/testing';
import { registry } from '../src/migrations.js';
import { RegistryModule } from '../src/registry.module.js';
import { demoNumber } from './numbers.js';

const TOWN = { from: '338801001000', to: '338801001999' };
const NEXT_TOWN = { from: '338801002000', to: '338801002999' };
const VILLAGE = '338801001001';

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let commissioner: TestUser;
let auditor: TestUser;
let sequence = 300;

beforeAll(async () => {
  service = await startService({ name: 'registry', modules: [RegistryModule], migrated: [registry] });
  commissioner = await service.as('commissioner', { id: 'zhuanwei', ...TOWN });
  auditor = await service.as('auditor', { id: 'shenji' });
});

afterAll(() => service?.stop());

async function register(headers: Record<string, string> = {}): Promise<string> {
  const body = {
    name: '陈小明',
    identityNumber: demoNumber('1985-06-15', (sequence += 2) + 1),
    divisionCode: VILLAGE,
  };
  const answer = await commissioner.post('/registry/persons', body, headers);
  expect(answer.status).toBe(201);
  if (Object.keys(headers).length > 0) {
    const again = await commissioner.post('/registry/persons', body, headers);
    expect(again).toMatchObject({ status: 201, body: answer.body });
  }
  return (answer.body as { personId: string }).personId;
}

function entries(reader: TestUser, query: Record<string, string>): Promise<Answer> {
  return reader.get(`/audit/services/registry/entries?${new URLSearchParams(query).toString()}`);
}

interface Seen {
  readonly entryId: string;
  readonly what: readonly string[];
}
const seen = (answer: Answer) => (answer.body as { entries: Seen[] }).entries;
const whats = (answer: Answer) => seen(answer).map(({ what }) => what);

describe('what a user did', () => {
  it('is read by the auditor: who, when, from where, what and on whom, without a number or a name', async () => {
    const personId = await register();
    const answer = await entries(auditor, { personId });
    expect(answer.status).toBe(200);
    expect(seen(answer)).toEqual([
      {
        entryId: expect.any(String),
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+08:00$/),
        who: { id: 'zhuanwei', role: 'commissioner', onBehalfOf: null },
        address: expect.stringMatching(/127\.0\.0\.1$/),
        request: 'POST /registry/persons',
        what: expect.arrayContaining(['registry.person.registered.v1']),
        personIds: [personId],
        caseIds: [],
        why: null,
        detail: { fields: ['identityNumber', 'phone', 'address'] },
      },
    ]);
    expect(JSON.stringify(answer.body)).not.toMatch(/陈小明|19850615/);
  });

  it('is read by the chair of the town and the lead of the county, not by the next town or the village below', async () => {
    const personId = await register();
    const of = async (role: 'township-chair' | 'federation-lead' | 'auditor', reach: object) =>
      whats(await entries(await service.as(role, reach), { personId, userId: 'zhuanwei' }));
    expect(await of('township-chair', TOWN)).toHaveLength(1);
    expect(await of('federation-lead', {})).toHaveLength(1);
    expect(await of('township-chair', NEXT_TOWN)).toEqual([]);
    expect(await of('township-chair', { from: VILLAGE, to: VILLAGE })).toEqual([]);
    expect(await of('auditor', { from: '330302000000', to: '330302999999' })).toEqual([]);
    // What the next town's chair may not see does not show by another filter either.
    const chair = await service.as('township-chair', NEXT_TOWN);
    expect(whats(await entries(chair, { userId: 'zhuanwei' }))).toEqual([]);
  });

  it('is closed to everybody else, first of all to who runs the system', async () => {
    const readers = ['auditor', 'federation-lead', 'township-chair'];
    for (const role of portalRoles.filter((each) => !readers.includes(each))) {
      const department = role === 'member-unit' ? ('health' as const) : null;
      const answer = await entries(await service.as(role, { department }), {});
      expect([role, answer.status]).toEqual([role, 403]);
    }
    expect((await entries(service.anonymous, {})).status).toBe(401);
  });

  it('stays in the log together with who looked at it', async () => {
    const personId = await register();
    const caseId = randomUUID();
    await entries(auditor, { personId });
    expect(whats(await entries(auditor, { personId, caseId }))).toEqual([]);
    const looked = await entries(await service.as('federation-lead', { id: 'lishizhang' }), {
      userId: 'shenji',
      personId,
    });
    expect(seen(looked)).toMatchObject([
      { what: ['audit.read'], personIds: [personId], caseIds: [caseId], detail: { entries: 0 } },
      { what: ['audit.read'], personIds: [personId], caseIds: [], detail: { entries: 1 } },
    ]);
  });

  it('comes in pages, newest first, and by time', async () => {
    const before = new Date(Date.now() - 1).toISOString();
    const reader = await service.as('auditor', { id: 'pages' });
    const persons = [await register(), await register(), await register()];
    const filter = { userId: 'zhuanwei', from: before };
    const all: string[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const page = await entries(reader, { ...filter, limit: '2', ...(after ? { after } : {}) });
      all.push(...(page.body as { entries: { personIds: string[] }[] }).entries.flatMap((e) => e.personIds));
      after = (page.body as { next: string | null }).next;
      pages += 1;
    } while (after);
    expect(all).toEqual([...persons].reverse());
    expect(pages).toBe(2);
    expect(seen(await entries(reader, { userId: 'zhuanwei', to: '2026-01-01T00:00:00+08:00' }))).toEqual([]);
    expect(seen(await entries(reader, { personId: persons[0]!, from: before, limit: '1' }))).toHaveLength(1);
  });

  it('is asked for in the right form, of a service of this process', async () => {
    for (const query of [
      { personId: 'x' },
      { after: '1' },
      { limit: '201' },
      { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' },
    ] as Record<string, string>[]) {
      expect([query, (await entries(auditor, query)).status]).toEqual([query, 400]);
    }
    expect((await auditor.get('/audit/services/nowhere/entries')).status).toBe(404);
  });
});

describe('the log of a running service', () => {
  it('has one entry for a command that is repeated', async () => {
    const personId = await register({ 'idempotency-key': randomUUID() });
    expect(seen(await entries(auditor, { personId }))).toHaveLength(1);
  });

  it('refuses a change that says nothing, and keeps nothing of it', async () => {
    const user = testActor('card-officer');
    const count = async () =>
      (
        await service.database.query('select 1 from registry.persons where division_code = $1', [
          '338801001099',
        ])
      ).length;
    const silent = service.get(Database).transaction(callerOf(user, user.grants[0]), async (tx) => {
      await tx.query(`update persons set division_code = '338801001099'`);
    });
    await expect(silent).rejects.toThrow(UnauditedChange);
    expect(await count()).toBe(0);
  });

  it('is sealed while the service runs, and says how far', async () => {
    await register();
    await until('it is sealed', async () => {
      await service.get(AuditSealer).seal();
      const operator = await service.as('operator');
      const [status] = (await operator.get('/ops/status')).body as {
        audit: { unsealed: number; oldestSeconds: number; sealedSeq: string | null };
      }[];
      return status!.audit.unsealed === 0 && Number(status!.audit.sealedSeq) > 0;
    });
  });
});
