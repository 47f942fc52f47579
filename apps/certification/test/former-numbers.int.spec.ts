import { jest } from '@jest/globals';
import { ColumnCipher } from '@app/access';
import { personMergedV1, personNumberChangedV1, type NewEvent } from '@app/contracts';
import {
  consumerFeatures,
  scopeFindings,
  startService,
  testUnit,
  type ServiceUnderTest,
  type TestUser,
} from '@app/testing';
import { certification } from '../src/migrations.js';
import { CertificationUnderTest, FOLLOWED, removeRegions } from './followed-county.js';
import { newPerson, onFile, registered, type TestPerson } from './people.js';

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let officer: TestUser;
let stranger: TestUser;
let data: TestUser;

beforeAll(async () => {
  service = await startService({
    name: 'certification',
    modules: [CertificationUnderTest],
    migrated: [certification],
    now: '2026-03-02',
  });
  officer = await service.as('card-officer');
  stranger = await service.as('card-officer', { id: 'far', from: '330399000000', to: '330399999999' });
  data = await service.as('data-officer', { from: '330000000000', to: '339999999999' });
}, 60_000);
afterAll(async () => {
  await service?.stop();
  removeRegions();
}, 60_000);
beforeEach(() => service.clock.set('2026-03-02'));

const evidence = [{ kind: 'number-change', reference: '档案室 2026-7' }];
const slugOf = ({ status, body }: { status: number; body: { title?: string } }) => `${status} ${body.title}`;
const tokenOf = (number: string) => service.get(ColumnCipher).blindIndex('identity', number);
const deliver = (...events: NewEvent[]) => service.deliver('certification', ...events);

/** The same person under another number, and what registry tells of it. */
function renumbered(person: TestPerson, because: 'changed' | 'mistaken' = 'changed') {
  const after: TestPerson = { ...newPerson(), personId: person.personId, divisionCode: person.divisionCode };
  const changed = personNumberChangedV1.of({
    ...{ personId: person.personId, divisionCode: person.divisionCode, version: 2 },
    ...{ formerToken: tokenOf(person.identityNumber), because, since: '2026-02-20' },
  });
  return { after, told: [changed, registered(service, after, 3)] };
}

async function changedOnFile(divisionCode?: string, because?: 'changed' | 'mistaken') {
  const before = newPerson(divisionCode ? { divisionCode } : {});
  await onFile(service, before);
  const { after, told } = renumbered(before, because);
  return { before, after, tell: () => deliver(...told) };
}

const stockRow = ({ identityNumber }: TestPerson, grade = 2) =>
  `${identityNumber},${identityNumber}4${grade},肢体,${grade},,2020-05-01,2030-05-01,有效`;
const stock = (...lines: string[]) =>
  data.upload(
    '/certification/imports/taken-over',
    Buffer.from(
      ['身份证号,残疾人证号,残疾类别,残疾等级,多重残疾明细,发证日期,有效期至,状态', ...lines].join('\n'),
    ),
    'text/csv',
  );
const dailyRow = (
  { identityNumber }: TestPerson,
  what: string,
  on: string,
  { grade = 2, why = '', issuedOn = '2020-05-01' } = {},
) =>
  `${what},${on},${identityNumber},${identityNumber}4${grade},肢体,${grade},,${issuedOn},2030-05-01,${why},`;
const daily = (...lines: string[]) =>
  data.upload(
    '/certification/imports/followed',
    Buffer.from(
      [
        '变动类型,变动日期,身份证号,残疾人证号,残疾类别,残疾等级,多重残疾明细,发证日期,有效期至,注销原因,迁往地区划代码',
        ...lines,
      ].join('\n'),
    ),
    'text/csv',
  );
const counts = ({ body }: { body: Record<string, unknown> }) => [
  body['applied'],
  body['unchanged'],
  body['failed'],
];

const byIdentity = ({ identityNumber }: TestPerson, by = officer) =>
  by.post('/certification/cards/find', { identityNumber });
const byCard = ({ identityNumber }: TestPerson, grade = 2) =>
  officer.post('/certification/cards/find', { cardNumber: `${identityNumber}4${grade}` });
