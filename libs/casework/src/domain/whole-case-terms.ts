import type { NewTerm } from '@app/clocks';
import { runningStepOf, type Case } from './case.js';
import type { CaseItem, StepLimit } from './item.js';

/** The clock of the whole, from acceptance to decision (全程). */
export const OVERALL = 'overall';

/** The clock of telling a refusal (告知). */
export const TELL_REFUSAL = 'tell-refusal';

const titles: Readonly<Record<string, string>> = {
  [OVERALL]: '受理至作出决定的全部期限',
  [TELL_REFUSAL]: '告知不予批准的决定',
};

/** What a term of a case is called: after its step, or as a term of the whole case. */
export function termTitleOf({ steps }: Pick<CaseItem, 'steps'>, step: string): string {
  return steps.find(({ id }) => id === step)?.title ?? titles[step] ?? step;
}

/** The limit that a clock of the item has by its text: of a step, or of the whole; null: none. */
export function limitOfTerm(
  { steps, overall }: Pick<CaseItem, 'steps' | 'overall'>,
  step: string,
): StepLimit | null {
  return step === OVERALL ? overall : (steps.find(({ id }) => id === step)?.limit ?? null);
}

/**
 * Whether the term of the whole runs: from the acceptance that it names until the decision, whatever step is open. One who waits for a place
 * has no term, as in the steps; a decision that another body revoked does not begin it anew, because no text says so.
 */
export function runsAsWhole(state: Case): boolean {
  const { item, done, appliedOn } = state;
  const { overall, steps } = item;
  if (!overall || runningStepOf(state) === null) return false;
  const decision = steps.find(({ kind }) => kind === 'decide');
  if (decision && done.some(({ step }) => step === decision.id)) return false;
  return overall.from === 'application' ? appliedOn !== null : done.some(({ step }) => step === overall.from);
}

/** The term of telling a refusal: from the decision, until its document is served. */
export function tellingTermOf({ id, divisionCode, item, state }: Case): NewTerm | null {
  if (state.status !== 'refused' || !item.tellRefusal) return null;
  return {
    ...item.tellRefusal,
    subjectId: id,
    step: TELL_REFUSAL,
    divisionCode,
    anchorDay: state.decidedOn,
  };
}
