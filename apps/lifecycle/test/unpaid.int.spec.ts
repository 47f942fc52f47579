import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Catalogue } from '@app/catalogue';
import { personMergedV1, type NewEvent } from '@app/contracts';
import { Delivery } from '@app/messaging';
import {
  consumerFeatures,
  startService,
  toDelivery,
  until,
  type Answer,
  type ServiceUnderTest,
  type TestUser,
} from '@app/testing';
import { LifecycleModule } from '../src/lifecycle.module.js';
import { lifecycle } from '../src/migrations.js';
import { clubCatalogue, clubItems } from './invented-catalogue.js';
import { Neighbours, OwnersCase, PaidBenefit, TODAY } from './people.js';

jest.setTimeout(60_000);

const ITEM = 'club/allowance';

let service: ServiceUnderTest;
let lead: TestUser;
let villages = 0;

beforeAll(async () => {
  const payment = { from: 'application-month', cycle: 'month', source: 'charter' } as const;
  const catalogue = clubCatalogue(clubItems.map((item) => (item.rates ? { ...item, payment } : item)));
  service = await startService({
    name: 'lifecycle',
    modules: [{ module: LifecycleModule, providers: [{ provide: Catalogue, useValue: catalogue }] }],
    migrated: [lifecycle],
    now: TODAY,
  });
  lead = await service.as('federation-lead');
});

afterAll(() => service?.stop());

/** Each as if it had been said on a day. */
async function on(day: string, ...events: NewEvent[]): Promise<void> {
  await service.direct.deliverRaw(
    'lifecycle',
    events.map((event, at) => {
      const { topic, position, key, headers, value } = toDelivery(randomUUID(), event, at);
      return new Delivery(topic, position, key, { ...headers, ce_time: `${day}T02:00:00.000Z` }, value);
    }),
  );
}

async function ok(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer;
  expect({ status, body: status === 200 ? null : body }).toEqual({ status: 200, body: null });
  return body;
}

async function reconcile(region: string) {
  const { runs } = await ok(lead.post('/lifecycle/reconciliations', { region }));
  return until('the run is done', async () => {
    const [run] = (await ok(lead.get(`/lifecycle/reconciliations?run=${runs[0].runId}`))).runs;
    return run.status === 'done' ? run : null;
  });
}

async function unpaidIn(village: string): Promise<Answer['body'][]> {
  return (await ok(lead.get(`/lifecycle/gaps?from=${village}&to=${village}&kind=granted-unpaid`))).gaps;
}

/** A person in a village of their own who was granted the allowance, and another whom the county pays it to. */
async function granted(options: { fen?: number | null; paidThrough?: string } = {}) {
  const person = new Neighbours();
  person.divisionCode = `338801009${String((villages += 1)).padStart(3, '0')}`;
  const held = new OwnersCase(person.personId, 'subsidies', ITEM, 'once', null);
  await service.deliver(
    'lifecycle',
    person.registered(),
    person.knows({ 'aid.dibao': true, 'aid.dibian': false }),
    person.takenOver(),
    held.opened('open'),
    held.granted(),
  );
  const benefit = new PaidBenefit(person, ITEM, '2026-01', options.fen);
  await on('2025-12-20', benefit.granted(options.paidThrough));
  return { person, benefit, village: person.divisionCode };
}

/** The county pays everybody else. */
const others = new PaidBenefit({ personId: randomUUID(), divisionCode: '338801010001' }, ITEM, '2026-01');
let runNo = 100;