const factsOf = async (personId: string) =>
  (await service.published('certification'))
    .filter(({ key }) => key === personId)
    .map(({ type }) => type.split('.')[2]);

describe('a changed identity number', () => {
  it('proposes a new number of the card, found by the former one, until an officer gives it', async () => {
    const { before, after, tell } = await changedOnFile();
    expect(counts(await stock(stockRow(before)))).toEqual([1, 0, 0]);
    await tell();
    const found = await byIdentity(before);
    expect(found).toMatchObject({
      status: 200,
      body: {
        foundBy: 'former',
        proposals: [
          { propose: 'renumbering', because: 'identity-number-changed', on: '2026-02-20', to: null },
        ],
      },
    });
    const { cardId } = found.body;
    expect(await byIdentity(after)).toMatchObject({ body: { cardId, foundBy: 'current' } });
    expect((await byIdentity(before, stranger)).status).toBe(404);
    const proposed = async (by: TestUser) =>
      (await by.get('/certification/cards?proposed=renumbering&limit=200')).body.map(
        (card: { cardId: string }) => card.cardId,
      );
    expect(await proposed(officer)).toContain(cardId);
    expect(await proposed(stranger)).toEqual([]);

    const path = `/certification/cards/${cardId}/renumber`;
    const send = ({ identityNumber }: TestPerson, by = officer) =>
      by.post(path, { identityNumber, evidence });
    const other = newPerson();
    expect(slugOf(await send(other))).toBe('409 person-not-on-file');
    await onFile(service, other);
    expect(slugOf(await send(other))).toBe('422 person-differs');
    expect(slugOf(await send(before))).toBe('409 number-is-former');
    expect((await send(after, stranger)).status).toBe(404);
    expect((await officer.post(path, { identityNumber: after.identityNumber })).status).toBe(400);
    expect(await send(after)).toMatchObject({ status: 200, body: { cardId, status: 'valid', grade: 2 } });
    expect(slugOf(await send(after))).toBe('409 number-fits');

    expect(await proposed(officer)).not.toContain(cardId);
    expect(await byCard(after)).toMatchObject({ body: { cardId, foundBy: 'current' } });
    const former = await byCard(before);
    expect(former).toMatchObject({
      body: { cardId, foundBy: 'former', proposals: [], formerNumbers: [{ untilVersion: 2 }] },
    });
    expect(JSON.stringify(former.body)).not.toContain(before.identityNumber);
    const { body: history } = await officer.get(`/certification/cards/${cardId}/history`);
    expect(history).toMatchObject([
      { action: 'taken-over' },
      { action: 'renumber', reason: 'identity-number', version: 2 },
    ]);
    expect(await factsOf(before.personId)).toEqual(['taken-over', 'renumbered']);
    const [kept] = await service.database.query<{ card_number: string }>(
      'select card_number from certification.former_card_numbers where card_id = $1',
      [cardId],
    );
    expect(kept!.card_number).not.toContain(before.identityNumber);
  });

  it('that was mistaken finds the card by hand, and is nobody’s in a file', async () => {
    const { before, after, tell } = await changedOnFile(undefined, 'mistaken');
    await stock(stockRow(before));
    await tell();
    expect(await byIdentity(before)).toMatchObject({
      body: { foundBy: 'mistaken', proposals: [{ propose: 'renumbering' }] },
    });
    const sent = await stock(stockRow(before, 3));
    expect(sent.body.errors).toMatchObject([{ reason: '人口信息中没有此人' }]);
    expect(await byIdentity(after)).toMatchObject({ body: { foundBy: 'current', grade: 2 } });
    // Who really has it is found before whom it was only written down for.
    const owner = { ...newPerson(), identityNumber: before.identityNumber };
    await onFile(service, owner);
    expect(counts(await stock(stockRow(before, 3)))).toEqual([1, 0, 0]);
    expect(await byIdentity(before)).toMatchObject({
      body: { personId: owner.personId, foundBy: 'current', grade: 3 },
    });
  });

  it('is told in any order, and twice', async () => {
    const before = newPerson();
    const { after, told } = renumbered(before);
    await deliver(...told.toReversed());
    await deliver(registered(service, before), ...told);
    await stock(stockRow(after));
    expect(await byIdentity(before)).toMatchObject({
      body: { personId: before.personId, foundBy: 'former', proposals: [] },
    });
  });
});

