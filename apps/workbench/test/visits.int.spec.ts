import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { Role } from '@app/access';
import { caseworkMigrations, CaseworkModule } from '@app/casework';
import { itemOpenedV1, personRegisteredV1, type NewEvent, type Owner } from '@app/contracts';
import { startService, type ActorOptions, type ServiceUnderTest } from '@app/testing';
import { workbench } from '../src/migrations.js';
import { WorkbenchModule } from '../src/workbench.module.js';
import { ok, refusal } from './organisation.js';

jest.setTimeout(120_000);

@Module({ imports: [CaseworkModule.forService('subsidies')] })
class Subsidies {}
@Module({ imports: [CaseworkModule.forService('community')] })
class Community {}

const MONDAY = '2026-03-02';
const [VILLAGE, OTHER_VILLAGE, ELSEWHERE] = ['338801001001', '338801001002', '338801002001'];
const TOWN = { from: '338801001000', to: '338801001999' };
/** Two matters that one visit serves, and one that is done at an office. */
const HOME_CARE = ['community', 'care-and-shelter/home-care-service', '2021-12'] as const;
const RESPITE = ['community', 'rehabilitation/respite-service', '2022-05'] as const;
const LIVING = ['subsidies', 'subsidies/living-subsidy', '2016-01'] as const;
const OWNERS = ['subsidies', 'community'] as const;

interface Visit {
  readonly personId: string;
  readonly personName: string | null;
  readonly divisionCode: string;
  readonly matters: { caseId: string; title: string; task: { step: string; title: string } }[];
}

let service: ServiceUnderTest;
let version = 0;
const handled: Record<string, number> = {};

beforeAll(async () => {
  service = await startService({
    name: 'workbench',
    modules: [WorkbenchModule, Subsidies, Community],
    migrated: [workbench, ...OWNERS.map((owner) => ({ service: owner, migrations: caseworkMigrations }))],
    now: MONDAY,
  });
});
afterAll(() => service.stop());

/** The queue hears what the owners have told since. */
async function hear(): Promise<void> {
  const news: NewEvent[] = [];
  for (const owner of OWNERS) {
    const facts = (await service.published(owner)).filter(({ type }) => type.startsWith(`${owner}.case.`));
    news.push(
      ...facts.slice(handled[owner] ?? 0).map(({ type, key, data }) => ({
        type,
        key,
        data,
        topic: `${owner}.case`,
        divisionCode: data['divisionCode'] as string,
      })),
    );
    handled[owner] = facts.length;
  }
  await service.deliver('workbench', ...news);
}

/** A case that is under way. @returns its id */
async function opened(
  [owner, itemId, itemVersion]: readonly [Owner, string, string],
  personId: string = randomUUID(),
  divisionCode: string = VILLAGE!,
): Promise<string> {
  await service.deliver(
    owner,
    itemOpenedV1.of({
      personId,
      divisionCode,
      version: (version += 1),
      roundId: randomUUID(),
      cause: 'card-issued',
      itemId,
      itemVersion,
      owner,
      period: 'once',
      mode: 'auto',
      because: [],
      entitledOn: MONDAY,
    }),
  );
  const [row] = await service.database.query<{ case_id: string }>(
    `select case_id from ${owner}.cases where person_id = $1 and item_id = $2`,
    [personId, itemId],
  );
  return row!.case_id;
}

const pageOf = async (role: Role, options: ActorOptions = {}, query = 'limit=100') =>
  ok(await (await service.as(role, options)).get(`/workbench/queue/visits?${query}`)) as unknown as {
    visits: Visit[];
    next: string | null;
  };

/** The cases that wait for a visit of this user, of each person. */
async function waiting(role: Role, options: ActorOptions = {}): Promise<Record<string, string[]>> {
  const { visits } = await pageOf(role, options);
  return Object.fromEntries(
    visits.map(({ personId, matters }) => [personId, matters.map(({ caseId }) => caseId).sort()]),
  );
}

