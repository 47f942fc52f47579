import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { messageFacts, type MessageParams, type MessageTemplate, type NewEvent } from '@app/contracts';
import {
  canary,
  consumerFeatures,
  send,
  startService,
  until,
  type ServiceUnderTest,
  type TestUser,
} from '@app/testing';
import { SendMessages } from '../src/app/send-messages.js';
import { registry } from '../src/migrations.js';
import { RegistryModule } from '../src/registry.module.js';
import { TestGateway } from './message-gateway.js';
import { demoNumber } from './numbers.js';

jest.setTimeout(60_000);

const VILLAGE = '338801001001';
const MONDAY = '2026-03-02';
const KEY = 'key-of-the-gateway';
const READERS = ['card-officer', 'commissioner', 'township-chair', 'village-liaison'];

let gateway: TestGateway;
let service: ServiceUnderTest;
let silent: ServiceUnderTest;
let officer: TestUser;
let serial = 100;

const start = (settings: Partial<ServiceUnderTest['config']>) =>
  startService({ name: 'registry', modules: [RegistryModule], migrated: [registry], now: MONDAY, settings });

beforeAll(async () => {
  gateway = await TestGateway.start();
  service = await start({ MESSAGES_GATEWAY_URL: gateway.url, MESSAGES_GATEWAY_KEY: KEY });
  silent = await start({ MESSAGES_PAPER_AFTER_TRIES: 2 });
  officer = await service.as('card-officer', { id: 'officer' });
});
afterAll(async () => {
  await service?.stop();
  await silent?.stop();
  await gateway?.stop();
});
beforeEach(() => service.clock.set(MONDAY));

async function person(
  given: { phone?: string; by?: TestUser; divisionCode?: string; bornOn?: string } = {},
): Promise<string> {
  const { phone, by = officer, divisionCode = VILLAGE, bornOn = '1980-06-15' } = given;
  const answer = await by.post('/registry/persons', {
    name: '陈小明',
    identityNumber: demoNumber(bornOn, ++serial),
    divisionCode,
    ...(phone ? { phone } : {}),
  });
  expect(answer.status).toBe(201);
  return (answer.body as { personId: string }).personId;
}

function requested(
  personId: string,
  given: {
    messageId?: string;
    template?: MessageTemplate;
    params?: Partial<MessageParams>;
    notBefore?: string | null;
    usefulUntil?: string | null;
    readers?: string[];
  } = {},
): NewEvent {
  return messageFacts.certification.requested.of({
    personId,
    divisionCode: VILLAGE,
    version: 1,
    messageId: given.messageId ?? randomUUID(),
    caseId: randomUUID(),
    template: given.template ?? 'renewal',
    params: {
      item: '残疾人证期满换领',
      day: '2026-06-30',
      time: null,
      papers: ['近期免冠照片'],
      place: null,
      purpose: null,
      again: false,
      ...given.params,
    },
    readers: given.readers ?? READERS,
    notBefore: given.notBefore ?? null,
    usefulUntil: given.usefulUntil ?? null,
  });
}

/** Asks for a message. @returns its id */
async function ask(personId: string, given: Parameters<typeof requested>[1] = {}, of = service) {
  const messageId = given?.messageId ?? randomUUID();
  await of.deliver('registry', requested(personId, { ...given, messageId }));
  return messageId;
}

const row = async (messageId: string, of = service) =>
  (
    await of.database.query<Record<string, unknown>>(
      'select state, channel, tries, reason, receipt, version, next_at from registry.message_deliveries where message_id = $1',
      [messageId],
    )
  )[0]!;

/** Sweeps until the message stands there: the queue and the service's own sweep may be at it, too. */
const stands = (messageId: string, state: string, of = service) =>
  until(`message is ${state}`, async () => {
    await of.get(SendMessages).sweep();
    const found = await row(messageId, of);
    return found['state'] === state ? found : undefined;
  });

