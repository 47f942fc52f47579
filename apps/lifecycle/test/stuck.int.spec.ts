import { randomUUID } from 'node:crypto';
import { Catalogue } from '@app/catalogue';
import { startService, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import { LifecycleModule } from '../src/lifecycle.module.js';
import { lifecycle } from '../src/migrations.js';
import { clubCatalogue } from './invented-catalogue.js';
import { Neighbours, OwnersCase, TODAY, VILLAGE } from './people.js';

const TOMORROW = '2026-03-03';
const ELSEWHERE = '338801002001';
const TOWN = { from: '338801001000', to: '338801001999' };
const OTHER_TOWN = { from: '338801002000', to: '338801002999' };

let service: ServiceUnderTest;
let lead: TestUser;
let chair: TestUser;
let neighbour: TestUser;

beforeAll(async () => {
  service = await startService({
    name: 'lifecycle',
    modules: [{ module: LifecycleModule, providers: [{ provide: Catalogue, useValue: clubCatalogue() }] }],
    migrated: [lifecycle],
    now: TODAY,
  });
  lead = await service.as('federation-lead');
  chair = await service.as('township-chair', TOWN);
  neighbour = await service.as('township-chair', OTHER_TOWN);
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.clock.set(TODAY);
  for (const table of ['rounds', 'round_items', 'holdings', 'determination_sheets', 'parked_messages']) {
    await service.database.query(`delete from lifecycle.${table}`);
  }
});

async function ok(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer;
  expect({ status, body: status === 200 ? null : body }).toEqual({ status: 200, body: null });
  return body;
}

const listOf = async (user: TestUser, kind: string, more = '') =>
  ok(user.get(`/lifecycle/stuck?kind=${kind}${more}`));

/** How many each list has. */
async function countsOf(user: TestUser): Promise<Record<string, number>> {
  const { asOf: _asOf, stale: _stale, ...counts } = await ok(user.get('/lifecycle/stuck/counts'));
  return Object.fromEntries(
    Object.entries<{ value: number }>(counts).map(([kind, { value }]) => [kind, value]),
  );
}

/** Somebody with a card, of whom a few things are not known. Opened are the allowance, the greeting and nursing. */
async function somebody(divisionCode: string = VILLAGE): Promise<Neighbours> {
  const person = new Neighbours();
  person.divisionCode = divisionCode;
  await service.deliver(
    'lifecycle',
    person.registered(),
    person.knows({ 'aid.dibao': true }),
    person.issued(),
  );
  // The card opened them at the instant at which the fact came; what the clock says of the day is the test's.
  await service.database.query('update lifecycle.rounds set opened_at = $2 where person_id = $1', [
    person.personId,
    `${TODAY}T01:00:00Z`,
  ]);
  return person;
}

const itemsOf = ({ rows }: { rows: { item: { itemId: string } | null }[] }) =>
  rows.map(({ item }) => item?.itemId ?? null);

describe('what its owner has not answered', () => {
  it('is stuck from the next day on, with since when and whose answer it waits for, until the owner says a word', async () => {
    const ann = await somebody();
    expect(itemsOf(await listOf(lead, 'unanswered'))).toEqual([]);
    service.clock.set(TOMORROW);
    const { rows } = await listOf(lead, 'unanswered');
    expect(itemsOf({ rows })).toEqual(['club/allowance', 'club/greeting', 'club/nursing']);
    expect(rows[0]).toEqual({
      personId: ann.personId,
      divisionCode: VILLAGE,
      kind: 'unanswered',
      item: { itemId: 'club/allowance', title: expect.any(Object) },
      action: 'open',
      period: 'once',
      since: `${TODAY}T01:00:00.000Z`,
      owner: 'subsidies',
      case: null,
      must: { zh: '建立事项并答复（两项补贴）', roles: ['benefit-officer'], department: null },
      facts: [],
      messages: null,
    });
    const [round] = await service.database.query<{ round_id: string }>(
      'select round_id from lifecycle.rounds where person_id = $1',
      [ann.personId],
    );
    const allowance = new OwnersCase(ann.personId, 'subsidies', 'club/allowance', 'once', round!.round_id);
    await service.deliver('lifecycle', allowance.opened());
    expect(itemsOf(await listOf(lead, 'unanswered'))).toEqual(['club/greeting', 'club/nursing']);
  });

  it('is also a stop that was proposed; the case stands beside it', async () => {
    const ann = await somebody();
    const [round] = await service.database.query<{ round_id: string }>(
      'select round_id from lifecycle.rounds where person_id = $1',
      [ann.personId],
    );
    const cases = ['club/allowance', 'club/nursing'].map(
      (item) => new OwnersCase(ann.personId, 'subsidies', item, 'once', round!.round_id),
    );
    for (const each of cases) await service.deliver('lifecycle', each.opened(), each.granted());
    await service.deliver('lifecycle', ann.died());
    await service.database.query(`update lifecycle.rounds set opened_at = $1`, [`${TODAY}T01:00:00Z`]);
    service.clock.set(TOMORROW);
    const { rows } = await listOf(lead, 'unanswered');
    // Of the greeting, which nobody had answered, only the stop is left to be answered.
    expect(rows.map((row: { action: string }) => row.action)).toEqual(['stop', 'stop', 'stop']);
    expect(itemsOf({ rows })).toEqual(['club/allowance', 'club/greeting', 'club/nursing']);
    expect(rows.map((row: { case: { caseId: string } | null }) => row.case?.caseId)).toEqual([
      cases[0]!.caseId,
      undefined,
      cases[1]!.caseId,
    ]);
    // Holding it is an answer.
    const held = cases[0]!;
    const [stopRound] = await service.database.query<{ round_id: string }>(
      `select round_id from lifecycle.round_items where action = 'stop' limit 1`,
    );
    await service.deliver('lifecycle', held.held('granted', stopRound!.round_id));
    const after = await listOf(lead, 'unanswered');
    expect(
      after.rows.some((row: { case: { caseId: string } | null }) => row.case?.caseId === held.caseId),
    ).toBe(false);
  });
});

describe('what waits for facts', () => {
  it('is told once per person, village by village, with the questions and since when', async () => {
    const [ben, ann] = [await somebody(ELSEWHERE), await somebody()];
    const { rows } = await listOf(lead, 'missing-fact');
    expect(rows.map(({ personId }: { personId: string }) => personId)).toEqual([ann.personId, ben.personId]);
    expect(rows[0]).toMatchObject({
      kind: 'missing-fact',
      item: null,
      owner: null,
      case: null,
      since: expect.stringMatching(/Z$/),
      must: { roles: ['village-liaison', 'commissioner', 'township-chair'] },
    });
    expect(rows[0].facts.map(({ fact }: { fact: string }) => fact)).toEqual([
      'device.needed',
      'household.members',
      'petition.raised',
    ]);
    await service.deliver('lifecycle', ann.knows({ 'device.needed': true, 'petition.raised': false }));
    const [first] = (await listOf(lead, 'missing-fact')).rows;
    expect(first.facts.map(({ fact }: { fact: string }) => fact)).toEqual(['household.members']);
  });

  it('waits for another item where that gives the fact, and says for which case and step', async () => {
    const ann = await somebody();
    const [round] = await service.database.query<{ round_id: string }>(
      'select round_id from lifecycle.rounds where person_id = $1',
      [ann.personId],
    );
    const nursing = new OwnersCase(ann.personId, 'subsidies', 'club/nursing', 'once', round!.round_id);
    await service.deliver('lifecycle', nursing.opened(), nursing.advanced('decide', 'deciding'));
    const { rows } = await listOf(lead, 'other-benefit');
    expect(rows).toEqual([
      {
        personId: ann.personId,
        divisionCode: VILLAGE,
        kind: 'other-benefit',
        item: { itemId: 'club/device', title: expect.any(Object) },
        action: null,
        period: null,
        since: `${TODAY}T01:00:00.000Z`,
        owner: 'subsidies',
        case: { owner: 'subsidies', caseId: nursing.caseId, title: expect.any(Object) },
        must: {
          zh: expect.stringContaining('decide（两项补贴）'),
          roles: ['benefit-officer'],
          department: null,
        },
        facts: [expect.objectContaining({ fact: 'device.needed' })],
        messages: null,
      },
    ]);
    await service.deliver('lifecycle', nursing.granted());
    expect((await listOf(lead, 'other-benefit')).rows).toEqual([]);
  });
});

describe('what waits behind a message that could not be handled', () => {
  it('is told of persons only, without what is in the message', async () => {
    const ann = await somebody();
    await park(ann.personId, 'failed');
    await park(ann.personId, 'waiting');
    await park(randomUUID(), 'failed');
    await park(VILLAGE, 'failed');
    const answer = await listOf(lead, 'parked');
    expect(answer.rows).toEqual([
      expect.objectContaining({
        personId: ann.personId,
        kind: 'parked',
        messages: 2,
        must: { zh: '查明原因并重放消息（系统运维）', roles: ['operator'], department: null },
      }),
    ]);
    expect(JSON.stringify(answer)).not.toContain('secret');
    await service.database.query(`update lifecycle.parked_messages set state = 'done'`);
    expect((await listOf(lead, 'parked')).rows).toEqual([]);
  });
});

describe('the lists', () => {
  it('are counted, and go on from page to page without leaving out or repeating any', async () => {
    for (const divisionCode of [VILLAGE, ELSEWHERE]) {
      const person = await somebody(divisionCode);
      await park(person.personId, 'failed');
    }
    service.clock.set(TOMORROW);
    expect(await countsOf(lead)).toEqual({
      unanswered: 6,
      'missing-fact': 2,
      'other-benefit': 2,
      parked: 2,
    });
    for (const kind of ['unanswered', 'missing-fact', 'other-benefit', 'parked']) {
      const keyOf = ({ personId, item }: { personId: string; item: { itemId: string } | null }) =>
        `${personId} ${item?.itemId}`;
      const all = (await listOf(lead, kind)).rows.map(keyOf);
      const paged: string[] = [];
      let after = '';
      do {
        const page = await listOf(lead, kind, `&limit=1${after && `&after=${after}`}`);
        paged.push(...page.rows.map(keyOf));
        after = page.next ?? '';
      } while (after);
      expect([kind, paged]).toEqual([kind, all]);
    }
    const { next } = await listOf(lead, 'parked', '&limit=1');
    for (const [kind, cursor] of [
      ['unanswered', next],
      ['parked', 'abc'],
      ['parked', Buffer.from("parked '; drop").toString('base64url')],
    ]) {
      const refused = await lead.get(`/lifecycle/stuck?kind=${kind}&after=${cursor}`);
      expect([refused.status, refused.body.title]).toEqual([422, 'stuck-cursor-not-valid']);
    }
    expect((await lead.get('/lifecycle/stuck?kind=tired')).status).toBe(400);
  });

  it('say up to when they tell the truth', async () => {
    const { asOf, stale } = await listOf(lead, 'parked');
    expect(stale).toBe(false);
    expect(Date.parse(asOf)).toBe(service.clock.now().getTime());
  });

  it('are not for another user: nothing of another unit is listed or counted', async () => {
    const ann = await somebody();
    await park(ann.personId, 'failed');
    service.clock.set(TOMORROW);
    const kinds = ['unanswered', 'missing-fact', 'other-benefit', 'parked'];
    for (const kind of kinds) {
      expect([kind, (await listOf(chair, kind)).rows.length > 0]).toEqual([kind, true]);
      expect([kind, (await listOf(neighbour, kind)).rows]).toEqual([kind, []]);
      // Asking for the neighbours' places does not widen the reach.
      const asked = await listOf(neighbour, kind, '&from=338801000000&to=338801999999');
      expect([kind, asked.rows]).toEqual([kind, []]);
      expect([kind, (await listOf(lead, kind, '&from=338801002000&to=338801002999')).rows]).toEqual([
        kind,
        [],
      ]);
    }
    const none = { unanswered: 0, 'missing-fact': 0, 'other-benefit': 0, parked: 0 };
    expect(await countsOf(neighbour)).toEqual(none);
    for (const role of ['member-unit', 'rehab-provider', 'operator'] as const) {
      const user = await service.as(role, role === 'member-unit' ? { department: 'civil-affairs' } : {});
      expect((await user.get('/lifecycle/stuck?kind=parked')).status).toBe(403);
      expect((await user.get('/lifecycle/stuck/counts')).status).toBe(403);
    }
  });
});

/** A message under this key that nobody could handle, or that waits behind one. */
async function park(key: string, state: 'failed' | 'waiting'): Promise<void> {
  await service.database.query(
    `insert into lifecycle.parked_messages (consumer, message_id, topic, log_position, key, headers, value, state, reason)
     values ('decide-on-facts', $1, 'registry.fact', '0:1', $2, '{}', 'secret', $3, 'malformed')`,
    [randomUUID(), key, state],
  );
}
