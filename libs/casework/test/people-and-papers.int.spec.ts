import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { caseworkMigrations, CaseworkModule } from '@app/casework';
import {
  accountLeftV1,
  caseFacts,
  deathRecordedV1,
  deathWithdrawnV1,
  itemOpenedV1,
  movedAwayV1,
  movedInV1,
  type NewEvent,
} from '@app/contracts';
import { ServiceModule } from '@app/service-host';
import {
  consumerFeatures,
  startService,
  testUnit,
  type Answer,
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
const MONDAY = '2026-03-02';
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({
    name: 'subsidies',
    modules: [TeaHouse],
    migrated: [{ service: 'subsidies', migrations: caseworkMigrations }],
    now: MONDAY,
  });
});
afterAll(() => service.stop());

const deliver = (...events: NewEvent[]) => service.deliver('subsidies', ...events);

const user = {
  village: () => service.as('village-liaison'),
  township: (id = 'township') => service.as('township-chair', { id }),
  officer: (id = 'officer') => service.as('benefit-officer', { id }),
  school: (unit?: string) => service.as('school', unit ? { unit } : {}),
};

async function applicant(divisionCode = PLACE): Promise<string> {
  const personId = randomUUID();
  await deliver(registeredFact(personId, divisionCode));
  return personId;
}

const apply = async (personId: string, who?: TestUser, divisionCode = PLACE): Promise<Answer> =>
  (who ?? (await user.officer())).post('/subsidies/cases', {
    personId,
    itemId: 'invented/tea-lesson',
    divisionCode,
  });

/** A case of the item that an institution has a step of; at its survey. */
async function lesson(personId?: string): Promise<string> {
  const { status, body } = await apply(personId ?? (await applicant()));
  expect(status).toBe(201);
  return `/subsidies/cases/${body.caseId as string}`;
}

/** The same, waiting to be placed. */
async function surveyed(): Promise<string> {
  const path = await lesson();
  expect(await (await user.officer()).post(`${path}/steps/survey`)).toMatchObject({ status: 200 });
  return path;
}

const auditOf = (path: string) =>
  service.database.query<{ what: string[]; why: string | null; actor_id: string }>(
    'select what, why, actor_id from subsidies.audit_entries where $1 = any(case_ids) order by entry_id desc',
    [path.split('/').at(-1)],
  );

/** What was told of the case itself; its terms are another matter. */
const factsOf = async (path: string) =>
  (await service.published('subsidies')).filter(
    ({ type, data }) => data['caseId'] === path.split('/').at(-1) && !type.includes('.case.term.'),
  );

