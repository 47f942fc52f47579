import { randomUUID } from 'node:crypto';
import { Catalogue } from '@app/catalogue';
import type { Owner } from '@app/contracts';
import { startService, type ServiceUnderTest } from '@app/testing';
import { Sweep } from '../src/app/sweep.js';
import { LifecycleModule } from '../src/lifecycle.module.js';
import { lifecycle } from '../src/migrations.js';
import { clubCatalogue } from './invented-catalogue.js';
import { Neighbours, OwnersCase, TODAY, VILLAGE } from './people.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({
    name: 'lifecycle',
    modules: [{ module: LifecycleModule, providers: [{ provide: Catalogue, useValue: clubCatalogue() }] }],
    migrated: [lifecycle],
    now: TODAY,
  });
});

afterAll(() => service.stop());

const deliver = (...events: Parameters<ServiceUnderTest['deliver']>[1][]) =>
  service.deliver('lifecycle', ...events);

/** What was found for a person, by item. */
async function outcomes({ personId }: Neighbours): Promise<Record<string, string>> {
  const rows = await service.database.query<{ item_id: string; outcome: string }>(
    'select item_id, outcome from lifecycle.determinations where person_id = $1 order by item_id',
    [personId],
  );
  return Object.fromEntries(rows.map((row) => [row.item_id, row.outcome]));
}

/** Facts that were published about a person, in order. */
async function published({ personId }: Neighbours) {
  const all = await service.published('lifecycle');
  return all
    .filter(({ key }) => key === personId)
    .map(({ type, data }) => ({ type: type.split('.')[2]!, ...data })) as {
    type: string;
    version: number;
    roundId: string;
    itemId: string;
    period: string;
    owner: Owner;
    cause: string;
    mode?: string;
    because?: { fact: string; value: unknown }[];
    planned?: { itemId: string; action: string }[];
    outcomes?: { itemId: string; outcome: string }[];
  }[];
}

/** Of these, a line each. */
async function story(person: Neighbours): Promise<string[]> {
  return (await published(person)).map(({ type, itemId, cause, planned, outcomes: ended }) =>
    planned
      ? `${type} ${cause}: ${planned.map((each) => `${each.action} ${each.itemId}`).join(', ') || 'nothing'}`
      : ended
        ? `${type} ${cause}: ${ended.map((each) => `${each.itemId} ${each.outcome}`).join(', ') || 'nothing'}`
        : `${type} ${itemId} (${cause})`,
  );
}

/** The owners' cases of everything that was opened for a person and not before. */
async function casesOf(person: Neighbours): Promise<Map<string, OwnersCase>> {
  return new Map(
    (await published(person))
      .filter(({ type }) => type === 'opened')
      .map(({ itemId, owner, period, roundId }) => [
        itemId,
        new OwnersCase(person.personId, owner, itemId, period, roundId),
      ]),
  );
}

describe('determination', () => {
  it('decides a person from what registry and certification say, and opens what is due when the card is issued', async () => {
    const ann = new Neighbours();
    await deliver(ann.registered({ birthDate: '2010-01-01' }), ann.knows({ 'aid.dibao': true }));
    expect(await outcomes(ann)).toEqual({ 'club/advice': 'needs-fact' });
    expect(await story(ann)).toEqual([]);

    await deliver(ann.issued());
    expect(await outcomes(ann)).toEqual({
      'club/advice': 'needs-fact',
      'club/allowance': 'entitled',
      'club/device': 'needs-fact',
      'club/family': 'needs-fact',
      'club/greeting': 'entitled',
      'club/nursing': 'entitled',
      'club/youth': 'entitled',
    });
    expect(await story(ann)).toEqual([
      'round-opened card-issued: open club/allowance, open club/nursing, open club/greeting, open club/youth',
      'opened club/allowance (card-issued)',
      'opened club/nursing (card-issued)',
      'opened club/greeting (card-issued)',
      'opened club/youth (card-issued)',
    ]);
    const [round, allowance, , greeting] = await published(ann);
    expect(allowance).toMatchObject({
      roundId: round!.roundId,
      version: 2,
      mode: 'invite',
      period: 'once',
      because: [
        { fact: 'card.valid', value: true },
        { fact: 'aid.dibao', value: true },
      ],
    });
    expect(greeting).toMatchObject({ period: '2026', mode: 'auto', version: 4 });
  });
});
