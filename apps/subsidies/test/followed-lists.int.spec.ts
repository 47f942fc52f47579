import { jest } from '@jest/globals';
import { personMergedV1, personSplitV1 } from '@app/contracts';
import { VILLAGE } from './paying.js';
import { benefit, payee, startTakingOver, type TakingOver } from './taking-over.js';

jest.setTimeout(60_000);

let at: TakingOver;

beforeAll(async () => {
  at = await startTakingOver();
}, 60_000);
afterAll(() => at?.service.stop());

const rowsOf = (personId: string) =>
  at.service.database.query<{ list: string; key: string; nth: number; state: string; made_id: string }>(
    'select list, key, nth, state, made_id from subsidies.take_over_rows where person_id = $1 order by list, nth',
    [personId],
  );
const merged = (personId: string, absorbedId: string) =>
  personMergedV1.of({ personId, divisionCode: VILLAGE, version: 50, absorbedId });

it('rows of the old lists follow a merge: a corrected file means them, and takes nothing back', async () => {
  const [stays, absorbed, neighbour] = [await at.person(), await at.person(), await at.person()];
  const account = payee(absorbed);
  const row = benefit(absorbed);
  await at.send('benefits', [row]);
  await at.send('payees', [account]);
  await at.check();
  expect(await at.load()).toEqual({ loaded: 2, takenBack: 0 });
  const before = await rowsOf(absorbed);
  expect(before.map(({ list, state }) => [list, state])).toEqual([
    ['benefits', 'loaded'],
    ['payees', 'loaded'],
  ]);

  await at.deliver(merged(stays, absorbed));
  expect(await rowsOf(absorbed)).toEqual([]);
  expect(await rowsOf(stays)).toEqual(
    before.map((each) => ({ ...each, key: each.key.replace(absorbed, stays) })),
  );
  // The corrected file names who stays, as registry gives their id for either number.
  const again = await at.send('benefits', [{ ...row, personId: stays }, benefit(neighbour)]);
  expect(again).toMatchObject({ changed: 1, gone: 0 });
  expect(await at.send('payees', [{ ...account, personId: stays }, payee(neighbour)])).toMatchObject({
    ...{ changed: 1, gone: 0 },
  });
  await at.check();
  expect(await at.load()).toEqual({ loaded: 2, takenBack: 0 });
  expect(await at.benefitsOf(stays)).toHaveLength(1);
});

it('two rows that were of two persons stand beside each other', async () => {
  const [stays, absorbed] = [await at.person(), await at.person()];
  await at.send('cases', [
    { personId: stays, content: { itemId: 'invented/allowance', receivedOn: '2025-11-03', archive: null } },
    {
      personId: absorbed,
      content: { itemId: 'invented/allowance', receivedOn: '2025-12-03', archive: null },
    },
  ]);
  await at.check();
  await at.deliver(merged(stays, absorbed));
  expect((await rowsOf(stays)).map(({ key, nth }) => [key, nth])).toEqual([
    [`${stays} invented/allowance`, 1],
    [`${stays} invented/allowance`, 2],
  ]);
  const found = await at.service.database.query(
    'select 1 from subsidies.take_over_findings where person_id = $1',
    [absorbed],
  );
  expect(found).toEqual([]);
});

it('a split takes the rows and proposed stops of the cases that it names along', async () => {
  const [person, parted] = [await at.person(), await at.person()];
  await at.send('benefits', [benefit(person)]);
  await at.send('payees', [payee(person)]);
  await at.check();
  await at.load();
  const [row, account] = await rowsOf(person);
  const caseId = row!.made_id;
  const [kase] = await at.service.database.query<{ item_id: string; period: string }>(
    'select item_id, period from subsidies.cases where case_id = $1',
    [caseId],
  );
  await at.service.database.query(
    `insert into subsidies.proposed_stops (person_id, item_id, period, round_id, division_code, proposed_version, changed_by)
     values ($1, $2, $3, gen_random_uuid(), $4, 5, 'test'), ($1, 'invented/other', $3, gen_random_uuid(), $4, 5, 'test')`,
    [person, kase!.item_id, kase!.period, VILLAGE],
  );
  await at.deliver(
    personSplitV1.of({
      ...{ personId: person, divisionCode: VILLAGE, version: 60 },
      ...{ newPersonId: parted, aliasId: null, subjects: [caseId] },
    }),
  );
  expect(await rowsOf(person)).toEqual([account]);
  expect(await rowsOf(parted)).toMatchObject([{ key: row!.key.replace(person, parted), made_id: caseId }]);
  const stops = await at.service.database.query(
    'select person_id, item_id from subsidies.proposed_stops where person_id = any($1::uuid[]) order by item_id = $2',
    [[person, parted], kase!.item_id],
  );
  expect(stops).toEqual([
    { person_id: person, item_id: 'invented/other' },
    { person_id: parted, item_id: kase!.item_id },
  ]);
});
