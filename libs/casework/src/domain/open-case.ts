import type { Circumstance } from '@app/catalogue';
import type { ItemMode } from '@app/contracts';
import type { Act } from './act.js';
import { decided, noted, type Case, type CaseDecision, type CaseState, type Reason } from './case.js';
import { factsOf } from './facts.js';
import { DayInFuture } from './errors.js';
import type { CaseItem } from './item.js';
import { askedOf } from './take-material.js';

/** What the lifecycle says of a person who is entitled. */
export interface Entitled {
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly item: CaseItem;
  readonly period: string;
  readonly mode: ItemMode;
  readonly roundId: string;
  readonly factVersion: number;
  readonly because: readonly Reason[];
  readonly entitledOn: string;
}

/** The place after `done` steps: the next step, a decision, or the end of an item that needs none. */
export function placeAfter(item: CaseItem, doneSteps: number, today: string): CaseState {
  const next = item.steps[doneSteps];
  if (!next) return { status: 'granted', decidedOn: today, effectiveFrom: null, nextStep: null };
  return { status: next.kind === 'decide' ? 'deciding' : 'open', nextStep: next.id };
}

/** What was proposed later than an opening and came before it. */
export interface Overtaking {
  /** Why it is not opened at all; null: it is. */
  readonly stopped: string | null;
  /** The facts by which less is due; null: nothing of that kind. */
  readonly lowersTo: readonly Reason[] | null;
}

/** Opens the case of an entitled person: by itself where the item allows it, else by an invitation or on a list. */
export function openCase(entitled: Entitled, act: Act, overtaking: Overtaking | null): CaseDecision {
  const { caseId, ...rest } = entitled;
  const first = (state: CaseState, version: number): Case => ({
    ...rest,
    because: overtaking?.lowersTo ?? entitled.because,
    id: caseId,
    appliedOn: null,
    circumstances: [],
    appliedAt: null,
    ...unworked(entitled.item, act),
    state,
    version,
  });
  const reason = overtaking?.stopped ?? null;
  if (reason !== null) {
    const state = first({ status: 'withdrawn', reason }, 1);
    const { facts, common } = factsOf(state);
    return decided('withdrawn', state, facts.withdrawn.of({ ...common, reason }));
  }
  const state = first(firstPlace(entitled, act.today), 1);
  const { facts, common } = factsOf(state);
  return decided('opened', state, facts.opened.of({ ...common, mode: state.mode }));
}

/** Nobody has done anything for it yet. */
function unworked(
  item: CaseItem,
  { by, now }: Act,
): Pick<Case, 'materials' | 'supplements' | 'obligations' | 'done' | 'placement' | 'claim'> {
  return {
    materials: askedOf(item, { by, at: now.toISOString() }),
    supplements: [],
    obligations: [],
    done: [],
    placement: null,
    claim: null,
  };
}

function firstPlace({ mode, item, entitledOn }: Entitled, today: string): CaseState {
  switch (mode) {
    case 'auto': {
      const place = placeAfter(item, 0, today);
      return place.status === 'granted' ? { ...place, effectiveFrom: entitledOn } : place;
    }
    case 'invite':
    case 'apply':
      return { status: 'invited' };
    case 'list':
    case 'refer':
      return { status: 'listed' };
  }
}

/**
 * A case that runs already is followed by the new round from here on, under the facts of now and the item version of its opening;
 * where it stands is published again.
 */
export function adoptCase(before: Case, entitled: Entitled): CaseDecision {
  if (entitled.factVersion <= before.factVersion) return noted(before);
  const state: Case = {
    ...before,
    roundId: entitled.roundId,
    factVersion: entitled.factVersion,
    divisionCode: entitled.divisionCode,
    because: entitled.because,
    entitledOn: before.entitledOn ?? entitled.entitledOn,
    state: withoutLowering(before.state),
    version: before.version + 1,
  };
  const { facts, common } = factsOf(state);
  return decided('adopted', state, facts.opened.of({ ...common, mode: state.mode }), [
    { from: entitled.entitledOn, because: entitled.because },
  ]);
}

/** Newer facts say what is due: an earlier lowering must not come back with the end of its hold. */
function withoutLowering(state: CaseState): CaseState {
  if (state.status !== 'held' || state.holds.every(({ lowersTo }) => !lowersTo)) return state;
  return { ...state, holds: state.holds.map(({ lowersTo: _, ...hold }) => hold) };
}

/** What somebody applies for, through those who stand beside the person. */
export interface Applied {
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  /** With the steps and limits of such a case. */
  readonly item: CaseItem;
  readonly period: string;
  /** The day on which the application was received, at home or at the window elsewhere; absent: today. */
  readonly appliedOn?: string;
  /** Absent: nothing special. */
  readonly circumstances?: readonly Circumstance[];
  /** Division code of the window elsewhere; absent or null: at home. */
  readonly appliedAt?: string | null;
}

/** Opens a case without the chain: the person applied. Whether the conditions are met is for the decider to see. */
export function applyForCase(applied: Applied, act: Act): CaseDecision {
  const { caseId, appliedOn = act.today, circumstances = [], appliedAt = null, ...rest } = applied;
  if (appliedOn > act.today) throw new DayInFuture('receivedOn', act.today);
  const state: Case = {
    ...rest,
    appliedOn,
    circumstances,
    appliedAt,
    id: caseId,
    mode: 'apply',
    roundId: null,
    factVersion: 0,
    because: [],
    entitledOn: null,
    ...unworked(applied.item, act),
    // An item without steps is nobody's to grant by an application alone: it stays with the service's officer.
    state: applied.item.steps.length === 0 ? { status: 'listed' } : placeAfter(applied.item, 0, act.today),
    version: 1,
  };
  const { facts, common } = factsOf(state);
  return decided('opened', state, facts.opened.of({ ...common, mode: state.mode }));
}
