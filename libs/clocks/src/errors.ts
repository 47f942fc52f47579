import { DomainError } from '@app/kernel';

/** The item does not let the term stand still for this. */
export class PauseNotAllowed extends DomainError {
  readonly slug = 'pause-not-allowed';
  readonly kind = 'conflict';
  constructor(step: string, allowed: readonly string[]) {
    super(
      allowed.length === 0
        ? '该环节的期限没有可以中止的法定事由，期限继续计算。'
        : `该环节的期限只能因这些事由中止：${allowed.join('、')}。`,
      { step, allowed },
    );
  }
}

/** The item does not allow this extension, or not this much, or not by this role. */
export class ExtensionNotAllowed extends DomainError {
  readonly slug = 'extension-not-allowed';
  readonly kind = 'conflict';
  constructor(step: string, why: 'none' | 'too-long' | 'role' | 'over', allowed: string | null) {
    const reasons = {
      none: '该环节的期限没有可以延长的规定。',
      'too-long': `延长合计不得超过规定：${allowed}。`,
      role: `延长须由规定的负责人批准：${allowed}。`,
      over: '期限已经届满，不能再延长。',
    };
    super(reasons[why], { step, why, allowed });
  }
}

/** No term runs for this step. */
export class NoTermRuns extends DomainError {
  readonly slug = 'no-term-runs';
  readonly kind = 'conflict';
  constructor(step: string | null) {
    super('该环节现在没有正在计算的期限。', { step });
  }
}
