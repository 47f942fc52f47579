import { describeChecks, type SeenCheck } from './workbench.command.js';

const right: SeenCheck = {
  owner: 'subsidies',
  compared: 40,
  missing: 0,
  extra: 0,
  different: 0,
  repaired: 0,
  drift: [],
};
const wrong: SeenCheck = {
  ...right,
  owner: 'community',
  compared: 12,
  missing: 1,
  different: 101,
  drift: [
    {
      caseId: '00000000-0000-4000-8000-000000000001',
      kind: 'missing',
      owner: { version: 3, status: 'open', dueAt: '2026-03-10T09:00:00.000Z' },
      queue: null,
    },
  ],
};

describe('the check of the work queue on the command line', () => {
  it('says that all is right', () => {
    const text = describeChecks([right]);
    expect(text).toContain('已核对 · compared 40');
    expect(text).toContain('队列与业务服务一致');
    expect(text).not.toContain('✗');
  });

  it('names what differs on either side, says that there is more, and what to do', () => {
    const text = describeChecks([right, wrong]);
    for (const part of ['缺少 · missing 1', '不同 · different 101', '队列缺少', 'open v3', '—', '--repair']) {
      expect(text).toContain(part);
    }
    expect(text).toContain('另有 101 处');
  });

  it('counts what was taken from the owner as right', () => {
    expect(describeChecks([{ ...wrong, repaired: 102 }])).toContain('队列与业务服务一致');
  });
});
