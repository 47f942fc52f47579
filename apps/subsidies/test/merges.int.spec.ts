import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { caseIdOf } from '@app/casework';
import { Catalogue } from '@app/catalogue';
import {
  itemOpenedV1,
  personMergedV1,
  personRegisteredV1,
  personSplitV1,
  type NewEvent,
} from '@app/contracts';
import { consumerFeatures, startService, type ServiceUnderTest } from '@app/testing';
import { subsidies } from '../src/migrations.js';
import { SubsidiesModule } from '../src/subsidies.module.js';
import { inventedItems } from './invented-items.js';

const MONDAY = '2026-03-02';
const PLACE = '338801001001';
const ITEM = 'invented/allowance';

jest.setTimeout(60_000);

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
afterAll(() => service?.stop());

const deliver = (...events: NewEvent[]) => service.deliver('subsidies', ...events);
const officer = () => service.as('benefit-officer');
const affairs = (id = 'affairs') => service.as('member-unit', { id, department: 'civil-affairs' });
const sql = <Row>(text: string, params: unknown[]) => service.database.query<Row>(text, params);

const opened = (personId: string, roundId: string) =>
  itemOpenedV1.of({
    personId,
    divisionCode: PLACE,
    version: (version += 1),
    roundId,
    itemId: ITEM,
    itemVersion: '2026-01',
    owner: 'subsidies',
    period: 'once',
    cause: 'card-issued',
    mode: 'invite',
    because: [{ fact: 'card.grade', value: 1 }],
    entitledOn: '2026-02-10',
  });
const merged = (personId: string, absorbedId: string, at = 10) =>
  personMergedV1.of({ personId, divisionCode: PLACE, version: at, absorbedId });
const split = (personId: string, newPersonId: string, subjects: string[], aliasId: string | null, at = 20) =>
  personSplitV1.of({ personId, divisionCode: PLACE, version: at, newPersonId, aliasId, subjects });
const registered = (personId: string, at = 1) =>
  personRegisteredV1.of({
    personId,
    divisionCode: PLACE,
    version: at,
    name: '某人',
    sex: 'female',
    birthDate: '1970-01-01',
    householdId: null,
    identityToken: `token-of-${personId}`,
  });

async function granted(personId: string): Promise<string> {
  const roundId = randomUUID();
  await deliver(registered(personId), opened(personId, roundId));
  const caseId = caseIdOf(roundId, ITEM, 'once');
  await worked(caseId);
  return caseId;
}

/** From the consent to the grant. */
async function worked(caseId: string): Promise<void> {
  const path = `/subsidies/cases/${caseId}`;
  await (await service.as('village-liaison')).post(`${path}/consent`, { consentedOn: '2026-02-27' });
  await (await service.as('township-chair')).post(`${path}/steps/receive`);
  await (await officer()).post(`${path}/steps/review`);
  expect(await (await affairs()).post(`${path}/grant`, {})).toMatchObject({ status: 200 });
}

/** What the service keeps under each id. */
async function keptOf(personId: string) {
  const [cases, benefits] = await Promise.all([
    sql<{ case_id: string; status: string; twin_of: string | null }>(
      'select case_id, status, twin_of from subsidies.cases where person_id = $1 order by created_at',
      [personId],
    ),
    sql<{ case_id: string; status: string; twin_of: string | null }>(
      'select case_id, status, twin_of from subsidies.benefits where person_id = $1 order by created_at',
      [personId],
    ),
  ]);
  return { cases, benefits };
}

async function account(personId: string, number: string): Promise<string> {
  const entered = await (
    await service.as('village-liaison')
  ).post('/subsidies/payees', {
    personId,
    holder: 'self',
    holderName: '某人',
    bank: '演示农商银行',
    accountNumber: number,
  });
  expect(entered).toMatchObject({ status: 201 });
  return entered.body.accountId as string;
}