describe('an application', () => {
  const form = (person: TestPerson) => ({
    ...{ kind: 'first', personId: person.personId, identityNumber: person.identityNumber },
    divisionCode: person.divisionCode,
  });

  it('is made under the present number: neither a former one nor a temporary reference', async () => {
    const { before, after, tell } = await changedOnFile();
    await tell();
    expect(slugOf(await officer.post('/certification/applications', form(before)))).toBe(
      '409 number-is-former',
    );
    const temporary = await officer.post('/certification/applications', {
      ...form(after),
      identityNumber: 'LS2026-000001',
    });
    expect(slugOf(temporary)).toBe('422 identity-number-malformed');
    expect(temporary.body).toMatchObject({ fault: 'temporary' });
    expect((await officer.post('/certification/applications', form(after))).status).toBe(201);
  });

  it('waits at the approval, when the number was changed since, for the one that the applicant has now', async () => {
    const { before, after, tell } = await changedOnFile();
    const { body } = await officer.post('/certification/applications', form(before));
    const path = `/certification/applications/${body.applicationId}`;
    await officer.post(`${path}/accept`, { unitId: testUnit('assessor') });
    const assessor = await service.as('assessor');
    await assessor.post(`${path}/assessment`, {
      ...{ components: [{ category: 'physical', grade: 3 }], assessedOn: '2026-03-02' },
      ...{ institution: '示范县人民医院', evidence },
    });
    await officer.post(`${path}/notice`, { from: '2026-03-02' });
    await tell();
    service.clock.set('2026-03-10');
    const lead = await service.as('federation-lead');
    expect(slugOf(await lead.post(`${path}/approve`))).toBe('409 applicant-number-changed');
    const other = newPerson();
    expect(slugOf(await lead.post(`${path}/approve`, { identityNumber: other.identityNumber }))).toBe(
      '422 person-differs',
    );
    const approved = await lead.post(`${path}/approve`, { identityNumber: after.identityNumber });
    expect(approved).toMatchObject({ status: 200, body: { status: 'approved' } });
    expect(await byCard(after, 3)).toMatchObject({ body: { foundBy: 'current', proposals: [] } });
  });

  it('for a renewal gives the card its new number, too', async () => {
    const { before, after, tell } = await changedOnFile();
    await stock(stockRow(before).replace('2030-05-01', '2026-05-01'));
    await tell();
    const { body } = await officer.post('/certification/applications', { ...form(after), kind: 'renewal' });
    const path = `/certification/applications/${body.applicationId}`;
    await officer.post(`${path}/accept`, {});
    await officer.post(`${path}/notice`, { from: '2026-03-02' });
    const assessor = await service.as('assessor');
    await officer.post(`${path}/place`, { unitId: testUnit('assessor') });
    await assessor.post(`${path}/assessment`, {
      ...{ components: [{ category: 'physical', grade: 2 }], assessedOn: '2026-03-02' },
      ...{ institution: '示范县人民医院', evidence },
    });
    await officer.post(`${path}/notice`, { from: '2026-03-02' });
    service.clock.set('2026-03-10');
    const approved = await (await service.as('federation-lead')).post(`${path}/approve`);
    expect(approved).toMatchObject({ status: 200 });
    expect(await byCard(after)).toMatchObject({ body: { foundBy: 'current', validTo: '2036-03-10' } });
    expect(await byCard(before)).toMatchObject({ body: { foundBy: 'former' } });
    expect(await factsOf(before.personId)).toEqual(['taken-over', 'renumbered', 'renewed']);
  });
});

