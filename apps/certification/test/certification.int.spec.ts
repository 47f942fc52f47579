import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { serviceActor } from '@app/access';
import { ClockSweeper } from '@app/clocks';
import {
  applicationRemindedV1,
  deathRecordedV1,
  deathWithdrawnV1,
  movedAwayV1,
  movedInV1,
  representativesChangedV1,
} from '@app/contracts';
import { Database, Retention } from '@app/platform';
import { readTable } from '@app/tabular';
import {
  consumerFeatures,
  scopeFindings,
  startService,
  testUnit,
  type ServiceUnderTest,
  type TestUser,
} from '@app/testing';
import { cardTables } from '../src/app/card-tables.js';
import { certification } from '../src/migrations.js';
import { CertificationUnderTest, FOLLOWED, removeRegions } from './followed-county.js';
import { newPerson, onFile, registered, VILLAGE, type TestPerson } from './people.js';

// A whole application is ten requests; on a busy machine that takes its time.
jest.setTimeout(60_000);

let service: ServiceUnderTest;
let officer: TestUser;
let second: TestUser;
let assessor: TestUser;
let lead: TestUser;

beforeAll(async () => {
  service = await startService({
    name: 'certification',
    modules: [CertificationUnderTest],
    migrated: [certification],
    now: '2026-03-02',
  });
  officer = await service.as('card-officer');
  second = await service.as('card-officer', { id: 'second-officer' });
  assessor = await service.as('assessor');
  lead = await service.as('federation-lead');
}, 60_000);
afterAll(async () => {
  await service?.stop();
  removeRegions();
}, 60_000);
beforeEach(() => service.clock.set('2026-03-02'));

const evidence = [{ kind: 'assessment-report', reference: '档案室 2026-1' }];
const physical3 = { category: 'physical', grade: 3 };
const guardian = { name: '李四', relation: '母亲' };

function formOf(person: TestPerson, more: object = {}) {
  return {
    kind: 'first',
    personId: person.personId,
    identityNumber: person.identityNumber,
    divisionCode: person.divisionCode,
    ...more,
  };
}

/** A person on file whose application has come this far. @returns its path */
async function accepted(person: TestPerson, more: object = {}): Promise<string> {
  await onFile(service, person);
  const { status, body } = await officer.post('/certification/applications', formOf(person, more));
  if (status !== 201) throw new Error(JSON.stringify(body));
  const path = `/certification/applications/${body.applicationId}`;
  const placed = await officer.post(`${path}/accept`, { unitId: testUnit('assessor') });
  expect(placed.body).toMatchObject({ status: 'accepted' });
  return path;
}

function assess(path: string, components: unknown[] = [physical3]) {
  const assessment = { components, assessedOn: '2026-03-02', institution: '示范县人民医院', evidence };
  return assessor.post(`${path}/assessment`, assessment);
}

async function onNotice(person: TestPerson, components?: unknown[], more?: object): Promise<string> {
  const path = await accepted(person, more);
  await assess(path, components);
  expect((await officer.post(`${path}/notice`, { from: '2026-03-02' })).body).toMatchObject({
    status: 'on-notice',
  });
  return path;
}

const REPRESENTATIVE = { mother: randomUUID(), agent: randomUUID(), over: randomUUID(), other: randomUUID() };

/** Registry tells who may act for the person: a guardian for all, agents for single acts. */
async function represented({ personId, divisionCode }: TestPerson): Promise<void> {
  const from = '2026-01-01';
  const entry = { kind: 'agent', from, until: '2026-12-31', nameToken: 't' } as const;
  await service.deliver(
    'certification',
    representativesChangedV1.of({
      personId,
      divisionCode,
      version: 1,
      representatives: [
        { ...entry, representativeId: REPRESENTATIVE.mother, kind: 'statutory', acts: ['all'], until: null },
        { ...entry, representativeId: REPRESENTATIVE.agent, acts: ['apply'] },
        { ...entry, representativeId: REPRESENTATIVE.over, acts: ['all'], until: '2026-03-01' },
        { ...entry, representativeId: REPRESENTATIVE.other, acts: ['receive', 'decline'] },
      ],
    }),
  );
}

async function termOf(path: string, step: string) {
  const { terms } = (await officer.get(path)).body as { terms: { step: string }[] };
  return terms.find((term) => term.step === step);
}

/** From the form to the card, on 10 March. */
async function issued(person: TestPerson, components?: unknown[]): Promise<string> {
  const path = await onNotice(person, components);
  service.clock.set('2026-03-10');
  const { status, body } = await lead.post(`${path}/approve`);
  expect({ status, body }).toMatchObject({ status: 200, body: { status: 'approved' } });
  return body.cardId as string;
}

async function factsOf(cardId: string) {
  return (await service.published('certification')).filter(({ data }) => data['cardId'] === cardId);
}

const slugOf = ({ status, body }: { status: number; body: { title?: string } }) => `${status} ${body.title}`;

const CATEGORY = { physical: '肢体', visual: '视力', intellectual: '智力' } as const;
type RosterCategory = keyof typeof CATEGORY;
const DIGIT = { physical: 4, visual: 1, intellectual: 5 } as const;

interface RosterRow {
  person: TestPerson;
  category?: RosterCategory;
  grade?: number;
  status?: string;
  cardNumber?: string;
  issuedOn?: string;
}

/** A roster of the living stock as CSV. */
function roster(rows: RosterRow[]): Buffer {
  const lines = rows.map(
    ({ person, category = 'physical', grade = 2, status = '有效', cardNumber, issuedOn }) =>
      [
        person.identityNumber,
        cardNumber ?? `${person.identityNumber}${DIGIT[category]}${grade}`,
        CATEGORY[category],
        `${grade}`,
        '',
        issuedOn ?? '2020-05-01',
        '2030-05-01',
        status,
      ].join(','),
  );
  return Buffer.from(
    ['身份证号,残疾人证号,残疾类别,残疾等级,多重残疾明细,发证日期,有效期至,状态', ...lines].join('\n'),
  );
}

async function takenOver(...people: TestPerson[]): Promise<void> {
  const data = await service.as('data-officer', { from: '330000000000', to: '339999999999' });
  const file = roster(people.map((person) => ({ person })));
  const { body } = await data.upload('/certification/imports/taken-over', file, 'text/csv');
  expect(body).toMatchObject({ applied: people.length, failed: 0 });
}

async function cardIdOf(person: TestPerson): Promise<string> {
  const [row] = await service.database.query<{ card_id: string }>(
    'select card_id from certification.cards where person_id = $1',
    [person.personId],
  );
  return row!.card_id;
}

