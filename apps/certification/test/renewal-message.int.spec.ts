import { randomUUID } from 'node:crypto';
import { itemOpenedV1, personRegisteredV1 } from '@app/contracts';
import { startService, type ServiceUnderTest } from '@app/testing';
import { CertificationModule } from '../src/certification.module.js';
import { certification } from '../src/migrations.js';

const PLACE = '338801001001';

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

const invited = (personId: string, itemId: string) =>
  itemOpenedV1.of({
    personId,
    divisionCode: PLACE,
    version: 3,
    owner: 'certification',
    itemId,
    itemVersion: '2018-01',
    period: 'round-1',
    mode: 'invite',
    roundId: randomUUID(),
    cause: 'card-issued',
    because: [{ fact: 'card.validTo', value: '2026-11-25' }],
    entitledOn: '2026-03-02',
  });

it('tells whoever is invited to renew a card, once, until when it is valid and what to bring', async () => {
  const personId = randomUUID();
  await service.deliver(
    'certification',
    personRegisteredV1.of({
      personId,
      divisionCode: PLACE,
      version: 1,
      name: '某人',
      sex: 'female',
      birthDate: '1970-01-01',
      householdId: null,
      identityToken: `token-of-${personId}`,
    }),
  );
  const invitation = invited(personId, 'certification/disability-card-renewal');
  await service.deliver('certification', invitation);
  // A later round finds the same case, and tells nobody again.
  await service.deliver('certification', {
    ...invitation,
    data: { ...(invitation.data as object), version: 4 },
  });
  const facts = (await service.published('certification')).filter(({ type }) => type.includes('.message.'));
  expect(facts).toMatchObject([
    {
      type: 'certification.message.requested.v1',
      key: personId,
      data: {
        template: 'renewal',
        params: { day: '2026-11-25', papers: ['近期免冠照片'] },
        usefulUntil: null,
      },
    },
  ]);
  const officer = await service.as('card-officer');
  expect(
    (await officer.get(`/certification/cases/${facts[0]!.data['caseId'] as string}`)).body,
  ).toMatchObject({
    status: 'invited',
    messages: [{ template: 'renewal', state: 'requested' }],
  });
});
