import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { personMergedV1, personRegisteredV1, personSplitV1, type NewEvent } from '@app/contracts';
import { consumerFeatures, scopeFindings, startService, type ServiceUnderTest } from '@app/testing';
import { CertificationModule } from '../src/certification.module.js';
import { certification } from '../src/migrations.js';

const VILLAGE = '338801001001';

jest.setTimeout(60_000);

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({
    name: 'certification',
    modules: [CertificationModule],
    migrated: [certification],
    now: '2026-03-02',
  });
});
afterAll(() => service?.stop());

const deliver = (...events: NewEvent[]) => service.deliver('certification', ...events);
const sql = <Row>(text: string, params: unknown[]) => service.database.query<Row>(text, params);

const registered = (personId: string, version = 1, token = personId) =>
  personRegisteredV1.of({
    personId,
    divisionCode: VILLAGE,
    version,
    name: '某人',
    sex: 'female',
    birthDate: '1970-01-01',
    householdId: null,
    identityToken: `token-of-${token}`,
  });
const merged = (personId: string, absorbedId: string) =>
  personMergedV1.of({ personId, divisionCode: VILLAGE, version: 10, absorbedId });

/** A card as it lies in the table; how it came there is tested elsewhere. */
async function card(personId: string): Promise<string> {
  const [row] = await sql<{ card_id: string }>(
    `insert into certification.cards (card_id, person_id, division_code, version, origin, status, category, grade, components, issued_on,
       valid_to, card_number, card_token, created_by, created_role, changed_by, changed_role, created_at)
     values (gen_random_uuid(), $1, $2, 1, 'issued-here', 'valid', 'physical', 2, '[]', '2020-01-01', '2029-12-31', 'k1.AAAA',
       gen_random_uuid()::text, 't', 't', 't', 't', clock_timestamp()) returning card_id`,
    [personId, VILLAGE],
  );
  return row!.card_id;
}

const cardsOf = (personId: string) =>
  sql<{ card_id: string; status: string; twin_of: string | null }>(
    'select card_id, status, twin_of from certification.cards where person_id = $1 order by created_at',
    [personId],
  );

describe('a merge', () => {
  it('brings the card to the one that stays, and takes late facts of the absorbed id as theirs', async () => {
    const [stays, absorbed] = [randomUUID(), randomUUID()];
    await deliver(registered(absorbed));
    const cardId = await card(absorbed);
    // It comes before anything was told of the one that stays.
    await deliver(merged(stays, absorbed));
    expect(await cardsOf(stays)).toEqual([{ card_id: cardId, status: 'valid', twin_of: null }]);
    await deliver(registered(stays, 11, stays));
    await deliver(registered(absorbed, 4, absorbed));
    const persons = await sql(
      'select person_id, identity_token from certification.persons where person_id = any($1::uuid[])',
      [[stays, absorbed]],
    );
    expect(persons).toEqual([{ person_id: stays, identity_token: `token-of-${stays}` }]);
  });

  it('cancels and freezes no card: of two in force the younger is listed, in its place only', async () => {
    const [stays, absorbed] = [randomUUID(), randomUUID()];
    await deliver(registered(stays), registered(absorbed));
    const older = await card(stays);
    const younger = await card(absorbed);
    await deliver(merged(stays, absorbed));
    expect(await cardsOf(stays)).toEqual([
      { card_id: older, status: 'valid', twin_of: null },
      { card_id: younger, status: 'valid', twin_of: older },
    ]);
    const { body } = await (await service.as('card-officer')).get('/certification/twins');
    expect(body.twins).toContainEqual({
      kind: 'cards',
      id: younger,
      twinOf: older,
      personId: stays,
      divisionCode: VILLAGE,
    });
    const stranger = await service.as('card-officer', {
      id: 'stranger',
      from: '330302000000',
      to: '330302999999',
    });
    expect((await stranger.get('/certification/twins')).body).toEqual({ twins: [] });
  });
});

describe('a split', () => {
  it('gives the named card to the new person, before anything was told of them', async () => {
    const [person, parted] = [randomUUID(), randomUUID()];
    await deliver(registered(person));
    const cardId = await card(person);
    await deliver(
      personSplitV1.of({
        personId: person,
        divisionCode: VILLAGE,
        version: 20,
        newPersonId: parted,
        aliasId: null,
        subjects: [cardId],
      }),
    );
    expect(await cardsOf(parted)).toMatchObject([{ card_id: cardId }]);
    expect(await cardsOf(person)).toEqual([]);
  });
});

it('leaves no table open to whom it is not for', async () => {
  expect(await scopeFindings(service.database, 'certification')).toEqual([]);
});

consumerFeatures({
  consumer: 'certification/follow-person-on-merged-or-split',
  service: () => service,
  fact: async () => {
    const absorbed = randomUUID();
    await deliver(registered(absorbed));
    await card(absorbed);
    return merged(randomUUID(), absorbed);
  },
  effect: async ({ data }) => {
    const { personId, absorbedId } = data as { personId: string; absorbedId: string };
    return sql(
      'select person_id, count(*)::int as cards from certification.cards where person_id = any($1::uuid[]) group by 1 order by 1',
      [[personId, absorbedId]],
    );
  },
});
