import type { NewTerm, PauseRule } from '@app/clocks';
import { shanghaiDay } from '@app/kernel';
import { runningStepOf, type Case } from './case.js';
import { paperTermsOf } from './paper-terms.js';
import { completeSince, pausesOf, type PaperPause } from './papers.js';
import { limitOfTerm, OVERALL, runsAsWhole, tellingTermOf } from './whole-case-terms.js';

/** What a change of a case does to its clocks, in this order: some stop, some begin, some go on, some stand still. */
export interface TermMoves {
  /** Steps whose clock stops. */
  readonly stop: readonly string[];
  readonly arm: readonly NewTerm[];
  readonly resume: readonly PaperPause[];
  readonly suspend: readonly PaperPause[];
}

/**
 * Entering a step arms its term, leaving it stops it; so does acceptance with that of the whole, and the decision. Papers that are waited for
 * have terms of their own, and let these stand still where the item's rule says so.
 * @param before null: the case is new
 * @param today `YYYY-MM-DD`, the anchor where nothing came before
 */
export function movedTerms(before: Case | null, after: Case, today: string): TermMoves {
  const [left, entered] = [before ? countedOf(before) : [], countedOf(after)];
  const [gone, wanted] = [before ? besideOf(before) : [], besideOf(after)];
  const begun = entered.filter(
    (step) => !left.includes(step) || completeSince(before!, step) !== completeSince(after, step),
  );
  // Of each term by itself: one that begins stands still for what another stands still for already.
  const pauses = entered.map((step) => ({
    had: begun.includes(step) ? [] : pausesOf(before!, step),
    has: pausesOf(after, step),
  }));
  return {
    stop: [
      ...left.filter((step) => !entered.includes(step)),
      ...gone.map(({ step }) => step).filter((step) => !wanted.some((each) => each.step === step)),
    ],
    arm: [
      ...begun.flatMap((step) => termOf(after, step, today) ?? []),
      ...wanted.filter((term) => !gone.some((each) => isSame(each, term))),
    ],
    resume: eachOnce(pauses.flatMap(({ had, has }) => had.filter((reason) => !has.includes(reason)))),
    suspend: eachOnce(pauses.flatMap(({ had, has }) => has.filter((reason) => !had.includes(reason)))),
  };
}

/** What the office's work is counted by: the open step, and the whole from acceptance to decision. */
function countedOf(state: Case): readonly string[] {
  const step = runningStepOf(state);
  return [...(step === null ? [] : [step]), ...(runsAsWhole(state) ? [OVERALL] : [])];
}

/** The terms that run beside these. */
function besideOf(state: Case): readonly NewTerm[] {
  const telling = tellingTermOf(state);
  return [...paperTermsOf(state), ...(telling ? [telling] : [])];
}

function eachOnce(reasons: readonly PaperPause[]): readonly PaperPause[] {
  return [...new Set(reasons)];
}

function isSame(one: NewTerm, other: NewTerm): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The term of a step, or of the whole; null: it has none. */
function termOf(state: Case, stepId: string, today: string): NewTerm | null {
  const found = limitOfTerm(state.item, stepId);
  if (!found) return null;
  const { from, ...limit } = found;
  const rungs = state.item.steps.find(({ id }) => id === stepId)?.rungs ?? null;
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
