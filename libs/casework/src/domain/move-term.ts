import { TermNotOfStep } from './errors.js';
import type { Case } from './case.js';
import type { Doer, StepLimit } from './item.js';
import { deciderOf, doerOf } from './item.js';
import { limitOfTerm } from './whole-case-terms.js';

/** The limit of a step of the case's item, or of the whole. @throws TermNotOfStep */
export function limitOf({ item }: Pick<Case, 'item'>, step: string): StepLimit {
  const limit = limitOfTerm(item, step);
  if (!limit) throw new TermNotOfStep();
  return limit;
}

/** Who says that a term stands still, and goes on: whoever does the step; of the whole, who decides. */
export function pauserOf(state: Pick<Case, 'item'>, step: string): Doer {
  return doerOf(state.item, step) ?? deciderOf(state.item);
}

/** Who gives more time: the role that the article names, in the department of the step; where no article does, nobody can, and who decides is told so. */
export function extenderOf(state: Pick<Case, 'item'>, step: string): Doer {
  const extension = limitOfTerm(state.item, step)?.extension;
  if (!extension) return deciderOf(state.item);
  return { ...pauserOf(state, step), roles: [extension.role as Doer['roles'][number]] };
}
