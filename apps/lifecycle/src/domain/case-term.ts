import type { Term } from '@app/clocks';

/** What an owner last said of one legal term of a case. */
export interface CaseTerm {
  readonly caseId: string;
  /** A step of the item, or what else the term is of. */
  readonly step: string;
  readonly holder: 'office' | 'person';
  readonly kind: 'statutory' | 'local_rule' | 'promised';
  readonly unit: Term['unit'];
  readonly value: number | null;
  readonly basis: string;
  readonly anchorDay: string;
  /** Null: it stands still, or has ended. */
  readonly dueAt: Date | null;
  /** 暂定. */
  readonly provisional: boolean;
  readonly paused: boolean;
  readonly pausedSince: Date | null;
  readonly pauseReason: string | null;
  /** Its step is done, another term took its place, or the case closed. */
  readonly ended: boolean;
}

/** A term within which papers have to be there (补正、容缺). */
export function isOfPapers(step: string): boolean {
  return /^(supplement|paper):/.test(step);
}

/** The term of the whole case, from acceptance to decision (全程). */
export const OVERALL = 'overall';

/**
 * A term that lies beside the steps: the person's own remedies, what another body decides, and the answer to it; the whole, and the telling
 * of a refusal. No item waits for one.
 */
export function isBesideSteps(step: string): boolean {
  return step === OVERALL || step === 'tell-refusal' || /^(remedy|challenge|evidence):/.test(step);
}

export type TermMark = '超期' | '超承诺' | '期满';

/** What a term shows that has passed its end: an office's is overdue, or past its promise; a person's is over, and nobody's delay. */
export function markOf(
  term: Pick<CaseTerm, 'holder' | 'kind' | 'dueAt' | 'ended'>,
  now: Date,
): TermMark | null {
  if (term.ended || term.dueAt === null || term.dueAt > now) return null;
  if (term.holder === 'person') return '期满';
  return term.kind === 'promised' ? '超承诺' : '超期';
}
