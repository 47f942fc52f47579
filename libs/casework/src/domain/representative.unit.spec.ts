import { authorityOf, type Representative } from './representative.js';

const one = (more: Partial<Representative> = {}): Representative => ({
  representativeId: 'r',
  kind: 'agent',
  acts: ['apply', 'receive'],
  from: '2026-01-01',
  until: '2026-06-30',
  nameToken: 'li',
  ...more,
});
const li = { nameToken: 'li', isAgent: true };

describe('who may sign for a person', () => {
  it.each([
    [
      'on the first day',
      [one()],
      'apply',
      '2026-01-01',
      { may: true, until: '2026-06-30', representativeId: 'r' },
    ],
    [
      'on the last day',
      [one()],
      'apply',
      '2026-06-30',
      { may: true, until: '2026-06-30', representativeId: 'r' },
    ],
    ['the day after', [one()], 'apply', '2026-07-01', { may: false, why: 'expired', until: '2026-06-30' }],
    ['before it begins', [one()], 'apply', '2025-12-31', { may: false, why: 'not-yet', until: null }],
    ['what is not named', [one()], 'account', '2026-02-01', { may: false, why: 'other-act', until: null }],
    [
      'everything',
      [one({ acts: ['all'] })],
      'account',
      '2026-02-01',
      { may: true, until: '2026-06-30', representativeId: 'r' },
    ],
    [
      'another name',
      [one({ nameToken: 'zhao' })],
      'apply',
      '2026-02-01',
      { may: false, why: 'not-on-file', until: null },
    ],
    [
      'a guardian as an agent',
      [one({ kind: 'statutory' })],
      'apply',
      '2026-02-01',
      { may: false, why: 'not-on-file', until: null },
    ],
    [
      'the longer of two',
      [one(), one({ until: null })],
      'apply',
      '2026-02-01',
      { may: true, until: null, representativeId: 'r' },
    ],
    [
      'the one that holds it',
      [one({ until: '2026-01-31' }), one()],
      'apply',
      '2026-02-01',
      { may: true, until: '2026-06-30', representativeId: 'r' },
    ],
  ] as const)('%s', (_, list, act, on, expected) => {
    expect(authorityOf(list, li, act, on)).toEqual(expected);
  });

  it('is asked by the entry on file, too', () => {
    const list = [one(), one({ representativeId: 's', until: null })];
    expect(authorityOf(list, { representativeId: 'r' }, 'apply', '2026-02-01')).toEqual({
      may: true,
      until: '2026-06-30',
      representativeId: 'r',
    });
    expect(authorityOf(list, { representativeId: 'x' }, 'apply', '2026-02-01')).toMatchObject({
      may: false,
      why: 'not-on-file',
    });
  });

  it('signs for an organisation by its name or by that of its officer; money goes to the organisation alone', () => {
    const village = [one({ acts: ['all'], kind: 'statutory', nameToken: 'village', officerToken: 'zhang' })];
    const may = (nameToken: string, act: 'receive' | 'account') =>
      authorityOf(village, { nameToken }, act, '2026-02-01').may;
    expect([may('village', 'receive'), may('zhang', 'receive')]).toEqual([true, true]);
    expect([may('village', 'account'), may('zhang', 'account')]).toEqual([true, false]);
    expect(authorityOf([one()], { nameToken: 'zhang' }, 'receive', '2026-02-01').may).toBe(false);
  });
});