describe('a merge', () => {
  it('brings cases, benefits and what comes later for the absorbed id to the one that stays, in either order', async () => {
    const [stays, absorbed] = [randomUUID(), randomUUID()];
    const caseId = await granted(absorbed);
    await deliver(merged(stays, absorbed));
    const after = await keptOf(stays);
    expect(after.cases).toMatchObject([{ case_id: caseId, status: 'granted' }]);
    expect(after.benefits).toMatchObject([{ case_id: caseId, status: 'running' }]);
    expect(await keptOf(absorbed)).toEqual({ cases: [], benefits: [] });
    // Asked for under the old id, it is found.
    const { body } = await (await officer()).get(`/subsidies/cases?personId=${absorbed}`);
    expect((body.cases as { caseId: string }[]).map((each) => each.caseId)).toEqual([caseId]);

    const [late, lateStays] = [randomUUID(), randomUUID()];
    const roundId = randomUUID();
    await deliver(merged(lateStays, late));
    await deliver(opened(late, roundId));
    expect((await keptOf(lateStays)).cases).toMatchObject([{ case_id: caseIdOf(roundId, ITEM, 'once') }]);
    expect((await keptOf(late)).cases).toEqual([]);

    // In one slice, whatever comes first in it.
    const [slice, sliceStays] = [randomUUID(), randomUUID()];
    await deliver(opened(slice, randomUUID()), merged(sliceStays, slice), registered(slice));
    expect((await keptOf(sliceStays)).cases).toHaveLength(1);
    expect((await keptOf(slice)).cases).toEqual([]);
    expect(await sql('select 1 from subsidies.case_persons where person_id = $1', [slice])).toEqual([]);
  });

  it('follows a line of merges, also when they come in the wrong order', async () => {
    const [first, middle, last] = [randomUUID(), randomUUID(), randomUUID()];
    const caseId = await granted(first);
    await deliver(merged(last, middle, 20));
    await deliver(merged(middle, first, 10));
    expect((await keptOf(last)).cases).toMatchObject([{ case_id: caseId }]);
    await deliver(registered(first, 3), registered(middle, 4));
    const rows = await sql<{ person_id: string }>(
      'select person_id from subsidies.case_persons where person_id = any($1::uuid[])',
      [[first, middle, last]],
    );
    expect(rows).toEqual([{ person_id: last }]);
  });

  it('puts the younger of two running benefits on hold until a named person has decided', async () => {
    const [stays, absorbed] = [randomUUID(), randomUUID()];
    const older = await granted(absorbed);
    const younger = await granted(stays);
    await deliver(merged(stays, absorbed));
    const kept = await keptOf(stays);
    expect(kept.cases).toMatchObject([
      { case_id: older, status: 'granted', twin_of: null },
      { case_id: younger, status: 'held', twin_of: older },
    ]);
    expect(kept.benefits).toMatchObject([
      { case_id: older, status: 'running', twin_of: null },
      { case_id: younger, status: 'held' },
    ]);
    // Whoever knew only the case that waits now learns of the one that goes on.
    const told = (await service.published('subsidies')).filter(
      ({ type, key }) => type === 'subsidies.case.kept.v1' && key === stays,
    );
    expect(told.map(({ data }) => data)).toMatchObject([
      { caseId: older, twinId: younger, status: 'granted', nextStep: null, personId: stays },
    ]);
    const { body } = await (await officer()).get('/subsidies/twins');
    expect((body.twins as { id: string; kind: string }[]).filter(({ id }) => id === younger)).toMatchObject([
      { kind: 'cases', twinOf: older, personId: stays },
    ]);
    const queue = await (await affairs()).get('/subsidies/work?limit=100');
    expect(JSON.stringify(queue.body)).toContain(younger);

    const decider = await affairs();
    const early = await decider.post(`/subsidies/cases/${younger}/release`, {
      reason: '核对后保留较晚的一件',
    });
    expect(early).toMatchObject({ status: 409, body: { type: expect.stringContaining('case-twin-lives') } });
    const stop = {
      stoppedFrom: MONDAY,
      reason: '重复享受，停止较早的一件',
      remedy: '可在六十日内申请行政复议',
    };
    expect(await decider.post(`/subsidies/cases/${older}/stop`, stop)).toMatchObject({ status: 200 });
    expect(
      await decider.post(`/subsidies/cases/${younger}/release`, { reason: '核对后保留较晚的一件' }),
    ).toMatchObject({ status: 200 });
    expect((await keptOf(stays)).cases).toMatchObject([
      { case_id: older, status: 'stopped' },
      { case_id: younger, status: 'granted', twin_of: null },
    ]);
    expect((await (await officer()).get('/subsidies/twins')).body.twins).not.toContainEqual(
      expect.objectContaining({ id: younger }),
    );
  });

  it.each(['first', 'last'])(
    'lets one of two go on, also when the case that was opened %s was granted before the other',
    async (granting) => {
      const [stays, absorbed] = [randomUUID(), randomUUID()];
      const rounds = new Map<string, string>([
        [absorbed, randomUUID()],
        [stays, randomUUID()],
      ]);
      const caseOf = (personId: string) => caseIdOf(rounds.get(personId)!, ITEM, 'once');
      for (const [personId, roundId] of rounds) {
        await deliver(registered(personId), opened(personId, roundId));
      }
      for (const personId of granting === 'first' ? [absorbed, stays] : [stays, absorbed]) {
        await worked(caseOf(personId));
      }
      await deliver(merged(stays, absorbed));
      const kept = await keptOf(stays);
      const aside = { case_id: caseOf(stays), status: 'held' };
      expect(kept.cases).toMatchObject([{ case_id: caseOf(absorbed), status: 'granted' }, aside]);
      expect(kept.benefits.filter(({ status }) => status === 'running')).toMatchObject([
        { case_id: caseOf(absorbed), twin_of: null },
      ]);
      expect(kept.benefits.filter(({ status }) => status === 'held')).toMatchObject([aside]);
    },
  );

  it('shows twins to nobody elsewhere', async () => {
    const [stays, absorbed] = [randomUUID(), randomUUID()];
    await granted(absorbed);
    await granted(stays);
    await deliver(merged(stays, absorbed));
    const stranger = await service.as('benefit-officer', {
      id: 'stranger',
      from: '330302000000',
      to: '330302999999',
    });
    expect((await stranger.get('/subsidies/twins')).body).toEqual({ twins: [] });
  });

  it('withdraws what nobody has taken up beside an older one', async () => {
    const [stays, absorbed] = [randomUUID(), randomUUID()];
    const older = await granted(stays);
    const roundId = randomUUID();
    await deliver(opened(absorbed, roundId));
    await deliver(merged(stays, absorbed));
    expect((await keptOf(stays)).cases).toMatchObject([
      { case_id: older, status: 'granted' },
      { case_id: caseIdOf(roundId, ITEM, 'once'), status: 'withdrawn' },
    ]);
  });

  it('keeps one account to pay to, and holds it one cycle where the money went elsewhere', async () => {
    const [stays, absorbed] = [randomUUID(), randomUUID()];
    await granted(absorbed);
    await granted(stays);
    const [theirs, own] = [
      await account(absorbed, '6200000000000011'),
      await account(stays, '6200000000000022'),
    ];
    await sql(
      `update subsidies.payee_accounts set status = 'confirmed', confirmed_at = now() where account_id = any($1::uuid[])`,
      [[theirs, own]],
    );
    await deliver(merged(stays, absorbed));
    const accounts = await sql<{ account_id: string; status: string; held_until_month: string | null }>(
      'select account_id, status, held_until_month from subsidies.payee_accounts where person_id = $1',
      [stays],
    );
    expect(accounts.find(({ account_id }) => account_id === own)).toMatchObject({
      status: 'confirmed',
      held_until_month: '2026-03',
    });
    expect(accounts.find(({ account_id }) => account_id === theirs)).toMatchObject({ status: 'replaced' });
  });
});

