import { jest } from '@jest/globals';
import { clocksMigrations, ClocksModule, LegalClocks, RungHandler } from '@app/clocks';
import { calendarPublishedV1 } from '@app/contracts';
import { Database } from '@app/platform';
import { ServiceModule } from '@app/service-host';
import { consumerFeatures, startService, type ServiceUnderTest, type TestClock } from '@app/testing';
import { previewCalendar } from '../src/published/preview-calendar.js';
import { actor, amended, CalendarHouse, HOUR, standing, term } from './calendar-house.js';
import { at, localFile, yearFile } from './invented.js';

// A busy machine needs longer than the default to make a database.
jest.setTimeout(120_000);

let house: CalendarHouse;
const startProcess = (clock: TestClock) => house.startProcess(clock);
const publish: CalendarHouse['publish'] = (process, content) => house.publish(process, content);
const firedOf = (subjectId: string) => house.firedOf(subjectId);
const movesOf = (number: number) => house.movesOf(number);
const keptEndOf: CalendarHouse['keptEndOf'] = (one) => house.keptEndOf(one);

beforeAll(async () => {
  house = await CalendarHouse.build();
});
afterEach(() => house.clear());
afterAll(() => house.database.drop());

describe('a calendar that is published', () => {
  it('moves ends and reminders as its preview says, and fires none twice', async () => {
    const clock = standing('2026-06-02');
    const process = await startProcess(clock);
    const [crossing, before] = [term(), term({ anchorDay: '2026-05-06', value: 5 })];
    await process.arm(crossing, before);
    clock.set('2026-06-10');
    await process.sweeper.sweep();
    expect(await firedOf(crossing.subjectId)).toEqual(['reminder']);
    expect(await keptEndOf(crossing)).toEqual(at('2026-06-16T00:00'));

    const file = amended('2026-06-11', '2026-06-12');
    const preview = await previewCalendar(
      process,
      actor,
      process.inForce.now,
      process.inForce.now.with(file),
      clock.now(),
    );
    expect(preview).toMatchObject({
      looked: 1,
      moved: 1,
      bySteps: [{ step: 'review', basis: crossing.basis, moved: 1 }],
      cases: [
        {
          subjectId: crossing.subjectId,
          before: at('2026-06-16T00:00'),
          after: at('2026-06-18T00:00'),
        },
      ],
    });
    expect(preview.days.map(({ day }) => day)).toEqual(['2026-06-11', '2026-06-12']);
    expect(await keptEndOf(crossing)).toEqual(at('2026-06-16T00:00'));

    const number = await publish(process, file);
    await process.sweeper.sweep();
    expect(await keptEndOf(crossing)).toEqual(at('2026-06-18T00:00'));
    expect(await movesOf(number)).toEqual(
      preview.cases.map(({ subjectId, before: was, after }) => ({ subject: subjectId, before: was, after })),
    );
    clock.set('2026-06-16');
    await process.sweeper.sweep();
    expect(await firedOf(crossing.subjectId)).toEqual(['reminder']);
    clock.set('2026-06-18T00:01:00+08:00');
    await process.sweeper.sweep();
    const fired = await firedOf(crossing.subjectId);
    expect(fired).toEqual(['reminder', 'due', 'overdue-1']);
  });

  it('settles what was provisional, also where no end moves', async () => {
    const clock = standing('2026-12-20');
    const process = await startProcess(clock);
    const [over, near] = [
      term({ anchorDay: '2026-12-25', value: 10 }),
      term({ anchorDay: '2026-12-23', value: 1 }),
    ];
    await process.arm(over, near);
    const file = yearFile(2027, { '2027-01-01': { type: '法定休', name: '元旦' } });
    const preview = await previewCalendar(
      process,
      actor,
      process.inForce.now,
      process.inForce.now.with(file),
      clock.now(),
    );
    expect(preview).toMatchObject({ moved: 1, settled: 1, coveredTo: '2027-12-31' });
    await publish(process, file);
    await process.sweeper.sweep();
    const [view] = await process.clocks.of(actor, over.subjectId);
    expect(view).toMatchObject({ provisional: false, dueAt: preview.cases[0]!.after });
    expect(await keptEndOf(near)).toEqual(at('2026-12-25T00:00'));
  });

  it('of one place moves nothing elsewhere', async () => {
    const clock = standing('2026-06-02');
    const process = await startProcess(clock);
    const [here, elsewhere] = [term(), term({ divisionCode: '338802001001' })];
    await process.arm(here, elsewhere);
    const file = localFile(['2026-06-03']);
    const preview = await previewCalendar(
      process,
      actor,
      process.inForce.now,
      process.inForce.now.with(file),
      clock.now(),
    );
    expect(preview).toMatchObject({ looked: 1, moved: 1 });
    await publish(process, file);
    await process.sweeper.sweep();
    expect(await keptEndOf(here)).toEqual(at('2026-06-17T00:00'));
    expect(await keptEndOf(elsewhere)).toEqual(at('2026-06-16T00:00'));
  });

  it('that is taken back moves the ends back', async () => {
    const process = await startProcess(standing('2026-06-02'));
    const one = term();
    await process.arm(one);
    await publish(process, amended('2026-06-11'));
    await process.sweeper.sweep();
    expect(await keptEndOf(one)).toEqual(at('2026-06-17T00:00'));
    const number = await publish(process, amended());
    await process.sweeper.sweep();
    expect(await keptEndOf(one)).toEqual(at('2026-06-16T00:00'));
    expect(await movesOf(number)).toHaveLength(1);
  });

  it('is taken over by another process at its next sweep, before anything fires by the old one', async () => {
    const clock = standing('2026-06-02');
    const [one, other] = [await startProcess(clock), await startProcess(clock)];
    await Promise.all([one.sweeper.sweep(), other.sweeper.sweep()]);
    await publish(one, amended('2026-06-11', '2026-06-12'));
    await one.sweeper.sweep();
    // Armed by a process that does not know of it yet.
    const late = term();
    await other.arm(late);
    expect(await keptEndOf(late)).toEqual(at('2026-06-16T00:00'));
    clock.set('2026-06-16T00:01:00+08:00');
    await other.sweeper.sweep();
    expect(await keptEndOf(late)).toEqual(at('2026-06-18T00:00'));
    expect(await firedOf(late.subjectId)).not.toContain('overdue-1');
  });

  it('is gone through at the next start when the process died in between', async () => {
    const clock = standing('2026-06-02');
    const dying = await startProcess(clock);
    await dying.sweeper.sweep();
    const one = term();
    await dying.arm(one);
    const number = await publish(dying, amended('2026-06-11'));
    dying.handler.diesAfter = 0;
    await dying.sweeper.sweep();
    expect(await keptEndOf(one)).toEqual(at('2026-06-16T00:00'));
    expect(await movesOf(number)).toEqual([]);

    const next = await startProcess(clock);
    await next.sweeper.sweep();
    expect(await keptEndOf(one)).toEqual(at('2026-06-17T00:00'));
    expect(await movesOf(number)).toHaveLength(1);
  });

  it('waits for the year before it, whichever comes first', async () => {
    const process = await startProcess(standing('2026-06-02'));
    await publish(process, yearFile(2028));
    await process.sweeper.sweep();
    expect(process.inForce.calendar.coveredTo).toBe('2026-12-31');
    await publish(process, yearFile(2027));
    await process.sweeper.sweep();
    expect(process.inForce.calendar.coveredTo).toBe('2028-12-31');
  });
});