const told = async (messageId: string, of = service) =>
  (await of.published('registry'))
    .filter(({ data }) => data['messageId'] === messageId)
    .map(({ type, data: { channel, version, reason, letterFollows, tries } }) => ({
      type: type.replace(/^registry\.message\.(.*)\.v1$/, '$1'),
      channel,
      version,
      tries,
      ...(reason ? { reason, letterFollows } : {}),
    }));

describe('a text message', () => {
  it('goes to the gateway once, under its key, and its receipt is kept', async () => {
    const personId = await person({ phone: canary.phone });
    const messageId = await ask(personId);
    expect(await stands(messageId, 'sent')).toMatchObject({ channel: 'text', tries: 1 });
    const operator = await service.as('operator', { id: 'operator' });
    expect((await operator.get('/ops/status')).body).toMatchObject([{ sending: { gateway: true } }]);
    const key = `${messageId}-text`;
    expect(gateway.asked.filter((each) => each.key === key)).toEqual([
      {
        key,
        authorization: `Bearer ${KEY}`,
        channel: 'text',
        to: canary.phone,
        language: 'zh',
        text: '【残联】您的残疾人证有效期到2026年6月30日（星期二）。请到村（社区）或者乡镇（街道）残联办理期满换领，不收费。请带上：近期免冠照片。',
      },
    ]);
    // Nothing is asked for before its time, and a receipt that is not there yet changes nothing.
    service.clock.set('2026-03-02T09:01:30+08:00');
    await service.get(SendMessages).sweep();
    expect((await row(messageId))['state']).toBe('sent');
    gateway.receipts.set(key, 'delivered');
    service.clock.set('2026-03-02T12:00:00+08:00');
    await stands(messageId, 'delivered');
    expect(await told(messageId)).toEqual([
      { type: 'sent', channel: 'text', version: 1, tries: 1 },
      { type: 'delivered', channel: 'text', version: 2, tries: 1 },
    ]);
    expect(await row(messageId)).toMatchObject({ receipt: expect.stringMatching(/^g-\d+$/) as unknown });
  });

  it('leaves its number nowhere but at the gateway', async () => {
    const everything = await service.database.query<{ text: string }>(
      `select d::text as text from registry.message_deliveries d union all select payload::text from registry.outbox_messages
       union all select a::text from registry.audit_entries a`,
    );
    expect(gateway.asked.some(({ to }) => to === canary.phone)).toBe(true);
    expect(everything.length).toBeGreaterThan(3);
    expect(everything.filter(({ text }) => text.includes(canary.phone))).toEqual([]);
  });

  it('is tried again when the gateway is busy, breaks off or is out of order, and is sent once all the same', async () => {
    const personId = await person({ phone: '13900000001' });
    gateway.replies.push({ status: 429, headers: { 'retry-after': '60' } }, 'hang up', { status: 503 });
    const messageId = await ask(personId);
    await until('it was tried', async () => (await stands(messageId, 'waiting'))['tries'] === 1 || undefined);
    await service.get(SendMessages).sweep();
    expect(await row(messageId)).toMatchObject({ tries: 1, next_at: new Date('2026-03-02T01:01:00.000Z') });
    for (const [at, tries] of [
      ['09:01:00', 2],
      ['09:10:00', 3],
    ] as const) {
      service.clock.set(`2026-03-02T${at}+08:00`);
      await until(`try ${tries}`, async () => {
        await service.get(SendMessages).sweep();
        const found = await row(messageId);
        return (found['tries'] === tries && found['state'] === 'waiting') || undefined;
      });
    }
    service.clock.set('2026-03-02T09:30:00+08:00');
    expect(await stands(messageId, 'sent')).toMatchObject({ tries: 4 });
    const asked = gateway.asked.filter(({ key }) => key.startsWith(messageId));
    expect(asked).toHaveLength(4);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    expect([...gateway.sent.keys()].filter((key) => key.startsWith(messageId))).toHaveLength(1);
    expect(await told(messageId)).toHaveLength(1);
  });

  it('is sent again under the same key after a process died in between', async () => {
    const personId = await person({ phone: '13900000002' });
    const messageId = await ask(personId);
    await stands(messageId, 'sent');
    // What the dead process leaves behind: claimed, sent, and nothing written of it.
    await service.database.query(
      `update registry.message_deliveries set state = 'sending', version = 0, next_at = $2 where message_id = $1`,
      [messageId, new Date('2026-03-02T09:02:00+08:00')],
    );
    await service.get(SendMessages).sweep();
    expect((await row(messageId))['state']).toBe('sending');
    service.clock.set('2026-03-02T09:02:00+08:00');
    expect(await stands(messageId, 'sent')).toMatchObject({ tries: 2 });
    expect(gateway.asked.filter(({ key }) => key === `${messageId}-text`)).toHaveLength(2);
  });

  it('becomes a letter when the gateway refuses the number, but not when it refuses us', async () => {
    const personId = await person({ phone: '13900000003' });
    gateway.replies.push({ status: 401 });
    const misled = await ask(personId);
    await until('it was tried', async () => (await stands(misled, 'waiting'))['tries'] === 1 || undefined);
    gateway.replies.push({ status: 422 });
    const refused = await ask(personId);
    expect(await stands(refused, 'letter')).toMatchObject({ channel: 'paper', reason: 'refused' });
    expect(await told(refused)).toEqual([
      { type: 'failed', channel: 'text', version: 1, tries: 1, reason: 'refused', letterFollows: true },
      { type: 'sent', channel: 'paper', version: 2, tries: 0 },
    ]);
  });

  it('waits for its moment, is not sent after its day, and is taken back', async () => {
    const personId = await person({ phone: '13900000004' });
    const later = await ask(personId, { notBefore: '2026-03-03T09:00:00+08:00' });
    const late = await ask(personId, { usefulUntil: '2026-03-01' });
    const withdrawn = await ask(personId, { notBefore: '2026-03-03T09:00:00+08:00' });
    await stands(late, 'failed');
    expect(await told(late)).toEqual([
      { type: 'failed', channel: null, version: 1, tries: 0, reason: 'outdated', letterFollows: false },
    ]);
    await service.deliver(
      'registry',
      messageFacts.certification.withdrawn.of({
        personId,
        divisionCode: VILLAGE,
        version: 2,
        messageId: withdrawn,
        caseId: randomUUID(),
      }),
    );
    await service.get(SendMessages).sweep();
    expect([(await row(later))['state'], (await row(withdrawn))['state']]).toEqual(['waiting', 'withdrawn']);
    service.clock.set('2026-03-03');
    await stands(later, 'sent');
    expect(gateway.asked.filter(({ key }) => key.startsWith(withdrawn) || key.startsWith(late))).toEqual([]);
  });

  it('is forgotten when its record was destroyed, and no other is', async () => {
    const personId = await person({ phone: '13900000014' });
    const [gone, stays] = [await ask(personId), await ask(personId)];
    for (const messageId of [gone, stays]) await stands(messageId, 'sent');
    const destroyed = messageFacts.certification.destroyed.of({
      personId,
      divisionCode: VILLAGE,
      version: 3,
      messageId: gone,
      caseId: randomUUID(),
    });
    await service.deliver('registry', destroyed);
    expect(await row(gone)).toBeUndefined();
    expect(await row(stays)).toMatchObject({ state: 'sent' });
    const { status, body } = await officer.get(`/registry/persons/${personId}/messages`);
    expect([status, JSON.stringify(body).includes(gone), JSON.stringify(body).includes(stays)]).toEqual([
      200,
      false,
      true,
    ]);
  });
});

