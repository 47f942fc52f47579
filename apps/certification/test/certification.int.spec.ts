import { deathRecordedV1, deathWithdrawnV1, movedAwayV1, movedInV1 } from '@app/contracts';
import { consumerFeatures, send, startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import { randomUUID } from 'node:crypto';
import { CertificationModule } from '../src/certification.module.js';
import { certification } from '../src/migrations.js';
import { newPerson, onFile, registered, VILLAGE, type TestPerson } from './people.js';

let service: ServiceUnderTest;
let officer: TestUser;
let assessor: TestUser;
let lead: TestUser;

beforeAll(async () => {
  service = await startService({
    name: 'certification',
    modules: [CertificationModule],
    migrated: [certification],
    now: '2026-03-02',
  });
  officer = await service.as('card-officer');
  assessor = await service.as('assessor');
  lead = await service.as('federation-lead');
}, 60_000);
afterAll(() => service?.stop(), 60_000);
beforeEach(() => service.clock.set('2026-03-02'));

const evidence = [{ kind: 'assessment-report', reference: '档案室 2026-1' }];
const physical3 = { category: 'physical', grade: 3 };

async function assessed(person: TestPerson, components: unknown[] = [physical3], kind = 'first') {
  const { body, status } = await officer.post('/certification/applications', {
    kind,
    personId: person.personId,
    identityNumber: person.identityNumber,
    divisionCode: person.divisionCode,
    ...(person.birthDate > '2008-03-02' ? { guardian: { name: '李四', relation: '母亲' } } : {}),
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  const path = `/certification/applications/${body.applicationId}`;
  expect((await officer.post(`${path}/accept`)).body).toMatchObject({ status: 'accepted' });
  const assessment = { components, assessedOn: '2026-03-02', institution: '示范县人民医院', evidence };
  await assessor.post(`${path}/assessment`, assessment);
  return path;
}

/** From the form to the card. */
async function issued(person: TestPerson, components?: unknown[]): Promise<string> {
  const path = await assessed(person, components);
  await officer.post(`${path}/notice`, { from: '2026-03-02', place: '示范村公示栏' });
  service.clock.set('2026-03-10');
  const { status, body } = await lead.post(`${path}/approve`);
  expect({ status, body }).toMatchObject({ status: 200, body: { status: 'approved' } });
  return body.cardId as string;
}

async function cardOf(...args: Parameters<typeof issued>): Promise<string> {
  await onFile(service, args[0]);
  return issued(...args);
}

async function factsOf(cardId: string) {
  return (await service.published('certification')).filter(({ data }) => data['cardId'] === cardId);
}

describe('an application', () => {
  it('leads from the form to a numbered card, and its issue is told once', async () => {
    const person = newPerson();
    const cardId = await cardOf(person, [physical3, { category: 'visual', grade: 2 }]);
    const facts = await factsOf(cardId);
    expect(facts).toMatchObject([
      {
        type: 'certification.card.issued.v1',
        key: person.personId,
        data: {
          personId: person.personId,
          divisionCode: VILLAGE,
          version: 1,
          status: 'valid',
          category: 'multiple',
          grade: 2,
          components: [physical3, { category: 'visual', grade: 2 }],
          issuedOn: '2026-03-10',
          validTo: '2036-03-10',
          origin: 'issued-here',
        },
      },
    ]);
    const view = (await officer.get(`/certification/persons/${person.personId}/card`)).body;
    expect(view).toMatchObject({ cardId, holder: '张*丰', status: 'valid', proposals: [] });
    expect(view.cardNumber).toBe(`3388${'*'.repeat(12)}${`${person.identityNumber}72`.slice(-4)}`);
  });
});
