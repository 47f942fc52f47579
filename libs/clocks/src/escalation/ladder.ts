/** A step of the ladder: 提醒 → 督办 → 通报. */
export interface LadderStep {
  readonly zh: '提醒' | '督办' | '通报';
  readonly en: 'reminder' | 'supervision' | 'report';
}

const REMINDER: LadderStep = { zh: '提醒', en: 'reminder' };
const SUPERVISION: LadderStep = { zh: '督办', en: 'supervision' };
const REPORT: LadderStep = { zh: '通报', en: 'report' };

/** What a rung's level (0 to 3) is called: 0 提醒, 1 and 2 督办, 3 通报. */
export function ladderStepOf(level: number): LadderStep {
  if (level <= 0) return REMINDER;
  return level < 3 ? SUPERVISION : REPORT;
}
