import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { caseworkMigrations, CaseworkModule, CitizenMessages } from '@app/casework';
import { RungHandler, type FiredRung } from '@app/clocks';
import { messageDeliveredV1, messageFailedV1, messageSentV1, type NewEvent } from '@app/contracts';
import { Database } from '@app/platform';
import { serviceActor } from '@app/access';
import { ServiceModule } from '@app/service-host';
import { consumerFeatures, startService, testUnit, type ServiceUnderTest } from '@app/testing';
import { registeredFact } from './facts.js';
import { inventedCatalogue, teaItems, work } from './tea-catalogue.js';

const catalogue = inventedCatalogue([
  ...teaItems,
  {
    id: 'invented/tea-doctor',
    mode: 'apply',
    period: 'round',
    department: 'health',
    steps: [work('see', 'benefit-officer')],
  },
]);

@Module({
  imports: [ServiceModule.forService('subsidies'), CaseworkModule.forService('subsidies', { catalogue })],
})
class TeaHouse {}

const PLACE = '338801001001';
/** A Monday; the Friday after it is the 6th. */
const MONDAY = '2026-03-02';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({
    name: 'subsidies',
    modules: [TeaHouse],
    migrated: [{ service: 'subsidies', migrations: caseworkMigrations }],
    now: MONDAY,
  });
});
afterAll(() => service?.stop());
beforeEach(() => service.clock.set(MONDAY));

const deliver = (...events: NewEvent[]) => service.deliver('subsidies', ...events);

async function openedCase(itemId = 'invented/tea-lesson') {
  const personId = randomUUID();
  await deliver(registeredFact(personId, PLACE));
  const officer = await service.as('benefit-officer', { id: 'officer' });
  const { status, body } = await officer.post('/subsidies/cases', { personId, itemId, divisionCode: PLACE });
  expect(status).toBe(201);
  const caseId = (body as { caseId: string }).caseId;
  return { personId, caseId, path: `/subsidies/cases/${caseId}`, officer };
}

const messageFactsOf = async (caseId: string) =>
  (await service.published('subsidies')).filter(
    ({ type, data }) => type.includes('.message.') && data['caseId'] === caseId,
  );

/** In the service's own name, as a rung or a consumer asks. */
const request = (...messages: Parameters<CitizenMessages['request']>[1]) =>
  service
    .get(Database)
    .transaction(serviceActor('subsidies'), (tx) => service.get(CitizenMessages).request(tx, messages));

