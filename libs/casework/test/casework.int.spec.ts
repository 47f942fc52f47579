import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { caseIdOf, caseworkMigrations, CaseworkModule } from '@app/casework';
import { ClockSweeper } from '@app/clocks';
import {
  itemOpenedV1,
  itemStopProposedV1,
  itemStopWithdrawnV1,
  type NewEvent,
  type RoundCause,
} from '@app/contracts';
import { migrate, revertLast } from '@app/platform';
import { migrationsOf, ServiceModule } from '@app/service-host';
import {
  consumerFeatures,
  createTestDatabase,
  send,
  startService,
  until,
  type ServiceUnderTest,
  type TestUser,
} from '@app/testing';
import { registeredFact } from './facts.js';
import { inventedCatalogue, teaItems } from './tea-catalogue.js';

@Module({
  imports: [
    ServiceModule.forService('subsidies'),
    CaseworkModule.forService('subsidies', { catalogue: inventedCatalogue(teaItems) }),
  ],
})
class TeaHouse {}

const PLACE = '338801001001';
const REMEDY = '可在六十日内申请行政复议';
const MONDAY = '2026-03-02';

let service: ServiceUnderTest;
let version = 0;

beforeAll(async () => {
  service = await startService({
    name: 'subsidies',
    modules: [TeaHouse],
    migrated: [{ service: 'subsidies', migrations: caseworkMigrations }],
    now: MONDAY,
  });
});
beforeEach(() => service.clock.set(MONDAY));
afterAll(() => service.stop());

interface ItemFact {
  readonly personId?: string;
  readonly roundId?: string;
  readonly itemId?: string;
  readonly period?: string;
  readonly divisionCode?: string;
  readonly owner?: 'subsidies' | 'community';
  readonly mode?: 'auto' | 'invite' | 'list' | 'refer' | 'apply';
  readonly cause?: RoundCause;
  readonly version?: number;
}

function about(fact: ItemFact) {
  return {
    personId: fact.personId ?? randomUUID(),
    divisionCode: fact.divisionCode ?? PLACE,
    version: fact.version ?? (version += 1),
    roundId: fact.roundId ?? randomUUID(),
    cause: fact.cause ?? ('card-issued' as const),
    itemId: fact.itemId ?? 'invented/tea-allowance',
    itemVersion: '2026-01',
    owner: fact.owner ?? ('subsidies' as const),
    period: fact.period ?? 'once',
  };
}

/** A person whom registry has told of, and who may apply. */
async function applicant(divisionCode = PLACE): Promise<string> {
  const personId = randomUUID();
  await deliver(registeredFact(personId, divisionCode));
  return personId;
}

const openedFact = (fact: ItemFact = {}) =>
  itemOpenedV1.of({
    ...about(fact),
    mode: fact.mode ?? 'invite',
    because: [{ fact: 'card.grade', value: 1 }],
    entitledOn: MONDAY,
  });
const stopFact = (fact: ItemFact = {}) =>
  itemStopProposedV1.of({ ...about({ cause: 'death', ...fact }), because: [], effectiveOn: '2026-03-01' });
const stopWithdrawn = (fact: ItemFact = {}) =>
  itemStopWithdrawnV1.of({ ...about({ cause: 'death-withdrawn', ...fact }), reason: '误报死亡' });

const deliver = (...events: NewEvent[]) => service.deliver('subsidies', ...events);

