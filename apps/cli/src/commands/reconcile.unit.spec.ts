import { describeRun, describeTrend, type SeenRun } from './reconcile.command.js';

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
  gaps: [
    { kind: 'should-have', gaps: 2, persons: 2, monthly: 12345, unpriced: 1, unpaid: 0, distrusted: 1 },
    {
      kind: 'granted-unpaid',
      gaps: 1,
      persons: 1,
      monthly: 20000,
      unpriced: 0,
      unpaid: 40050,
      distrusted: 0,
    },
  ],
  distrusted: [{ source: 'roster:dibao', reason: '低保名册从未导入' }],
  notLooked: [{ what: 'paid:club/allowance', reason: '本县还没有发放过该事项' }],
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
      '不可靠的来源',
      '已享未付',
      '欠发 400.50 元',
      '本县还没有发放过该事项',
    ])
      expect(text).toContain(part);
  });

  it('says that there are no gaps rather than nothing', () => {
    expect(describeRun({ ...run, gaps: [] })).toContain('没有缺口');
  });

  it('shows how every list went from run to run, and says so where there was no run', () => {
    const points = run.gaps.map((gaps) => ({ ...gaps, day: run.day, place: '338801' }));
    const lines = describeTrend(points).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/2026-03-02.*338801.*已享未付.*1 项.*欠发 400\.50 元/);
    expect(describeTrend([])).toContain('还没有完成过对账');
  });
});