describe('a split', () => {
  it('gives what is named to the new person, and what comes later for it', async () => {
    const [stays, absorbed, parted] = [randomUUID(), randomUUID(), randomUUID()];
    const theirs = await granted(absorbed);
    const own = await granted(stays);
    await deliver(merged(stays, absorbed));
    await deliver(split(stays, parted, [own], absorbed));
    expect((await keptOf(parted)).cases).toMatchObject([{ case_id: own, status: 'held', twin_of: null }]);
    expect((await keptOf(parted)).benefits).toMatchObject([{ case_id: own, status: 'held' }]);
    expect((await keptOf(stays)).cases).toMatchObject([{ case_id: theirs, status: 'granted' }]);
    // Nothing is in the way any more: a named person lets it go on.
    expect(
      await (await affairs()).post(`/subsidies/cases/${own}/release`, { reason: '两人已分开，恢复发放' }),
    ).toMatchObject({ status: 200 });
    const roundId = randomUUID();
    await deliver(registered(absorbed, 5));
    await deliver(opened(absorbed, roundId));
    expect(await sql('select 1 from subsidies.case_persons where person_id = $1', [parted])).toHaveLength(1);
    expect(await sql('select 1 from subsidies.case_persons where person_id = $1', [absorbed])).toEqual([]);
  });
});

consumerFeatures({
  consumer: 'subsidies/follow-person-on-merged-or-split',
  service: () => service,
  fact: async () => {
    const absorbed = randomUUID();
    await deliver(registered(absorbed), opened(absorbed, randomUUID()));
    return merged(randomUUID(), absorbed);
  },
  effect: async ({ data }) => {
    const { personId, absorbedId } = data as { personId: string; absorbedId: string };
    return sql(
      `select person_id, count(*)::int as cases from subsidies.cases where person_id = any($1::uuid[]) group by 1 order by 1`,
      [[personId, absorbedId]],
    );
  },
});
