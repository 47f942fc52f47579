import { jest } from '@jest/globals';
import { Catalogue } from '@app/catalogue';
import { factRecordedV1, personMergedV1, personSplitV1 } from '@app/contracts';
import { consumerFeatures, startService, type ServiceUnderTest } from '@app/testing';
import { Sweep } from '../src/app/sweep.js';
import { LifecycleModule } from '../src/lifecycle.module.js';
import { lifecycle } from '../src/migrations.js';
import { clubCatalogue } from './invented-catalogue.js';
import { Neighbours, OwnersCase, TODAY, VILLAGE } from './people.js';

jest.setTimeout(60_000);

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({
    name: 'lifecycle',
    modules: [{ module: LifecycleModule, providers: [{ provide: Catalogue, useValue: clubCatalogue() }] }],
    migrated: [lifecycle],
    now: TODAY,
  });
});

afterAll(() => service?.stop());

const deliver = (...events: Parameters<ServiceUnderTest['deliver']>[1][]) =>
  service.deliver('lifecycle', ...events);
const sql = <Row>(text: string, params: unknown[]) => service.database.query<Row>(text, params);

const merged = (stays: Neighbours, absorbed: Neighbours, version = 50) =>
  personMergedV1.of({
    personId: stays.personId,
    divisionCode: VILLAGE,
    version,
    absorbedId: absorbed.personId,
  });

/** What registry tells once two files are one: everything, above both versions. */
const toldAgain = (stays: Neighbours, facts: Record<string, boolean>) =>
  factRecordedV1.of({
    personId: stays.personId,
    divisionCode: VILLAGE,
    version: 52,
    facts: Object.entries(facts).map(([name, value]) => ({
      factId: crypto.randomUUID(),
      name,
      value,
      source: { kind: 'roster:dibao', reference: null, asOf: '2026-02-28' },
      validFrom: null,
      validTo: null,
    })),
  });

async function opened(person: Neighbours) {
  return (await service.published('lifecycle'))
    .filter(({ type, key }) => type === 'lifecycle.item.opened.v1' && key === person.personId)
    .map(({ data }) => data as { itemId: string; owner: 'subsidies'; period: string; roundId: string });
}

async function chainOf({ personId }: Neighbours) {
  const [persons, cards, rounds, holdings] = await Promise.all(
    [
      'select decision from lifecycle.persons where person_id = $1',
      'select card_id from lifecycle.cards where person_id = $1',
      'select round_id, status from lifecycle.rounds where person_id = $1 order by opened_at',
      'select item_id, status, case_id from lifecycle.holdings where person_id = $1 order by item_id',
    ].map((text) => sql<Record<string, unknown>>(text, [personId])),
  );
  return { persons: persons!, cards: cards!, rounds: rounds!, holdings: holdings! };
}