describe('已享未付', () => {
  it('before the county has paid the item to anybody nothing is said, and that nothing is said is told', async () => {
    const { village } = await granted();
    const run = await reconcile(village);
    expect(await unpaidIn(village)).toEqual([]);
    expect(run.notLooked).toContainEqual({
      what: `paid:${ITEM}`,
      reason: expect.stringContaining('1 项待遇没有对账是否发放'),
    });
  });

  it('what a run paid to others and not to a person is found, with months, money and since when; paid, it is closed', async () => {
    const { benefit, village, person } = await granted();
    const [january, february] = [(runNo += 1), (runNo += 1)];
    await on('2026-01-20', others.ordered(january, '2026-01'));
    await on('2026-02-20', others.ordered(february, '2026-02'));
    const run = await reconcile(village);
    expect(await unpaidIn(village)).toMatchObject([
      {
        personId: person.personId,
        itemId: ITEM,
        owner: 'subsidies',
        reason: 'not-ordered',
        zh: '已享未付：同一事项已向其他人发放到所列月份，本人没有列入发放批次',
        since: '2026-01-01',
        months: ['2026-01', '2026-02'],
        unpaid: 400_00,
        monthly: 200_00,
        distrusted: [],
      },
    ]);
    expect(run.gaps).toContainEqual({
      kind: 'granted-unpaid',
      gaps: 1,
      persons: 1,
      distrusted: 0,
      monthly: 200_00,
      unpriced: 0,
      unpaid: 400_00,
    });
    expect(run.notLooked.map(({ what }: { what: string }) => what)).not.toContain(`paid:${ITEM}`);
    const { points } = await ok(lead.get(`/lifecycle/reconciliations/trend?region=${village}`));
    expect(points).toContainEqual(
      expect.objectContaining({ kind: 'granted-unpaid', gaps: 1, unpaid: 400_00 }),
    );
    const page = await ok(lead.get(`/lifecycle/gaps/villages?from=${village}&to=${village}`));
    expect(page.villages[0].kinds).toContainEqual(
      expect.objectContaining({ kind: 'granted-unpaid', gaps: 1, unpaid: 400_00 }),
    );

    await on('2026-03-01', benefit.ordered((runNo += 1), '2026-02', ['2026-01']));
    await reconcile(village);
    expect(await unpaidIn(village)).toMatchObject([
      { months: ['2026-02'], since: '2026-02-01', unpaid: 200_00 },
    ]);
    await on('2026-03-01', benefit.ordered((runNo += 1), '2026-02'));
    expect(await reconcile(village)).toMatchObject({ closed: 1 });
    expect(await unpaidIn(village)).toEqual([]);
  });

  it('a run of today may be under way, and is not held against anybody yet; a later month than paid is told', async () => {
    const { village, benefit } = await granted();
    await on('2026-02-27', benefit.ordered((runNo += 1), '2026-02', ['2026-01', '2026-02']));
    service.clock.set('2026-05-02');
    const paid = (runNo += 1);
    await on('2026-05-02', others.ordered(paid, '2026-05', ['2026-03', '2026-04', '2026-05']));
    const run = await reconcile(village);
    expect(await unpaidIn(village)).toEqual([]);
    expect(run.notLooked).toContainEqual({
      what: `paid:${ITEM}`,
      reason: expect.stringContaining('只对账到 2026-02'),
    });
    service.clock.set('2026-05-03');
    await reconcile(village);
    expect(await unpaidIn(village)).toMatchObject([{ months: ['2026-03', '2026-04', '2026-05'] }]);
    service.clock.set(TODAY);
    await service.database.query('delete from lifecycle.pay_runs_seen where run_no = $1', [paid]);
  });

  it('a payment that came back is found at once, until it is paid again', async () => {
    const { benefit, village } = await granted();
    const [first, second] = [(runNo += 1), (runNo += 1)];
    await on('2026-02-20', benefit.ordered(first, '2026-02', ['2026-01', '2026-02']));
    await on('2026-03-01', benefit.failed(first, '2026-02', ['2026-01', '2026-02']));
    await reconcile(village);
    expect(await unpaidIn(village)).toMatchObject([
      { reason: 'payment-failed', months: ['2026-01', '2026-02'], unpaid: 400_00, since: '2026-01-01' },
    ]);
    await on('2026-03-02', benefit.ordered(second, '2026-03', ['2026-01', '2026-02', '2026-03']));
    await reconcile(village);
    expect(await unpaidIn(village)).toEqual([]);
  });

  it('a month whose money came back from the person and is owed again after all is found; what came back is no gap by itself', async () => {
    const { benefit, village } = await granted();
    const [paid, again] = [(runNo += 1), (runNo += 1)];
    await on('2026-01-20', benefit.ordered(paid, '2026-01'), others.ordered(paid, '2026-01'));
    await on('2026-02-20', benefit.ordered(again, '2026-02'), others.ordered(again, '2026-02'));
    // Half of January was too much, and is brought back.
    benefit.rates = [{ fromMonth: '2026-01', fen: 100_00 }];
    await on('2026-01-25', benefit.granted());
    const back = benefit.recovered('2026-01', 100_00);
    await on('2026-01-28', back);
    await reconcile(village);
    expect(await unpaidIn(village)).toEqual([]);
    // It was owed after all: what was paid first lies no longer with the person.
    benefit.rates = [{ fromMonth: '2026-01', fen: 200_00 }];
    await on('2026-01-30', benefit.granted(), back);
    await reconcile(village);
    expect(await unpaidIn(village)).toMatchObject([
      { reason: 'not-ordered', months: ['2026-01'], unpaid: 100_00, since: '2026-01-01' },
    ]);
    await on('2026-03-01', benefit.ordered((runNo += 1), '2026-03', ['2026-01'], 100_00));
    await reconcile(village);
    expect(await unpaidIn(village)).toEqual([]);
  });

  it('held, without a rate, stopped, or paid by the old list: it says so, and asks for no month that is not owed', async () => {
    await on('2026-02-20', others.ordered((runNo += 1), '2026-02', ['2026-01', '2026-02']));
    const [held, unrated, stopped, old] = [
      await granted(),
      await granted({ fen: null }),
      await granted(),
      await granted({ paidThrough: '2026-01' }),
    ];
    await on('2026-01-25', held.benefit.ordered((runNo += 1), '2026-01'), held.benefit.held('2026-02-01'));
    await on('2026-01-25', stopped.benefit.stopped('2026-01'));
    for (const { village } of [held, unrated, stopped, old]) await reconcile(village);
    expect(await unpaidIn(held.village)).toMatchObject([{ reason: 'payment-held', months: ['2026-02'] }]);
    expect(await unpaidIn(unrated.village)).toMatchObject([
      { reason: 'no-rate', months: ['2026-01', '2026-02'], unpaid: null, monthly: null },
    ]);
    expect(await unpaidIn(stopped.village)).toMatchObject([{ reason: 'not-ordered', months: ['2026-01'] }]);
    expect(await unpaidIn(old.village)).toMatchObject([{ months: ['2026-02'], unpaid: 200_00 }]);

    // Lifted in a month, it is asked for with the next run.
    await on('2026-02-25', held.benefit.released());
    await reconcile(held.village);
    expect(await unpaidIn(held.village)).toEqual([]);
  });

  it('who is paid by the quarter misses no month of one that has not ended, while others are paid by the month', async () => {
    const { benefit, village } = await granted();
    // Runs of other tests have come to the end of the quarter.
    await service.database.query('delete from lifecycle.pay_runs_seen');
    benefit.cycle = 'quarter';
    await on('2025-12-21', benefit.granted());
    await on('2026-02-20', others.ordered((runNo += 1), '2026-02', ['2026-01', '2026-02']));
    await reconcile(village);
    expect(await unpaidIn(village)).toEqual([]);
    // Told again without it, it stays known.
    delete benefit.cycle;
    await on('2025-12-22', benefit.granted());
    await reconcile(village);
    expect(await unpaidIn(village)).toEqual([]);
  });

  it('who was granted without the money having been told of is told of the run', async () => {
    const person = new Neighbours();
    person.divisionCode = `338801009${String((villages += 1)).padStart(3, '0')}`;
    const held = new OwnersCase(person.personId, 'subsidies', ITEM, 'once', null);
    await service.deliver(
      'lifecycle',
      person.registered(),
      person.takenOver(),
      held.opened('open'),
      held.granted(),
    );
    expect((await reconcile(person.divisionCode)).notLooked).toEqual([
      { what: 'roster:death', reason: expect.any(String) },
      { what: 'benefits', reason: expect.stringContaining('1 项') },
    ]);
    await on('2025-12-20', new PaidBenefit(person, ITEM, '2026-01').granted());
    expect(
      (await reconcile(person.divisionCode)).notLooked.map(({ what }: { what: string }) => what),
    ).not.toContain('benefits');
  });

  it('goes with the person into whom another is merged', async () => {
    await on('2026-02-20', others.ordered((runNo += 1), '2026-02', ['2026-01', '2026-02']));
    const { person, village } = await granted();
    const stays = new Neighbours();
    stays.divisionCode = village;
    await service.deliver('lifecycle', stays.registered());
    await service.deliver(
      'lifecycle',
      personMergedV1.of({
        personId: stays.personId,
        divisionCode: village,
        version: 50,
        absorbedId: person.personId,
      }),
    );
    await reconcile(village);
    expect(await unpaidIn(village)).toMatchObject([
      { personId: stays.personId, months: ['2026-01', '2026-02'] },
    ]);
  });

  it('does not double what is told again, in whatever slices', async () => {
    const { benefit, person } = await granted();
    const ordered = benefit.ordered((runNo += 1), '2026-02', ['2026-01', '2026-02']);
    await on('2026-02-20', ordered, ordered);
    await on('2026-02-20', ordered, benefit.failed(runNo, '2026-02', ['2026-02']), ordered);
    const rows = await service.database.query(
      `select month, ordered_fen::int as ordered, failed_fen::int as failed from lifecycle.benefit_payments
       join lifecycle.benefits using (benefit_id) where person_id = $1 order by month`,
      [person.personId],
    );
    expect(rows).toEqual([
      { month: '2026-01', ordered: 200_00, failed: null },
      { month: '2026-02', ordered: 200_00, failed: 200_00 },
    ]);
  });
});