describe('a message', () => {
  it('is asked for once for one cause, with its words, the readers of its case, and nothing else', async () => {
    const { caseId, personId, path, officer } = await openedCase();
    const message = {
      caseId,
      template: 'missing-paper',
      cause: 'supplement/1',
      papers: ['监护人证明（智力、精神残疾人和未成年人）', '精神科病历'],
      day: '2026-03-09',
    } as const;
    const [messageId] = await request(message, message);
    expect(await request(message)).toEqual([]);
    expect(await messageFactsOf(caseId)).toEqual([
      {
        type: 'subsidies.message.requested.v1',
        key: personId,
        data: {
          personId,
          divisionCode: PLACE,
          version: 1,
          messageId,
          caseId,
          template: 'missing-paper',
          params: {
            item: '茶',
            day: '2026-03-09',
            time: null,
            papers: ['监护人证明', '一份证明材料（是哪一份，请问工作人员）'],
            place: null,
            purpose: null,
            again: false,
          },
          readers: [
            'benefit-officer',
            'commissioner',
            'data-officer',
            'federation-lead',
            'school',
            'township-chair',
            'village-liaison',
          ],
          notBefore: null,
          usefulUntil: '2026-03-09',
        },
      },
    ]);
    expect((await officer.get(path)).body).toMatchObject({
      messages: [
        {
          messageId,
          template: 'missing-paper',
          text: '【残联】您办理的“茶”还缺2份材料：监护人证明、一份证明材料（是哪一份，请问工作人员）。请在2026年3月9日（星期一）之前（含当天）交到村（社区）或者乡镇（街道）残联。',
          state: 'requested',
          channel: null,
          tries: 0,
          by: 'service:subsidies',
        },
      ],
    });
  });

  it('that holds a number, or tells of somebody’s health, is refused, and nothing is written', async () => {
    const { caseId } = await openedCase();
    for (const place of ['人民路1号，电话 13900000001', '县精神卫生中心'])
      await expect(
        request({ caseId, template: 'appointment', cause: randomUUID(), place }),
      ).rejects.toMatchObject({ slug: 'message-says-too-much' });
    expect(await messageFactsOf(caseId)).toEqual([]);
  });

  it('is shown to who sees its case, also to the unit that it is placed with, and to nobody else', async () => {
    const { caseId, path } = await openedCase();
    await request({ caseId, template: 'decision-ready', cause: 'decided' });
    const shown = () =>
      service.get(Database).query(
        {
          ...serviceActor('subsidies'),
          scope: [{ token: 'village-liaison', from: '338801002000', to: '338801002999', unit: null }],
        },
        'select 1 from case_messages where case_id = $1',
        [caseId],
      );
    expect(await shown()).toEqual([]);
    const other = await service.as('village-liaison', { from: '338801002000', to: '338801002999' });
    expect((await other.get(path)).status).toBe(404);
    const [officer, township, school] = await Promise.all([
      service.as('benefit-officer', { id: 'officer' }),
      service.as('township-chair'),
      service.as('school'),
    ]);
    expect((await officer.post(`${path}/steps/survey`)).status).toBe(200);
    expect((await school.get(path)).status).toBe(404);
    await township.post(`${path}/place`, { unitId: testUnit('school') });
    expect((await school.get(path)).body).toMatchObject({ messages: [{ template: 'decision-ready' }] });
  });

  it('follows what registry tells of it, newest first whatever the order', async () => {
    const { caseId, personId, path, officer } = await openedCase();
    const [messageId] = await request({ caseId, template: 'decision-ready', cause: 'decided' });
    const common = {
      personId,
      divisionCode: PLACE,
      messageId: messageId!,
      owner: 'subsidies',
      caseId,
      at: '2026-03-02T10:00:00+08:00',
    };
    await deliver(
      messageSentV1.of({ ...common, version: 2, channel: 'paper', tries: 0 }),
      messageFailedV1.of({
        ...common,
        version: 1,
        channel: 'text',
        tries: 1,
        reason: 'refused',
        letterFollows: true,
      }),
    );
    const seen = async () => ((await officer.get(path)).body as { messages: unknown[] }).messages;
    expect(await seen()).toMatchObject([{ state: 'sent', channel: 'paper', reason: null }]);
    await deliver(messageDeliveredV1.of({ ...common, version: 3, channel: 'paper', tries: 1 }));
    expect(await seen()).toMatchObject([{ state: 'delivered', channel: 'paper', tries: 1 }]);
  });
});

describe('a rung that has something for the person', () => {
  it('tells them in the transaction that claims it, and others tell them nothing', async () => {
    const { caseId } = await openedCase();
    const rung: FiredRung = {
      clockId: randomUUID(),
      subjectId: caseId,
      step: 'survey',
      divisionCode: PLACE,
      rung: 'reminder',
      level: 0,
      to: ['person'],
      dueAt: '2026-03-07T00:00:00+08:00',
      kind: 'statutory',
      holder: 'person',
    };
    const handler = service.get(RungHandler);
    const fire = (...rungs: FiredRung[]) =>
      service.get(Database).transaction(serviceActor('subsidies'), (tx) => handler.onRungs(tx, rungs));
    await fire(rung, { ...rung, clockId: randomUUID(), to: ['doer', 'lead'] });
    await fire(rung);
    expect(await messageFactsOf(caseId)).toMatchObject([
      { data: { template: 'term-reminder', params: { day: '2026-03-06' }, usefulUntil: '2026-03-06' } },
    ]);
  });
});