describe('a merge', () => {
  it('makes one chain of two: rounds, cards and holdings, and opens nothing twice', async () => {
    const [stays, absorbed] = [new Neighbours(), new Neighbours()];
    await deliver(stays.registered());
    await deliver(absorbed.registered(), absorbed.knows({ 'aid.dibao': true }), absorbed.issued());
    const items = await opened(absorbed);
    expect(items.map(({ itemId }) => itemId)).toContain('club/allowance');
    const [first] = items;
    const kase = new OwnersCase(
      absorbed.personId,
      first!.owner,
      first!.itemId,
      first!.period,
      first!.roundId,
    );
    await deliver(kase.opened(), kase.granted());

    await deliver(merged(stays, absorbed));
    await deliver(toldAgain(stays, { 'aid.dibao': true }));
    const chain = await chainOf(stays);
    expect(chain.cards).toEqual([{ card_id: absorbed.cardId }]);
    expect(chain.rounds).toHaveLength(1);
    expect(chain.holdings).toContainEqual({
      item_id: first!.itemId,
      status: 'granted',
      case_id: kase.caseId,
    });
    expect(await chainOf(absorbed)).toEqual({ persons: [], cards: [], rounds: [], holdings: [] });
    await service.get(Sweep).run();
    expect(await opened(stays)).toEqual([]);
    // What is told late for the absorbed id is of the one that stays: the chain goes on.
    for (const item of items.slice(1)) {
      const late = new OwnersCase(absorbed.personId, item.owner, item.itemId, item.period, item.roundId);
      await deliver(late.opened('granted'));
    }
    expect((await chainOf(stays)).rounds).toMatchObject([{ status: 'complete' }]);
    expect(await chainOf(absorbed)).toEqual({ persons: [], cards: [], rounds: [], holdings: [] });
  });

  // By age alone the case of the one who came first would count; its owner may have kept the other.
  it.each(['before the merge', 'after it'])(
    'knows the case that its owner keeps, not that which waits: told %s',
    async (when) => {
      const [stays, absorbed] = [new Neighbours(), new Neighbours()];
      const cases = [];
      for (const person of [stays, absorbed]) {
        await deliver(person.registered());
        const own = new OwnersCase(person.personId, 'subsidies', 'club/allowance', 'once', null);
        await deliver(own.opened(), own.granted());
        cases.push(own);
      }
      const [older, younger] = cases as [OwnersCase, OwnersCase];
      const kept = younger.kept(stays, older);
      if (when === 'before the merge') await deliver(kept);
      await deliver(merged(stays, absorbed));
      if (when === 'after it') await deliver(kept);
      const holding = async () =>
        (await chainOf(stays)).holdings.filter((h) => h['item_id'] === 'club/allowance');
      const going = [{ item_id: 'club/allowance', status: 'granted', case_id: younger.caseId }];
      expect(await holding()).toEqual(going);
      // The other is decided about, and the one that goes on is no less known for it.
      await deliver(older.held('granted', crypto.randomUUID()), older.stopped());
      expect(await holding()).toEqual(going);
      await deliver(younger.held('granted', crypto.randomUUID()));
      expect(await holding()).toMatchObject([{ status: 'held', case_id: younger.caseId }]);
    },
  );

  it('comes to the same, whatever comes first', async () => {
    const outcomesOf = async (how: 'before' | 'after' | 'together') => {
      const [stays, absorbed] = [new Neighbours(), new Neighbours()];
      const facts = [
        absorbed.registered(),
        absorbed.knows({ 'aid.dibao': false }),
        absorbed.issued(),
        absorbed.knows({ 'aid.dibao': true }),
      ];
      const join = [stays.registered(), merged(stays, absorbed)];
      const told = toldAgain(stays, { 'aid.dibao': true });
      if (how === 'before') await deliver(...facts).then(() => deliver(...join, told));
      else if (how === 'after') await deliver(...join, told).then(() => deliver(...facts.toReversed()));
      else await deliver(...facts.slice(0, 2), ...join, ...facts.slice(2), told);
      await service.get(Sweep).run();
      expect((await chainOf(absorbed)).persons).toEqual([]);
      const rows = await sql<{ item_id: string; outcome: string }>(
        'select item_id, outcome from lifecycle.determinations where person_id = $1 order by item_id',
        [stays.personId],
      );
      return rows.map((row) => `${row.item_id} ${row.outcome}`);
    };
    const before = await outcomesOf('before');
    expect(before).toContain('club/allowance entitled');
    expect(await outcomesOf('after')).toEqual(before);
    expect(await outcomesOf('together')).toEqual(before);
  });

  it('keeps of two holdings of one item the older that lives', async () => {
    const [stays, absorbed] = [new Neighbours(), new Neighbours()];
    for (const each of [absorbed, stays]) {
      await deliver(each.registered(), each.knows({ 'aid.dibao': true }), each.issued());
    }
    const cases = await Promise.all(
      [absorbed, stays].map(async (each) => {
        const item = (await opened(each)).find(({ itemId }) => itemId === 'club/allowance')!;
        return new OwnersCase(each.personId, item.owner, item.itemId, item.period, item.roundId);
      }),
    );
    for (const each of cases) await deliver(each.opened(), each.granted());
    await deliver(merged(stays, absorbed));
    const [older, younger] = cases as [OwnersCase, OwnersCase];
    const held = async () =>
      (await chainOf(stays)).holdings.find(({ item_id }) => item_id === 'club/allowance')!['case_id'];
    expect(await held()).toBe(older.caseId);
    // A named person stops the older and lets the younger go on.
    await deliver(older.stopped());
    await deliver(younger.released());
    expect(await held()).toBe(younger.caseId);
  });
});