interface CaseFactRow {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

async function factsOf(personId: string): Promise<CaseFactRow[]> {
  const rows = await service.published('subsidies');
  return (
    rows
      // What is told of its terms, and to the person, has tests of its own.
      .filter(
        ({ type, data }) =>
          data['personId'] === personId && !/[.](case[.]term|message[.]\w+)[.]v1$/.test(type),
      )
      .map(({ type, data }) => ({ type: type.split('.')[2]!, data }))
  );
}

const typesOf = async (personId: string) => (await factsOf(personId)).map(({ type }) => type);

async function rowOf(personId: string, itemId = 'invented/tea-allowance') {
  const rows = await service.database.query<{
    case_id: string;
    status: string;
    round_id: string;
    version: number;
    state: Record<string, unknown>;
  }>(
    `select case_id, status, round_id, version, state from subsidies.cases
     where person_id = $1 and item_id = $2 order by created_at, case_id`,
    [personId, itemId],
  );
  return rows;
}

const user = {
  village: () => service.as('village-liaison'),
  township: () => service.as('township-chair'),
  federation: () => service.as('benefit-officer'),
  affairs: (id = 'affairs') => service.as('member-unit', { id, department: 'civil-affairs' }),
};

/** A person whose allowance is granted, through the doors of those who do so. */
async function grantedPerson(): Promise<{ personId: string; caseId: string; roundId: string }> {
  const [personId, roundId] = [randomUUID(), randomUUID()];
  await deliver(openedFact({ personId, roundId }));
  const caseId = caseIdOf(roundId, 'invented/tea-allowance', 'once');
  const ok = async (who: Promise<TestUser>, path: string, body?: unknown) => {
    const answer = await (await who).post(`/subsidies/cases/${caseId}/${path}`, body);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body as Record<string, unknown>;
  };
  await ok(user.village(), 'consent', { consentedOn: MONDAY });
  await ok(user.township(), 'steps/receive', { received: ['account'] });
  await ok(user.federation(), 'steps/review', { note: '属实' });
  await ok(user.affairs(), 'grant');
  return { personId, caseId, roundId };
}

describe('a case of an entitled person', () => {
  it('is opened, worked step by step by the roles of its item, and granted', async () => {
    const { personId, caseId, roundId } = await grantedPerson();
    const facts = await factsOf(personId);
    expect(facts.map(({ type, data }) => [type, data['status'], data['version']])).toEqual([
      ['opened', 'invited', 1],
      ['advanced', 'open', 2],
      ['advanced', 'open', 3],
      ['advanced', 'deciding', 4],
      ['decided', 'granted', 5],
    ]);
    expect(facts.every(({ data }) => data['caseId'] === caseId && data['roundId'] === roundId)).toBe(true);
    const seen = await (await user.township()).get(`/subsidies/cases/${caseId}`);
    expect(seen.body).toMatchObject({
      status: 'granted',
      standing: { decidedOn: MONDAY },
      because: [{ fact: 'card.grade', value: 1 }],
      missingMaterials: [],
      task: { step: 'tell', roles: ['township-chair'] },
      steps: [
        { step: 'receive', done: { by: 'township-chair', role: 'township-chair' } },
        { step: 'review', done: { note: '属实' } },
        { step: 'decide', done: { by: 'affairs', role: 'member-unit' } },
        { step: 'tell', done: null },
      ],
    });
    const [tell] = await service.database.query<{
      created_by: string;
      changed_by: string;
      changed_by_role: string;
    }>('select created_by, changed_by, changed_by_role from subsidies.cases where case_id = $1', [caseId]);
    expect(tell).toEqual({
      created_by: 'service:subsidies',
      changed_by: 'affairs',
      changed_by_role: 'member-unit',
    });
  });

  it('opens by mode, and only in the service that owns the item', async () => {
    const personId = randomUUID();
    await deliver(
      openedFact({ personId, itemId: 'invented/tea-voucher', mode: 'auto' }),
      openedFact({ personId, itemId: 'invented/tea-visit', mode: 'auto' }),
      openedFact({ personId, itemId: 'invented/tea-roster', mode: 'list' }),
      openedFact({ personId, itemId: 'invented/rice', owner: 'community' }),
    );
    const rows = await service.database.query(
      'select item_id, status from subsidies.cases where person_id = $1 order by item_id',
      [personId],
    );
    expect(rows).toEqual([
      { item_id: 'invented/tea-roster', status: 'listed' },
      { item_id: 'invented/tea-visit', status: 'open' },
      { item_id: 'invented/tea-voucher', status: 'granted' },
    ]);
    const [roster] = await rowOf(personId, 'invented/tea-roster');
    const handed = await (
      await user.federation()
    ).post(`/subsidies/cases/${roster!.case_id}/hand-over`, {
      to: '县社保局',
      receipt: '回执 2026-17',
    });
    expect(handed.body).toMatchObject({ status: 'handed-over', standing: { to: '县社保局' } });
  });

  it('is adopted by a later round, and not by an earlier one that comes late', async () => {
    const { personId } = await grantedPerson();
    const [late, later] = [openedFact({ personId, version: 1 }), openedFact({ personId })];
    await deliver(later, late);
    const facts = await factsOf(personId);
    expect(facts.at(-1)).toMatchObject({ type: 'opened', data: { status: 'granted', version: 6 } });
    expect(await rowOf(personId)).toMatchObject([
      { status: 'granted', round_id: (later.data as { roundId: string }).roundId },
    ]);
    expect(facts).toHaveLength(6);
  });

  it('is opened anew after it ended, and not by the opening that it came from', async () => {
    const first = openedFact();
    const { personId } = first.data as { personId: string };
    await deliver(first);
    const [row] = await rowOf(personId);
    await (await user.village()).post(`/subsidies/cases/${row!.case_id}/decline`, { declinedOn: MONDAY });
    await deliver(first);
    expect(await rowOf(personId)).toMatchObject([{ status: 'declined' }]);
    await deliver(openedFact({ personId }));
    expect((await rowOf(personId)).map(({ status }) => status).sort()).toEqual(['declined', 'invited']);
  });

  it('is parked with its reason when the catalogue does not know the item', async () => {
    const unknown = send(openedFact({ itemId: 'invented/coffee' }));
    const next = openedFact();
    await service.direct.deliver('subsidies', [unknown, send(next)]);
    const parked = await service.database.query<{ error: string }>(
      'select error from subsidies.parked_messages where message_id = $1',
      [unknown.id],
    );
    expect(parked).toHaveLength(1);
    expect(parked[0]!.error).toContain('请核对事项编号');
    expect(await rowOf((next.data as { personId: string }).personId)).toHaveLength(1);
  });

  it('opens in the same few statements for two hundred persons as for twenty', async () => {
    const count = async (persons: number) => {
      const facts = Array.from({ length: persons }, () =>
        openedFact({ itemId: 'invented/tea-visit', mode: 'auto' }),
      );
      const spy = jest.spyOn(pg.Client.prototype, 'query');
      // What the transaction of the slice says; whatever else the process does meanwhile goes over connections of its own.
      const running = () => {
        const said = spy.mock.calls.map(([query], at) => ({
          on: spy.mock.contexts[at],
          sql: typeof query === 'object' && query ? (query as { text: string }).text : String(query),
        }));
        const opening = said.find(({ sql }) => /^insert into cases/.test(sql))!;
        const own = said.filter(({ on }) => on === opening.on);
        const from = own.slice(0, own.indexOf(opening)).findLastIndex(({ sql }) => sql === 'begin');
        const length = own.slice(from).findIndex(({ sql }) => sql === 'commit');
        return own.slice(from + 1, from + length).map(({ sql }) => sql);
      };
      await deliver(...facts);
      const statements = running();
      spy.mockRestore();
      const ids = facts.map(({ data }) => (data as { personId: string }).personId);
      const [{ cases }] = (await service.database.query<{ cases: number }>(
        'select count(*)::int as cases from subsidies.cases where person_id = any($1)',
        [ids],
      )) as [{ cases: number }];
      expect(cases).toBe(persons);
      return statements;
    };
    await count(5);
    const [twenty, all] = [await count(20), await count(200)];
    expect(all.length).toBe(twenty.length);
    expect(all.length).toBeLessThanOrEqual(7);
    expect(all.filter((sql) => /^insert into cases/.test(sql))).toHaveLength(1);
    expect(all.filter((sql) => /insert into outbox_messages/.test(sql))).toHaveLength(1);
  });
});

describe('a proposed stop', () => {
  it('holds what runs; a named person of the deciding role stops it, with reason and remedy', async () => {
    const { personId, caseId } = await grantedPerson();
    await deliver(stopFact({ personId }));
    expect((await factsOf(personId)).at(-1)).toMatchObject({
      type: 'held',
      data: {
        heldFrom: 'granted',
        effectiveOn: '2026-03-01',
        reason: expect.stringContaining('登记死亡') as string,
      },
    });
    const path = `/subsidies/cases/${caseId}/stop`;
    const body = { stoppedFrom: '2026-03-01', reason: '经核实已死亡', remedy: REMEDY };
    expect(await (await user.township()).post(path, body)).toMatchObject({ status: 403 });
    expect(await (await user.affairs()).post(path, { ...body, remedy: '' })).toMatchObject({ status: 400 });
    expect(await (await user.affairs()).post(path, body)).toMatchObject({
      status: 200,
      body: { status: 'stopped', standing: { remedy: REMEDY, stoppedFrom: '2026-03-01' } },
    });
    expect((await factsOf(personId)).at(-1)).toMatchObject({
      type: 'stopped',
      data: { stoppedFrom: '2026-03-01' },
    });
  });

  it('is undone when its cause is withdrawn: held or stopped for exactly it, the case stands where it stood', async () => {
    for (const stopping of [false, true]) {
      const { personId, caseId } = await grantedPerson();
      const roundId = randomUUID();
      await deliver(stopFact({ personId, roundId }));
      if (stopping) {
        await (
          await user.affairs()
        ).post(`/subsidies/cases/${caseId}/stop`, {
          stoppedFrom: MONDAY,
          reason: '经核实已死亡',
          remedy: REMEDY,
        });
      }
      await deliver(stopWithdrawn({ personId, roundId: randomUUID() }));
      expect(await rowOf(personId)).toMatchObject([{ status: stopping ? 'stopped' : 'held' }]);
      await deliver(stopWithdrawn({ personId, roundId }));
      expect(await rowOf(personId)).toMatchObject([{ status: 'granted' }]);
      expect((await factsOf(personId)).at(-1)).toMatchObject({
        type: 'released',
        data: { reason: '误报死亡', roundId },
      });
      await deliver(stopWithdrawn({ personId, roundId }));
      expect((await typesOf(personId)).filter((type) => type === 'released')).toHaveLength(1);
    }
  });

  it('stays until its last cause is gone, or a person releases it, which no late copy takes back', async () => {
    const { personId, caseId } = await grantedPerson();
    const [death, card] = [randomUUID(), randomUUID()];
    const deathFact = stopFact({ personId, roundId: death });
    await deliver(deathFact, stopFact({ personId, roundId: card, cause: 'card-stopped' }));
    await deliver(stopWithdrawn({ personId, roundId: death }));
    expect(await rowOf(personId)).toMatchObject([{ status: 'held' }]);
    // The first stop once more, as a replay after the inbox has forgotten it.
    await deliver(deathFact);
    expect((await rowOf(personId))[0]!.state['holds']).toHaveLength(1);
    const released = await (
      await user.affairs()
    ).post(`/subsidies/cases/${caseId}/release`, { reason: '核实仍符合条件' });
    expect(released.body).toMatchObject({ status: 'granted' });
    await deliver(stopFact({ personId, roundId: card, cause: 'card-stopped', version: 3 }));
    expect(await rowOf(personId)).toMatchObject([{ status: 'granted' }]);
  });

  it('withdraws an invitation that nobody has taken up', async () => {
    const fact = openedFact();
    const { personId } = fact.data as { personId: string };
    await deliver(fact, stopFact({ personId }));
    expect(await typesOf(personId)).toContain('withdrawn');
    expect(await rowOf(personId)).toMatchObject([{ status: 'withdrawn' }]);
  });

  it('that overtakes its opening is not lost: the opening comes late and begins as withdrawn', async () => {
    const opening = openedFact();
    const { personId } = opening.data as { personId: string };
    const roundId = randomUUID();
    const stop = stopFact({ personId, roundId });
    await deliver(stop);
    await deliver(opening);
    expect(await rowOf(personId)).toMatchObject([{ status: 'withdrawn' }]);
    expect(await typesOf(personId)).toEqual(['withdrawn']);
    await deliver(stopWithdrawn({ personId, roundId }));
    await deliver(openedFact({ personId }));
    expect((await rowOf(personId)).map(({ status }) => status).sort()).toEqual(['invited', 'withdrawn']);
  });

  it('is nothing when its withdrawal came first, or a newer opening has passed it', async () => {
    const one = await grantedPerson();
    const roundId = randomUUID();
    const stop = stopFact({ personId: one.personId, roundId });
    await deliver(stopWithdrawn({ personId: one.personId, roundId }));
    await deliver(stop);
    expect(await rowOf(one.personId)).toMatchObject([{ status: 'granted' }]);
    const two = await grantedPerson();
    const old = stopFact({ personId: two.personId });
    await deliver(openedFact({ personId: two.personId }));
    await deliver(old);
    expect(await rowOf(two.personId)).toMatchObject([{ status: 'granted' }]);
  });

  it('does not bring a stopped case back beside a newer one', async () => {
    const { personId, caseId } = await grantedPerson();
    const roundId = randomUUID();
    await deliver(stopFact({ personId, roundId }));
    await (
      await user.affairs()
    ).post(`/subsidies/cases/${caseId}/stop`, {
      stoppedFrom: MONDAY,
      reason: '经核实已死亡',
      remedy: REMEDY,
    });
    await deliver(openedFact({ personId }));
    await deliver(stopWithdrawn({ personId, roundId }));
    expect((await rowOf(personId)).map(({ status }) => status).sort()).toEqual(['invited', 'stopped']);
  });
});

describe('who may', () => {
  it('needs a token, a role of the house, and the right place: elsewhere a case does not exist', async () => {
    const fact = openedFact();
    await deliver(fact);
    const [row] = await rowOf((fact.data as { personId: string }).personId);
    const path = `/subsidies/cases/${row!.case_id}`;
    expect((await service.anonymous.get(path)).status).toBe(401);
    expect((await (await service.as('operator')).get(path)).status).toBe(403);
    const strangers = await Promise.all([
      service.as('village-liaison', { from: '338801002000', to: '338801002999' }),
      service.as('benefit-officer', { from: '338802000000', to: '338802999999' }),
      service.as('member-unit', { department: 'health' }),
      service.as('employment-officer'),
    ]);
    const commands: readonly [string, unknown][] = [
      ['consent', { consentedOn: MONDAY }],
      ['decline', { declinedOn: MONDAY }],
      ['steps/receive', {}],
      ['grant', {}],
      ['refuse', { reason: '不符合条件', remedy: REMEDY }],
      ['waitlist', { place: 1 }],
      ['hand-over', { to: '社保局', receipt: 'R-1' }],
      ['withdraw', { reason: '条件消失了' }],
      ['release', { reason: '核实有误的' }],
      ['stop', { stoppedFrom: MONDAY, reason: '核实无误的', remedy: REMEDY }],
    ];
    for (const stranger of strangers) {
      expect((await stranger.get(path)).body).toMatchObject({ status: 404, title: 'case-not-found' });
      expect((await stranger.get('/subsidies/cases?limit=200')).body.cases).not.toContainEqual(
        expect.objectContaining({ caseId: row!.case_id }),
      );
      for (const [command, body] of commands) {
        expect([command, (await stranger.post(`${path}/${command}`, body)).status]).toEqual([command, 404]);
      }
    }
    // One who may look at it, but has no part in it.
    const onlooker = await service.as('data-officer');
    expect((await onlooker.get(path)).status).toBe(200);
    for (const [command, body] of commands) {
      expect([command, (await onlooker.post(`${path}/${command}`, body)).status]).toEqual([command, 403]);
    }
    expect(await rowOf((fact.data as { personId: string }).personId)).toMatchObject([
      { status: 'invited', version: 1 },
    ]);
  });

  it('is asked by step, by role and by department, and one person does not prepare and decide', async () => {
    const fact = openedFact();
    await deliver(fact);
    const [row] = await rowOf((fact.data as { personId: string }).personId);
    const path = `/subsidies/cases/${row!.case_id}`;
    const both = await service.as('benefit-officer', { id: 'both' });
    expect((await both.post(`${path}/consent`, { consentedOn: MONDAY })).status).toBe(403);
    expect(
      (await (await user.village()).post(`${path}/consent`, { consentedOn: '2026-03-03' })).body,
    ).toMatchObject({
      title: 'day-in-future',
    });
    await (await user.village()).post(`${path}/consent`, { consentedOn: MONDAY });
    expect((await both.post(`${path}/steps/receive`)).status).toBe(403);
    expect((await (await user.township()).post(`${path}/steps/elsewhere`)).status).toBe(404);
    expect((await both.post(`${path}/steps/review`)).body).toMatchObject({
      status: 409,
      title: 'step-not-next',
    });
    await (await user.township()).post(`${path}/steps/receive`, { received: ['account'] });
    await both.post(`${path}/steps/review`);
    const same = await user.affairs('both');
    expect((await same.post(`${path}/grant`)).body).toMatchObject({ status: 409, title: 'four-eyes' });
    expect((await same.post(`${path}/refuse`, { reason: '不符合条件', remedy: REMEDY })).status).toBe(409);
    expect((await (await user.affairs()).post(`${path}/waitlist`, { place: 3 })).body).toMatchObject({
      title: 'item-not-rationed',
    });
    expect(
      (await (await user.affairs()).post(`${path}/refuse`, { reason: '不符合条件', remedy: REMEDY })).body,
    ).toMatchObject({
      status: 'refused',
      standing: { reason: '不符合条件', remedy: REMEDY },
    });
  });

  it('finds what waits for their role, longest first, page by page', async () => {
    const facts = Array.from({ length: 5 }, () => openedFact({ divisionCode: '338801003001' }));
    await deliver(...facts);
    const here = { from: '338801003000', to: '338801003999' };
    const village = await service.as('village-liaison', here);
    const pages: string[][] = [];
    for (let next = ''; pages.length < 5;) {
      const { body } = await village.get(`/subsidies/work?limit=2${next && `&after=${next}`}`);
      pages.push((body.cases as { personId: string }[]).map(({ personId }) => personId));
      if (!body.next) break;
      next = body.next as string;
    }
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat().sort()).toEqual(
      facts.map(({ data }) => (data as { personId: string }).personId).sort(),
    );
    const township = await service.as('township-chair', here);
    const [row] = await rowOf(pages[0]![0]!);
    await township.post(`/subsidies/cases/${row!.case_id}/consent`, { consentedOn: MONDAY });
    const tasks = async (who: TestUser) =>
      ((await who.get('/subsidies/work')).body.cases as { task: { step: string } }[]).map(
        ({ task }) => task.step,
      );
    expect((await tasks(township)).filter((step) => step === 'receive')).toHaveLength(1);
    expect(await tasks(village)).toEqual(['consent', 'consent', 'consent', 'consent']);
    expect(await tasks(await service.as('benefit-officer', here))).toEqual([]);
    const filtered = await village.get(`/subsidies/cases?status=open&personId=${pages[0]![0]!}`);
    expect(filtered.body.cases).toMatchObject([{ status: 'open' }]);
    expect((await village.get('/subsidies/cases?status=lost')).status).toBe(400);
  });
});

