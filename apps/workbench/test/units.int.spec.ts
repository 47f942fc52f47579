import { jest } from '@jest/globals';
import type { TestUser } from '@app/testing';
import { GrantsOfAccount } from '../src/app/grants-of-account.js';
import { COUNTY, ok, refusal, startOrganisation, TODAY, type Organisation } from './organisation.js';

jest.setTimeout(60_000);

let it_: Organisation;
let keeper: TestUser;

beforeAll(async () => {
  it_ = await startOrganisation();
  keeper = it_.keeper;
});
afterAll(() => it_?.service.stop());

interface Listed {
  units: { unitId: string; name: string; divisionCode: string; kind: string; parentId: string }[];
}
const listed = async (query: string) => (await keeper.get(`/workbench/units?${query}`)).body as Listed;
const codesOf = async (code: string, query = '') =>
  (ok(await keeper.get(`/workbench/divisions/${code}?${query}`)).divisions as { divisionCode: string }[]).map(
    ({ divisionCode }) => divisionCode,
  );
const grantsOf = (userId: string, day = TODAY) => it_.service.get(GrantsOfAccount).grantsOf(userId, day);

describe('the tree', () => {
  it('holds divisions by their codes, and offices and institutions with the code of their place', async () => {
    expect((await listed(`within=338801001000&limit=200`)).units.map(({ name }) => name).sort()).toEqual(
      ['第1镇', '1镇1村', '1镇2村', '一镇卫生院'].sort(),
    );
    expect((await listed('kind=department')).units).toMatchObject([
      { divisionCode: COUNTY, parentId: it_.unit['county'] },
      { divisionCode: COUNTY },
    ]);
  });

  it.each([
    [
      'a code that lies elsewhere',
      { kind: 'village', divisionCode: '338801002009', parent: 'town1' },
      '422 unit-not-possible',
    ],
    [
      'a code of another level',
      { kind: 'village', divisionCode: '338801003000', parent: 'town1' },
      '422 unit-not-possible',
    ],
    [
      'a town without a county',
      { kind: 'town', divisionCode: '338801003000', parent: null },
      '422 unit-not-possible',
    ],
    [
      'a village under a county',
      { kind: 'village', divisionCode: '338801001009', parent: 'county' },
      '422 unit-not-possible',
    ],
    ['a department without its kind', { kind: 'department', parent: 'county' }, '422 unit-not-possible'],
    [
      'a code that is taken',
      { kind: 'town', divisionCode: '338801001000', parent: 'county' },
      '409 unit-taken',
    ],
    ['a county of others', { kind: 'county', divisionCode: '338802000000', parent: null }, '403 not-allowed'],
  ])('refuses %s', async (_, { parent, ...wanted }, expected) => {
    const before = (await listed('limit=200')).units.length;
    const body = { name: '新', parentId: parent && it_.unit[parent], ...wanted };
    expect(refusal(await keeper.post('/workbench/units', body))).toBe(expected);
    expect((await listed('limit=200')).units).toHaveLength(before);
  });

  it('is kept by the system administrator alone, and read by everybody who works here', async () => {
    const body = { kind: 'town', name: '三镇', parentId: it_.unit['county'], divisionCode: '338801003000' };
    for (const role of ['security-admin', 'auditor', 'card-officer', 'assessor', 'operator'] as const) {
      const user = await it_.service.as(role);
      expect(refusal(await user.post('/workbench/units', body))).toBe('403 not-allowed');
      expect((await user.get('/workbench/units')).status).toBe(200);
    }
    expect((await it_.service.anonymous.get('/workbench/units')).status).toBe(401);
  });

  it('keeps the former name, and ends only what nobody uses', async () => {
    const clinic = it_.unit['clinic']!;
    ok(await keeper.post(`/workbench/units/${clinic}/rename`, { name: '一镇中心卫生院', on: '2026-02-01' }));
    expect(ok(await keeper.get(`/workbench/units/${clinic}/history`)).states).toMatchObject([
      { name: '一镇卫生院', validFrom: '2020-01-01', validTo: '2026-01-31' },
      { name: '一镇中心卫生院', validFrom: '2026-02-01', validTo: null },
    ]);
    const end = { on: TODAY, reason: '撤销' };
    expect(refusal(await keeper.post(`/workbench/units/${it_.unit['town1']}/end`, end))).toBe(
      '422 unit-not-possible',
    );
    const school = await keeper.post('/workbench/units', {
      kind: 'school',
      name: '特校',
      parentId: it_.unit['town1'],
      validFrom: '2021-09-01',
    });
    const { unitId } = ok(school, 201);
    expect(ok(await keeper.post(`/workbench/units/${String(unitId)}/end`, end))).toMatchObject({
      validTo: '2026-03-01',
    });
    expect((await listed('kind=school')).units).toEqual([]);
    expect(ok(await keeper.get(`/workbench/units/${String(unitId)}/history`)).states).toHaveLength(1);
  });
});