describe('a file', () => {
  it('of the system above with the new number lands on the same card and makes no second one', async () => {
    const { before, after, tell } = await changedOnFile(FOLLOWED);
    expect(counts(await daily(dailyRow(before, '新办', '2026-02-02')))).toEqual([1, 0, 0]);
    await tell();
    const near = await service.as('card-officer', {
      id: 'near',
      from: '330302000000',
      to: '330302999999',
    });
    const { body: card } = await byIdentity(before, near);
    expect(card).toMatchObject({ foundBy: 'former', proposals: [{ propose: 'renumbering' }] });
    // Above it still has the former number: the change is of this card.
    expect(counts(await daily(dailyRow(before, '冻结', '2026-02-21')))).toEqual([1, 0, 0]);
    expect(counts(await daily(dailyRow(before, '解冻', '2026-02-22')))).toEqual([1, 0, 0]);
    const reissued = [
      dailyRow(after, '新办', '2026-02-25', { issuedOn: '2026-02-25' }),
      dailyRow(before, '注销', '2026-02-25', { why: '本人申请' }),
    ];
    expect(counts(await daily(...reissued))).toEqual([1, 1, 0]);
    expect(counts(await daily(...reissued))).toEqual([0, 2, 0]);
    const { body: present } = await byIdentity(after, near);
    expect(present).toMatchObject({
      ...{ cardId: card.cardId, status: 'valid', issuedOn: '2026-02-25', proposals: [], foundBy: 'current' },
      formerNumbers: [{}],
    });
    // A later change of the old paper is for a person to look at.
    const late = await daily(dailyRow(before, '注销', '2026-03-01', { why: '本人申请' }));
    expect(late.body.errors).toMatchObject([{ reason: '此行是曾用身份证号的原证，系统中已按现号码换证' }]);
    expect((await byIdentity(after, near)).body).toMatchObject({ status: 'valid' });
    const cards = await service.database.query(
      'select card_id from certification.cards where person_id = $1',
      [before.personId],
    );
    expect(cards).toEqual([{ card_id: card.cardId }]);
    expect(await factsOf(before.personId)).toEqual(['issued', 'frozen', 'unfrozen', 'renumbered']);
  });

  it('gives the card the new number with whatever change states it, and tells of a change of grade as such', async () => {
    const near = await service.as('card-officer', { id: 'near', from: '330302000000', to: '330302999999' });
    for (const [what, grade, fact] of [
      ['变更', 1, 'regraded'],
      ['冻结', 2, 'frozen'],
    ] as const) {
      const { before, after, tell } = await changedOnFile(FOLLOWED);
      await daily(dailyRow(before, '新办', '2026-02-02'));
      await tell();
      expect(counts(await daily(dailyRow(after, what, '2026-02-25', { grade })))).toEqual([1, 0, 0]);
      const cardNumber = `${after.identityNumber}4${grade}`;
      expect(await near.post('/certification/cards/find', { cardNumber })).toMatchObject({
        body: { personId: before.personId, foundBy: 'current', proposals: [] },
      });
      expect(await factsOf(before.personId)).toEqual(['issued', fact]);
    }
  });

  it('of the living stock matches by either number', async () => {
    const { before, after, tell } = await changedOnFile();
    await tell();
    // Taken over under the number of before: it is theirs, and waits for its new one.
    expect(counts(await stock(stockRow(before)))).toEqual([1, 0, 0]);
    expect(await byIdentity(after)).toMatchObject({ body: { proposals: [{ propose: 'renumbering' }] } });
    expect(counts(await stock(stockRow(after)))).toEqual([1, 0, 0]);
    expect(await byIdentity(after)).toMatchObject({ body: { proposals: [], version: 2 } });
    // The digest of the first row is known; another list by the former number says what is on file.
    expect(counts(await stock(stockRow(before)))).toEqual([0, 1, 0]);
    const again = stockRow(before).replace('有效', '冻结');
    expect((await stock(again)).body.errors).toMatchObject([{ reason: '与系统中的残疾人证不一致' }]);
  });
});