describe('an application', () => {
  it('leads from the form to a numbered card, and its issue is told once', async () => {
    const person = newPerson();
    const components = [physical3, { category: 'visual', grade: 2 }];
    const cardId = await issued(person, components);
    expect(await factsOf(cardId)).toMatchObject([
      {
        type: 'certification.card.issued.v1',
        key: person.personId,
        data: {
          personId: person.personId,
          divisionCode: VILLAGE,
          version: 1,
          status: 'valid',
          category: 'multiple',
          grade: 2,
          components,
          issuedOn: '2026-03-10',
          validTo: '2036-03-10',
          origin: 'issued-here',
        },
      },
    ]);
    const view = (await officer.get(`/certification/persons/${person.personId}/card`)).body;
    expect(view).toMatchObject({ cardId, holder: '张*丰', status: 'valid', proposals: [] });
    expect(view.cardNumber).toBe(`3388${'*'.repeat(12)}${`${person.identityNumber}72`.slice(-4)}`);
    for (const search of [
      { cardNumber: ` ${person.identityNumber}72` },
      { identityNumber: person.identityNumber.toLowerCase() },
    ]) {
      expect((await lead.post('/certification/cards/find', search)).body).toMatchObject({ cardId });
    }
    // Who did each step stands in the history; the number on the form is not kept past the decision.
    const steps = await service.database.query(
      `select step, s.status, actor_id, a.identity_number from certification.application_steps s
       join certification.applications a using (application_id) where person_id = $1 order by s.version`,
      [person.personId],
    );
    expect(steps).toEqual(
      [
        ['submit', 'submitted', 'card-officer'],
        ['accept', 'accepted', 'card-officer'],
        ['assess', 'assessed', 'assessor'],
        ['notice', 'on-notice', 'card-officer'],
        ['approve', 'approved', 'federation-lead'],
      ].map(([step, status, actor_id]) => ({ step, status, actor_id, identity_number: null })),
    );
  });

  it('is on notice for five working days at least, in the calendar with its make-up days', async () => {
    const path = await accepted(newPerson());
    await assess(path);
    const golden: [from: string, earliestTo: string][] = [
      ['2026-03-02', '2026-03-09'], // an ordinary week
      ['2026-03-07', '2026-03-13'], // from a Saturday
      ['2026-02-13', '2026-02-27'], // Spring Festival, with the Saturday before it worked
      ['2026-04-30', '2026-05-11'], // Labour Day, with Saturday 9 May worked
      ['2026-09-28', '2026-10-10'], // National Day, ends on a worked Saturday
    ];
    for (const [from, earliestTo] of golden) {
      const to = new Date(Date.parse(earliestTo) - 86_400_000).toISOString().slice(0, 10);
      const short = await officer.post(`${path}/notice`, { from, to });
      expect({ from, slug: slugOf(short), earliestTo: short.body.earliestTo }).toEqual({
        from,
        slug: '422 notice-too-short',
        earliestTo,
      });
    }
    const { body } = await officer.post(`${path}/notice`, { from: '2026-03-02' });
    expect(body.notice).toEqual({ published: true, from: '2026-03-02', to: '2026-03-09' });
    service.clock.set('2026-03-09');
    expect(slugOf(await lead.post(`${path}/approve`))).toBe('409 notice-running');
    service.clock.set('2026-03-10');
    expect(slugOf(await lead.post(`${path}/approve`, { validFrom: '2026-03-11' }))).toBe('422 day-in-future');
    expect((await lead.post(`${path}/approve`)).status).toBe(200);
  });

  it('is handed in for the person by who may apply for them, as registry has told; who may not is refused with why', async () => {
    const person = newPerson();
    await onFile(service, person);
    const by = (onBehalf: string) =>
      officer.post('/certification/applications', formOf(person, { onBehalf }));
    // Of whom nothing was told, nobody is on file.
    expect(slugOf(await by(REPRESENTATIVE.agent))).toBe('409 representative-not-on-file');
    await represented(person);
    expect(slugOf(await by(randomUUID()))).toBe('409 representative-not-on-file');
    expect(slugOf(await by(REPRESENTATIVE.over))).toBe('409 representative-authority-over');
    expect(slugOf(await by(REPRESENTATIVE.other))).toBe('409 representative-may-not');
    const { status, body } = await by(REPRESENTATIVE.agent);
    expect(status).toBe(201);
    expect((await officer.get(`/certification/applications/${body.applicationId}`)).body).toMatchObject({
      guardian: null,
      onBehalf: { representativeId: REPRESENTATIVE.agent, kind: 'agent', until: '2026-12-31' },
    });
  });

  it('of a minor is handed in by the guardian who is on file, and by no agent alone', async () => {
    const child = newPerson({ birthDate: '2015-05-18' });
    await onFile(service, child);
    await represented(child);
    const by = (onBehalf: string) => officer.post('/certification/applications', formOf(child, { onBehalf }));
    expect(slugOf(await by(REPRESENTATIVE.agent))).toBe('409 guardian-needed');
    const { status, body } = await by(REPRESENTATIVE.mother);
    expect(status).toBe(201);
    const path = `/certification/applications/${body.applicationId}`;
    await officer.post(`${path}/accept`, { unitId: testUnit('assessor') });
    await assess(path);
    await officer.post(`${path}/notice`, { from: '2026-03-02' });
    expect((await lead.post(`${path}/approve`)).body).toMatchObject({ status: 'approved' });
  });

  it('of a minor is not published, and needs a guardian', async () => {
    const child = newPerson({ birthDate: '2012-06-01' });
    await onFile(service, child);
    expect(slugOf(await officer.post('/certification/applications', formOf(child)))).toBe(
      '409 guardian-needed',
    );
    const path = await accepted(child, { guardian });
    await assess(path);
    const { body } = await officer.post(`${path}/notice`, { from: '2026-03-02', place: '公示栏' });
    expect(body.notice).toEqual({ published: false, from: '2026-03-02', to: '2026-03-02' });
    expect((await officer.get(path)).body).toMatchObject({
      notice: { place: null },
      guardian: { name: '李*' },
    });
    expect((await lead.post(`${path}/approve`)).body).toMatchObject({ status: 'approved' });
  });

  it('for an intellectual or mental disability needs a guardian before the approval', async () => {
    const path = await accepted(newPerson());
    await assess(path, [{ category: 'intellectual', grade: 2 }]);
    await officer.post(`${path}/notice`, { from: '2026-03-02' });
    service.clock.set('2026-03-10');
    expect(slugOf(await lead.post(`${path}/approve`))).toBe('409 guardian-needed');
    // The guardian comes with a new notice, after a new assessment.
    service.clock.set('2026-03-02');
    await assess(path, [{ category: 'intellectual', grade: 2 }]);
    await officer.post(`${path}/notice`, { from: '2026-03-02', guardian });
    service.clock.set('2026-03-10');
    expect((await lead.post(`${path}/approve`)).status).toBe(200);
  });

  it('is approved by a second person: not by who accepted or assessed it', async () => {
    const path = await onNotice(newPerson());
    service.clock.set('2026-03-10');
    expect(slugOf(await officer.post(`${path}/approve`))).toBe('403 second-person-needed');
    const both = await service.as('federation-lead', { id: 'assessor' });
    expect(slugOf(await both.post(`${path}/approve`))).toBe('403 second-person-needed');
    // A deputy sees with the eyes of whom they act for.
    const deputy = await service.as('federation-lead', { id: 'deputy', onBehalfOf: 'card-officer' });
    expect(slugOf(await deputy.post(`${path}/approve`))).toBe('403 second-person-needed');
    expect((await second.post(`${path}/approve`)).status).toBe(200);
  });

  it('keeps who did a step, and neither their reach nor where they were', async () => {
    const path = await onNotice(newPerson());
    const [row] = await service.database.query<{ state: string }>(
      'select a::text as state from certification.applications a where application_id = $1',
      [path.split('/').at(-1)],
    );
    expect(row!.state).toContain('card-officer');
    expect(row!.state).not.toMatch(/scope|place_from|address|127\.0\.0\.1/);
  });

  it('waits for objections, and is assessed again when one is founded', async () => {
    const path = await onNotice(newPerson());
    await officer.post(`${path}/objections`, { text: '邻居反映情况不实' });
    service.clock.set('2026-03-10');
    expect(slugOf(await lead.post(`${path}/approve`))).toBe('409 objection-open');
    const settle = (finding: string) =>
      lead.post(`${path}/objections/settle`, { number: 1, finding, note: '已核实' });
    expect((await settle('founded')).status).toBe(200);
    expect(slugOf(await settle('unfounded'))).toBe('404 objection-not-found');
    expect(slugOf(await lead.post(`${path}/approve`))).toBe('409 objection-open');
    expect((await assess(path, [{ category: 'physical', grade: 4 }])).body).toMatchObject({
      status: 'assessed',
    });
    expect((await officer.get(path)).body).toMatchObject({ objections: [], notice: null });
  });

  it('that does not meet the standard ends there, with the way to a second assessment', async () => {
    const person = newPerson();
    const path = await accepted(person);
    expect((await assess(path, [])).body).toMatchObject({ status: 'rejected', cardId: null });
    const { body } = await officer.get(path);
    expect(body.decided).toMatchObject({
      reason: 'standard-not-met',
      remedy: expect.stringContaining('10 个工作日'),
      by: { id: 'assessor' },
    });
    expect((await officer.post('/certification/applications', formOf(person))).status).toBe(201);
  });

  it('is rejected with a reason and a remedy, and then stays so', async () => {
    const path = await accepted(newPerson());
    expect((await lead.post(`${path}/reject`, { reason: '材料不实' })).status).toBe(400);
    const rejection = { reason: '材料不实', remedy: '可在补正后重新申请' };
    expect((await lead.post(`${path}/reject`, rejection)).body).toMatchObject({ status: 'rejected' });
    expect(slugOf(await lead.post(`${path}/reject`, rejection))).toBe('409 step-not-open');
    expect(slugOf(await assess(path))).toBe('409 step-not-open');
  });

  it('runs under the clock of ten working days for the approval, and is marked when it is late', async () => {
    const path = await onNotice(newPerson());
    const term = async () => termOf(path, 'approve');
    expect(await term()).toMatchObject({
      step: 'approve',
      status: 'running',
      anchorDay: '2026-03-09',
      basis: expect.stringContaining('第九条'),
      mark: null,
    });
    service.clock.set('2026-03-24');
    expect(await term()).toMatchObject({ mark: '超期' });
    await lead.post(`${path}/approve`);
    expect(await term()).toMatchObject({ status: 'stopped', mark: null });
  });

  it('is published for five working days, and its assessment can be disputed for ten: the ends of both are nobody’s delay', async () => {
    const path = await onNotice(newPerson());
    // From Monday 2 March: 3, 4, 5, 6 and 9.
    expect(await termOf(path, 'notice')).toMatchObject({
      holder: 'person',
      value: 5,
      unit: 'working-day',
      dueDay: '2026-03-09',
      basis: expect.stringContaining('第九条第（三）项'),
    });
    // And on: 10 to 13, and 16.
    expect(await termOf(path, 'dispute')).toMatchObject({
      holder: 'person',
      value: 10,
      dueDay: '2026-03-16',
      basis: expect.stringContaining('第二十五条'),
    });
    service.clock.set('2026-03-17');
    expect(await termOf(path, 'notice')).toMatchObject({ mark: '期满', overdue: false });
    expect(await termOf(path, 'dispute')).toMatchObject({ mark: '期满', overdue: false });
    expect(await termOf(path, 'approve')).toMatchObject({ mark: null });
  });

  it('that was published for longer can be objected to until that day', async () => {
    const path = await accepted(newPerson());
    await assess(path);
    await officer.post(`${path}/notice`, { from: '2026-03-02', to: '2026-03-15' });
    expect(await termOf(path, 'notice')).toMatchObject({
      dueDay: '2026-03-15',
      value: 13,
      unit: 'natural-day',
    });
    expect(await termOf(path, 'approve')).toMatchObject({ anchorDay: '2026-03-15' });
  });

  it('tells when its notice has ended, and when its approval is due and late, once each', async () => {
    const path = await onNotice(newPerson());
    const applicationId = path.split('/').at(-1);
    service.clock.set('2026-03-10');
    await service.get(ClockSweeper).sweep();
    // The tenth working day after 9 March is the 23rd.
    service.clock.set('2026-03-24');
    await service.get(ClockSweeper).sweep();
    await service.get(ClockSweeper).sweep();
    const told = (await service.published('certification')).filter(
      ({ type, data }) => type === applicationRemindedV1.type && data['applicationId'] === applicationId,
    );
    expect(told.map(({ data }) => [data['step'], data['rung'], data['level'], data['to']])).toEqual([
      ['notice', 'notice-ended', 0, ['doer']],
      ['approve', 'reminder', 0, ['doer']],
      ['approve', 'due', 0, ['doer']],
      ['approve', 'overdue-1', 1, ['doer', 'supervisor']],
    ]);
  });

  it('is one at a time, and none while a card is in force: a second issue is refused with the card', async () => {
    const person = newPerson();
    await accepted(person);
    expect(slugOf(await officer.post('/certification/applications', formOf(person)))).toBe(
      '409 application-open',
    );
    const holder = newPerson();
    const cardId = await issued(holder);
    const again = await officer.post('/certification/applications', formOf(holder));
    expect({ slug: slugOf(again), cardId: again.body.cardId }).toEqual({
      slug: '409 card-already-in-force',
      cardId,
    });
  });

  it('approved twice at once issues one card', async () => {
    const person = newPerson();
    const path = await onNotice(person);
    service.clock.set('2026-03-10');
    const answers = await Promise.all(
      [lead, second, lead, second].map((user) => user.post(`${path}/approve`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(await factsOf(await cardIdOf(person))).toHaveLength(1);
  });

  it('meets a card that came by another way with a clear conflict, when it is approved', async () => {
    const person = newPerson();
    const path = await onNotice(person);
    await takenOver(person);
    service.clock.set('2026-03-10');
    expect(slugOf(await lead.post(`${path}/approve`))).toBe('409 card-already-in-force');
  });

  it('is taken in once when the same request is repeated with its key', async () => {
    const person = newPerson();
    await onFile(service, person);
    const key = { 'idempotency-key': `form-${person.personId}` };
    const first = await officer.post('/certification/applications', formOf(person), key);
    const repeated = await officer.post('/certification/applications', formOf(person), key);
    expect(repeated).toMatchObject({ status: 201, body: first.body });
  });

  it('names what is wrong with the number on the form, and never quotes it', async () => {
    const [person, other, stranger] = [newPerson(), newPerson(), newPerson()];
    await onFile(service, person, other);
    const submit = (form: object) => officer.post('/certification/applications', form);
    const wrong = person.identityNumber.replace(/^338801/, '338802');
    const answers = [
      await submit(formOf(person, { identityNumber: wrong })),
      await submit(formOf(person, { identityNumber: '338801800517001' })),
      await submit(formOf(person, { identityNumber: other.identityNumber })),
      await submit(formOf(stranger)),
      await submit(formOf(person, { divisionCode: '338801002001' })),
      await submit(formOf(person, { guardian: { name: `李四 ${wrong}`, relation: '母亲' } })),
    ];
    expect(answers.map((answer) => slugOf(answer))).toEqual([
      '422 identity-number-malformed',
      '422 identity-number-malformed',
      '422 person-differs',
      '409 person-not-on-file',
      '422 place-differs',
      '400 request-malformed',
    ]);
    expect(JSON.stringify(answers)).not.toMatch(/33880\d{9}/);
  });

  it('for a renewal or a re-grading changes the card that there is', async () => {
    const person = newPerson();
    await onFile(service, person);
    await takenOver(person);
    expect(
      slugOf(await officer.post('/certification/applications', formOf(newPerson(), { kind: 'renewal' }))),
    ).toBe('409 person-not-on-file');
    const regrade = await onNotice(person, [{ category: 'physical', grade: 1 }], { kind: 'regrade' });
    service.clock.set('2026-03-10');
    expect((await lead.post(`${regrade}/approve`)).status).toBe(200);
    service.clock.set('2030-01-10');
    const renewal = await accepted(person, { kind: 'renewal' });
    expect((await lead.post(`${renewal}/approve`)).body).toMatchObject({ status: 'approved' });
    expect(await factsOf(await cardIdOf(person))).toMatchObject([
      { type: 'certification.card.taken-over.v1', data: { grade: 2, version: 1 } },
      {
        type: 'certification.card.regraded.v1',
        data: { grade: 1, version: 2, previous: { grade: 2 }, validTo: '2030-05-01' },
      },
      { type: 'certification.card.renewed.v1', data: { grade: 1, version: 3, validTo: '2040-01-10' } },
    ]);
    // An assessment that finds the standard no longer met leaves the card to a named person.
    service.clock.set('2030-02-01');
    const last = await accepted(person, { kind: 'regrade' });
    expect((await assess(last, [])).body).toMatchObject({ status: 'rejected' });
    const card = (await officer.get(`/certification/persons/${person.personId}/card`)).body;
    expect(card).toMatchObject({
      status: 'valid',
      proposals: [{ propose: 'cancellation', because: 'standard-not-met' }],
    });
    await officer.post(`/certification/cards/${card.cardId}/cancel`, {
      reason: 'standard-not-met',
      evidence,
    });
    const again = await officer.post('/certification/applications', formOf(person));
    expect({ slug: slugOf(again), until: again.body.until }).toEqual({
      slug: '409 waiting-time-runs',
      until: '2031-02-01',
    });
    service.clock.set('2031-02-01');
    expect((await officer.post('/certification/applications', formOf(person))).status).toBe(201);
  });
});

describe('a card', () => {
  it('goes through every change with reason, evidence and a fact, and keeps its history', async () => {
    const person = newPerson();
    const cardId = await issued(person);
    const path = `/certification/cards/${cardId}`;
    const change = async (name: string, body: object, by = officer) => {
      const answer = await by.post(`${path}/${name}`, body);
      if (answer.status !== 200) throw new Error(`${name}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    await change('deliver', {});
    await change('replace', { reason: 'lost' });
    const regrade = {
      components: [{ category: 'visual', grade: 1 }],
      assessedOn: '2026-03-10',
      institution: '县医院',
    };
    await change('regrade', { ...regrade, evidence }, lead);
    await change('freeze', { reason: 'in-doubt', evidence });
    await change('unfreeze', { reason: 'settled', evidence });
    await change('transfer', { direction: 'out', to: '330302001001', evidence });
    await change('transfer', { direction: 'in', divisionCode: '338801002001', evidence });
    service.clock.set('2035-04-01');
    await change('renew', {});
    await change('cancel', { reason: 'wish', evidence, note: '本人书面申请' });
    await change('correct', { withdraws: 'cancellation', reason: 'entry-error', evidence }, lead);
    await change('correct', { withdraws: 'issue', reason: 'wrong-person', evidence }, lead);
    const facts = await factsOf(cardId);
    expect(facts.map(({ type, data }) => [type.split('.')[2], data['version'], data['status']])).toEqual([
      ['issued', 1, 'valid'],
      ['delivered', 2, 'valid'],
      ['replaced', 3, 'valid'],
      ['regraded', 4, 'valid'],
      ['frozen', 5, 'frozen'],
      ['unfrozen', 6, 'valid'],
      ['transferred', 7, 'valid'],
      ['transferred', 8, 'valid'],
      ['renewed', 9, 'valid'],
      ['cancelled', 10, 'cancelled'],
      ['corrected', 11, 'valid'],
      ['corrected', 12, 'cancelled'],
    ]);
    const { body: history } = await lead.get(`${path}/history`);
    expect(history.map((entry: { action: string }) => entry.action)).toEqual([
      'issue',
      'deliver',
      'replace',
      'regrade',
      'freeze',
      'unfreeze',
      'transfer-out',
      'transfer-in',
      'renew',
      'cancel',
      'correct',
      'correct',
    ]);
    expect(history[9]).toMatchObject({
      reason: 'wish',
      note: '本人书面申请',
      evidence,
      by: { id: 'card-officer', role: 'card-officer' },
    });
    // The words of the officer stay here.
    expect(JSON.stringify(facts)).not.toContain('书面');
    // Withdrawn for good: the person may be issued the right card.
    expect(
      (await officer.post('/certification/applications', formOf({ ...person, divisionCode: VILLAGE })))
        .status,
    ).toBe(201);
  });

  it('is not changed against its standing, without evidence, or by the number in a free text', async () => {
    const person = newPerson();
    const path = `/certification/cards/${await issued(person)}`;
    expect(slugOf(await officer.post(`${path}/unfreeze`, { reason: 'settled', evidence }))).toBe(
      '409 card-action-not-open',
    );
    expect(slugOf(await officer.post(`${path}/renew`, {}))).toBe('409 renewal-too-early');
    expect((await officer.post(`${path}/cancel`, { reason: 'death', evidence: [] })).status).toBe(400);
    expect((await officer.post(`${path}/cancel`, { reason: 'because', evidence })).status).toBe(400);
    const note = `证号 ${person.identityNumber} 已收回`;
    const answer = await officer.post(`${path}/freeze`, { reason: 'in-doubt', evidence, note });
    expect(slugOf(answer)).toBe('400 request-malformed');
    expect(JSON.stringify(answer.body)).not.toContain(person.identityNumber);
    await officer.post(`${path}/cancel`, { reason: 'death', evidence });
    expect(slugOf(await officer.post(`${path}/freeze`, { reason: 'in-doubt', evidence }))).toBe(
      '409 card-action-not-open',
    );
  });

  it('is cancelled as its holder wishes by who may decline for them, and the history says who acted', async () => {
    const person = newPerson();
    const path = `/certification/cards/${await issued(person)}`;
    await represented(person);
    const by = (onBehalf: string, reason = 'wish') =>
      officer.post(`${path}/cancel`, { reason, evidence, onBehalf });
    expect(slugOf(await by(REPRESENTATIVE.agent))).toBe('409 representative-may-not');
    expect(slugOf(await by(randomUUID()))).toBe('409 representative-not-on-file');
    // Nobody acts for the holder where it is no wish of theirs.
    expect(slugOf(await by(REPRESENTATIVE.other, 'death'))).toBe('400 request-malformed');
    expect((await by(REPRESENTATIVE.other)).body).toMatchObject({ status: 'cancelled' });
    const { body: history } = await officer.get(`${path}/history`);
    expect(history.at(-1)).toMatchObject({ action: 'cancel', onBehalf: REPRESENTATIVE.other });
    expect(history[0]).toMatchObject({ action: 'issue', onBehalf: null });
  });

  it('comes in with its holder when the number fits, once', async () => {
    const person = newPerson();
    await onFile(service, person);
    const incoming = {
      identityNumber: person.identityNumber,
      cardNumber: `${person.identityNumber}43B`,
      components: [physical3],
      issuedOn: '2021-01-01',
      validTo: '2031-01-01',
      evidence,
    };
    const wrong = { ...incoming, cardNumber: `${person.identityNumber}42` };
    expect(slugOf(await officer.post('/certification/cards/take-in', wrong))).toBe('422 card-number-differs');
    const { status, body } = await officer.post('/certification/cards/take-in', incoming);
    expect(status).toBe(201);
    expect(await factsOf(body.cardId)).toMatchObject([
      { type: 'certification.card.transferred.v1', data: { direction: 'in', issuedOn: '2021-01-01' } },
    ]);
    // `B` is how the first replacement was written once.
    const search = { cardNumber: `${person.identityNumber}43B1` };
    expect((await officer.post('/certification/cards/find', search)).body).toMatchObject({
      cardId: body.cardId,
    });
    expect(slugOf(await officer.post('/certification/cards/take-in', incoming))).toBe(
      '409 card-already-in-force',
    );
  });

  it('has a history that the service itself cannot rewrite', async () => {
    const statements = ['delete from', 'update'].flatMap((verb) =>
      ['card_events', 'application_steps', 'applied_card_rows'].map((table) =>
        verb === 'update'
          ? `update certification.${table} set ${table === 'applied_card_rows' ? 'kind = kind' : 'version = 1'}`
          : `delete from certification.${table}`,
      ),
    );
    for (const statement of statements) {
      await expect(
        service.database.query(`do $$ begin set local role certification_app; ${statement}; end $$`),
      ).rejects.toThrow(/permission denied/);
    }
  });
});

describe('access', () => {
  it('every table that users may touch is protected, and none by a role that steps over it', async () => {
    const findings = await scopeFindings(service.database, 'certification');
    expect(findings).toEqual([]);
  });

  it('of an assessor is to the applications that were given to the own institution, and to no card', async () => {
    const person = newPerson();
    await onFile(service, person);
    await takenOver(person);
    const { body } = await officer.post('/certification/applications', formOf(person, { kind: 'regrade' }));
    const path = `/certification/applications/${body.applicationId}`;
    const [here, there] = [testUnit('assessor'), randomUUID()];
    const other = await service.as('assessor', { id: 'other-assessor', unit: there });
    const sees = async () =>
      Promise.all(
        [assessor, other].map(async (user) => [(await user.get(path)).status, await listed(user, path)]),
      );
    const listed = async (user: TestUser, one: string) =>
      ((await user.get('/certification/applications?limit=200')).body as { applicationId: string }[]).some(
        ({ applicationId }) => one.endsWith(applicationId),
      );
    expect(await sees()).toEqual([
      [404, false],
      [404, false],
    ]);
    expect(slugOf(await assess(path))).toBe('404 application-not-found');
    await officer.post(`${path}/accept`, { unitId: here });
    expect(await sees()).toEqual([
      [200, true],
      [404, false],
    ]);
    expect((await assessor.get(path)).body).toMatchObject({
      applicant: '张*丰',
      unitId: here,
      formerly: { category: 'physical', grade: 2 },
      terms: [],
    });
    expect((await assessor.get(`/certification/cards/${await cardIdOf(person)}`)).status).toBe(403);
    expect((await assessor.post(`${path}/place`, { unitId: here })).status).toBe(403);
    expect((await officer.post(`${path}/place`, { unitId: there })).status).toBe(200);
    expect(await sees()).toEqual([
      [404, false],
      [200, true],
    ]);
    const assessment = { components: [], assessedOn: '2026-03-02', institution: '县医院', evidence };
    expect((await other.post(`${path}/assessment`, assessment)).body).toMatchObject({ status: 'rejected' });
    expect((await officer.get(`/certification/persons/${person.personId}/card`)).body).toMatchObject({
      proposals: [{ because: 'standard-not-met' }],
    });
    expect(slugOf(await officer.post(`${path}/place`, { unitId: here }))).toBe('409 step-not-open');
  });

  it('to a card’s number in the clear has a purpose, a minute, and an entry', async () => {
    const person = newPerson();
    await onFile(service, person);
    await takenOver(person);
    const path = `/certification/cards/${await cardIdOf(person)}`;
    const purpose = '补发时核对旧证';
    const { status, body, headers } = await officer.post(`${path}/reveal`, { field: 'card', purpose });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        field: 'card',
        value: `${person.identityNumber}42`,
        until: new Date(service.clock.now().getTime() + 60_000).toISOString(),
      },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await officer.post(`${path}/reveal`, { field: 'card', purpose: '' })).status).toBe(400);
    expect((await lead.get(`${path}/reads`)).body).toMatchObject({
      reads: [{ by: { id: 'card-officer', role: 'card-officer' }, field: 'card', purpose }],
      next: null,
    });
    const far = await service.as('card-officer', { from: '610103000000', to: '610103999999' });
    for (const answer of [
      await far.post(`${path}/reveal`, { field: 'card', purpose }),
      await far.get(`${path}/reads`),
    ])
      expect(slugOf(answer)).toBe('404 card-not-found');
    expect((await assessor.post(`${path}/reveal`, { field: 'card', purpose })).status).toBe(403);
  });

  it('leaves an entry of every step and change, with the reason', async () => {
    const person = newPerson();
    const cardId = await issued(person);
    await officer.post(`/certification/cards/${cardId}/freeze`, {
      reason: 'in-doubt',
      evidence,
      note: '邻居反映',
    });
    const entries = await service.database.query<{ actor_id: string; what: string[]; why: string | null }>(
      'select actor_id, what, why from certification.audit_entries where person_ids @> array[$1::uuid] order by entry_id',
      [person.personId],
    );
    expect(entries).toEqual([
      { actor_id: 'card-officer', what: ['application.submit'], why: null },
      { actor_id: 'card-officer', what: ['application.accept'], why: null },
      { actor_id: 'assessor', what: ['application.assess'], why: null },
      { actor_id: 'card-officer', what: ['application.notice'], why: null },
      {
        actor_id: 'federation-lead',
        what: ['application.approve', 'certification.card.issued.v1'],
        why: null,
      },
      {
        actor_id: 'card-officer',
        what: ['card.freeze', 'certification.card.frozen.v1'],
        why: 'in-doubt：邻居反映',
      },
    ]);
  });

  it('answers nobody without a token, no other role, and hides what is out of reach', async () => {
    const person = newPerson();
    const application = await accepted(newPerson());
    const cardId = await issued(person);
    const card = `/certification/cards/${cardId}`;
    const elsewhere = { from: '610103000000', to: '610103999999' };
    const [farOfficer, farAssessor, farLead, other] = await Promise.all([
      service.as('card-officer', elsewhere),
      service.as('assessor', { unit: randomUUID() }),
      service.as('federation-lead', elsewhere),
      service.as('benefit-officer'),
    ]);
    const assessment = { components: [], assessedOn: '2026-03-02', institution: '县医院', evidence };
    const text = { reason: '材料不实', remedy: '可在补正后重新申请' };
    const regrade = { components: [physical3], assessedOn: '2026-03-02', institution: '县医院', evidence };
    const posts: [path: string, body: object, far: TestUser][] = [
      [`${application}/accept`, {}, farOfficer],
      [`${application}/assessment`, assessment, farAssessor],
      [`${application}/notice`, { from: '2026-03-02' }, farOfficer],
      [`${application}/objections`, { text: '情况不实' }, farOfficer],
      [`${application}/objections/settle`, { number: 1, finding: 'founded', note: '核实' }, farLead],
      [`${application}/approve`, {}, farLead],
      [`${application}/reject`, text, farLead],
      [`${card}/renew`, {}, farOfficer],
      [`${card}/regrade`, regrade, farLead],
      [`${card}/replace`, { reason: 'lost' }, farOfficer],
      [`${card}/transfer`, { direction: 'out', to: FOLLOWED, evidence }, farOfficer],
      [`${card}/freeze`, { reason: 'in-doubt', evidence }, farOfficer],
      [`${card}/unfreeze`, { reason: 'settled', evidence }, farOfficer],
      [`${card}/cancel`, { reason: 'wish', evidence }, farOfficer],
      [`${card}/correct`, { withdraws: 'issue', reason: 'entry-error', evidence }, farLead],
      [`${card}/deliver`, {}, farOfficer],
      ['/certification/cards/find', { identityNumber: person.identityNumber }, farLead],
    ];
    const gets = [application, card, `${card}/history`, `/certification/persons/${person.personId}/card`];
    for (const [path, body, far] of posts) {
      const seen = [service.anonymous, other, far].map(async (user) => (await user.post(path, body)).status);
      expect([path, ...(await Promise.all(seen))]).toEqual([path, 401, 403, 404]);
      // What does not exist answers the same.
      const missing = path.replace(/[0-9a-f-]{36}/, randomUUID());
      if (missing !== path)
        expect(slugOf(await far.post(missing, body))).toBe(slugOf(await far.post(path, body)));
    }
    for (const path of gets) {
      const seen = [service.anonymous, other, farOfficer].map(async (user) => (await user.get(path)).status);
      expect([path, ...(await Promise.all(seen))]).toEqual([path, 401, 403, 404]);
    }
    for (const list of ['/certification/cards', '/certification/applications']) {
      expect((await farOfficer.get(list)).body).toEqual([]);
      expect((await service.anonymous.get(list)).status).toBe(401);
      expect((await other.get(list)).status).toBe(403);
      expect((await officer.get(`${list}?limit=2`)).body).toHaveLength(2);
    }
    const form = formOf(person);
    expect(slugOf(await farOfficer.post('/certification/applications', form))).toBe('409 person-not-on-file');
    expect((await other.post('/certification/applications', form)).status).toBe(403);
    const incoming = {
      identityNumber: person.identityNumber,
      cardNumber: `${person.identityNumber}43`,
      components: [physical3],
      issuedOn: '2021-01-01',
      validTo: '2031-01-01',
      evidence,
    };
    expect(slugOf(await farOfficer.post('/certification/cards/take-in', incoming))).toBe(
      '409 person-not-on-file',
    );
    // In reach, but a step of another role.
    expect((await assessor.post(`${card}/cancel`, { reason: 'wish', evidence })).status).toBe(403);
    expect((await officer.post(`${card}/regrade`, regrade)).status).toBe(403);
    // A file is its sender's.
    const sent = await officer.upload(
      '/certification/imports/taken-over',
      roster([{ person: newPerson() }]),
      'text/csv',
    );
    const path = `/certification/imports/${sent.body.importId}`;
    expect((await officer.get(path)).body).toEqual(sent.body);
    for (const file of [path, `${path}/errors.xlsx`]) {
      expect(slugOf(await second.get(file))).toBe('404 import-not-found');
      expect((await other.get(file)).status).toBe(403);
    }
    expect((await other.upload('/certification/imports/taken-over', roster([]), 'text/csv')).status).toBe(
      403,
    );
  });
});

describe('facts of registry', () => {
  const source = { kind: 'counter', reference: null, asOf: '2026-03-01' };
  const death = (person: TestPerson, version = 2) =>
    deathRecordedV1.of({
      personId: person.personId,
      divisionCode: person.divisionCode,
      version,
      factId: randomUUID(),
      diedOn: '2026-03-01',
      source,
    });
  const move = (person: TestPerson, to: string, version: number, away = false) =>
    (away ? movedAwayV1 : movedInV1).of({
      personId: person.personId,
      divisionCode: away ? person.divisionCode : to,
      version,
      from: person.divisionCode,
      to,
      movedOn: '2026-03-01',
    });
  const viewOf = async (person: TestPerson) =>
    (await officer.get(`/certification/persons/${person.personId}/card`)).body;

  it('propose the cancellation of a dead person’s card, until the death is withdrawn', async () => {
    const person = newPerson();
    await onFile(service, person);
    await takenOver(person);
    await service.deliver('certification', death(person));
    const card = await viewOf(person);
    expect(card).toMatchObject({
      status: 'valid',
      proposals: [{ propose: 'cancellation', because: 'death', on: '2026-03-01', to: null }],
    });
    const proposed = async () =>
      (await officer.get('/certification/cards?proposed=cancellation&limit=200')).body.map(
        ({ cardId }: { cardId: string }) => cardId,
      );
    expect(await proposed()).toContain(card.cardId);
    const { personId, divisionCode } = person;
    const withdrawn = { personId, divisionCode, version: 3, factId: randomUUID(), reason: '同名同姓' };
    await service.deliver('certification', deathWithdrawnV1.of(withdrawn));
    // The death comes again, late: it is passed over.
    await service.deliver('certification', death(person));
    expect(await viewOf(person)).toMatchObject({ proposals: [] });
    expect(await proposed()).not.toContain(card.cardId);
  });

  it('of a death before the registration stop the application', async () => {
    const person = newPerson();
    await service.deliver('certification', death(person));
    await onFile(service, person);
    expect(slugOf(await officer.post('/certification/applications', formOf(person)))).toBe(
      '409 person-recorded-dead',
    );
  });

  it('of moves let card and application follow inside, and propose a transfer after a move away', async () => {
    const person = newPerson();
    await onFile(service, person);
    await takenOver(person);
    const path = await accepted(person, { kind: 'regrade' });
    const to = '338801002002';
    // The whole state overtakes the move that caused it.
    await service.deliver(
      'certification',
      registered(service, { ...person, divisionCode: to }, 3),
      move(person, to, 2),
    );
    expect(await viewOf(person)).toMatchObject({ divisionCode: to, version: 2, proposals: [] });
    expect((await officer.get(path)).body).toMatchObject({ divisionCode: to });
    await service.deliver('certification', move({ ...person, divisionCode: to }, '610103001001', 4, true));
    expect(await viewOf(person)).toMatchObject({
      divisionCode: to,
      proposals: [{ propose: 'transfer', because: 'moved-away', to: '610103001001' }],
    });
    await service.deliver('certification', move(person, VILLAGE, 5));
    expect(await viewOf(person)).toMatchObject({ divisionCode: VILLAGE, version: 3, proposals: [] });
    // Following is no decision about the card: nothing is told.
    expect(await factsOf(await cardIdOf(person))).toHaveLength(1);
  });

  const personRow = ({ key }: { key: string }) =>
    service.database.query(
      `select p.*, (select count(*) from certification.card_events e join certification.cards c using (card_id)
         where c.person_id = p.person_id) as changes from certification.persons p where person_id = $1`,
      [key],
    );
  consumerFeatures({
    consumer: 'certification/know-person-on-person-registered',
    service: () => service,
    fact: () => registered(service, newPerson()),
    effect: personRow,
  });
  consumerFeatures({
    consumer: 'certification/propose-cancellation-on-death',
    service: () => service,
    overtakes: true,
    fact: async () => {
      const person = newPerson();
      await onFile(service, person);
      return death(person);
    },
    effect: personRow,
  });
  consumerFeatures({
    consumer: 'certification/follow-move-on-moved',
    service: () => service,
    fact: async () => {
      const person = newPerson();
      await onFile(service, person);
      await takenOver(person);
      return move(person, '338801002002', 2);
    },
    effect: personRow,
  });
});

describe('files', () => {
  const dailyHeader =
    '变动类型,变动日期,身份证号,残疾人证号,残疾类别,残疾等级,多重残疾明细,发证日期,有效期至,注销原因,迁往地区划代码';
  const daily = (
    person: TestPerson,
    what: string,
    on: string,
    { grade = 2, suffix = '', issuedOn = '2026-02-01', validTo = '2036-02-01', why = '', to = '' } = {},
  ) =>
    [
      what,
      on,
      person.identityNumber,
      `${person.identityNumber}4${grade}${suffix}`,
      '肢体',
      `${grade}`,
      '',
      issuedOn,
      validTo,
      why,
      to,
    ].join(',');
  const send = (kind: string, file: Buffer | string[], user: TestUser) =>
    user.upload(
      `/certification/imports/${kind}`,
      Array.isArray(file) ? Buffer.from([dailyHeader, ...file].join('\n')) : file,
      'text/csv',
    );
  const counts = ({ body }: { body: Record<string, unknown> }) => {
    const { rows, applied, unchanged, failed } = body;
    return { rows, applied, unchanged, failed };
  };
  let data: TestUser;
  beforeAll(async () => {
    data = await service.as('data-officer', { from: '330000000000', to: '339999999999' });
  });

  it('of the living stock apply the good rows once, explain the others, and start nothing', async () => {
    const [good, multiple, stranger, dead] = [newPerson(), newPerson(), newPerson(), newPerson()];
    await onFile(service, good, multiple, dead);
    const header = roster([]).toString();
    const line = (person: TestPerson, rest: string) =>
      `${person.identityNumber},${person.identityNumber}${rest}`;
    const lines = [
      line(good, '42,肢体残疾,二级,,2020-05-01,2030/5/1,有效'),
      line(multiple, '72B,多重,2,肢体二级；智力三级,2020-05-01,2030-05-01,冻结'),
      line(stranger, '42,肢体,2,,2020-05-01,2030-05-01,有效'),
      line(dead, '42,肢体,3,,2020-05-01,2030-05-01,有效'),
      line(dead, '72,多重,2,,2020-05-01,2030-05-01,有效'),
      `${good.identityNumber.slice(0, 17)},x,肢体,五级,,2020-13-01,2030-05-01,有效`,
      line(dead, '42,肢体,2,,2020-05-01,2030-05-01,注销'),
    ];
    const file = Buffer.from([header, ...lines].join('\n'));
    const first = await send('taken-over', file, data);
    expect(counts(first)).toEqual({ rows: 7, applied: 3, unchanged: 0, failed: 4 });
    expect(first.body.errors).toMatchObject([
      {
        row: 4,
        column: null,
        reason: '人口信息中没有此人',
        suggestion: expect.stringContaining('先导入人口名册'),
      },
      { row: 5, column: '残疾人证号', suggestion: expect.stringContaining('第 20 位') },
      { row: 6, column: '多重残疾明细', reason: '多重残疾缺少明细' },
      { row: 7, column: '身份证号' },
      { row: 7, column: '残疾人证号' },
      { row: 7, column: '残疾等级' },
      { row: 7, column: '发证日期' },
    ]);
    expect(JSON.stringify(first.body)).not.toMatch(/338801\d{8}/);
    expect(counts(await send('taken-over', file, data))).toEqual({
      rows: 7,
      applied: 0,
      unchanged: 3,
      failed: 4,
    });
    expect(await factsOf(await cardIdOf(multiple))).toMatchObject([
      {
        type: 'certification.card.taken-over.v1',
        data: {
          status: 'frozen',
          category: 'multiple',
          grade: 2,
          origin: 'taken-over',
          components: [
            { category: 'physical', grade: 2 },
            { category: 'intellectual', grade: 3 },
          ],
        },
      },
    ]);
    // The rejected rows come back as a workbook that can be corrected and sent again.
    const workbook = await data.get(`/certification/imports/${first.body.importId}/errors.xlsx`);
    const { rows } = await readTable(workbook.body, cardTables['taken-over']);
    expect(rows).toHaveLength(4);
    // After ninety days nobody corrects them any more: they are forgotten, the report stays.
    const forget = async (days: number) => {
      await service.database.query(
        'update certification.card_imports set created_at = now() - make_interval(days => $2) where import_id = $1',
        [first.body.importId, days],
      );
      await service.get(Retention).clean(service.get(Database), serviceActor('certification'));
      const [row] = await service.database.query<{ kept: boolean; failed: number }>(
        'select bad_rows is not null as kept, failed from certification.card_imports where import_id = $1',
        [first.body.importId],
      );
      return row;
    };
    expect(await forget(89)).toEqual({ kept: true, failed: 4 });
    expect(await forget(91)).toEqual({ kept: false, failed: 4 });
    await onFile(service, stranger);
    const corrected = await data.upload(
      '/certification/imports/taken-over',
      workbook.body,
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    );
    expect(counts(corrected)).toEqual({ rows: 4, applied: 1, unchanged: 0, failed: 3 });
    // A card that has changed since is not set back by the same roster, and not by another one.
    await officer.post(`/certification/cards/${await cardIdOf(good)}/replace`, { reason: 'lost' });
    expect(counts(await send('taken-over', file, data))).toMatchObject({ applied: 0, unchanged: 4 });
    const other = await send('taken-over', roster([{ person: good, grade: 1 }]), data);
    expect(other.body.errors).toMatchObject([{ row: 2, reason: '与系统中的残疾人证不一致' }]);
  });

  it('of the system above become the facts, once, in the order of the days, however they come', async () => {
    const [a, b, c] = [1, 2, 3].map(() => newPerson({ divisionCode: FOLLOWED })) as [
      TestPerson,
      TestPerson,
      TestPerson,
    ];
    await onFile(service, a, b, c);
    const monday = [
      daily(a, '新办', '2026-02-02'),
      daily(b, '新办', '2026-02-02'),
      daily(c, '变更', '2026-02-02', { grade: 1 }),
    ];
    const tuesday = [
      daily(a, '变更', '2026-02-04', { grade: 1 }),
      daily(a, '冻结', '2026-02-03', {}),
      daily(a, '解冻', '2026-02-03', {}),
      daily(b, '补发', '2026-02-03', { suffix: 'B1' }),
      daily(b, '注销', '2026-02-05', { suffix: 'B1', why: '死亡' }),
      daily(b, '新办', '2026-02-06', { grade: 3, issuedOn: '2026-02-06' }),
    ];
    const first = await send('followed', monday, data);
    expect(counts(first)).toEqual({ rows: 3, applied: 2, unchanged: 0, failed: 1 });
    expect(first.body.errors).toMatchObject([
      { row: 4, reason: '系统中没有此人的残疾人证', suggestion: expect.stringContaining('名册') },
    ]);
    expect(counts(await send('followed', tuesday, data))).toEqual({
      rows: 6,
      applied: 6,
      unchanged: 0,
      failed: 0,
    });
    // Both again, and the older one after the newer.
    expect(counts(await send('followed', tuesday, data))).toMatchObject({
      applied: 0,
      unchanged: 6,
      failed: 0,
    });
    expect(counts(await send('followed', monday, data))).toMatchObject({ applied: 0, unchanged: 2 });
    expect(
      counts(await send('followed', [daily(a, '变更', '2026-02-03', { grade: 4 })], data)),
    ).toMatchObject({
      applied: 0,
      unchanged: 1,
    });
    const facts = (await service.published('certification')).filter(({ key }) =>
      [a, b].some((p) => p.personId === key),
    );
    const of = (person: TestPerson) =>
      facts
        .filter(({ key }) => key === person.personId)
        .map(({ type, data: fact }) => [type.split('.')[2], fact['grade'], fact['status'], fact['origin']]);
    expect(of(a)).toEqual([
      ['issued', 2, 'valid', 'followed'],
      ['frozen', 2, 'frozen', 'followed'],
      ['unfrozen', 2, 'valid', 'followed'],
      ['regraded', 1, 'valid', 'followed'],
    ]);
    expect(of(b)).toEqual([
      ['issued', 2, 'valid', 'followed'],
      ['replaced', 2, 'valid', 'followed'],
      ['cancelled', 2, 'cancelled', 'followed'],
      ['issued', 3, 'valid', 'followed'],
    ]);
    // What is decided above is not decided here as well, and the other way round.
    const [near, there] = await Promise.all([
      service.as('card-officer', { from: '330302000000', to: '330302999999' }),
      service.as('federation-lead', { from: '330302000000', to: '330302999999' }),
    ]);
    expect(slugOf(await near.post('/certification/applications', formOf(c)))).toBe('409 cards-issued-above');
    const path = `/certification/cards/${(await there.get(`/certification/persons/${a.personId}/card`)).body.cardId}`;
    expect(slugOf(await near.post(`${path}/freeze`, { reason: 'in-doubt', evidence }))).toBe(
      '409 cards-issued-above',
    );
    expect((await near.post(`${path}/deliver`)).status).toBe(200);
    const here = newPerson();
    await onFile(service, here);
    const { body } = await send('followed', [daily(here, '新办', '2026-02-02')], data);
    expect(body.errors).toMatchObject([{ row: 2, reason: '此人所在地区的残疾人证在本系统核发' }]);
  });

  it('that are no table, or not the right one, are refused whole with what to do', async () => {
    expect(slugOf(await send('taken-over', Buffer.from('%PDF-1.7 x'), data))).toBe('422 file-not-readable');
    expect(slugOf(await send('followed', roster([{ person: newPerson() }]), data))).toBe(
      '422 header-not-valid',
    );
    expect((await send('nonsense', Buffer.from('x'), data)).status).toBe(400);
    for (const kind of ['taken-over', 'followed'] as const) {
      const template = await data.get(`/certification/imports/templates/${kind}.csv`);
      expect(slugOf(await send(kind, template.body, data))).toBe('422 file-not-readable');
      const { body } = await data.get(`/certification/imports/templates/${kind}.xlsx`);
      expect(slugOf(await send(kind, body, data))).toBe('422 file-not-readable');
    }
  });

  it('of 5,000 cards are applied whole, and again as nothing', async () => {
    const people = Array.from({ length: 5000 }, () => newPerson());
    await onFile(service, ...people);
    const file = roster(people.map((person) => ({ person })));
    const start = performance.now();
    expect(counts(await send('taken-over', file, data))).toEqual({
      rows: 5000,
      applied: 5000,
      unchanged: 0,
      failed: 0,
    });
    const took = performance.now() - start;
    if (process.env['SHOW_TIMES']) process.stdout.write(`5,000 cards in ${Math.round(took)} ms\n`);
    expect(counts(await send('taken-over', file, data))).toMatchObject({ applied: 0, unchanged: 5000 });
  }, 60_000);
});

it('keeps every identity and card number out of facts, tables and parked messages', async () => {
  const person = newPerson();
  const cardId = await issued(person);
  await officer.post(`/certification/cards/${cardId}/replace`, { reason: 'damaged' });
  await accepted(newPerson());
  const tables = await service.database.query<{ table: string }>(
    `select table_name as table from information_schema.tables where table_schema = 'certification' and table_type = 'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(10);
  for (const { table } of tables) {
    const rows = await service.database.query(
      `select 1 from certification.${table} as t where t::text ~ '338801(19|20)\\d{9}[0-9X]' limit 1`,
    );
    expect({ table, rows }).toEqual({ table, rows: [] });
  }
  // And yet the number is there, for who may see it.
  const [row] = await service.database.query<{ card_number: string }>(
    'select card_number from certification.cards where card_id = $1',
    [cardId],
  );
  expect(row!.card_number).toMatch(/^k1\./);
});
