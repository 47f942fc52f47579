import type { Department, Role } from '@app/access';
import type { ActorRef, CaseStatus, ItemMode, NewEvent, RoundCause } from '@app/contracts';
import type { Decision } from '@app/kernel';
import { besidePerson, deciderOf, doerOf, keeperOf, type CaseItem } from './item.js';

/** A step that somebody did; never changed afterwards. */
export interface DoneStep {
  readonly step: string;
  readonly by: ActorRef;
  /** Instant, ISO 8601. */
  readonly at: string;
  readonly note: string | null;
}

/** A fact on which the determination rests. */
export interface Reason {
  readonly fact: string;
  readonly value: string | number | boolean;
}

/** Why a case is on hold: one cause of a proposed stop. */
export interface Hold {
  readonly cause: RoundCause;
  readonly roundId: string;
  /** Day from which the conditions are no longer met, or less is due. */
  readonly effectiveOn: string;
  /** Still entitled, but to less: the facts by which the amount is found from that day on. Absent: the conditions are no longer met. */
  readonly lowersTo?: readonly Reason[];
}

/** The facts on which an amount rests from a day on. */
export interface DatedReasons {
  readonly from: string;
  readonly because: readonly Reason[];
}

/** Where a case stands while nothing keeps it from going on, and where a lifted hold brings it back to. */
export type Standing =
  | { readonly status: 'invited' }
  | { readonly status: 'listed' }
  | { readonly status: 'open'; readonly nextStep: string }
  | { readonly status: 'deciding'; readonly nextStep: string }
  | { readonly status: 'waiting'; readonly place: number; readonly nextStep: string }
  | {
      readonly status: 'granted';
      readonly decidedOn: string;
      /** Set by the decider; null: by the item's own rule. */
      readonly effectiveFrom: string | null;
      /** What is left to do after the decision (telling the person, delivery). */
      readonly nextStep: string | null;
    }
  | {
      readonly status: 'handed-over';
      readonly to: string;
      readonly receipt: string;
      readonly handedOverOn: string;
    };

/** Where a case stands, with what belongs to that status alone. */
export type CaseState =
  | Standing
  | { readonly status: 'held'; readonly from: Standing; readonly holds: readonly Hold[] }
  | {
      readonly status: 'stopped';
      readonly from: Standing;
      /** The causes for which it was stopped; empty if it was stopped for another reason. */
      readonly holds: readonly Hold[];
      readonly stoppedFrom: string;
      readonly reason: string;
      readonly remedy: string;
    }
  | {
      readonly status: 'refused';
      readonly decidedOn: string;
      readonly reason: string;
      readonly remedy: string;
    }
  | { readonly status: 'declined'; readonly declinedOn: string; readonly reason: string | null }
  | { readonly status: 'withdrawn'; readonly reason: string };

/** One person's case of one item in one period. */
export interface Case {
  readonly id: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly item: CaseItem;
  readonly period: string;
  readonly mode: ItemMode;
  /** The round that follows this case; null for one that was applied for. */
  readonly roundId: string | null;
  /** Version of the newest `lifecycle.item` fact that it follows; older ones are passed over. */
  readonly factVersion: number;
  readonly because: readonly Reason[];
  readonly entitledOn: string | null;
  /** Day of application or consent: for many benefits the month that money counts from. */
  readonly appliedOn: string | null;
  readonly missingMaterials: readonly string[];
  readonly done: readonly DoneStep[];
  readonly state: CaseState;
  /** Counts the facts that were published about it. */
  readonly version: number;
}

export type CaseChangeKind =
  | 'opened'
  | 'adopted'
  | 'advanced'
  | 'granted'
  | 'refused'
  | 'declined'
  | 'waitlisted'
  | 'handed-over'
  | 'withdrawn'
  | 'held'
  | 'released'
  | 'stopped'
  /** Only remembered; no fact is published. */
  | 'noted';

/** What a decision about a case returns; the kind lets a service react without reading the events. */
export interface CaseDecision extends Decision<Case> {
  readonly kind: CaseChangeKind;
  /** In order; absent: the amount rests on what it rested on. */
  readonly reasons?: readonly DatedReasons[];
}

