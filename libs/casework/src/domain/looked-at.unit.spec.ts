import { CaseChanged, CaseVersionMissing } from './errors.js';
import { assertLookedAt } from './looked-at.js';

const third = { version: 3 };

describe('who changes a case', () => {
  it('has looked at it as it stands', () => {
    expect(() => assertLookedAt(third, [3])).not.toThrow();
    expect(() => assertLookedAt(third, [2, 3])).not.toThrow();
  });

  it('is told what stands when they have looked at another version', () => {
    expect(() => assertLookedAt(third, [2])).toThrow(CaseChanged);
    expect(() => assertLookedAt(third, [])).toThrow(CaseChanged);
    expect(new CaseChanged(3)).toMatchObject({ kind: 'outdated', details: { version: 3 } });
  });

  it('says which version it was, or that it does not matter', () => {
    expect(() => assertLookedAt(third, null)).toThrow(CaseVersionMissing);
    expect(() => assertLookedAt(third, 'whatever')).not.toThrow();
  });

  it('need not have looked where a fact or a clock does it', () => {
    expect(() => assertLookedAt(third, undefined)).not.toThrow();
  });
});
