import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { caseFacts } from '@app/contracts';
import {
  consumerFeatures,
  startService,
  testUnit,
  type Answer,
  type ServiceUnderTest,
  type TestUser,
} from '@app/testing';
import { registry } from '../src/migrations.js';
import { RegistryModule } from '../src/registry.module.js';
import { demoNumber } from './numbers.js';

jest.setTimeout(60_000);

const VILLAGE = '338801001001';
const ELSEWHERE = { from: '338801002000', to: '338801002999' };
const PURPOSE = '电话核实补贴发放情况';

let service: ServiceUnderTest;
let officer: TestUser;
let lead: TestUser;
let serial = 100;

beforeAll(async () => {
  service = await startService({
    name: 'registry',
    modules: [RegistryModule],
    migrated: [registry],
    now: '2026-03-02T09:00:00+08:00',
  });
  officer = await service.as('card-officer', { id: 'officer' });
  lead = await service.as('federation-lead', { id: 'lead' });
});
afterAll(() => service?.stop());

interface OnFile {
  readonly id: string;
  readonly number: string;
  readonly path: string;
}

async function person(more: object = { phone: '13800001234', address: '幸福路1号' }): Promise<OnFile> {
  const number = demoNumber('2012-06-15', (serial += 2) + 1);
  const answer = await officer.post('/registry/persons', {
    name: '陈小明',
    identityNumber: number,
    divisionCode: VILLAGE,
    ...more,
  });
  const id = (answer.body as { personId: string }).personId;
  return { id, number, path: `/registry/persons/${id}` };
}

async function guardianOf({ path }: OnFile): Promise<{ path: string; number: string }> {
  const number = demoNumber('1980-01-01', (serial += 2) + 1);
  const guardian = { basis: 'minor', relation: '父亲', name: '陈建国', identityNumber: number };
  const answer = await officer.post(`${path}/guardians`, { ...guardian, phone: '13900005678' });
  return { path: `/registry/guardians/${(answer.body as { guardianId: string }).guardianId}`, number };
}

const reveal = (user: TestUser, path: string, field: string, purpose = PURPOSE): Promise<Answer> =>
  user.post(`${path}/reveal`, { field, purpose });

const entriesAbout = (personId: string) =>
  service.database.query<{ actor_id: string; what: string[]; why: string | null; detail: unknown }>(
    `select actor_id, what, why, detail from registry.audit_entries
     where person_ids @> array[$1::uuid] and what @> array['person.revealed'] order by entry_id`,
    [personId],
  );

describe('a field in the clear', () => {
  it('is shown for a minute, to be kept nowhere, and stands in the log and the file with its purpose', async () => {
    const one = await person();
    for (const [field, value] of Object.entries({
      identity: one.number,
      phone: '13800001234',
      address: '幸福路1号',
      name: '陈小明',
    })) {
      const { status, body, headers } = await reveal(officer, one.path, field);
      expect({ status, body }).toEqual({
        status: 200,
        body: { field, value, until: new Date(service.clock.now().getTime() + 60_000).toISOString() },
      });
      expect(headers.get('cache-control')).toBe('no-store');
    }
    await reveal(lead, one.path, 'phone', '本人来电要求核对');
    expect(await entriesAbout(one.id)).toEqual([
      ...['identity', 'phone', 'address', 'name'].map((field) => ({
        actor_id: 'officer',
        what: ['person.revealed'],
        why: PURPOSE,
        detail: { field },
      })),
      { actor_id: 'lead', what: ['person.revealed'], why: '本人来电要求核对', detail: { field: 'phone' } },
    ]);
    const liaison = await service.as('village-liaison', { from: VILLAGE, to: VILLAGE });
    const first = (await liaison.get(`${one.path}/reads?limit=2`)).body as {
      reads: unknown[];
      next: string;
    };
    expect(first.reads).toMatchObject([
      {
        by: { id: 'lead', role: 'federation-lead' },
        onBehalfOf: null,
        field: 'phone',
        purpose: '本人来电要求核对',
      },
      { by: { id: 'officer', role: 'card-officer' }, field: 'name', purpose: PURPOSE },
    ]);
    const rest = (await liaison.get(`${one.path}/reads?limit=50&after=${first.next}`)).body as object;
    expect(rest).toMatchObject({
      reads: [{ field: 'address' }, { field: 'phone' }, { field: 'identity' }],
      next: null,
    });
    // Reading what is masked leaves no entry, and the plain text stands in none.
    await officer.get(one.path);
    expect(await entriesAbout(one.id)).toHaveLength(5);
    const log = await service.database.query('select * from registry.audit_entries');
    expect(JSON.stringify(log)).not.toMatch(new RegExp(`${one.number}|13800001234|幸福路|陈小明`));
  });

  it('of a guardian stands in the file of the ward', async () => {
    const ward = await person();
    const guardian = await guardianOf(ward);
    expect((await reveal(officer, guardian.path, 'phone')).body).toMatchObject({ value: '13900005678' });
    expect((await reveal(officer, guardian.path, 'identity')).body).toMatchObject({ value: guardian.number });
    expect((await reveal(officer, guardian.path, 'address')).status).toBe(400);
    expect((await officer.get(`${ward.path}/reads`)).body).toMatchObject({
      reads: [{ field: 'guardian.identity' }, { field: 'guardian.phone' }],
    });
  });

  it('needs a purpose without numbers, a role for it, and the place; else nothing is read and nothing logged', async () => {
    const one = await person({});
    const guardian = await guardianOf(one);
    expect((await reveal(officer, one.path, 'identity', '')).status).toBe(400);
    expect((await reveal(officer, one.path, 'identity', `核对 ${one.number}`)).status).toBe(400);
    expect(await reveal(officer, one.path, 'phone')).toMatchObject({
      status: 404,
      body: { title: 'nothing-on-file' },
    });
    const other = await service.as('card-officer', { id: 'other', ...ELSEWHERE });
    for (const path of [one.path, guardian.path]) {
      expect((await reveal(service.anonymous, path, 'identity')).status).toBe(401);
      expect((await reveal(await service.as('monitor'), path, 'identity')).status).toBe(403);
      const hidden = await reveal(other, path, 'identity');
      const missing = await reveal(other, path.replace(/[^/]+$/, randomUUID()), 'identity');
      expect([hidden.status, (hidden.body as { detail: string }).detail]).toEqual([
        404,
        (missing.body as { detail: string }).detail,
      ]);
    }
    expect((await other.get(`${one.path}/reads`)).status).toBe(404);
    expect(await entriesAbout(one.id)).toEqual([]);
  });

  it('is read again by a repeated request, and never out of what is kept for it', async () => {
    const one = await person();
    const key = { 'idempotency-key': `reveal-${one.id}` };
    const ask = () => officer.post(`${one.path}/reveal`, { field: 'identity', purpose: PURPOSE }, key);
    expect((await ask()).body).toMatchObject({ value: one.number });
    expect((await ask()).body).toMatchObject({ value: one.number });
    expect(await entriesAbout(one.id)).toHaveLength(2);
  });
});