describe('a merge', () => {
  const merged = (stays: TestPerson, absorbed: TestPerson) =>
    personMergedV1.of({
      ...{ personId: stays.personId, divisionCode: stays.divisionCode, version: 10 },
      absorbedId: absorbed.personId,
    });

  it('lets the card be found by the absorbed number, and proposes the number of who stays', async () => {
    const [stays, absorbed] = [newPerson(), newPerson()];
    await onFile(service, stays, absorbed);
    await stock(stockRow(absorbed));
    await deliver(merged(stays, absorbed));
    const found = await byIdentity(absorbed);
    expect(found).toMatchObject({
      body: {
        ...{ personId: stays.personId, foundBy: 'absorbed' },
        proposals: [{ propose: 'renumbering', because: 'files-merged', on: '2026-03-02' }],
      },
    });
    expect(await byIdentity(stays)).toMatchObject({ body: { cardId: found.body.cardId } });
  });

  it('does so also when the absorbed person is told of late, and with numbers of before', async () => {
    const [stays, absorbed] = [newPerson(), newPerson()];
    const { after, told } = renumbered(absorbed);
    await deliver(merged(stays, absorbed));
    await deliver(registered(service, absorbed), ...told);
    await deliver(registered(service, stays, 12));
    await stock(stockRow(stays));
    for (const number of [absorbed, after]) {
      expect(await byIdentity(number)).toMatchObject({ body: { personId: stays.personId } });
    }
    expect(await byIdentity(stays)).toMatchObject({ body: { foundBy: 'current', proposals: [] } });
  });

  it('of two with cards leaves a row of a file to the card that it names', async () => {
    const [stays, absorbed] = [newPerson({ divisionCode: FOLLOWED }), newPerson({ divisionCode: FOLLOWED })];
    await onFile(service, stays, absorbed);
    await daily(dailyRow(stays, '新办', '2026-02-02'), dailyRow(absorbed, '新办', '2026-02-02'));
    const near = await service.as('card-officer', { id: 'near', from: '330302000000', to: '330302999999' });
    const { cardId } = (await byIdentity(stays, near)).body;
    await deliver(merged(stays, absorbed));
    expect(counts(await daily(dailyRow(absorbed, '注销', '2026-02-03', { why: '本人申请' })))).toEqual([
      1, 0, 0,
    ]);
    const cards = await service.database.query<{ status: string; twin_of: string | null }>(
      'select status, twin_of is not null as twin from certification.cards where person_id = $1 order by status',
      [stays.personId],
    );
    expect(cards.map(({ status }) => status)).toEqual(['cancelled', 'valid']);
    expect((await byIdentity(stays, near)).body).toMatchObject({ cardId, status: 'valid', proposals: [] });
  });
});

it('a card is still found by the number that it had before a change of grade or a replacement', async () => {
  const person = newPerson();
  await onFile(service, person);
  await stock(stockRow(person));
  const { body } = await byIdentity(person);
  await officer.post(`/certification/cards/${body.cardId}/replace`, { reason: 'lost' });
  const lead = await service.as('federation-lead');
  const regraded = await lead.post(`/certification/cards/${body.cardId}/regrade`, {
    ...{ components: [{ category: 'physical', grade: 1 }], assessedOn: '2026-03-01' },
    ...{ institution: '示范县人民医院', evidence },
  });
  expect(regraded.status).toBe(200);
  for (const [suffix, by] of [
    ['42', 'former'],
    ['42B1', 'former'],
    ['41', 'current'],
  ]) {
    const cardNumber = `${person.identityNumber}${suffix}`;
    expect(await officer.post('/certification/cards/find', { cardNumber })).toMatchObject({
      body: { cardId: body.cardId, foundBy: by },
    });
  }
});

it('leaves no table open to whom it is not for', async () => {
  expect(await scopeFindings(service.database, 'certification')).toEqual([]);
});

consumerFeatures({
  consumer: 'certification/know-former-number-on-number-changed',
  service: () => service,
  fact: async () => {
    const person = newPerson();
    await onFile(service, person);
    return renumbered(person).told[0]!;
  },
  effect: async ({ data: told }) =>
    service.database.query(
      'select identity_token, because, until from certification.former_identity_tokens where person_id = $1',
      [(told as { personId: string }).personId],
    ),
});