describe('a step of an institution', () => {
  it('waits to be placed, is done by the unit it is placed with, and by no other', async () => {
    const path = await surveyed();
    const [school, other, township] = await Promise.all([
      user.school(),
      user.school(randomUUID()),
      user.township(),
    ]);
    expect((await township.get(path)).body).toMatchObject({
      task: { step: 'place', roles: ['benefit-officer', 'township-chair'] },
      placement: null,
    });
    expect((await school.get(path)).status).toBe(404);
    const queue = await township.get('/subsidies/work');
    expect(queue).toMatchObject({ status: 200 });
    expect(queue.body.cases).toContainEqual(
      expect.objectContaining({ task: expect.objectContaining({ step: 'place' }) as unknown }),
    );

    const placing = { unitId: testUnit('school') };
    expect((await (await user.village()).post(`${path}/place`, placing)).status).toBe(403);
    expect((await school.post(`${path}/place`, placing)).status).toBe(403);
    expect((await township.post(`${path}/place`, { ...placing, since: '2026-03-03' })).status).toBe(422);
    expect((await township.post(`${path}/place`, placing)).body).toMatchObject({
      task: { step: 'teach', roles: ['school'] },
      placement: { unitId: testUnit('school'), since: MONDAY },
    });
    expect((await factsOf(path)).at(-1)).toMatchObject({
      type: 'subsidies.case.placed.v1',
      data: { unitId: testUnit('school'), since: MONDAY, version: 3 },
    });
    expect(await auditOf(path)).toMatchObject([
      { actor_id: 'township', what: ['subsidies.case.placed.v1', 'case.placed'] },
      {},
      {},
    ]);

    expect((await other.get(path)).status).toBe(404);
    expect((await other.get('/subsidies/cases')).body.cases).toEqual([]);
    expect((await other.post(`${path}/steps/teach`)).status).toBe(404);
    const listed = await school.get('/subsidies/work');
    expect(listed.body.cases).toMatchObject([{ task: { step: 'teach' } }]);
    // The term of its own step, and nobody else's.
    expect((await school.get(path)).body.clocks).toMatchObject([{ step: 'teach', status: 'running' }]);
    expect(await school.post(`${path}/steps/teach`)).toMatchObject({
      status: 200,
      body: { task: { step: 'confirm' } },
    });
    expect((await (await user.township()).get(path)).body.clocks).toMatchObject([{ status: 'stopped' }]);

    expect((await township.post(`${path}/place/end`)).body).toMatchObject({ placement: null });
    expect((await school.get(path)).status).toBe(404);
    expect((await factsOf(path)).at(-1)).toMatchObject({ type: 'subsidies.case.placement-ended.v1' });
    expect((await township.post(`${path}/place/end`)).status).toBe(409);
  });

  it('goes from one unit to the next, each told; nothing is placed that has no such step', async () => {
    const path = await surveyed();
    const officer = await user.officer();
    const [one, two] = [randomUUID(), randomUUID()];
    await officer.post(`${path}/place`, { unitId: one });
    await officer.post(`${path}/place`, { unitId: one });
    await officer.post(`${path}/place`, { unitId: two });
    const told = (await factsOf(path)).slice(2);
    expect(told.map(({ type, data }) => [type.split('.')[2], data['unitId'], data['version']])).toEqual([
      ['placed', one, 3],
      ['placement-ended', one, 4],
      ['placed', two, 5],
    ]);
    expect((await (await user.school(one)).get(path)).status).toBe(404);
    expect((await (await user.school(two)).get(path)).status).toBe(200);

    const { body } = await (
      await user.village()
    ).post('/subsidies/cases', {
      personId: await applicant(),
      itemId: 'invented/tea-garden',
      divisionCode: PLACE,
    });
    expect(
      (await officer.post(`/subsidies/cases/${body.caseId as string}/place`, { unitId: one })).body,
    ).toMatchObject({
      status: 409,
      title: 'item-without-institution',
    });
  });
});

describe('somebody who applies', () => {
  it('is on file, alive, and lives here', async () => {
    const personId = await applicant();
    expect((await apply(randomUUID())).body).toMatchObject({
      status: 404,
      title: 'applicant-not-known',
      retryable: true,
    });
    const elsewhere = await applicant('338802001001');
    expect((await apply(elsewhere)).body).toMatchObject({ title: 'applicant-not-known' });
    const next = await applicant('338801001002');
    expect((await apply(next)).body).toMatchObject({ status: 409, why: 'lives-elsewhere' });
    const about = { personId, divisionCode: PLACE };
    await deliver(
      deathRecordedV1.of({
        ...about,
        version: 2,
        factId: randomUUID(),
        diedOn: '2026-03-01',
        source: { kind: 'counter', reference: null, asOf: MONDAY },
      }),
    );
    expect((await apply(personId)).body).toMatchObject({ status: 409, why: 'died' });
    await deliver(deathWithdrawnV1.of({ ...about, version: 3, factId: randomUUID(), reason: '重名' }));
    const move = { ...about, from: PLACE, to: '330302001001', movedOn: MONDAY };
    await deliver(movedAwayV1.of({ ...move, version: 4 }));
    expect((await apply(personId)).body).toMatchObject({ status: 409, why: 'moved-away' });
    // Facts that come late change nothing.
    await deliver(registeredFact(personId, '338801001002', 2), movedInV1.of({ ...move, version: 3 }));
    expect((await apply(personId)).body).toMatchObject({ why: 'moved-away' });
    await deliver(movedInV1.of({ ...move, from: move.to, to: PLACE, version: 5 }));
    expect((await apply(personId)).status).toBe(201);
  });

  it('leaves neither name nor number here', async () => {
    await applicant();
    const columns = await service.database.query<{ column_name: string }>(
      `select column_name from information_schema.columns where table_schema = 'subsidies' and table_name = 'case_persons'
       order by column_name`,
    );
    expect(columns.map(({ column_name }) => column_name)).toEqual([
      'away_version',
      'died_on',
      'division_code',
      'life_version',
      'moved_away',
      'person_id',
      'place_version',
    ]);
  });
});