describe('an appointment', () => {
  const asked = { day: '2026-03-09', time: '14:30', place: '人民路1号二楼', purpose: '核对材料' };

  it('is kept with the case; the person is told, and reminded on the working day before', async () => {
    const { caseId, path } = await openedCase();
    const liaison = await service.as('village-liaison', { id: 'liaison' });
    const made = await liaison.post(`${path}/appointments`, asked);
    expect(made).toMatchObject({ status: 201, body: { ...asked, by: 'liaison', cancelled: null } });
    // Monday the 9th; the working day before is Friday the 6th.
    expect(await messageFactsOf(caseId)).toMatchObject([
      {
        data: {
          template: 'appointment',
          notBefore: null,
          params: { ...asked, again: false },
          usefulUntil: '2026-03-09',
        },
      },
      { data: { template: 'appointment', notBefore: '2026-03-06T01:00:00.000Z', params: { again: true } } },
    ]);
    expect((await liaison.get(path)).body).toMatchObject({
      appointments: [asked],
      messages: expect.arrayContaining([
        expect.objectContaining({
          text: '【残联】提醒您：请您2026年3月9日（星期一）下午2点30分到人民路1号二楼，办理“茶”（核对材料）。来不了的，请提前告诉工作人员。',
        }),
      ]) as unknown,
    });
    const { appointmentId } = made.body as { appointmentId: string };
    const cancel = () => liaison.post(`${path}/appointments/${appointmentId}/cancel`, { reason: '停电' });
    expect((await cancel()).body).toMatchObject({ cancelled: { by: 'liaison', reason: '停电' } });
    expect(await cancel()).toMatchObject({ status: 409, body: { title: 'appointment-cancelled' } });
    const facts = await messageFactsOf(caseId);
    expect(facts.slice(2).map(({ type, data }) => [type, data['template']])).toEqual([
      ['subsidies.message.withdrawn.v1', undefined],
      ['subsidies.message.withdrawn.v1', undefined],
      ['subsidies.message.requested.v1', 'appointment-cancelled'],
    ]);
  });

  it('for tomorrow is not said again at once', async () => {
    const { caseId, path, officer } = await openedCase();
    expect((await officer.post(`${path}/appointments`, { ...asked, day: '2026-03-03' })).status).toBe(201);
    expect(await messageFactsOf(caseId)).toHaveLength(1);
  });

  it('is not made for what is past, for what is over, by who may not, or for another place', async () => {
    const { caseId, path, officer } = await openedCase();
    const [other, school] = await Promise.all([
      service.as('village-liaison', { from: '338801002000', to: '338801002999' }),
      service.as('rehab-officer'),
    ]);
    expect(await officer.post(`${path}/appointments`, { ...asked, day: '2026-03-01' })).toMatchObject({
      status: 422,
      body: { title: 'appointment-not-possible' },
    });
    expect(await officer.post(`${path}/appointments`, { ...asked, purpose: '复查肢体残疾' })).toMatchObject({
      status: 422,
      body: { title: 'message-says-too-much' },
    });
    expect((await other.post(`${path}/appointments`, asked)).status).toBe(404);
    expect((await school.post(`${path}/appointments`, asked)).status).toBe(404);
    expect(await messageFactsOf(caseId)).toEqual([]);
    expect(
      await service.database.query('select 1 from subsidies.case_appointments where case_id = $1', [caseId]),
    ).toEqual([]);
  });
});

consumerFeatures({
  consumer: 'subsidies/follow-message-on-delivery',
  service: () => service,
  fact: async () => {
    const { caseId, personId } = await openedCase();
    const [messageId] = await request({ caseId, template: 'decision-ready', cause: 'decided' });
    return messageSentV1.of({
      personId,
      divisionCode: PLACE,
      version: 1,
      messageId: messageId!,
      owner: 'subsidies',
      caseId,
      channel: 'text',
      tries: 1,
      at: '2026-03-02T10:00:00+08:00',
    });
  },
  effect: (event) =>
    service.database.query(
      'select message_id, state, delivery_version from subsidies.case_messages where person_id = $1',
      [event.key],
    ),
});
