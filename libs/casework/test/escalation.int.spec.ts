import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { Role } from '@app/access';
import { caseIdOf, caseworkMigrations, CaseworkModule } from '@app/casework';
import { ClockSweeper } from '@app/clocks';
import { accountLeftV1, itemOpenedV1 } from '@app/contracts';
import { ServiceModule } from '@app/service-host';
import { startService, until, type ServiceUnderTest } from '@app/testing';
import { decide, inventedCatalogue, within, work } from './tea-catalogue.js';

jest.setTimeout(120_000);

const ITEM = 'invented/served-tea';
const UNKNOWN = 'invented/slow-tea';
const catalogue = inventedCatalogue([
  {
    id: ITEM,
    mode: 'auto',
    steps: [
      work('brew', 'village-liaison', within(10)),
      decide('pour', 'benefit-officer', within(10, 'promised')),
    ],
  },
  { id: UNKNOWN, mode: 'auto', steps: [work('grow', 'benefit-officer', within(null, 'unknown'))] },
]);

@Module({
  imports: [ServiceModule.forService('subsidies'), CaseworkModule.forService('subsidies', { catalogue })],
})
class TeaHouse {}

const VILLAGE = '338801001001';
const OPENED = '2026-03-02';
const TOWNSHIP = { from: '338801001000', to: '338801001999' };
const OTHER_TOWNSHIP = { from: '338801002000', to: '338801002999' };