describe('a task that somebody has taken', () => {
  it('is theirs until it is done, let go, or handed on by a supervisor', async () => {
    const path = await lesson();
    const [one, two, village, township] = await Promise.all([
      user.officer('one'),
      user.officer('two'),
      user.village(),
      user.township(),
    ]);
    expect((await village.post(`${path}/claim`)).status).toBe(403);
    expect((await one.post(`${path}/claim`)).body).toMatchObject({ claim: { by: 'one' } });
    expect((await one.post(`${path}/claim`)).status).toBe(200);
    for (const [command, body] of [
      ['claim', undefined],
      ['claim/release', undefined],
      ['claim/hand-over', { to: 'two' }],
      ['steps/survey', {}],
    ] as const) {
      expect((await two.post(`${path}/${command}`, body)).body).toMatchObject({
        status: 409,
        title: 'case-claimed',
        claimedBy: 'one',
      });
    }
    expect((await township.post(`${path}/claim/hand-over`, { to: '13800138000' })).status).toBe(400);
    expect((await township.post(`${path}/claim/hand-over`, { to: 'two' })).body).toMatchObject({
      claim: { by: 'two' },
    });
    expect((await one.post(`${path}/steps/survey`)).status).toBe(409);
    expect((await two.post(`${path}/steps/survey`)).body).toMatchObject({
      claim: null,
      task: { step: 'place' },
    });
    expect((await auditOf(path)).flatMap(({ what }) => what)).toEqual(
      expect.arrayContaining(['case.claimed', 'case.claim-handed-on']),
    );
    expect((await one.post(`${path}/claim`)).status).toBe(200);
    expect((await one.post(`${path}/claim/release`)).body).toMatchObject({ claim: null });
  });

  it('passes to the successor with everything else, when somebody leaves', async () => {
    const paths = await Promise.all([lesson(), lesson(), lesson()]);
    const [leaver, other] = await Promise.all([user.officer('leaver'), user.officer('other')]);
    await leaver.post(`${paths[0]}/claim`);
    await leaver.post(`${paths[1]}/claim`);
    await other.post(`${paths[2]}/claim`);
    await deliver(left('leaver', 'second'), left('second', 'third'));
    const holders = await Promise.all(
      paths.map(async (path) => (await other.get(path)).body.claim.by as string),
    );
    expect(holders).toEqual(['third', 'third', 'other']);
  });
});