export const statusNames: Readonly<Record<CaseStatus, string>> = {
  invited: '已邀请',
  listed: '已列入名单',
  open: '办理中',
  deciding: '待决定',
  held: '暂停待定',
  granted: '已批准',
  refused: '不予批准',
  declined: '本人放弃',
  waiting: '轮候',
  'handed-over': '已移交',
  stopped: '已停止',
  withdrawn: '已撤回',
};

/** From where to where a case may go. What is not here cannot happen. */
export const transitions: Readonly<Record<CaseStatus, readonly CaseStatus[]>> = {
  invited: ['open', 'deciding', 'granted', 'declined', 'withdrawn'],
  listed: ['open', 'deciding', 'granted', 'refused', 'waiting', 'handed-over', 'declined', 'withdrawn'],
  open: ['open', 'deciding', 'granted', 'handed-over', 'declined', 'withdrawn', 'held'],
  deciding: ['granted', 'refused', 'waiting', 'handed-over', 'declined', 'withdrawn', 'held'],
  waiting: ['waiting', 'granted', 'refused', 'declined', 'held'],
  granted: ['granted', 'held', 'stopped'],
  'handed-over': ['held', 'stopped'],
  held: ['held', 'open', 'deciding', 'waiting', 'granted', 'handed-over', 'stopped'],
  // Only when the cause for which it was stopped is withdrawn.
  stopped: ['stopped', 'open', 'deciding', 'waiting', 'granted', 'handed-over'],
  refused: [],
  declined: [],
  withdrawn: [],
};

/** Statuses of a case that has ended: another one may be opened for the same person, item and period. */
export const endedStatuses = ['refused', 'declined', 'stopped', 'withdrawn'] as const;

/** The only way from one status to another. */
export function moved(before: Case, state: CaseState, changes: Partial<Case> = {}): Case {
  if (!transitions[before.state.status].includes(state.status)) {
    throw new Error(`a case cannot go from ${before.state.status} to ${state.status}`);
  }
  return { ...before, ...changes, state, version: before.version + 1 };
}

/** Nobody has done anything for it yet: it can be taken back without a decision. */
export function isUntaken({ state, done }: Case): boolean {
  return (
    done.length === 0 &&
    (state.status === 'invited' ||
      state.status === 'listed' ||
      state.status === 'open' ||
      state.status === 'deciding')
  );
}

/** What a case waits for, and who can do it. */
export interface Task {
  /** A step of the item, or `consent`, `hand-over`, `hold`. */
  readonly step: string;
  readonly roles: readonly Role[];
  readonly department: Department | null;
}

/** The open task of a case; null if nobody has to do anything. */
export function taskOf({ item, state }: Case): Task | null {
  switch (state.status) {
    case 'invited':
      return { step: 'consent', roles: besidePerson, department: null };
    case 'listed':
      return { step: 'hand-over', ...keeperOf(item) };
    case 'open':
    case 'deciding':
    case 'waiting':
      return task(item, state.nextStep);
    case 'granted':
      return state.nextStep === null ? null : task(item, state.nextStep);
    case 'held':
      return { step: 'hold', ...deciderOf(item) };
    case 'handed-over':
    case 'refused':
    case 'declined':
    case 'stopped':
    case 'withdrawn':
      return null;
  }
}

function task(item: CaseItem, step: string): Task | null {
  const doer = doerOf(item, step);
  return doer ? { step, ...doer } : null;
}

/** The step whose term runs now; null if none does. */
export function runningStepOf({ item, state }: Case): string | null {
  switch (state.status) {
    case 'listed':
      return item.steps[0]?.id ?? null;
    case 'open':
    case 'deciding':
    case 'granted':
      return state.nextStep;
    // No term pauses unless its item says so: it goes on under a hold. One who waits has no term.
    case 'held':
      return state.from.status === 'waiting' ? null : 'nextStep' in state.from ? state.from.nextStep : null;
    case 'invited':
    case 'waiting':
    case 'handed-over':
    case 'refused':
    case 'declined':
    case 'stopped':
    case 'withdrawn':
      return null;
  }
}

/** A decision that publishes nothing. */
export function noted(state: Case): CaseDecision {
  return { state, events: [], kind: 'noted' };
}

export function decided(
  kind: CaseChangeKind,
  state: Case,
  event: NewEvent,
  reasons: readonly DatedReasons[] = [],
): CaseDecision {
  return { state, events: [event], kind, reasons };
}