describe('a service', () => {
  class Quiet extends RungHandler {
    async onRungs(): Promise<void> {
      await Promise.resolve();
    }
  }
  const modules = [
    ServiceModule.forService('subsidies'),
    ClocksModule.forService('subsidies', { handler: Quiet, sweepMs: HOUR }),
  ];
  let service: ServiceUnderTest;
  let number = 0;
  const place = () => `3388${String(++number).padStart(8, '0')}`;

  beforeAll(async () => {
    service = await startService({
      name: 'subsidies',
      modules,
      migrated: [{ service: 'subsidies', migrations: clocksMigrations }],
      now: '2026-06-02',
    });
  });
  afterAll(() => service?.stop());

  consumerFeatures({
    consumer: 'subsidies/keep-calendar-on-published',
    service: () => service,
    fact: () => {
      const key = place();
      return calendarPublishedV1.of({
        number,
        divisionCode: key,
        kind: 'local',
        key,
        basis: 'an invented order',
        publishedOn: '2026-06-02',
        days: [{ day: '2026-06-03', type: '地方', name: '台风停工', source: 'an invented order' }],
        officeHours: null,
      });
    },
    effect: ({ data }) =>
      service.database.query('select count(*)::int from subsidies.clock_calendars where key = $1', [
        (data as { key: string }).key,
      ]),
  });

  it('shows what a calendar would move to who may publish it, and to nobody else', async () => {
    const one = term();
    await service.get(Database).transaction(actor, (tx) => service.get(LegalClocks).arm(tx, [one]));
    const keeper = await service.as('system-admin');
    const file = amended('2026-06-11');
    const answer = await keeper.post('/subsidies/clocks/preview', file);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        moved: 1,
        cases: [
          {
            subjectId: one.subjectId,
            before: at('2026-06-16T00:00').toISOString(),
            after: at('2026-06-17T00:00').toISOString(),
          },
        ],
      },
    });
    const neighbour = await service.as('system-admin', {
      from: '338802000000',
      to: '338802999999',
    });
    expect(await neighbour.post('/subsidies/clocks/preview', file)).toMatchObject({
      status: 200,
      body: { moved: 0, cases: [] },
    });
    for (const role of ['security-admin', 'federation-lead', 'benefit-officer', 'assessor'] as const) {
      const user = await service.as(role);
      expect((await user.post('/subsidies/clocks/preview', file)).status).toBe(403);
      expect((await user.get('/subsidies/clocks/moves?number=1')).status).toBe(403);
    }
    expect((await service.anonymous.post('/subsidies/clocks/preview', file)).status).toBe(401);
    expect(await keeper.get('/subsidies/clocks/moves?number=0')).toMatchObject({ status: 200 });
  });
});
