import type { NewTerm, PauseRule } from '@app/clocks';
import { shanghaiDay } from '@app/kernel';
import { runningStepOf, type Case } from './case.js';
import { paperTermsOf } from './paper-terms.js';
import { completeSince, pausesOf, type PaperPause } from './papers.js';

/** What a change of a case does to its clocks, in this order: some stop, some begin, some go on, some stand still. */
export interface TermMoves {
  /** Steps whose clock stops. */
  readonly stop: readonly string[];
  readonly arm: readonly NewTerm[];
  readonly resume: readonly PaperPause[];
  readonly suspend: readonly PaperPause[];
}

/**
 * Entering a step arms its term, leaving it stops it. Papers that are waited for have terms of their own, and let the step's stand still
 * where the item's rule says so.
 * @param before null: the case is new
 * @param today `YYYY-MM-DD`, the anchor where nothing came before
 */
export function movedTerms(before: Case | null, after: Case, today: string): TermMoves {
  const [left, entered] = [before && runningStepOf(before), runningStepOf(after)];
  const [gone, wanted] = [before ? paperTermsOf(before) : [], paperTermsOf(after)];
  const begins =
    entered !== null &&
    (left !== entered || completeSince(before!, entered) !== completeSince(after, entered));
  const stepTerm = begins ? stepTermOf(after, entered, today) : null;
  const had = before && left !== null && !begins ? pausesOf(before, left) : [];
  const has = entered === null ? [] : pausesOf(after, entered);
  return {
    stop: [
      ...(left !== null && left !== entered ? [left] : []),
      ...gone.map(({ step }) => step).filter((step) => !wanted.some((each) => each.step === step)),
    ],
    arm: [
      ...(stepTerm ? [stepTerm] : []),
      ...wanted.filter((term) => !gone.some((each) => isSame(each, term))),
    ],
    resume: had.filter((reason) => !has.includes(reason)),
    suspend: has.filter((reason) => !had.includes(reason)),
  };
}

function isSame(one: NewTerm, other: NewTerm): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The term of a step; null: it has none. */
function stepTermOf(state: Case, stepId: string, today: string): NewTerm | null {
  const step = state.item.steps.find(({ id }) => id === stepId);
  if (!step?.limit) return null;
  const {
    limit: { from, ...limit },
    rungs = null,
  } = step;
  const anchor = anchorOf(state, stepId, from, today);
  return {
    ...limit,
    subjectId: state.id,
    step: stepId,
    divisionCode: state.divisionCode,
    extension: limit.extension ?? null,
    rungs,
    pauses: [...(limit.pauses ?? []), ...paperPausesOf(state, stepId)],
    anchorDay: anchor.day,
    ...(limit.unit === 'hour' ? { anchorAt: anchor.at } : {}),
  };
}

/** For which papers the term of a step may stand still, by the rules of the item. */
function paperPausesOf({ item: { supplement, acceptIncomplete } }: Case, step: string): readonly PauseRule[] {
  const effect = supplement?.effect?.steps.includes(step) === true ? supplement.effect : null;
  const suspends =
    acceptIncomplete?.suspends?.steps.includes(step) === true ? acceptIncomplete.suspends : null;
  return [
    ...(effect ? [{ reason: 'supplement', basis: effect.basis }] : []),
    ...(suspends ? [{ reason: 'incomplete', basis: suspends.basis }] : []),
  ];
}

/**
 * A term runs from the step before it, or from what its text names: an earlier step, or the application; from today where nothing came
 * before. What is accepted only when it is complete runs from its last paper.
 */
function anchorOf(
  state: Case,
  step: string,
  from: string | undefined,
  today: string,
): { readonly day: string; readonly at: Date } {
  const before =
    from === undefined ? state.done.at(-1) : state.done.findLast(({ step: done }) => done === from);
  const began = before ? eventAt(before.at) : eventOn(state.appliedOn ?? today);
  const complete = completeSince(state, step);
  const completed = complete === null ? began : eventAt(complete);
  return completed.at > began.at ? completed : began;
}

function eventAt(instant: string): { readonly day: string; readonly at: Date } {
  const at = new Date(instant);
  return { day: shanghaiDay(at), at };
}

/** Of an application only the day is known. */
function eventOn(day: string): { readonly day: string; readonly at: Date } {
  return { day, at: new Date(`${day}T00:00:00+08:00`) };
}
