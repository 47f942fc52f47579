import { randomUUID } from 'node:crypto';
import { caseIdOf } from '@app/casework';
import { Catalogue } from '@app/catalogue';
import { itemOpenedV1, itemStopProposedV1, itemStopWithdrawnV1, type NewEvent } from '@app/contracts';
import { startService, type ServiceUnderTest } from '@app/testing';
import { subsidies } from '../src/migrations.js';
import { SubsidiesModule } from '../src/subsidies.module.js';
import { inventedItems } from './invented-items.js';

const MONDAY = '2026-03-02';
const PLACE = '338801001001';
const REMEDY = '可在六十日内申请行政复议';

let service: ServiceUnderTest;
let version = 0;

beforeAll(async () => {
  service = await startService({
    name: 'subsidies',
    modules: [SubsidiesModule.on(Catalogue.of(inventedItems))],
    migrated: [subsidies],
    now: MONDAY,
  });
});
beforeEach(() => service.clock.set(MONDAY));
afterAll(() => service.stop());

interface Fact {
  readonly personId: string;
  readonly itemId?: string;
  readonly roundId?: string;
  readonly period?: string;
  readonly grade?: number;
}

const about = ({
  personId,
  itemId = 'invented/allowance',
  roundId = randomUUID(),
  period = 'once',
}: Fact) => ({
  personId,
  divisionCode: PLACE,
  version: (version += 1),
  roundId,
  itemId,
  itemVersion: '2026-01',
  owner: 'subsidies' as const,
  period,
});
const opened = (fact: Fact) =>
  itemOpenedV1.of({
    ...about(fact),
    cause: 'card-issued',
    mode: fact.itemId === 'invented/by-rule' ? 'auto' : 'invite',
    because: [{ fact: 'card.grade', value: fact.grade ?? 1 }],
    entitledOn: '2026-02-10',
  });
const stop = (fact: Fact, effectiveOn: string) =>
  itemStopProposedV1.of({ ...about(fact), cause: 'death', because: [], effectiveOn });
const lowered = (fact: Fact, effectiveOn: string) =>
  itemStopProposedV1.of({
    ...about(fact),
    cause: 'card-regraded',
    because: [{ fact: 'card.grade', value: fact.grade ?? 1 }],
    effectiveOn,
    lowers: true,
  });
const withdrawn = (fact: Fact) =>
  itemStopWithdrawnV1.of({ ...about(fact), cause: 'death-withdrawn', reason: '误报死亡' });
const deliver = (...events: NewEvent[]) => service.deliver('subsidies', ...events);

const officer = () => service.as('benefit-officer');
const affairs = () => service.as('member-unit', { department: 'civil-affairs' });

/** Grants through the doors: the township receives, the federation reviews, civil affairs decides. */
async function grant(fact: Fact, body: { effectiveFrom?: string } = {}): Promise<string> {
  const roundId = fact.roundId ?? randomUUID();
  const event = opened({ ...fact, roundId });
  await deliver(event);
  const caseId = caseIdOf(roundId, fact.itemId ?? 'invented/allowance', fact.period ?? 'once');
  const path = `/subsidies/cases/${caseId}`;
  await (await service.as('village-liaison')).post(`${path}/consent`, { consentedOn: '2026-02-27' });
  await (await service.as('township-chair')).post(`${path}/steps/receive`);
  await (await officer()).post(`${path}/steps/review`);
  expect(await (await affairs()).post(`${path}/grant`, body)).toMatchObject({ status: 200 });
  return caseId;
}

async function benefitsOf(personId: string) {
  const { body } = await (await officer()).get(`/subsidies/benefits?personId=${personId}`);
  return body.benefits as {
    benefitId: string;
    caseId: string;
    status: string;
    fromMonth: string;
    toMonth: string | null;
    rates: unknown;
    unpayable: string | null;
    version: number;
  }[];
}

async function factsOf(personId: string) {
  return (await service.published('subsidies'))
    .filter(({ type, data }) => type.startsWith('subsidies.benefit.') && data['personId'] === personId)
    .map(({ type, data }) => ({ type: type.split('.')[2], ...data }));
}

