import { describeChain, type SeenPersonChain } from './chain-view.js';

type Round = SeenPersonChain['rounds'][number];
type Item = Round['items'][number];

const term = {
  step: 'decide',
  holder: 'office',
  kind: 'statutory',
  basis: '信访工作条例第三十四条',
  dueDay: '2026-12-08',
  provisional: false,
  paused: false,
  pausedSince: null,
  pauseReason: null,
  mark: null,
} as const;

function item(name: string, more: Partial<Item> = {}): Item {
  return {
    itemId: name,
    title: { zh: name },
    action: 'open',
    status: 'deciding',
    outcome: null,
    waitsFor: { zh: '办结（信访）', since: '2026-10-08T16:30:00Z', unitId: null },
    terms: [term],
    end: { zh: '', en: '' },
    ...more,
  };
}

function shown(items: readonly Item[], clock: Partial<Round['clock']> = {}): string {
  const round: Round = {
    roundId: 'r',
    zh: '残疾人证核发',
    causedOn: '2026-09-24',
    status: 'open',
    items,
    clock: {
      zh: '至迟 2026-12-08 全部办结',
      en: 'all decided by 2026-12-08',
      critical: [],
      followUps: [],
      promise: null,
      ...clock,
    },
  };
  const text = describeChain({ personId: 'p', divisionCode: '338801001001', rounds: [round] }, null);
  return closed(text);
}

/** Without blanks: where a line is cut does not matter here. */
function closed(text: string): string {
  return text.replace(/\s/g, '');
}

describe('the chain on the command line', () => {
  it('says what an item waits for, since when, until when and by which article', () => {
    // Half past midnight in Shanghai.
    expect(shown([item('信访')])).toContain(closed('等待 办结（信访），自 2026-10-09 · since'));
    expect(shown([item('信访')])).toContain(
      closed('期限 · due 2026-12-08（法定 · statutory；信访工作条例第三十四条）'),
    );
  });

  it.each([
    [{ mark: '超期' }, '2026-12-08 超期 · overdue'],
    [{ kind: 'promised', mark: '超承诺' }, '2026-12-08 超承诺 · past the promise（承诺 · promised'],
    [{ holder: 'person', mark: '期满' }, '本人期限 · the person’s term 2026-12-08 期满 · expired'],
    [{ provisional: true }, '2026-12-08（暂定 · provisional）'],
    [
      { paused: true, dueDay: null, pausedSince: '2026-10-12T01:00:00Z', pauseReason: 'hearing' },
      '期限 · due 中止 · paused，自 2026-10-12 · since（hearing；信访工作条例第三十四条）',
    ],
  ] as const)('of a term that is %j says %s', (more, text) => {
    expect(shown([item('信访', { terms: [{ ...term, ...more }] })])).toContain(closed(text));
  });

  it('names the critical path and what comes after it', () => {
    const text = shown([item('低保')], {
      critical: ['低保', 'living'],
      followUps: [{ itemId: 'living', title: { zh: '生活补贴' }, after: '低保', factZh: '低保家庭' }],
    });
    expect(text).toContain(closed('时限 · clock：至迟 2026-12-08 全部办结 · all decided by 2026-12-08'));
    expect(text).toContain(closed('关键路径 · critical path：低保 → 生活补贴'));
    expect(text).toContain(closed('其后 · then：生活补贴（待 低保 确定“低保家庭”）'));
  });

  it('shows a promise only where the place has published one', () => {
    expect(shown([item('低保')])).not.toContain(closed('promised：'));
    const promise = { dueDay: '2026-10-30', basis: '办事指南', mark: '超承诺' };
    expect(shown([item('低保')], { promise })).toContain(
      closed('承诺 · promised：2026-10-30 超承诺 · past the promise（办事指南）'),
    );
  });
});
