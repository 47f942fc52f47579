import { portalRoles, roles, type Role } from '@app/access';
import {
  addPost,
  administrators,
  giverOf,
  overlap,
  reachOfPost,
  whyNotTogether,
  type Post,
} from './post-rules.js';
import { kindOf, allUnitKinds } from './unit-kind.js';
import { countyReachOf, divisionAbove, inLine, levelOf, reachOfDivision } from './unit-reach.js';
import { codesOn, type CodeChange } from './unit-reorganisation.js';

describe('division codes', () => {
  it.each([
    ['338800000000', 'city', '338800000000', '338899999999', null],
    ['338801000000', 'county', '338801000000', '338801999999', '338800000000'],
    ['338801001000', 'town', '338801001000', '338801001999', '338801000000'],
    ['338801001001', 'village', '338801001001', '338801001001', '338801001000'],
  ] as const)('%s is a %s', (code, level, from, to, above) => {
    expect([levelOf(code), reachOfDivision(code), divisionAbove(code)]).toEqual([level, { from, to }, above]);
  });

  it('are in line when one lies in the other', () => {
    expect(inLine('338801001001', '338801000000')).toBe(true);
    expect(inLine('338801001000', '338801001000')).toBe(true);
    expect(inLine('338801001001', '338801002000')).toBe(false);
    expect(countyReachOf('338801001001')).toEqual({ from: '338801000000', to: '338801999999' });
    expect(countyReachOf('338800000000')).toEqual({ from: '338800000000', to: '338899999999' });
  });
});

describe('roles as data', () => {
  it('gives every role of the portal one giver and at least one kind of unit, citizens neither', () => {
    for (const role of Object.keys(roles) as Role[]) {
      const places = allUnitKinds.filter((kind) => kindOf(kind).roles.includes(role));
      expect([role, giverOf(role) !== null, places.length > 0]).toEqual([
        role,
        portalRoles.includes(role),
        portalRoles.includes(role),
      ]);
    }
  });

  it('ties roles by placement to institutions, and those alone', () => {
    for (const kind of allUnitKinds) {
      for (const role of kindOf(kind).roles) {
        expect([kind, role, roles[role].reach === 'placement']).toEqual([
          kind,
          role,
          kindOf(kind).class === 'institution',
        ]);
      }
    }
  });

  it('lets none of the three administrators hold anything else', () => {
    for (const one of administrators) {
      for (const other of portalRoles) {
        expect([one, other, whyNotTogether(one, other) === null]).toEqual([one, other, one === other]);
        expect([other, one, whyNotTogether(other, one) === null]).toEqual([other, one, one === other]);
      }
    }
    expect(whyNotTogether('card-officer', 'rehab-officer')).toBeNull();
    expect(whyNotTogether('school', 'volunteer')).toBeNull();
  });
});

describe('a post', () => {
  const town = { unitId: 't', kind: 'town', department: null, divisionCode: '338801001000' } as const;
  const post = (role: Role, from: string, to: string | null): Post => ({
    ...{ postId: 'p', role, unitId: 't', department: null, period: { from, to } },
  });

  it('is not given twice for the same days, and may be given again after its end', () => {
    const held = [post('commissioner', '2026-01-01', '2026-03-31')];
    const again = (from: string) =>
      addPost(held, [], town, { postId: 'q', role: 'commissioner', period: { from, to: null } });
    expect(() => again('2026-03-31')).toThrow('已有同一岗位');
    expect(again('2026-04-01')).toMatchObject({ unitId: 't', role: 'commissioner' });
    expect(overlap({ from: '2026-01-01', to: null }, { from: '2027-01-01', to: '2027-01-02' })).toBe(true);
  });

  it('counts what somebody does for another', () => {
    const actedFor = [{ ...post('auditor', '2026-03-01', '2026-03-10'), unitId: 'c' }];
    const give = (to: string) =>
      addPost([], actedFor, town, { postId: 'q', role: 'commissioner', period: { from: '2026-02-01', to } });
    expect(() => give('2026-03-01')).toThrow('不能兼任');
    expect(give('2026-02-28')).toMatchObject({ role: 'commissioner' });
  });

  it('reaches its division, or the unit itself', () => {
    expect(reachOfPost('commissioner', town)).toEqual({
      from: '338801001000',
      to: '338801001999',
      unit: null,
    });
    expect(reachOfPost('family-doctor', town)).toEqual({
      from: '338801000000',
      to: '338801999999',
      unit: 't',
    });
  });
});

describe('a code on a day', () => {
  const change = (on: string, from: string, to: string): CodeChange => ({ on, from, to });
  // a and b became c; c was split into d and e; b's code was given to another place after that.
  const changes = [
    change('2020-01-01', 'a', 'c'),
    change('2020-01-01', 'b', 'c'),
    change('2024-01-01', 'c', 'd'),
    change('2024-01-01', 'c', 'e'),
    change('2025-01-01', 'x', 'b'),
  ];

  it.each([
    ['a', '2019-12-31', '2019-12-31', ['a']],
    ['a', '2019-12-31', '2020-01-01', ['c']],
    ['a', '2019-12-31', '2026-01-01', ['d', 'e']],
    ['b', '2019-12-31', '2026-01-01', ['d', 'e']],
    ['b', '2026-01-01', '2024-06-01', ['x']],
    ['d', '2026-01-01', '2023-12-31', ['c']],
    ['d', '2026-01-01', '2019-12-31', ['a', 'b']],
    ['unknown', '2026-01-01', '2019-12-31', ['unknown']],
  ])('%s of %s is on %s %j', (code, asOf, on, expected) => {
    expect(codesOn(code, asOf, on, changes)).toEqual(expected);
    expect(codesOn(code, asOf, on, [...changes].reverse())).toEqual(expected);
  });
});
