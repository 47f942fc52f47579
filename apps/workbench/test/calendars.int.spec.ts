import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { TestUser } from '@app/testing';
import { ok, refusal, startOrganisation, TODAY, type Organisation } from './organisation.js';

jest.setTimeout(60_000);

let it_: Organisation;
let keeper: TestUser;

beforeAll(async () => {
  it_ = await startOrganisation();
  keeper = it_.keeper;
});
afterAll(() => it_?.service.stop());

const BASIS = '关于延长假期的通知';
const year2026 = () =>
  JSON.parse(readFileSync(new URL('../../../libs/clocks/calendar/2026.json', import.meta.url), 'utf8')) as {
    year: number;
    source: object;
    days: Record<string, { type: string; name: string }>;
  };
const longer = (...days: string[]) => {
  const year = year2026();
  for (const day of days) year.days[day] = { type: '调休休', name: '延长' };
  return year;
};
const next = {
  year: 2027,
  source: { basis: 'an invented notice' },
  days: { '2027-01-01': { type: '法定休', name: '元旦' } },
};
const place = (division: string) => ({
  division,
  days: { '2026-06-03': { name: '台风停工', source: '停工令' } },
});

describe('a calendar', () => {
  it('is looked through before it is published, and every wrong day of it is named', async () => {
    const wrong = {
      year: 2027,
      source: { basis: 'an invented notice' },
      days: {
        '2027-01-05': { type: '调休班', name: '元旦' },
        '2027-01-09': { type: '调休休', name: '元旦' },
        '2026-12-31': { type: '法定休', name: '元旦' },
      },
    };
    for (const [path, body] of [
      ['/workbench/calendars/check', wrong],
      ['/workbench/calendars', { calendar: wrong, basis: BASIS }],
    ] as const) {
      const answer = await keeper.post(path, body);
      expect(refusal(answer)).toBe('422 calendar-not-valid');
      expect(answer.body['problems']).toEqual([
        expect.stringContaining('2027-01-05'),
        expect.stringContaining('2027-01-09'),
        expect.stringContaining('2026-12-31'),
      ]);
    }
    expect(refusal(await keeper.post('/workbench/calendars/check', { ...next, year: 2029, days: {} }))).toBe(
      '422 calendar-not-valid',
    );
    expect(
      refusal(
        await keeper.post('/workbench/calendars/check', { ...next, days: { '2027-02-30': { type: '班' } } }),
      ),
    ).toBe('422 calendar-not-valid');
    expect(await keeper.post('/workbench/calendars/check', next)).toMatchObject({
      status: 200,
      body: {
        kind: 'year',
        key: '2027',
        coveredTo: '2027-12-31',
        days: [{ day: '2027-01-01', division: null }],
      },
    });
    expect(ok(await keeper.get('/workbench/calendars'))).toMatchObject({
      coveredTo: '2026-12-31',
      history: [],
    });
  });

  it('is published by the system administrator alone, with its reason, once', async () => {
    const body = { calendar: longer('2026-06-11'), basis: BASIS };
    for (const role of [
      'security-admin',
      'auditor',
      'federation-lead',
      'card-officer',
      'assessor',
    ] as const) {
      const user = await it_.service.as(role);
      expect(refusal(await user.post('/workbench/calendars', body))).toBe('403 not-allowed');
      expect(refusal(await user.post('/workbench/calendars/check', body.calendar))).toBe('403 not-allowed');
      expect((await user.get('/workbench/calendars')).status).toBe(200);
    }
    expect((await it_.service.anonymous.get('/workbench/calendars')).status).toBe(401);
    expect((await keeper.post('/workbench/calendars', { calendar: body.calendar })).status).toBe(400);

    const published = ok(await keeper.post('/workbench/calendars', body), 201);
    expect(published).toMatchObject({ number: 1, kind: 'year', key: '2026', days: [{ day: '2026-06-11' }] });
    expect(refusal(await keeper.post('/workbench/calendars', body))).toBe('409 calendar-unchanged');
    const facts = (await it_.service.published('workbench')).filter(({ type }) =>
      type.includes('.calendar.'),
    );
    expect(facts).toHaveLength(1);
    expect(facts[0]!.data).toMatchObject({ number: 1, kind: 'year', key: '2026', publishedOn: TODAY });
    expect(facts[0]!.data['days']).toContainEqual(
      expect.objectContaining({ day: '2026-06-11', type: '调休休', name: '延长' }),
    );
  });

  it('is amended by a later one, and the history says who published what', async () => {
    ok(await keeper.post('/workbench/calendars', { calendar: next, basis: BASIS }), 201);
    ok(await keeper.post('/workbench/calendars', { calendar: year2026(), basis: BASIS }), 201);
    expect(ok(await keeper.get('/workbench/calendars'))).toMatchObject({
      coveredTo: '2027-12-31',
      history: [
        { number: 3, key: '2026', publishedBy: 'keeper', basis: BASIS },
        { number: 2, key: '2027' },
        { number: 1, key: '2026' },
      ],
    });
  });

  it('of a place is for who keeps the place', async () => {
    const body = (division: string) => ({ calendar: place(division), basis: BASIS });
    expect(refusal(await keeper.post('/workbench/calendars', body('338802000000')))).toBe('403 not-allowed');
    ok(await keeper.post('/workbench/calendars', body('338801001000')), 201);
    expect(ok(await keeper.get('/workbench/calendars'))).toMatchObject({
      local: [{ division: '338801001000', days: place('').days, officeHours: null }],
    });
  });

  it('has another number for each of two that are published at once', async () => {
    const answers = await Promise.all(
      ['338801001001', '338801001002', '338801002001'].map((division) =>
        keeper.post('/workbench/calendars', { calendar: place(division), basis: BASIS }),
      ),
    );
    const numbers = answers.map((answer) => ok(answer, 201)['number'] as number);
    expect(new Set(numbers).size).toBe(3);
  });

  it('stays as it was published: the service may neither change nor delete it', async () => {
    const [rights] = await it_.service.database.query<{ changed: boolean }>(
      `select bool_or(has_table_privilege(r.oid, 'workbench.calendars', 'update, delete, truncate')) as changed
       from pg_roles r where r.rolname like 'workbench\\_%' and r.rolname not like '%migrator'`,
    );
    expect(rights).toEqual({ changed: false });
  });
});