describe('an institution', () => {
  const unit = testUnit('rehab-provider');
  const kase = (personId: string, version = 2) => ({
    personId,
    divisionCode: VILLAGE,
    version,
    caseId: personId,
    itemId: 'rehab-training',
    itemVersion: '2026-01-01',
    period: '2026',
    roundId: null,
    status: 'open' as const,
  });
  const { placed, placementEnded } = caseFacts.rehabilitation;
  const place = (personId: string, unitId = unit, version?: number) =>
    placed.of({ ...kase(personId, version), unitId, since: '2026-03-01' });
  const end = (personId: string, version: number) =>
    placementEnded.of({ ...kase(personId, version), unitId: unit, endedOn: '2026-03-02' });

  it('sees only who is placed with it, as long as they are, and of them name and telephone', async () => {
    const provider = await service.as('rehab-provider', { id: 'provider' });
    const [mine, theirs, former] = [await person(), await person(), await person()];
    await service.deliver('registry', place(mine.id), place(theirs.id, randomUUID()), place(former.id));
    expect((await provider.get(former.path)).status).toBe(200);
    // The end comes, and after it, late, a placement that it had overtaken.
    await service.deliver('registry', end(former.id, 4));
    await service.deliver('registry', place(former.id, unit, 3));
    const { status, body } = await provider.get(mine.path);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        name: '陈*明',
        phone: '1380***1234',
        identityNumber: null,
        hasAddress: false,
        facts: [],
        guardians: [],
      },
    });
    expect((await reveal(provider, mine.path, 'phone')).body).toMatchObject({ value: '13800001234' });
    expect((await reveal(provider, mine.path, 'identity')).status).toBe(404);
    for (const { path } of [theirs, former]) {
      expect((await provider.get(path)).status).toBe(404);
      expect((await reveal(provider, path, 'phone')).status).toBe(404);
    }
    expect((await provider.get('/registry/persons')).status).toBe(403);
    expect((await officer.get(`${mine.path}/reads`)).body).toMatchObject({
      reads: [{ by: { id: 'provider', role: 'rehab-provider' }, field: 'phone' }],
    });
    // With another institution from now on.
    await service.deliver('registry', place(mine.id, randomUUID(), 5));
    expect((await provider.get(mine.path)).status).toBe(404);
  });

  consumerFeatures({
    consumer: 'registry/know-placement-on-case-placed',
    service: () => service,
    fact: () => place(randomUUID()),
    effect: ({ key }) =>
      service.database.query('select * from registry.placements where person_id = $1', [key]),
  });
});
