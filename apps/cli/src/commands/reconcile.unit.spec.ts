import { describeRun, type SeenRun } from './reconcile.command.js';

const run: SeenRun = {
  runId: 'a',
  region: '338801',
  day: '2026-03-02',
  status: 'done',
  progress: { lookedAt: 10, expected: 10 },
  holders: 8,
  outcomes: { entitled: 5, waiting: 1, notEntitled: 20, unknown: 3 },
  missing: { persons: 2, facts: 3 },
  opened: 2,
  closed: 1,
  gaps: [{ kind: 'should-have', gaps: 2, persons: 2, monthly: 12345, unpriced: 1, distrusted: 1 }],
  distrusted: [{ source: 'roster:dibao', reason: '低保名册从未导入' }],
  notLooked: [{ what: 'paid', reason: '已享未付没有对账' }],
};

describe('a reconciliation on the command line', () => {
  it('says what it found with money, what it could not trust, and what it did not look at', () => {
    const text = describeRun(run);
    for (const part of [
      '应享未享',
      '2 项',
      '123.45 元/月',
      '1 项无月标准',
      '1 项存疑',
      '低保名册从未导入',
      '已享未付没有对账',
    ])
      expect(text).toContain(part);
  });

  it('says that there are no gaps rather than nothing', () => {
    expect(describeRun({ ...run, gaps: [] })).toContain('没有缺口');
  });
});