describe('who is told of a term', () => {
  let service: ServiceUnderTest;
  const user = (role: Role, options = {}) => service.as(role, options);
  const sweepOn = async (day: string) => {
    service.clock.set(`${day}T09:30:00+08:00`);
    await service.get(ClockSweeper).sweep();
  };
  const open = async (divisionCode = VILLAGE, itemId = ITEM) => {
    const roundId = randomUUID();
    await service.deliver(
      'subsidies',
      itemOpenedV1.of({
        personId: randomUUID(),
        divisionCode,
        version: 1,
        roundId,
        cause: 'card-issued',
        itemId,
        itemVersion: '2026-01',
        owner: 'subsidies',
        period: 'once',
        mode: 'auto',
        because: [],
        entitledOn: OPENED,
      }),
    );
    return caseIdOf(roundId, itemId, 'once');
  };
  const noticesOf = async (role: Role, options = {}) =>
    (await (await user(role, options)).get('/subsidies/notices?limit=200')).body as {
      unread: number;
      notices: {
        noticeId: string;
        caseId: string;
        rung: string;
        level: number;
        readAt: string | null;
        ladder: { zh: string };
        ruleId: string | null;
      }[];
    };
  const rungsOf = async (role: Role, options = {}) =>
    (await noticesOf(role, options)).notices.map(({ rung, ladder }) => `${ladder.zh} ${rung}`).sort();

  const rule = (overrides: Record<string, unknown> = {}, match: Record<string, unknown> = {}) => ({
    nameZh: '通报数据岗',
    nameEn: 'tell the data officer',
    match: { items: [ITEM], minLevel: 2, ...match },
    to: [{ role: 'data-officer', level: 'county' }],
    ...overrides,
  });

  beforeEach(async () => {
    service = await startService({
      name: 'subsidies',
      modules: [TeaHouse],
      migrated: [{ service: 'subsidies', migrations: caseworkMigrations }],
      now: OPENED,
    });
  });
  afterEach(() => service.stop());

  it('is the doer, then the township, then the lead of the county, each once and nobody beside', async () => {
    await open();
    await sweepOn('2026-04-20');
    const reminders = ['提醒 due', '提醒 reminder'];
    const over = ['督办 overdue-1', '督办 overdue-2'];
    expect(await rungsOf('village-liaison', { from: VILLAGE, to: VILLAGE })).toEqual(
      [...reminders, ...over].sort(),
    );
    expect(await rungsOf('township-chair', TOWNSHIP)).toEqual(over);
    expect(await rungsOf('federation-lead')).toEqual(['通报 overdue-3']);
    // Of another village, township or county, of a wider reach than the ladder means, or another role.
    expect(await rungsOf('village-liaison', { from: '338801001002', to: '338801001002' })).toEqual([]);
    expect(await rungsOf('township-chair', OTHER_TOWNSHIP)).toEqual([]);
    expect(await rungsOf('federation-lead', { from: '338800000000', to: '338899999999' })).toEqual([]);
    expect(await rungsOf('monitor')).toEqual([]);
    expect(await rungsOf('school')).toEqual([]);
    await service.get(ClockSweeper).sweep();
    expect((await rungsOf('federation-lead')).length).toBe(1);
  });

  it('is who has claimed the case, their deputy from day to day, and who takes over when they leave', async () => {
    const caseId = await open();
    const zhou = { id: 'zhou', from: VILLAGE, to: VILLAGE };
    expect(
      (await (await user('village-liaison', zhou)).post(`/subsidies/cases/${caseId}/claim`)).status,
    ).toBe(200);
    await sweepOn('2026-03-16');
    expect(await rungsOf('village-liaison', zhou)).toEqual(['提醒 due', '提醒 reminder'].sort());
    expect(await rungsOf('village-liaison', { id: 'colleague', from: VILLAGE, to: VILLAGE })).toEqual([]);
    const deputy = { id: 'deputy', onBehalfOf: 'zhou', from: VILLAGE, to: VILLAGE };
    expect(await rungsOf('village-liaison', deputy)).toHaveLength(2);
    expect(await rungsOf('village-liaison', { ...deputy, onBehalfOf: 'somebody' })).toEqual([]);

    const [first] = (await noticesOf('village-liaison', zhou)).notices;
    const reading = await user('village-liaison', zhou);
    expect((await reading.post(`/subsidies/notices/${first!.noticeId}/read`)).status).toBe(204);
    await service.deliver(
      'subsidies',
      accountLeftV1.of({
        accountId: randomUUID(),
        version: 1,
        divisionCode: VILLAGE,
        userId: 'zhou',
        successorId: 'wu',
        on: '2026-03-17',
      }),
    );
    // What was read stays with who read it.
    expect(await rungsOf('village-liaison', { id: 'wu', from: VILLAGE, to: VILLAGE })).toHaveLength(1);
    expect(await rungsOf('village-liaison', zhou)).toHaveLength(1);
  });

  it('has each holder of a role read for themselves, and shows the unread first; somebody else’s is not there', async () => {
    await open();
    await sweepOn('2026-03-16');
    const here = { from: VILLAGE, to: VILLAGE };
    const before = await noticesOf('village-liaison', here);
    expect(before.unread).toBe(2);
    const [first] = before.notices;
    const reader = await user('village-liaison', here);
    expect((await reader.post(`/subsidies/notices/${first!.noticeId}/read`)).status).toBe(204);
    expect((await reader.post(`/subsidies/notices/${first!.noticeId}/read`)).status).toBe(204);
    const after = await noticesOf('village-liaison', here);
    expect(after.unread).toBe(1);
    expect(after.notices.map(({ readAt }) => readAt !== null)).toEqual([false, true]);
    expect((await noticesOf('village-liaison', { ...here, id: 'other' })).unread).toBe(2);
    const stranger = await user('village-liaison', { from: '338801001002', to: '338801001002' });
    expect((await stranger.post(`/subsidies/notices/${first!.noticeId}/read`)).body.type).toContain(
      'notice-not-found',
    );
  });

  it('is whom a rule adds; a rule that cannot be read stops neither the others nor the ladder', async () => {
    const lead = await user('federation-lead');
    const good = await lead.post('/subsidies/escalation-rules', rule());
    expect(good.status).toBe(201);
    const broken = await lead.post('/subsidies/escalation-rules', rule({ nameZh: '坏规则' }));
    await service.database.query(
      `update subsidies.escalation_rules set addressees = '[{"role": "king"}]' where rule_id = $1`,
      [broken.body.ruleId],
    );
    await open();
    await sweepOn('2026-04-20');
    expect(await rungsOf('data-officer')).toEqual(['督办 overdue-2', '通报 overdue-3']);
    expect(await rungsOf('federation-lead')).toEqual(['通报 overdue-3']);
    const rules = (await lead.get('/subsidies/escalation-rules')).body as Record<string, unknown>[];
    const byId = new Map(rules.map((each) => [each['ruleId'], each]));
    expect(byId.get(good.body.ruleId)).toMatchObject({
      failure: null,
      lastEvaluated: '2026-04-20T01:30:00.000Z',
      lastFired: '2026-04-20T01:30:00.000Z',
    });
    expect(byId.get(broken.body.ruleId)).toMatchObject({ failure: expect.any(String), lastFired: null });
  });

  it('is the same after one case that cannot be told: the others of its batch fire', async () => {
    const bad = await open();
    const good = await open();
    await service.database.query(`update subsidies.cases set task_doers = '"none"' where case_id = $1`, [
      bad,
    ]);
    await sweepOn('2026-03-16');
    const told = new Set(
      (await noticesOf('village-liaison', { from: VILLAGE, to: VILLAGE })).notices.map((n) => n.caseId),
    );
    expect(told).toEqual(new Set([good]));
  });

  it('shows of each rule when it comes next, and what it would have done last week', async () => {
    const caseId = await open();
    const lead = await user('federation-lead');
    const { body: made } = await lead.post('/subsidies/escalation-rules', rule());
    // Ten working days from Monday 2 March end on the 16th; level 2 comes on the third working day after it.
    expect(made).toMatchObject({ lastEvaluated: null, lastFired: null, nextDue: '2026-03-19T01:00:00.000Z' });
    const path = `/subsidies/escalation-rules/${made.ruleId}/dry-run`;
    expect((await lead.get(path)).body).toEqual({ days: 7, count: 0, cut: false, first: [] });
    await lead.post(`/subsidies/escalation-rules/${made.ruleId}/retire`, { version: 1 });
    await sweepOn('2026-03-20');
    expect(await rungsOf('data-officer')).toEqual([]);
    expect((await lead.get(path)).body).toMatchObject({
      count: 1,
      first: [{ caseId, item: ITEM, step: 'brew', rung: 'overdue-2', level: 2, divisionCode: VILLAGE }],
    });
    expect((await (await user('data-officer', OTHER_TOWNSHIP)).get(path)).status).toBe(404);
  });

  it('is tried at every beat of the heart, whether or not anything fires', async () => {
    const lead = await user('federation-lead');
    const { body: made } = await lead.post('/subsidies/escalation-rules', rule());
    service.clock.set(`${OPENED}T10:30:00+08:00`);
    await until('the beat', async () => {
      await service.get(ClockSweeper).sweep();
      return (await lead.get(`/subsidies/escalation-rules/${made.ruleId}`)).body.lastEvaluated;
    });
  });

  it.each([
    ['an item of no service', {}, { items: ['invented/coffee'] }, 'match.items'],
    ['a step that the item has not', {}, { steps: ['stir'] }, 'match.steps'],
    ['a step whose limit is unknown', {}, { items: [UNKNOWN] }, 'match.items'],
    ['a kind that the step has not', {}, { steps: ['brew'], kinds: ['local_rule'] }, 'match.kinds'],
    ['a rung that the step has not', {}, { rungs: ['past-noon'] }, 'match.rungs'],
    ['a rung below the level', {}, { rungs: ['overdue-1'], minLevel: 2 }, 'match.rungs'],
    ['a division elsewhere', {}, { divisions: ['330302000000'] }, 'match.divisions'],
    ['a role that sees nothing of it', { to: [{ role: 'hotline-operator', level: 'county' }] }, {}, 'to'],
    ['a role that sees nothing by place', { to: [{ role: 'school', level: 'county' }] }, {}, 'to'],
  ])('refuses a rule about %s, and says why', async (_, overrides, match, field) => {
    const refused = await (
      await user('federation-lead')
    ).post('/subsidies/escalation-rules', rule(overrides, match));
    expect(refused.body.type).toContain('rule-can-never-match');
    expect(refused.body.problems.map((problem: { field: string }) => problem.field)).toContain(field);
    expect((await service.database.query('select from subsidies.escalation_rules')).length).toBe(0);
  });

  it('refuses a role that does not exist, a change of what somebody else has changed, and whoever may not', async () => {
    const lead = await user('federation-lead');
    const nobody = await lead.post(
      '/subsidies/escalation-rules',
      rule({ to: [{ role: 'king', level: 'county' }] }),
    );
    expect(nobody.status).toBe(400);
    const { body: made } = await lead.post('/subsidies/escalation-rules', rule());
    const path = `/subsidies/escalation-rules/${made.ruleId}`;
    expect(
      (await lead.post(`${path}/change`, { ...rule({ nameZh: '另一名称' }), version: 1 })).body,
    ).toMatchObject({
      version: 2,
      name: { zh: '另一名称' },
    });
    expect((await lead.post(`${path}/change`, { ...rule(), version: 1 })).body.type).toContain(
      'rule-changed',
    );
    expect((await (await user('benefit-officer')).get(path)).status).toBe(403);
    const neighbour = await user('federation-lead', { from: '338802000000', to: '338802999999' });
    expect((await neighbour.post(`${path}/retire`, { version: 2 })).status).toBe(404);
  });
});