describe('a command', () => {
  it('by application opens a case without a round, takes up an invitation, and opens no second one', async () => {
    const village = await user.village();
    const personId = await applicant();
    const apply = (itemId: string, divisionCode = PLACE) =>
      village.post('/subsidies/cases', { personId, itemId, divisionCode });
    expect(await apply('invented/tea-garden')).toMatchObject({
      status: 201,
      body: { status: 'open', roundId: null },
    });
    await deliver(openedFact({ personId }));
    expect((await apply('invented/tea-allowance')).body).toMatchObject({ status: 'open', appliedOn: MONDAY });
    expect((await apply('invented/tea-allowance')).body).toMatchObject({ status: 409, title: 'case-exists' });
    expect((await apply('invented/coffee')).body).toMatchObject({ status: 422, title: 'item-not-offered' });
    expect((await apply('invented/rice')).body).toMatchObject({ status: 422, title: 'item-not-offered' });
    expect((await apply('invented/tea-garden', '338802001001')).status).toBe(403);
    expect((await apply('invented/tea-garden', '330302001001')).body).toMatchObject({
      status: 404,
      title: 'unknown-region',
    });
    const strange = await service.as('village-liaison', { from: '338801002000', to: '338801002999' });
    expect(
      (
        await strange.post('/subsidies/cases', {
          personId,
          itemId: 'invented/tea-garden',
          divisionCode: PLACE,
        })
      ).status,
    ).toBe(403);
  });

  it('gives a place on the waiting list of a rationed item, and grants from there', async () => {
    const village = await user.village();
    const { body } = await village.post('/subsidies/cases', {
      personId: await applicant(),
      itemId: 'invented/tea-garden',
      divisionCode: PLACE,
    });
    const path = `/subsidies/cases/${body.caseId as string}`;
    await (await service.as('benefit-officer', { id: 'first' })).post(`${path}/steps/survey`);
    const second = await service.as('benefit-officer', { id: 'second' });
    expect((await second.post(`${path}/waitlist`, { place: 4 })).body).toMatchObject({
      status: 'waiting',
      standing: { place: 4 },
    });
    expect((await second.post(`${path}/grant`, { effectiveFrom: '2026-06-01' })).body).toMatchObject({
      status: 'granted',
      standing: { effectiveFrom: '2026-06-01' },
    });
  });

  it('is done once however often it is sent, and of two at once one is told to look again', async () => {
    const fact = openedFact();
    const { personId } = fact.data as { personId: string };
    await deliver(fact);
    const [row] = await rowOf(personId);
    const path = `/subsidies/cases/${row!.case_id}/consent`;
    const village = await user.village();
    const key = { 'idempotency-key': randomUUID() };
    const first = await village.post(path, { consentedOn: MONDAY }, key);
    expect(await village.post(path, { consentedOn: MONDAY }, key)).toMatchObject({
      status: 200,
      body: first.body,
    });
    expect((await typesOf(personId)).filter((type) => type === 'advanced')).toHaveLength(1);
    const township = await user.township();
    const answers = await Promise.all(
      [1, 2].map(() => township.post(`/subsidies/cases/${row!.case_id}/steps/receive`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('goes on from the step before also when it waited for that very step', async () => {
    const fact = openedFact();
    const { personId } = fact.data as { personId: string };
    await deliver(fact);
    const [row] = await rowOf(personId);
    const path = `/subsidies/cases/${row!.case_id}`;
    await (await user.village()).post(`${path}/consent`, { consentedOn: MONDAY });
    const waiting = (count: number) =>
      until(`${count} users wait for the case`, async () => {
        const [found] = await service.database.query<{ waiting: number }>(
          `select count(*)::int as waiting from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock' and query like 'select %from cases%'`,
        );
        return found!.waiting === count;
      });
    const holding = service.database.query(
      `do $$ begin perform from subsidies.cases where case_id = '${row!.case_id as string}' for update; perform pg_sleep(2); end $$`,
    );
    const first = (await user.township()).post(`${path}/steps/receive`);
    await waiting(1);
    const second = (await service.as('benefit-officer')).post(`${path}/steps/review`);
    await waiting(2);
    await holding;
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
  });

  it('leaves steps that nobody can change afterwards', async () => {
    for (const sql of ["update subsidies.case_steps set note = ''", 'delete from subsidies.case_steps']) {
      await expect(
        service.database.query(`do $$ begin set local role subsidies_app; ${sql}; end $$`),
      ).rejects.toThrow(/permission denied/);
    }
  });

  it('stands in the API document under the service’s own prefix, with its meaning', async () => {
    const { body } = await service.anonymous.get('/openapi.json');
    const paths = body.paths as Record<string, Record<string, { summary?: string; operationId: string }>>;
    const own = Object.entries(paths).filter(([path]) => /^\/subsidies\/(cases|work)/.test(path));
    expect(own).toHaveLength(44);
    for (const operation of own.flatMap(([, operations]) => Object.values(operations))) {
      expect(operation.summary).toBeTruthy();
      expect(operation.operationId).toMatch(
        /^Subsidies(Case|Term|Document|Challenge|Appointment)Controller_/,
      );
    }
  });
});

describe('the terms of a case', () => {
  it('run step by step, fire as facts, and are overdue only where the limit has a number', async () => {
    const fact = openedFact();
    const { personId } = fact.data as { personId: string };
    await deliver(fact);
    const [row] = await rowOf(personId);
    const path = `/subsidies/cases/${row!.case_id}`;
    const terms = async () =>
      ((await (await user.village()).get(path)).body.clocks as Record<string, unknown>[]).map(
        ({ step, kind, status, dueDay, overdue, mark }) => ({ step, kind, status, dueDay, overdue, mark }),
      );
    expect(await terms()).toEqual([]);
    await (await user.village()).post(`${path}/consent`, { consentedOn: MONDAY });
    expect(await terms()).toEqual([
      {
        step: 'receive',
        kind: 'promised',
        status: 'running',
        dueDay: '2026-03-09',
        overdue: false,
        mark: null,
      },
    ]);
    service.clock.set('2026-03-10');
    expect(await terms()).toMatchObject([{ overdue: true, mark: '超承诺' }]);
    await service.get(ClockSweeper).sweep();
    const reminded = (await factsOf(personId)).filter(({ type }) => type === 'reminded');
    expect(reminded.at(-1)?.data).toMatchObject({ rung: 'past-promise-1', level: 1, status: 'open' });
    expect((await factsOf(personId)).map(({ data }) => data['version'])).toEqual(
      (await factsOf(personId)).map((_, place) => place + 1),
    );
    await (await user.township()).post(`${path}/steps/receive`);
    service.clock.set('2027-12-31');
    expect(await terms()).toMatchObject([
      { step: 'receive', status: 'stopped', overdue: false },
      { step: 'review', kind: 'unknown', status: 'running', dueDay: null, overdue: false, mark: null },
    ]);
    await service.get(ClockSweeper).sweep();
    expect((await factsOf(personId)).filter(({ type }) => type === 'reminded')).toHaveLength(reminded.length);
    service.clock.set('2026-03-12');
    await (await user.federation()).post(`${path}/steps/review`);
    expect((await terms()).at(-1)).toMatchObject({ step: 'decide', kind: 'statutory', dueDay: '2026-03-26' });
    // A hold pauses no term; an outcome ends it.
    const roundId = randomUUID();
    await deliver(stopFact({ personId, roundId }));
    expect((await terms()).at(-1)).toMatchObject({ step: 'decide', status: 'running' });
    await (
      await user.affairs()
    ).post(`${path}/stop`, { stoppedFrom: MONDAY, reason: '经核实已死亡', remedy: REMEDY });
    expect((await terms()).every(({ status }) => status === 'stopped')).toBe(true);
    await deliver(stopWithdrawn({ personId, roundId }));
    expect((await terms()).at(-1)).toMatchObject({ step: 'decide', status: 'running', dueDay: '2026-03-26' });
  });
});

it('takes its tables back', async () => {
  const own = await createTestDatabase();
  const migrations = migrationsOf({ service: 'subsidies', migrations: caseworkMigrations });
  const options = { service: 'subsidies', url: own.url, migrations };
  await migrate(options);
  const back = migrations.filter(({ id }) => id >= caseworkMigrations[0]!.id).length;
  for (let turn = 0; turn < back; turn += 1) await revertLast(options);
  const tables = ['cases', 'case_steps', 'case_materials', 'known_papers', 'case_persons', 'clocks', 'files'];
  expect(
    await own.query(
      `select table_name from information_schema.tables where table_schema = 'subsidies' and table_name = any($1)`,
      [tables],
    ),
  ).toEqual([]);
  await migrate(options);
  await own.drop();
});

/** What a consumer left of a person: cases and remembered stops. */
async function effectOn(event: NewEvent): Promise<unknown> {
  return service.database.query(
    `select status, version, round_id from subsidies.cases where person_id = $1 order by case_id`,
    [event.key],
  );
}

consumerFeatures({
  consumer: 'subsidies/open-case-on-item-opened',
  service: () => service,
  fact: () => openedFact(),
  effect: effectOn,
});

async function withCase(fact: ItemFact = {}): Promise<string> {
  const personId = randomUUID();
  await deliver(openedFact({ personId, ...fact }));
  return personId;
}

consumerFeatures({
  consumer: 'subsidies/hold-case-on-stop-proposed',
  service: () => service,
  fact: async () =>
    stopFact({
      personId: await withCase({ itemId: 'invented/tea-voucher', mode: 'auto' }),
      itemId: 'invented/tea-voucher',
    }),
  overtakes: true,
  effect: effectOn,
});

consumerFeatures({
  consumer: 'subsidies/release-case-on-stop-withdrawn',
  service: () => service,
  fact: async () => {
    const voucher = { itemId: 'invented/tea-voucher', roundId: randomUUID() };
    const personId = await withCase({ itemId: voucher.itemId, mode: 'auto' });
    await deliver(stopFact({ personId, ...voucher }));
    return stopWithdrawn({ personId, ...voucher });
  },
  effect: effectOn,
});
