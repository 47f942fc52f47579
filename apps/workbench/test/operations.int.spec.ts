import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { freePort } from '@app/backing';
import { caseworkMigrations, CaseworkModule } from '@app/casework';
import { caseFacts, itemOpenedV1, personRegisteredV1, type NewEvent } from '@app/contracts';
import { startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import { workbench } from '../src/migrations.js';
import { WorkbenchModule } from '../src/workbench.module.js';
import { ok, refusal } from './organisation.js';

jest.setTimeout(120_000);

@Module({ imports: [CaseworkModule.forService('subsidies')] })
class Subsidies {}

const VILLAGE = '338801001001';
const LIVING = 'subsidies/living-subsidy';
const MONDAY = '2026-03-02';
const REASON = '触发器已修复，按原样重放';
const AT = '/ops/services/workbench';

let service: ServiceUnderTest;
let maker: TestUser;
let checker: TestUser;

beforeAll(async () => {
  service = await startService({
    name: 'workbench',
    modules: [WorkbenchModule, Subsidies],
    migrated: [workbench, { service: 'subsidies', migrations: caseworkMigrations }],
    now: MONDAY,
    // Nobody listens there.
    settings: { SERVICE_ADDRESSES: { community: `http://127.0.0.1:${await freePort()}` } },
  });
  maker = await service.as('operator', { id: 'olivia' });
  checker = await service.as('operator', { id: 'oscar' });
});
afterAll(() => service.stop());

/** The queue cannot keep the name of this person, as a release might bring it. */
async function breakFor(personId: string): Promise<void> {
  await service.database.query(`create function workbench.fault() returns trigger language plpgsql as $$
    begin raise exception 'a fault of this release'; end $$`);
  await service.database.query(
    `create trigger fault before insert or update on workbench.work_persons for each row
     when (new.person_id = '${personId}') execute function workbench.fault()`,
  );
}

async function mend(): Promise<void> {
  await service.database.query('drop trigger fault on workbench.work_persons');
  await service.database.query('drop function workbench.fault');
}

let version = 0;

function registered(personId: string, name: string): NewEvent {
  return personRegisteredV1.of({
    personId,
    divisionCode: VILLAGE,
    version: (version += 1),
    name,
    sex: 'female',
    birthDate: '1970-01-01',
    householdId: null,
    identityToken: `token-of-${personId}`,
  });
}

const DUE = '2026-03-10T09:00:00.000Z';

function termOf(caseId: string, personId: string): NewEvent {
  return caseFacts.subsidies.term.of({
    ...{ personId, divisionCode: VILLAGE, version: 1, caseId, itemId: LIVING, roundId: null },
    ...{ clockId: randomUUID(), step: 'receive', holder: 'office', kind: 'statutory', unit: 'working-day' },
    ...{ value: 6, basis: '测试依据', anchorDay: MONDAY, dueAt: DUE, provisional: false, paused: false },
    ...{ pausedSince: null, pauseReason: null, ended: false },
  } as Parameters<typeof caseFacts.subsidies.term.of>[0]);
}

/** A case with a term, of which the queue has heard. @returns its id */
async function caseOf(personId: string): Promise<string> {
  await service.deliver(
    'subsidies',
    itemOpenedV1.of({
      personId,
      divisionCode: VILLAGE,
      version: (version += 1),
      roundId: randomUUID(),
      cause: 'card-issued',
      itemId: LIVING,
      itemVersion: '2016-01',
      owner: 'subsidies',
      period: 'once',
      mode: 'auto',
      because: [],
      entitledOn: MONDAY,
    }),
  );
  const told = (await service.published('subsidies')).filter(({ key }) => key === personId);
  await service.deliver(
    'workbench',
    ...told.map(({ type, key, data }) => ({
      ...{ type, key, data, topic: 'subsidies.case' },
      divisionCode: VILLAGE,
    })),
  );
  const caseId = told[0]!.data['caseId'] as string;
  await service.deliver('workbench', termOf(caseId, personId));
  return caseId;
}

describe('a message that cannot be handled', () => {
  const personId = randomUUID();
  let caseId: string;
  let id: string;
  let replayId: string;

  beforeAll(async () => {
    caseId = await caseOf(personId);
    await breakFor(personId);
    await service.deliver('workbench', registered(personId, '何小满'));
    await service.deliver('workbench', registered(personId, '何大满'));
  });

  it('is found from the overview, with how many persons wait and when the next term of theirs ends', async () => {
    const overview = ok(await maker.get('/workbench/operations/overview')) as {
      services: Record<string, unknown>[];
      hurt: unknown;
    };
    expect(overview.services.find(({ service: name }) => name === 'workbench')).toMatchObject({
      answered: true,
      parked: 2,
      lag: 0,
      topics: [],
      queues: [],
    });
    expect(overview.hurt).toEqual({ persons: 1, today: 0, overdue: 0, incomplete: true });

    const { rows, silent } = ok(await maker.get('/workbench/operations/parked')) as {
      rows: { service: string; message: Record<string, unknown>; nearest: unknown }[];
      silent: string[];
    };
    expect(silent).toEqual(['community']);
    expect(rows.map(({ message }) => message['state'])).toEqual(['failed', 'waiting']);
    expect(rows[0]).toMatchObject({
      service: 'workbench',
      message: { personId, reason: 'handler-failed', type: 'registry.person.registered.v1' },
      nearest: {
        owner: 'subsidies',
        caseId,
        title: '困难残疾人生活补贴',
        term: { kind: 'statutory', dueAt: DUE, paused: false },
      },
    });
    id = rows[0]!.message['id'] as string;
  });

  it('counts who waits past the term, and on its last day', async () => {
    const hurt = async () => (ok(await maker.get('/workbench/operations/overview')) as { hurt: object }).hurt;
    service.clock.set('2026-03-10T08:59:00.000Z');
    expect(await hurt()).toMatchObject({ today: 1, overdue: 0 });
    service.clock.set('2026-03-10T09:01:00.000Z');
    expect(await hurt()).toMatchObject({ today: 0, overdue: 1 });
    service.clock.set(MONDAY);
  });

  it('says nothing of a service that does not answer, and never that nothing is parked there', async () => {
    const { services } = ok(await maker.get('/workbench/operations/overview')) as {
      services: { service: string }[];
    };
    expect(services.find((each) => each.service === 'community')).toEqual({
      ...{ service: 'community', answered: false, relayed: null, lag: null, topics: null },
      ...{ parked: null, unpublished: null, queues: [], reminding: 'unknown' },
    });
  });

  it('is shown with its error, what waits behind it, and no value of its data', async () => {
    const shown = ok(await maker.get(`${AT}/parked/${id}`)) as { behind: unknown[]; payload: string };
    expect(shown).toMatchObject({ fullError: expect.stringContaining('a fault of this release') });
    expect(shown.behind).toHaveLength(1);
    expect(JSON.parse(shown.payload)).toMatchObject({ personId, version: expect.any(Number) });
    for (const value of ['何小满', '1970', 'female', 'token-of', VILLAGE]) {
      expect(shown.payload).not.toContain(value);
    }
  });

  it('is tried dry: what would fail, and once it is mended what would be written; nothing is', async () => {
    const tried = async () => ok(await maker.post(`${AT}/parked/dry-run`, { id })) as unknown as object[];
    expect(await tried()).toMatchObject([
      { outcome: 'failed', error: expect.stringContaining('a fault of this release'), effect: null },
    ]);
    await mend();
    expect(await tried()).toMatchObject([
      { outcome: 'would-apply', effect: { added: expect.any(Number), told: [] } },
      { outcome: 'would-apply' },
    ]);
    expect(await service.database.query('select from workbench.work_persons')).toEqual([]);
  });

  it('is proposed by one operator with a reason, and not approved by the same', async () => {
    expect((await maker.post(`${AT}/replays`, { id, reason: '短' })).status).toBe(400);
    const answer = await maker.post(`${AT}/replays`, { id, reason: REASON });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      state: 'proposed',
      proposedBy: 'olivia',
      reason: REASON,
      expected: [{ outcome: 'would-apply' }, { outcome: 'would-apply' }],
      results: null,
    });
    replayId = answer.body.replayId as string;
    expect(ok(await checker.get('/workbench/operations/overview'))).toMatchObject({ proposed: 1 });
    expect(ok(await checker.get('/workbench/operations/replays'))).toMatchObject({
      rows: [{ service: 'workbench', replay: { replayId, state: 'proposed' } }],
      silent: ['community'],
    });
    expect(refusal(await maker.post(`${AT}/replays`, { id, reason: REASON }))).toBe('409 replay-under-way');
    expect(refusal(await maker.post(`${AT}/replays/${replayId}/approve`, {}))).toBe('409 own-replay');
    expect(await service.database.query('select from workbench.work_persons')).toEqual([]);
  });

  it('is not approved when a day has gone by', async () => {
    await service.database.query(
      `update workbench.replays set proposed_at = now() - interval '25 hours', expires_at = now() - interval '1 hour'`,
    );
    expect(ok(await maker.get(`${AT}/replays/${replayId}`))).toMatchObject({ state: 'expired' });
    expect(refusal(await checker.post(`${AT}/replays/${replayId}/approve`, {}))).toBe('404 replay-not-found');
    const again = await maker.post(`${AT}/replays`, { id, reason: REASON });
    replayId = again.body.replayId as string;
  });

  it('is handled when a second operator approves, in its order, and says what came of each', async () => {
    const done = ok(await checker.post(`${AT}/replays/${replayId}/approve`, {})) as { results: object[] };
    expect(done).toMatchObject({
      state: 'finished',
      proposedBy: 'olivia',
      approvedBy: 'oscar',
      results: [
        { outcome: 'applied', delivered: true, effect: { added: expect.any(Number) } },
        { outcome: 'applied', delivered: true },
      ],
    });
    expect((done.results[0] as { effect: { added: number } }).effect.added).toBeGreaterThan(0);
    expect(await service.database.query('select from workbench.work_persons')).toHaveLength(1);
    expect(ok(await maker.get('/workbench/operations/parked'))).toMatchObject({ rows: [] });
    expect(refusal(await checker.post(`${AT}/replays/${replayId}/approve`, {}))).toBe('409 replay-under-way');
    expect(ok(await maker.get(`${AT}/parked/${id}`))).toMatchObject({ state: 'done', doneBy: 'oscar' });
  });

  it('stands in the audit log with both, and why', async () => {
    const entries = await service.database.query(
      `select actor_id, what, why from workbench.audit_entries where what && '{replay.proposed,replay.approved}' order by entry_id`,
    );
    expect(entries).toEqual([
      { actor_id: 'olivia', what: ['replay.proposed'], why: REASON },
      { actor_id: 'olivia', what: ['replay.proposed'], why: REASON },
      { actor_id: 'oscar', what: ['replay.approved'], why: REASON },
    ]);
  });
});

it('is not for anybody else', async () => {
  for (const role of ['system-admin', 'auditor', 'federation-lead'] as const) {
    const user = await service.as(role);
    for (const path of ['overview', 'parked', 'replays'].map((name) => `/workbench/operations/${name}`)) {
      expect((await user.get(path)).status).toBe(403);
    }
    expect((await user.post(`${AT}/replays`, { reason: REASON })).status).toBe(403);
    expect((await user.post(`${AT}/replays/${randomUUID()}/approve`, {})).status).toBe(403);
  }
  expect((await service.anonymous.get('/workbench/operations/overview')).status).toBe(401);
});
