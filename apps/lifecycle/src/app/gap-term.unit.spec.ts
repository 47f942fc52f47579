import type { Region } from '@app/catalogue';
import { planOf } from '@app/clocks';
import { gapLimitOf, gapTerm } from './gap-term.js';

const region = (limits: Partial<Region>): Region => ({
  code: '338801',
  name: '示范县',
  level: 'county',
  demo: true,
  certification: null,
  chainPromise: null,
  gapPromise: null,
  gapLimit: null,
  ...limits,
});
const rule = { value: 10, unit: 'working-day', kind: 'local_rule', basis: '县对账办法' } as const;
const promise = { value: 5, unit: 'working-day', kind: 'promised', basis: '公开承诺' } as const;

describe('the limit of a released gap', () => {
  it('is the rule of the place, else its promise, else none that could ever be late', () => {
    expect(gapLimitOf(region({ gapLimit: rule, gapPromise: promise }))).toEqual(rule);
    expect(gapLimitOf(region({ gapPromise: promise }))).toEqual(promise);
    expect(gapLimitOf(region({}))).toMatchObject({ value: null, kind: 'unknown' });
  });

  it('runs from the day of the release; a rule that passes is 督办, and then 通报', () => {
    const term = gapTerm('gap', '338801001001', '2026-03-02', rule);
    expect(term).toMatchObject({ subjectId: 'gap', anchorDay: '2026-03-02', value: 10, kind: 'local_rule' });
    expect(planOf(term).map((rung) => `${rung.level} ${rung.rung} ${rung.to.join()}`)).toEqual([
      '0 reminder doer',
      '0 due doer',
      '1 overdue-1 doer,supervisor',
      '2 overdue-2 doer,supervisor',
      '3 overdue-3 lead',
    ]);
  });
});
