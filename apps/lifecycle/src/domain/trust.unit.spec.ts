import { distrustedRosters, withRosters } from './trust.js';

const asked = new Set(['aid.dibao']);

describe('rosters of a run', () => {
  it('one that no item asks for is not missed', () => {
    expect(distrustedRosters({}, new Set(['person.age']))).toEqual([]);
  });

  it('one that never came is told, and one of which nothing holds any more', () => {
    expect(distrustedRosters({}, asked)).toMatchObject([
      { source: 'roster:dibao', reason: expect.stringContaining('从未导入') },
    ]);
    const old = { 'roster:dibao': { asOf: '2025-12-31', current: 0 } };
    expect(distrustedRosters(old, asked)).toMatchObject([
      { source: 'roster:dibao', reason: expect.stringContaining('截至 2025-12-31') },
    ]);
    expect(distrustedRosters({ 'roster:dibao': { asOf: '2025-12-31', current: 1 } }, asked)).toEqual([]);
  });

  it('adds up over pages, with the last day that any of them speaks of', () => {
    const first = { 'roster:dibao': { asOf: '2026-01-31', current: 2 } };
    const second = { 'roster:dibao': { asOf: '2025-12-31', current: 1 } };
    expect(withRosters(withRosters({}, first), second)).toEqual({
      'roster:dibao': { asOf: '2026-01-31', current: 3 },
    });
  });
});