describe('a re-organisation', () => {
  const merger = {
    on: '2026-03-01',
    reason: '二镇并入一镇，改设新镇',
    mappings: [
      { from: '338801001000', to: '338801004000' },
      { from: '338801002000', to: '338801004000' },
      { from: '338801001001', to: '338801004001' },
      { from: '338801001002', to: '338801004002' },
      { from: '338801002001', to: '338801004003' },
      { from: '338801002002', to: '338801004003' },
    ],
    divisions: [
      { divisionCode: '338801004000', name: '新镇' },
      { divisionCode: '338801004001', name: '一村' },
      { divisionCode: '338801004002', name: '二村' },
      { divisionCode: '338801004003', name: '三村' },
    ],
  };

  it.each([
    ['a day to come', { on: '2026-03-03' }],
    [
      'villages that are forgotten',
      { mappings: merger.mappings.slice(0, 3), divisions: merger.divisions.slice(0, 2) },
    ],
    ['a mapping that is written twice', { mappings: [...merger.mappings, merger.mappings[0]!] }],
    ['a new unit that is written twice', { divisions: [...merger.divisions, merger.divisions[0]!] }],
    ['a new code that nobody founds', { divisions: merger.divisions.slice(1) }],
    [
      'an old code that nobody has',
      { mappings: [...merger.mappings, { from: '338801009000', to: '338801004000' }] },
    ],
  ])('refuses %s, and changes nothing', async (_, change) => {
    const before = await listed('limit=200');
    const answer = await keeper.post('/workbench/units/reorganisations', { ...merger, ...change });
    expect(refusal(answer)).toBe('422 reorganisation-not-possible');
    expect(await listed('limit=200')).toEqual(before);
  });

  it('takes people, rights and institutions along in one act, and loses nothing of what was', async () => {
    const chair = await it_.open('chair', 'town2');
    await it_.give(chair, 'township-chair', 'town2');
    const liaison = await it_.open('liaison', 'village21');
    await it_.give(liaison, 'village-liaison', 'village21');
    expect(await grantsOf('chair')).toMatchObject([{ from: '338801002000', to: '338801002999' }]);

    const neighbour = await it_.service.as('system-admin', {
      id: 'n',
      from: '338802000000',
      to: '338802999999',
    });
    expect(refusal(await neighbour.post('/workbench/units/reorganisations', merger))).toBe('403 not-allowed');
    expect(ok(await keeper.post('/workbench/units/reorganisations', merger), 201)).toMatchObject({
      ended: 6,
      begun: 4,
      moved: 1,
      accountsMoved: 2,
      accountsToPlace: 0,
    });

    expect(
      (await listed('within=338801004000')).units
        .map(({ divisionCode, kind }) => `${divisionCode} ${kind}`)
        .sort(),
    ).toEqual([
      '338801004000 clinic',
      '338801004000 town',
      '338801004001 village',
      '338801004002 village',
      '338801004003 village',
    ]);
    expect((await listed('within=338801001000')).units).toEqual([]);
    expect(await grantsOf('chair')).toMatchObject([{ from: '338801004000', to: '338801004999' }]);
    expect(await grantsOf('liaison')).toMatchObject([{ from: '338801004003', to: '338801004003' }]);

    // What was this code, and what is it today.
    expect(await codesOf('338801002000')).toEqual(['338801004000']);
    expect(await codesOf('338801002002')).toEqual(['338801004003']);
    expect(await codesOf('338801002000', 'on=2025-01-01')).toEqual(['338801002000']);
    expect(await codesOf('338801004000', `asOf=${TODAY}&on=2025-01-01`)).toEqual([
      '338801001000',
      '338801002000',
    ]);
    expect(await codesOf('338801004003', `asOf=${TODAY}&on=2026-02-28`)).toEqual([
      '338801002001',
      '338801002002',
    ]);
    expect(refusal(await keeper.get('/workbench/divisions/338801099000'))).toBe('404 unit-not-found');
    expect(ok(await keeper.get(`/workbench/units/${it_.unit['clinic']}/history`)).states).toMatchObject([
      { divisionCode: '338801001000' },
      { divisionCode: '338801001000', validTo: '2026-02-28' },
      { divisionCode: '338801004000', validFrom: '2026-03-01', validTo: null },
    ]);
  });

  it('asks where institutions of a divided place belong, and leaves its people without reach until they are placed', async () => {
    const split = {
      on: TODAY,
      reason: '新镇拆分',
      mappings: [
        { from: '338801004000', to: '338801005000' },
        { from: '338801004000', to: '338801006000' },
        { from: '338801004001', to: '338801005001' },
        { from: '338801004002', to: '338801006002' },
        { from: '338801004003', to: '338801006003' },
      ],
      divisions: [
        { divisionCode: '338801005000', name: '东镇' },
        { divisionCode: '338801006000', name: '西镇' },
        { divisionCode: '338801005001', name: '一村' },
        { divisionCode: '338801006002', name: '二村' },
        { divisionCode: '338801006003', name: '三村' },
      ],
    };
    expect(refusal(await keeper.post('/workbench/units/reorganisations', split))).toBe(
      '422 reorganisation-not-possible',
    );
    const placements = [{ unitId: it_.unit['clinic'], to: '338801006000' }];
    const answer = await keeper.post('/workbench/units/reorganisations', { ...split, placements });
    expect(ok(answer, 201)).toMatchObject({ moved: 1, accountsMoved: 1, accountsToPlace: 1 });
    expect(await grantsOf('chair')).toEqual([]);
    expect(await grantsOf('liaison')).toMatchObject([{ from: '338801006003' }]);
    expect(await codesOf('338801001000')).toEqual(['338801005000', '338801006000']);
    expect(await codesOf('338801005000', `asOf=${TODAY}&on=2025-01-01`)).toEqual([
      '338801001000',
      '338801002000',
    ]);
  });
});