describe('how a person is told', () => {
  it('stands in the file, and is followed', async () => {
    const personId = await person({ phone: '13900000005', bornOn: '2012-06-15' });
    const path = `/registry/persons/${personId}/contact`;
    expect((await officer.get(path)).body).toEqual({
      personId,
      language: 'zh',
      preference: null,
      way: { channel: 'text', guardianId: null },
    });
    const guardian = await officer.post(`/registry/persons/${personId}/guardians`, {
      basis: 'minor',
      relation: '母亲',
      name: '王芳',
      identityNumber: demoNumber('1981-01-01', ++serial),
      phone: '13900000006',
    });
    const { guardianId } = guardian.body as { guardianId: string };
    const liaison = await service.as('village-liaison', { id: 'liaison' });
    expect(await liaison.post(path, { channel: 'voice', guardianId: randomUUID() })).toMatchObject({
      status: 404,
    });
    expect((await liaison.post(path, { channel: 'voice', guardianId })).body).toMatchObject({
      preference: { channel: 'voice', guardianId, by: 'liaison' },
      way: { channel: 'voice', guardianId },
    });
    expect((await officer.get(`/registry/persons/${personId}`)).body).toMatchObject({
      contact: { preference: { channel: 'voice', guardianId } },
    });
    const messageId = await ask(personId);
    await stands(messageId, 'sent');
    expect(gateway.sent.get(`${messageId}-voice`)).toMatchObject({ channel: 'voice', to: '13900000006' });
    expect((await officer.get(`/registry/persons/${personId}/messages`)).body).toMatchObject([
      { messageId, owner: 'certification', state: 'sent', channel: 'voice', guardianId, template: 'renewal' },
    ]);
    expect(
      await service.database.query(
        `select actor_id from registry.audit_entries where 'contact.recorded' = any(what)`,
      ),
    ).toEqual([{ actor_id: 'liaison' }]);
  });

  it('is nobody else’s business', async () => {
    const personId = await person({ phone: '13900000007' });
    const messageId = await ask(personId, { readers: ['rights-officer', 'village-liaison'] });
    await stands(messageId, 'sent');
    const other = await service.as('commissioner', {
      id: 'other',
      from: '338801002000',
      to: '338801002999',
    });
    expect((await other.get(`/registry/persons/${personId}/contact`)).status).toBe(404);
    expect((await other.post(`/registry/persons/${personId}/contact`, { channel: 'paper' })).status).toBe(
      404,
    );
    expect((await other.get(`/registry/persons/${personId}/messages`)).status).toBe(404);
    // Who may see the person, but not the case.
    expect((await officer.get(`/registry/persons/${personId}/messages`)).body).toEqual([]);
    const rights = await service.as('rights-officer', { id: 'rights' });
    expect((await rights.get(`/registry/persons/${personId}/messages`)).body).toHaveLength(1);
  });
});