describe('a benefit', () => {
  it('runs when its case is granted: from the month of application, at the dated rates of the region', async () => {
    const personId = randomUUID();
    const caseId = await grant({ personId });
    const [benefit] = await benefitsOf(personId);
    expect(benefit).toMatchObject({
      caseId,
      status: 'running',
      fromMonth: '2026-02',
      toMonth: null,
      rates: [
        { fromMonth: '2026-02', fen: 30000 },
        { fromMonth: '2026-07', fen: 33000 },
      ],
      unpayable: null,
    });
    expect(await factsOf(personId)).toMatchObject([
      { type: 'granted', version: 1, fromMonth: '2026-02', cycle: 'month' },
    ]);
    const { body } = await (await officer()).get(`/subsidies/benefits/${benefit!.benefitId}`);
    expect(body).toMatchObject({
      periods: [
        { fromMonth: '2026-02', toMonth: '2026-06', fen: 30000, state: 'owed' },
        { fromMonth: '2026-07', toMonth: null, fen: 33000, state: 'owed' },
      ],
      history: [
        { version: 1, status: 'running', day: MONDAY, by: 'member-unit.civil-affairs', role: 'member-unit' },
      ],
    });
  });

  it('takes the rate that the person’s facts tell, the first month that the item or the decider says', async () => {
    const [second, later, after] = [randomUUID(), randomUUID(), randomUUID()];
    await grant({ personId: second, grade: 2 });
    await grant({ personId: later }, { effectiveFrom: '2026-08-15' });
    await grant({ personId: after, itemId: 'invented/after-grant' });
    expect(await benefitsOf(second)).toMatchObject([{ rates: [{ fromMonth: '2026-02', fen: 15000 }] }]);
    expect(await benefitsOf(later)).toMatchObject([
      { fromMonth: '2026-08', rates: [{ fromMonth: '2026-08', fen: 33000 }] },
    ]);
    expect(await benefitsOf(after)).toMatchObject([{ fromMonth: '2026-04' }]);
  });

  it('runs without a rate where the region has set none, and says that nothing can be paid', async () => {
    const personId = randomUUID();
    await grant({ personId, itemId: 'invented/unset' });
    const [benefit] = await benefitsOf(personId);
    expect(benefit).toMatchObject({ status: 'running', rates: null });
    expect(benefit!.unpayable).toContain('暂不能发放');
    expect(await factsOf(personId)).toMatchObject([{ rates: null }]);
  });

  it('begins by rule, for many persons in one slice, and not for an item that pays no money by the month', async () => {
    const persons = Array.from({ length: 60 }, () => randomUUID());
    const poor = randomUUID();
    await deliver(...persons.map((personId) => opened({ personId, itemId: 'invented/by-rule' })));
    await grant({ personId: poor, itemId: 'invented/once' });
    const [counted] = await service.database.query(
      `select count(*)::int as benefits, min(from_month) as first from subsidies.benefits where person_id = any($1)`,
      [persons],
    );
    expect(counted).toEqual({ benefits: 60, first: '2026-02' });
    expect(await benefitsOf(poor)).toEqual([]);
  });

  it('is held, released and stopped with its case, in the same transaction', async () => {
    const personId = randomUUID();
    const caseId = await grant({ personId });
    const roundId = randomUUID();
    await deliver(stop({ personId, roundId }, '2026-04-10'));
    expect(await benefitsOf(personId)).toMatchObject([{ status: 'held', heldFrom: '2026-04-10' }]);
    await deliver(stop({ personId }, '2026-03-10'));
    expect(await benefitsOf(personId)).toMatchObject([{ status: 'held', heldFrom: '2026-03-10' }]);
    await (await affairs()).post(`/subsidies/cases/${caseId}/release`, { reason: '核实仍符合条件' });
    expect(await benefitsOf(personId)).toMatchObject([{ status: 'running', heldFrom: null }]);
    const death = randomUUID();
    await deliver(stop({ personId, roundId: death }, '2026-05-12'));
    await (
      await affairs()
    ).post(`/subsidies/cases/${caseId}/stop`, {
      stoppedFrom: '2026-03-12',
      reason: '经核实已死亡',
      remedy: REMEDY,
    });
    expect(await benefitsOf(personId)).toMatchObject([{ status: 'stopped', toMonth: '2026-03' }]);
    await deliver(withdrawn({ personId, roundId: death }));
    expect(await benefitsOf(personId)).toMatchObject([{ status: 'running', toMonth: null }]);
    expect((await factsOf(personId)).map(({ type }) => type)).toEqual([
      'granted',
      'held',
      'held',
      'released',
      'held',
      'stopped',
      'released',
    ]);
    const versions = await service.database.query<{ version: number }>(
      `select h.version from subsidies.benefit_history h join subsidies.benefits b using (benefit_id)
       where b.person_id = $1 order by 1`,
      [personId],
    );
    expect(versions.map((row) => row.version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('follows a hold and its lifting within one slice, fact by fact', async () => {
    const personId = randomUUID();
    await grant({ personId });
    const [one, two] = [randomUUID(), randomUUID()];
    await deliver(
      stop({ personId, roundId: one }, '2026-04-10'),
      stop({ personId, roundId: two }, '2026-03-20'),
    );
    expect(await benefitsOf(personId)).toMatchObject([
      { status: 'held', heldFrom: '2026-03-20', version: 3 },
    ]);
    await deliver(withdrawn({ personId, roundId: one }), withdrawn({ personId, roundId: two }));
    expect(await benefitsOf(personId)).toMatchObject([{ status: 'running', version: 4 }]);
  });

  it('is one for a person and item: another period goes on with it, and it does not come back beside a newer one', async () => {
    const personId = randomUUID();
    const first = await grant({ personId, period: '2026' });
    const [before] = await benefitsOf(personId);
    const second = await grant({ personId, period: '2027' });
    expect(await benefitsOf(personId)).toMatchObject([
      { benefitId: before!.benefitId, caseId: second, fromMonth: '2026-02', status: 'running' },
    ]);
    await deliver(stop({ personId, period: '2026' }, '2026-03-01'));
    expect(await benefitsOf(personId)).toMatchObject([{ caseId: second, status: 'running' }]);
    expect(first).not.toBe(second);

    const other = randomUUID();
    const roundId = randomUUID();
    const old = await grant({ personId: other, period: '2026' });
    await deliver(stop({ personId: other, period: '2026', roundId }, '2026-03-01'));
    await (
      await affairs()
    ).post(`/subsidies/cases/${old}/stop`, {
      stoppedFrom: '2026-03-01',
      reason: '经核实已死亡',
      remedy: REMEDY,
    });
    await grant({ personId: other, period: '2027' });
    await deliver(withdrawn({ personId: other, period: '2026', roundId }));
    expect((await benefitsOf(other)).map(({ status }) => status).sort()).toEqual(['running', 'stopped']);
    // The case is back, and nothing was parked over it.
    expect(await (await officer()).get(`/subsidies/cases/${old}`)).toMatchObject({
      body: { status: 'granted' },
    });
  });

  it('rises from the month in which newer facts make more due, and never falls by them alone', async () => {
    const personId = randomUUID();
    const caseId = await grant({ personId, grade: 2 });
    const again = (grade: number, entitledOn: string) => {
      const event = opened({ personId, grade });
      return { ...event, data: { ...event.data, cause: 'card-regraded' as const, entitledOn } };
    };
    await deliver(again(1, '2026-05-20'));
    const raised = [
      { fromMonth: '2026-02', fen: 15000 },
      { fromMonth: '2026-05', fen: 30000 },
      { fromMonth: '2026-07', fen: 33000 },
    ];
    expect(await benefitsOf(personId)).toMatchObject([{ status: 'running', version: 2, rates: raised }]);
    expect((await officer().then((user) => user.get(`/subsidies/cases/${caseId}`))).body).toMatchObject({
      itemVersion: '2026-01',
      because: [{ fact: 'card.grade', value: 1 }],
    });
    await deliver(again(3, '2026-06-01'));
    expect(await benefitsOf(personId)).toMatchObject([{ version: 2, rates: raised }]);
    // While something else holds it, it rises too, and stays held.
    const other = randomUUID();
    await grant({ personId: other, grade: 2 });
    await deliver(stop({ personId: other }, '2026-04-10'));
    const event = opened({ personId: other, grade: 1 });
    await deliver({ ...event, data: { ...event.data, entitledOn: '2026-05-20' } });
    expect(await benefitsOf(other)).toMatchObject([
      { status: 'held', heldFrom: '2026-04-10', rates: raised },
    ]);
    expect((await factsOf(other)).map(({ type }) => type)).toEqual(['granted', 'held', 'held']);
  });

  it('is held when less is due, and goes on at less when a named person has decided so', async () => {
    const [personId, mistaken] = [randomUUID(), randomUUID()];
    const caseId = await grant({ personId });
    await grant({ personId: mistaken });
    const before = (await benefitsOf(personId))[0]!.rates;
    const roundId = randomUUID();
    await deliver(
      lowered({ personId, grade: 2 }, '2026-05-12'),
      lowered({ personId: mistaken, grade: 2, roundId }, '2026-05-12'),
    );
    expect(await benefitsOf(personId)).toMatchObject([
      { status: 'held', heldFrom: '2026-05-12', rates: before },
    ]);
    await (
      await affairs()
    ).post(`/subsidies/cases/${caseId}/release`, { reason: '等级变更属实，按新标准发放' });
    expect(await benefitsOf(personId)).toMatchObject([
      {
        status: 'running',
        rates: [
          { fromMonth: '2026-02', fen: 30000 },
          // The month that had begun is owed whole.
          { fromMonth: '2026-06', fen: 15000 },
        ],
      },
    ]);
    expect((await factsOf(personId)).map(({ type }) => type)).toEqual(['granted', 'held', 'released']);
    const { body } = await (await officer()).get(`/subsidies/cases/${caseId}`);
    expect(body).toMatchObject({ status: 'granted', because: [{ fact: 'card.grade', value: 2 }] });
    // A ground that was withdrawn lowers nothing.
    await deliver(withdrawn({ personId: mistaken, roundId }));
    expect(await benefitsOf(mistaken)).toMatchObject([{ status: 'running', rates: before }]);
  });

  it('is granted at less when less is due before anything was paid: nothing is held for that', async () => {
    const [late, overtaken] = [randomUUID(), randomUUID()];
    const [lateRound, overtakenRound] = [randomUUID(), randomUUID()];
    const first = opened({ personId: overtaken, roundId: overtakenRound });
    await deliver(opened({ personId: late, roundId: lateRound }));
    await deliver(
      lowered({ personId: late, grade: 2 }, '2026-02-20'),
      lowered({ personId: overtaken, grade: 2 }, '2026-02-20'),
    );
    await deliver(first);
    for (const [personId, roundId] of [
      [late, lateRound],
      [overtaken, overtakenRound],
    ] as const) {
      const path = `/subsidies/cases/${caseIdOf(roundId, 'invented/allowance', 'once')}`;
      expect(await (await officer()).get(path)).toMatchObject({
        body: { status: 'invited', because: [{ fact: 'card.grade', value: 2 }] },
      });
      await (await service.as('village-liaison')).post(`${path}/consent`, { consentedOn: '2026-02-27' });
      await (await service.as('township-chair')).post(`${path}/steps/receive`);
      await (await officer()).post(`${path}/steps/review`);
      expect(await (await affairs()).post(`${path}/grant`)).toMatchObject({ status: 200 });
      expect(await benefitsOf(personId)).toMatchObject([{ rates: [{ fromMonth: '2026-02', fen: 15000 }] }]);
    }
  });

  it('is not there for another place, role or department', async () => {
    const personId = randomUUID();
    await grant({ personId });
    const [benefit] = await benefitsOf(personId);
    const path = `/subsidies/benefits/${benefit!.benefitId}`;
    expect((await service.anonymous.get(path)).status).toBe(401);
    expect((await (await service.as('rehab-officer')).get(path)).status).toBe(403);
    const health = await service.as('member-unit', { department: 'health' });
    expect((await health.get(path)).status).toBe(403);
    expect((await health.get(`/subsidies/benefits?personId=${personId}`)).status).toBe(403);
    const elsewhere = await service.as('township-chair', { from: '338801002000', to: '338801002999' });
    expect((await elsewhere.get(path)).body).toMatchObject({ status: 404, title: 'benefit-not-found' });
    expect((await elsewhere.get(`/subsidies/benefits?personId=${personId}`)).body.benefits).toEqual([]);
    expect((await (await service.as('member-unit', { department: 'finance' })).get(path)).status).toBe(200);
    const page = await (await officer()).get('/subsidies/benefits?limit=2');
    expect(page.body.benefits).toHaveLength(2);
    const next = await (await officer()).get(`/subsidies/benefits?limit=2&after=${page.body.next as string}`);
    expect(next.body.benefits[0].benefitId > page.body.next).toBe(true);
  });

  it('keeps a history that nobody can change', async () => {
    for (const sql of [
      'update subsidies.benefit_history set day = day',
      'delete from subsidies.benefit_history',
    ]) {
      await expect(
        service.database.query(`do $$ begin set local role subsidies_app; ${sql}; end $$`),
      ).rejects.toThrow(/permission denied/);
    }
  });
});