describe('the visits that wait', () => {
  it('are one for each person, with every matter that is done at home, and no other', async () => {
    const personId = randomUUID();
    await service.deliver(
      'workbench',
      personRegisteredV1.of({
        personId,
        divisionCode: VILLAGE!,
        version: (version += 1),
        name: '欧阳小明',
        sex: 'female',
        birthDate: '1970-01-01',
        householdId: null,
        identityToken: `token-of-${personId}`,
      }),
    );
    const [care, respite] = [await opened(HOME_CARE, personId), await opened(RESPITE, personId)];
    await opened(LIVING, personId);
    await hear();
    const { visits } = await pageOf('commissioner', { from: VILLAGE, to: VILLAGE });
    expect(visits).toHaveLength(1);
    expect(visits[0]).toMatchObject({ personId, personName: '欧**明', divisionCode: VILLAGE });
    const matters = Object.fromEntries(visits[0]!.matters.map((each) => [each.caseId, each]));
    expect(Object.keys(matters).sort()).toEqual([care, respite].sort());
    expect(matters[care!]).toMatchObject({ task: { step: 'visit', title: '入户评估' } });
    expect(matters[respite!]).toMatchObject({ task: { step: 'assess', title: '上门了解照护情况' } });
  });

  it('are shown to nobody elsewhere, to no other role, and not while a colleague has taken them', async () => {
    const personId = randomUUID();
    const caseId = await opened(HOME_CARE, personId, OTHER_VILLAGE);
    await hear();
    expect(await waiting('commissioner', TOWN)).toHaveProperty(personId, [caseId]);
    expect(await waiting('commissioner', { from: VILLAGE, to: VILLAGE })).not.toHaveProperty(personId);
    expect(await waiting('commissioner', { from: ELSEWHERE, to: ELSEWHERE })).toEqual({});
    expect(await waiting('village-liaison', TOWN)).not.toHaveProperty(personId);
    const one = await service.as('commissioner', { id: 'one', ...TOWN });
    ok(await one.post(`/community/cases/${caseId}/claim`));
    await hear();
    expect(await waiting('commissioner', { id: 'one', ...TOWN })).toHaveProperty(personId, [caseId]);
    expect(await waiting('commissioner', { id: 'two', ...TOWN })).not.toHaveProperty(personId);
  });

  it('are gone when the visit is made', async () => {
    const personId = randomUUID();
    const [care, respite] = [await opened(HOME_CARE, personId), await opened(RESPITE, personId)];
    await hear();
    const user = await service.as('commissioner', TOWN);
    ok(await user.post(`/community/cases/${care}/steps/visit`, { note: '已入户', received: [] }));
    await hear();
    expect(await waiting('commissioner', TOWN)).toHaveProperty(personId, [respite]);
  });

  it('come in pages that keep what one visit serves together', async () => {
    const persons = [randomUUID(), randomUUID(), randomUUID()];
    for (const personId of persons) {
      await opened(HOME_CARE, personId, ELSEWHERE);
      await opened(RESPITE, personId, ELSEWHERE);
    }
    await hear();
    const seen: Visit[] = [];
    for (let after = ''; ;) {
      const query = `limit=2&division=${ELSEWHERE}${after && `&after=${after}`}`;
      const { visits, next } = await pageOf('commissioner', {}, query);
      seen.push(...visits);
      if (!next) break;
      after = next;
    }
    expect(seen.map(({ personId }) => personId)).toEqual([...persons].sort());
    expect(seen.map(({ matters }) => matters.length)).toEqual([2, 2, 2]);
    const user = await service.as('commissioner');
    expect(refusal(await user.get('/workbench/queue/visits?after=bm8'))).toContain('work-cursor-not-valid');
  });
});

describe('who may ask', () => {
  it('is nobody who keeps the machine', async () => {
    expect((await (await service.as('operator')).get('/workbench/queue/visits')).status).toBe(403);
  });
});