describe('a letter', () => {
  it('waits in its village, is printed in large type, and is handed over once', async () => {
    const personId = await person();
    const messageId = await ask(personId, { template: 'missing-paper', params: { papers: ['<户口簿>'] } });
    await stands(messageId, 'letter');
    const liaison = await service.as('village-liaison', { id: 'liaison', from: VILLAGE, to: VILLAGE });
    const page = await liaison.get('/registry/letters');
    expect(page.body).toMatchObject({
      letters: expect.arrayContaining([
        expect.objectContaining({ letterId: messageId, personId, name: '陈*明', title: '缺少材料的通知' }),
      ]) as unknown,
      next: null,
    });
    const sheet = await liaison.get(`/registry/letters/${messageId}/sheet`);
    expect(sheet.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = String(sheet.body);
    expect(html).toContain('22pt');
    expect(html).toContain('还缺1份材料：&#60;户口簿&#62;。');
    expect(html).not.toContain('陈小明');

    const other = await service.as('commissioner', { id: 'other', from: '338801002000', to: '338801002999' });
    expect((await other.get('/registry/letters')).body).toEqual({ letters: [], next: null });
    for (const path of ['sheet'])
      expect((await other.get(`/registry/letters/${messageId}/${path}`)).status).toBe(404);
    expect((await other.post(`/registry/letters/${messageId}/handed-over`)).status).toBe(404);
    expect((await officer.post(`/registry/letters/${messageId}/handed-over`)).status).toBe(403);

    expect(
      (await liaison.post(`/registry/letters/${messageId}/handed-over`, { on: '2026-03-03' })).status,
    ).toBe(422);
    expect(
      (await liaison.post(`/registry/letters/${messageId}/handed-over`, { note: '电话 13900000008' })).status,
    ).toBe(400);
    expect(
      (
        await liaison.post(`/registry/letters/${messageId}/handed-over`, {
          on: '2026-03-01',
          note: '读给本人听',
        })
      ).body,
    ).toEqual({ letterId: messageId, state: 'delivered' });
    expect(
      (await liaison.post(`/registry/letters/${messageId}/undeliverable`, { reason: '没有找到' })).status,
    ).toBe(409);
    expect(await told(messageId)).toEqual([
      { type: 'sent', channel: 'paper', version: 1, tries: 0 },
      { type: 'delivered', channel: 'paper', version: 2, tries: 1 },
    ]);
    expect((await officer.get(`/registry/persons/${personId}/messages`)).body).toMatchObject([
      { state: 'delivered', handledBy: 'liaison', handledOn: '2026-03-01', note: '读给本人听' },
    ]);
  });

  it('that cannot be delivered is told as failed', async () => {
    const messageId = await ask(await person());
    await stands(messageId, 'letter');
    const township = await service.as('township-chair', { id: 'township' });
    expect(
      (await township.post(`/registry/letters/${messageId}/undeliverable`, { reason: '外出务工，家中无人' }))
        .body,
    ).toEqual({ letterId: messageId, state: 'failed' });
    expect((await told(messageId)).at(-1)).toMatchObject({
      type: 'failed',
      reason: 'undeliverable',
      letterFollows: false,
    });
  });
});

describe('without a gateway', () => {
  it('a message waits where operators see it, and becomes a letter after as many tries as the place has set', async () => {
    const by = await silent.as('card-officer', { id: 'officer' });
    const messageId = await ask(await person({ phone: '13900000009', by }), {}, silent);
    expect(await stands(messageId, 'no-gateway', silent)).toMatchObject({ channel: 'text', tries: 1 });
    const operator = await silent.as('operator', { id: 'operator' });
    silent.clock.set('2026-03-02T09:00:20+08:00');
    expect((await operator.get('/ops/status')).body).toMatchObject([
      {
        service: 'registry',
        sending: { gateway: false, noGateway: 1, letters: 0, oldestWaitingSeconds: 20 },
      },
    ]);
    expect(await told(messageId, silent)).toEqual([]);
    silent.clock.set('2026-03-02T09:00:30+08:00');
    expect(await stands(messageId, 'letter', silent)).toMatchObject({ reason: 'tries-used-up' });
    expect(await told(messageId, silent)).toMatchObject([
      { type: 'failed', channel: 'text', tries: 2, letterFollows: true },
      { type: 'sent', channel: 'paper' },
    ]);
  });
});

consumerFeatures({
  consumer: 'registry/send-message-on-message-requested',
  service: () => service,
  fact: async () => requested(await person(), { notBefore: '2026-06-01T09:00:00+08:00' }),
  effect: (event) =>
    service.database.query('select message_id, state from registry.message_deliveries where person_id = $1', [
      event.key,
    ]),
});

it('two workers at once send each message once', async () => {
  const personId = await person({ phone: '13900000010' });
  const ids = Array.from({ length: 30 }, () => randomUUID());
  await service.direct.deliver(
    'registry',
    ids.map((messageId) => send(requested(personId, { messageId }))),
  );
  const sender = service.get(SendMessages);
  await Promise.all([sender.sweep(), sender.sweep(), sender.sweep()]);
  await Promise.all(ids.map((messageId) => stands(messageId, 'sent')));
  const asked = gateway.asked.filter(({ key }) => ids.some((messageId) => key.startsWith(messageId)));
  expect(asked).toHaveLength(30);
});