consumerFeatures({
  consumer: 'lifecycle/follow-money-on-benefit-or-payment',
  service: () => service,
  fact: () => {
    const person = new Neighbours();
    return new PaidBenefit(person, ITEM, '2026-01').ordered((runNo += 1), '2026-02');
  },
  effect: async ({ data }) => {
    const { benefitId, runNo: number } = data as { benefitId: string; runNo: number };
    return [
      await service.database.query(
        'select month, ordered_fen, failed_fen from lifecycle.benefit_payments where benefit_id = $1',
        [benefitId],
      ),
      await service.database.query(
        'select county, through_month from lifecycle.pay_runs_seen where run_no = $1',
        [number],
      ),
    ];
  },
});

describe('a benefit', () => {
  it('keeps its newest version, whatever comes late', async () => {
    const person = new Neighbours();
    const benefit = new PaidBenefit(person, ITEM, '2026-01');
    const [first, held, released] = [
      benefit.granted('2025-12'),
      benefit.held('2026-02-01'),
      benefit.released(),
    ];
    await on('2026-02-10', released);
    await on('2026-01-10', first, held);
    expect(
      await service.database.query(
        `select status, version, held_from, paid_through, owed_in from lifecycle.benefits where benefit_id = $1`,
        [benefit.benefitId],
      ),
    ).toEqual([
      { status: 'running', version: 3, held_from: null, paid_through: '2025-12', owed_in: '2026-02' },
    ]);
  });
});