describe('four eyes', () => {
  it('are not those of a deputy and of the one for whom the deputy acts', async () => {
    const { body } = await (
      await user.village()
    ).post('/subsidies/cases', {
      personId: await applicant(),
      itemId: 'invented/tea-garden',
      divisionCode: PLACE,
    });
    const path = `/subsidies/cases/${body.caseId as string}`;
    const as = async (id: string, onBehalfOf: string | null) => {
      const grant = {
        role: 'benefit-officer' as const,
        department: null,
        from: '338801000000',
        to: '338801999999',
        unit: null,
        onBehalfOf,
      };
      const token = await service.signer.sign({ id, grants: [grant] });
      return (to: string) =>
        fetch(`${service.url}${path}/${to}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'if-match': '*',
          },
          body: '{}',
        });
    };
    expect((await (await as('deputy', 'chief'))('steps/survey')).status).toBe(200);
    expect((await (await user.officer()).get(path)).body.steps[0].done).toMatchObject({
      by: 'deputy',
      onBehalfOf: 'chief',
    });
    for (const [id, onBehalfOf] of [
      ['deputy', null],
      ['chief', null],
      ['another', 'chief'],
      ['another', 'deputy'],
    ] as const) {
      expect((await (await as(id, onBehalfOf))('grant')).status).toBe(409);
    }
    expect((await (await as('third', null))('grant')).status).toBe(200);
  });
});

describe('a paper that only the person can bring', () => {
  const materialsOf = async (path: string) =>
    (await (await user.officer()).get(path)).body.materials as Record<string, unknown>[];

  it('is asked for from the opening on, received, refused with a reason, brought again, and found in order', async () => {
    const path = await lesson();
    const [village, officer] = await Promise.all([user.village(), user.officer()]);
    const paper = `${path}/materials/account`;
    expect(await materialsOf(path)).toMatchObject([
      { material: 'account', state: 'asked', hasFile: false },
      { material: 'photo', state: 'asked' },
    ]);
    expect((await village.post(`${paper}/check`)).status).toBe(403);
    expect((await officer.post(`${paper}/check`)).body).toMatchObject({
      status: 409,
      title: 'material-not-ready',
    });
    expect((await village.post(`${path}/materials/card/receive`)).body).toMatchObject({
      title: 'material-not-asked',
    });
    expect((await village.post(`${paper}/receive`)).body).toMatchObject({ missingMaterials: ['photo'] });
    expect(
      (await officer.post(`${paper}/refuse`, { reason: '复印件不清楚，请重新复印' })).body,
    ).toMatchObject({
      missingMaterials: ['account', 'photo'],
    });
    expect(await auditOf(path)).toMatchObject([{ why: '复印件不清楚，请重新复印' }, {}, {}]);
    expect(await village.upload(`${paper}/file`, PDF, 'application/pdf')).toMatchObject({ status: 200 });
    expect(await materialsOf(path)).toMatchObject([{ state: 'received', reason: null, hasFile: true }, {}]);
    expect((await officer.post(`${paper}/check`)).status).toBe(200);
    expect((await factsOf(path)).at(-1)).toMatchObject({
      type: 'subsidies.case.paper-checked.v1',
      data: { material: 'account', checkedOn: MONDAY },
    });
    expect((await village.upload(`${paper}/file`, PDF, 'application/pdf')).status).toBe(409);
  });

  it('is seen as a scan by whom its case is seen, and by nobody else', async () => {
    const path = await surveyed();
    const paper = `${path}/materials/account/file`;
    const [village, school, township] = await Promise.all([user.village(), user.school(), user.township()]);
    const neighbour = await service.as('village-liaison', { from: '338801002000', to: '338801002999' });
    expect((await township.get(paper)).body).toMatchObject({ status: 404, title: 'material-without-file' });
    expect((await neighbour.upload(paper, PDF, 'application/pdf')).status).toBe(404);
    expect((await village.upload(paper, Buffer.from('just text'), 'application/pdf')).status).toBe(422);
    await village.upload(paper, PDF, 'application/pdf');
    const scan = async (who: TestUser) => (await who.get(paper)).status;
    expect([await scan(township), await scan(neighbour), await scan(school)]).toEqual([200, 404, 404]);
    await township.post(`${path}/place`, { unitId: testUnit('school') });
    expect(await scan(school)).toBe(200);
    await township.post(`${path}/place/end`);
    expect(await scan(school)).toBe(404);
  });

  it('stays closed when the person has died or moved away, but to whom a rule lets open it for a purpose', async () => {
    const path = await surveyed();
    const paper = `${path}/materials/account/file`;
    const [village, township] = await Promise.all([user.village(), user.township()]);
    await village.upload(paper, PDF, 'application/pdf');
    const { personId } = (await township.get(path)).body as { personId: string };
    const about = { personId, divisionCode: PLACE };
    await deliver(
      deathRecordedV1.of({
        ...about,
        version: 2,
        factId: randomUUID(),
        diedOn: '2026-03-01',
        source: { kind: 'counter', reference: null, asOf: MONDAY },
      }),
    );
    expect((await township.get(paper)).status).toBe(403);
    const lead = await service.as('federation-lead');
    expect((await lead.get(paper)).status).not.toBe(200);
    expect((await lead.get(`${paper}?purpose=${encodeURIComponent('核对去世后多发的补贴')}`)).status).toBe(
      200,
    );
    await deliver(deathWithdrawnV1.of({ ...about, version: 3, factId: randomUUID(), reason: '重名' }));
    expect((await township.get(paper)).status).toBe(200);
    const move = { ...about, from: PLACE, to: '330302001001', movedOn: MONDAY };
    await deliver(movedAwayV1.of({ ...move, version: 4 }));
    expect((await township.get(paper)).status).toBe(403);
    await deliver(movedInV1.of({ ...move, from: move.to, to: PLACE, version: 5 }));
    expect((await township.get(paper)).status).toBe(200);
  });

  it('is offered to the next case of the person, which takes it over with its scan', async () => {
    const personId = await applicant();
    const [first, second] = [await lesson(personId), await lesson(personId)];
    const [village, officer] = await Promise.all([user.village(), user.officer()]);
    await village.upload(`${first}/materials/account/file`, PDF, 'application/pdf');
    await officer.post(`${first}/materials/account/check`);
    const fact = (await factsOf(first)).at(-1)!;
    await deliver(caseFacts.subsidies.paperChecked.of(fact.data as never));
    const paperId = fact.data['paperId'] as string;
    expect(await materialsOf(second)).toMatchObject([
      { material: 'account', offered: [{ paperId, owner: 'subsidies', hasFile: true, checkedOn: MONDAY }] },
      { material: 'photo', offered: [] },
    ]);
    const use = (path: string, id: string) => village.post(`${path}/materials/account/use`, { paperId: id });
    expect((await use(second, randomUUID())).body).toMatchObject({ status: 404, title: 'paper-not-known' });
    // Somebody else's paper is none.
    expect((await use(await lesson(), paperId)).body).toMatchObject({ status: 404 });
    expect((await village.post(`${second}/materials/photo/use`, { paperId })).status).toBe(404);
    expect((await village.post(`${second}/materials/card/use`, { paperId })).status).toBe(422);
    expect((await use(second, paperId)).status).toBe(200);
    expect(await materialsOf(second)).toMatchObject([
      { state: 'received', paperId, hasFile: true, offered: [] },
      {},
    ]);
    expect((await officer.get(`${second}/materials/account/file`)).status).toBe(200);
    // It was told once.
    await officer.post(`${second}/materials/account/check`);
    expect((await factsOf(second)).map(({ type }) => type)).not.toContain('subsidies.case.paper-checked.v1');
  });

  it('is offered from another service too, as one that was seen there', async () => {
    const personId = await applicant();
    const path = await lesson(personId);
    const paper = checkedElsewhere(personId);
    await deliver(paper);
    const { paperId } = paper.data as { paperId: string };
    expect(await materialsOf(path)).toMatchObject([
      { offered: [{ owner: 'community', hasFile: false }] },
      {},
    ]);
    await (await user.village()).post(`${path}/materials/account/use`, { paperId });
    expect(await materialsOf(path)).toMatchObject([{ state: 'received', paperId, hasFile: false }, {}]);
  });
});

function checkedElsewhere(personId: string): NewEvent {
  return caseFacts.community.paperChecked.of({
    personId,
    divisionCode: PLACE,
    caseId: randomUUID(),
    paperId: randomUUID(),
    material: 'account',
    fileRef: randomUUID(),
    checkedOn: MONDAY,
  });
}

function left(userId: string, successorId: string): NewEvent {
  return accountLeftV1.of({
    accountId: randomUUID(),
    version: 1,
    divisionCode: PLACE,
    userId,
    successorId,
    on: MONDAY,
  });
}

consumerFeatures({
  consumer: 'subsidies/follow-applicant-on-person-fact',
  service: () => service,
  fact: () => registeredFact(),
  effect: ({ key }) =>
    service.database.query(
      'select division_code, place_version from subsidies.case_persons where person_id = $1',
      [key],
    ),
});

consumerFeatures({
  consumer: 'subsidies/know-paper-on-paper-checked',
  service: () => service,
  fact: () => checkedElsewhere(randomUUID()),
  effect: ({ key }) =>
    service.database.query('select paper_id, owner from subsidies.known_papers where person_id = $1', [key]),
});

consumerFeatures({
  consumer: 'subsidies/hand-on-claims-on-account-left',
  service: () => service,
  fact: async () => {
    const userId = randomUUID();
    const personId = randomUUID();
    await deliver(
      itemOpenedV1.of({
        personId,
        divisionCode: PLACE,
        version: 1,
        roundId: randomUUID(),
        cause: 'card-issued',
        itemId: 'invented/tea-visit',
        itemVersion: '2026-01',
        owner: 'subsidies',
        period: 'once',
        mode: 'auto',
        because: [],
        entitledOn: MONDAY,
      }),
    );
    await service.database.query(
      'update subsidies.cases set claimed_by = $2, claimed_at = now() where person_id = $1',
      [personId, userId],
    );
    return left(userId, `heir-of-${userId}`);
  },
  effect: ({ data }) =>
    service.database.query('select case_id, claimed_by from subsidies.cases where claimed_by = $1', [
      (data as { successorId: string }).successorId,
    ]),
});