describe('gaps that somebody looks after', () => {
  const gap = async ({ personId }: Neighbours, itemId: string, kind: string, hasTask: boolean) => {
    const [row] = await sql<{ gap_id: string }>(
      `insert into lifecycle.gaps (gap_id, person_id, division_code, item_id, item_version, owner, period, kind, reason, because, since,
         opened_in, opened_on, changed_by, changed_role)
       values (gen_random_uuid(), $1, $2, $3, '2026-01', 'subsidies', $5, $4, 'card', '{}', $6, gen_random_uuid(), $6, 't', 't')
       returning gap_id`,
      [personId, VILLAGE, itemId, kind, 'once', TODAY],
    );
    if (hasTask) {
      await sql(
        `insert into lifecycle.gap_tasks (gap_id, owner_role, status, released_on, limit_unit, limit_kind, limit_basis, created_by,
           changed_by, changed_role) values ($1, 'benefit-officer', 'open', $2, 'working-day', 'unknown', 't', 't', 't', 't')`,
        [row!.gap_id, TODAY],
      );
    }
    return row!.gap_id;
  };
  const standing = ({ personId }: Neighbours) =>
    sql<{ gap_id: string; status: string | null }>(
      `select g.gap_id, t.status from lifecycle.gaps g left join lifecycle.gap_tasks t using (gap_id)
       where g.person_id = $1 and g.closed_on is null order by g.item_id`,
      [personId],
    );
  const taskOf = async (gapId: string) =>
    (await sql<{ status: string }>('select status from lifecycle.gap_tasks where gap_id = $1', [gapId]))[0];

  it('stand on after a merge with their task; of two tasks one ends', async () => {
    const [stays, absorbed] = [new Neighbours(), new Neighbours()];
    await deliver(stays.registered(), absorbed.registered());
    await gap(stays, 'club/a', 'should-have', false);
    const looked = await gap(absorbed, 'club/a', 'should-have', true);
    const own = await gap(stays, 'club/b', 'should-have', true);
    const twin = await gap(absorbed, 'club/b', 'should-have', true);
    await deliver(merged(stays, absorbed));
    expect(await standing(stays)).toEqual([
      { gap_id: looked, status: 'open' },
      { gap_id: own, status: 'open' },
    ]);
    expect(await standing(absorbed)).toEqual([]);
    expect(await taskOf(twin)).toEqual({ status: 'closed' });
  });

  it('go after a split where what they are about goes', async () => {
    const [person, parted] = [new Neighbours(), new Neighbours()];
    await deliver(person.registered(), person.knows({ 'aid.dibao': true }), person.issued());
    const [item, other] = await opened(person);
    const kase = new OwnersCase(person.personId, item!.owner, item!.itemId, item!.period, item!.roundId);
    await deliver(kase.opened(), kase.granted());
    const goes = await gap(person, item!.itemId, 'should-not-have', true);
    const due = await gap(person, item!.itemId, 'should-have', false);
    const stays = await gap(person, other!.itemId, 'should-not-have', false);
    await sql('update lifecycle.gaps set period = $2 where gap_id = any($1::uuid[])', [
      [goes, due],
      item!.period,
    ]);
    await deliver(
      personSplitV1.of({
        ...{ personId: person.personId, divisionCode: VILLAGE, version: 60 },
        ...{ newPersonId: parted.personId, aliasId: null, subjects: [kase.caseId] },
      }),
    );
    expect(await standing(parted)).toEqual([{ gap_id: goes, status: 'open' }]);
    expect((await standing(person)).map(({ gap_id }) => gap_id).sort()).toEqual([due, stays].sort());
  });
});

describe('a split', () => {
  it('gives the named cards and holdings to the new person, and what comes later for them', async () => {
    const [person, parted] = [new Neighbours(), new Neighbours()];
    await deliver(person.registered(), person.knows({ 'aid.dibao': true }), person.issued());
    const items = await opened(person);
    const [mine, theirs] = items
      .slice(0, 2)
      .map(
        ({ owner, itemId, period, roundId }) =>
          new OwnersCase(person.personId, owner, itemId, period, roundId),
      );
    await deliver(mine!.opened(), theirs!.opened());
    await deliver(
      personSplitV1.of({
        personId: person.personId,
        divisionCode: VILLAGE,
        version: 60,
        newPersonId: parted.personId,
        aliasId: null,
        subjects: [theirs!.caseId, person.cardId],
      }),
    );
    await deliver(theirs!.granted());
    expect((await chainOf(parted)).holdings).toMatchObject([{ case_id: theirs!.caseId, status: 'granted' }]);
    expect((await chainOf(parted)).cards).toEqual([{ card_id: person.cardId }]);
    expect((await chainOf(person)).holdings.map(({ case_id }) => case_id)).not.toContain(theirs!.caseId);
  });
});

consumerFeatures({
  consumer: 'lifecycle/follow-person-on-merged-or-split',
  service: () => service,
  fact: async () => {
    const absorbed = new Neighbours();
    await deliver(absorbed.registered(), absorbed.knows({ 'aid.dibao': true }), absorbed.issued());
    return merged(new Neighbours(), absorbed);
  },
  effect: async ({ data }) => {
    const { personId, absorbedId } = data as { personId: string; absorbedId: string };
    return sql(
      'select person_id, count(*)::int as holdings from lifecycle.holdings where person_id = any($1::uuid[]) group by 1 order by 1',
      [[personId, absorbedId]],
    );
  },
});
