import type { Department, Hand, Role } from '@app/access';
import type { Circumstance } from '@app/catalogue';
import type { ActorRef, CaseStatus, ItemMode, NewEvent, RoundCause } from '@app/contracts';
import type { Decision } from '@app/kernel';
import type { NewDocument } from './document.js';
import {
  besidePerson,
  deciderOf,
  doerOf,
  isByPlacement,
  keeperOf,
  placersOf,
  type CaseItem,
} from './item.js';
import type { CaseMaterial } from './material.js';
import type { Obligation, Supplement } from './paper-records.js';

/** A step that somebody did; never changed afterwards. */
export interface DoneStep {
  readonly step: string;
  readonly by: ActorRef;
  /** The user for whom a deputy (代理) did it. */
  readonly onBehalfOf: string | null;
  /** Instant, ISO 8601. */
  readonly at: string;
  readonly note: string | null;
  /** What another body decided outside of this system; who did the step has confirmed that it says so. */
  readonly reported?: Reported | null;
}

/** A decision that a body took outside of this system, as its answer to a list says (往来名单). */
export interface Reported {
  readonly body: Department;
  /** Receipt number of the list by which it was asked and has answered. */
  readonly receipt: string;
  /** `YYYY-MM-DD`: the day on which it decided. */
  readonly on: string;
  /** Who decided there; null: only its document is named. */
  readonly decider: string | null;
  /** Number of its document; null: only who decided is named. */
  readonly document: string | null;
  /** Who entered its answer here: never who confirms it. */
  readonly enteredBy: Hand;
}

/** Another body was asked by a list to decide, and has not answered yet. */
export interface SentOut {
  readonly body: Department;
  readonly receipt: string;
  /** `YYYY-MM-DD` */
  readonly since: string;
}

/** The organisation unit that does the steps of roles by placement, and sees the case while it lasts. */
export interface Placement {
  readonly unitId: string;
  /** `YYYY-MM-DD` */
  readonly since: string;
}

/** Who has taken the open task; it ends with the task. */
export interface Claim {
  /** The user's id. */
  readonly by: string;
  /** Instant, ISO 8601. */
  readonly at: string;
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

/** Where a case stands that was begun and not decided. */
export type Undecided = Extract<Standing, { readonly status: 'listed' | 'open' | 'deciding' | 'waiting' }>;

/** Where a case stands, with what belongs to that status alone. */
export type CaseState =
  | Standing
  | {
      readonly status: 'held';
      readonly from: Standing;
      readonly holds: readonly Hold[];
      /** The stop that another body ordered not to be carried out (停止执行): it counts again when that ends. */
      readonly stayed?: StayedStop;
    }
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
  | {
      readonly status: 'withdrawn';
      readonly reason: string;
      /** Where it stood when missing papers were taken for a withdrawal (视为撤回); absent: it was taken back otherwise. */
      readonly from?: Undecided;
    };

/** A stop that has no effect for now. */
export interface StayedStop {
  readonly stoppedFrom: string;
  readonly reason: string;
  readonly remedy: string;
}

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
  /** What is so of this case and not of every one; its item has the steps and limits of such cases. */
  readonly circumstances: readonly Circumstance[];
  /** Division code of the window elsewhere at which the person applied; null: at home. */
  readonly appliedAt: string | null;
  /** Every material that the item asks the person for. */
  readonly materials: readonly CaseMaterial[];
  /** What the person was asked to bring afterwards, in order. */
  readonly supplements: readonly Supplement[];
  /** Papers without which it was accepted, or that need not come; one for a paper. */
  readonly obligations: readonly Obligation[];
  readonly done: readonly DoneStep[];
  /** Null: nobody's; steps of roles by placement wait for somebody to place it. */
  readonly placement: Placement | null;
  readonly claim: Claim | null;
  /** Absent: on no list. Its step and its terms are what they are without one. */
  readonly sentOut?: SentOut;
  readonly state: CaseState;
  /** Counts the facts that were published about it. */
  readonly version: number;
}

/** A case as lists show it: what was done and who brought what is read with the case alone. */
export interface ListedCase extends Omit<Case, 'done' | 'materials' | 'supplements' | 'obligations'> {
  /** What is still to be brought. */
  readonly missing: readonly string[];
  readonly waitsForPapers: boolean;
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
  | 'placed'
  | 'placement-ended'
  | 'claimed'
  | 'claim-released'
  | 'claim-handed-on'
  | 'kept'
  | 'material-received'
  | 'material-checked'
  | 'material-refused'
  | 'papers-asked'
  | 'accepted-incomplete'
  | 'paper-waived'
  | 'document-served'
  | 'challenged'
  | 'stayed'
  | 'decision-revoked'
  /** Only remembered; no fact is published. */
  | 'noted';

/** What a decision about a case returns; the kind lets a service react without reading the events. */
export interface CaseDecision extends Decision<Case> {
  readonly kind: CaseChangeKind;
  /** For the audit log, where no fact says it. */
  readonly why?: string | null;
  /** In order; absent: the amount rests on what it rested on. */
  readonly reasons?: readonly DatedReasons[];
  /** What the person is told it by; absent: nothing goes to the person on paper. */
  readonly document?: NewDocument;
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
  // Back to the decision, or from a stop on hold, only when another body has said that it does not stand, or is not to be carried out.
  // Withdrawn only when the take-over that brought it is undone.
  granted: ['granted', 'held', 'stopped', 'deciding', 'withdrawn'],
  'handed-over': ['held', 'stopped'],
  held: ['held', 'open', 'deciding', 'waiting', 'granted', 'handed-over', 'stopped', 'withdrawn'],
  // Only when the cause for which it was stopped is withdrawn, or the stop was challenged.
  stopped: ['stopped', 'open', 'deciding', 'waiting', 'granted', 'handed-over', 'held'],
  refused: ['deciding'],
  declined: [],
  // Only when another body has said that missing papers were not to be taken for a withdrawal.
  withdrawn: ['listed', 'open', 'deciding', 'waiting'],
};

/** Statuses of a case that has ended: another one may be opened for the same person, item and period. */
export const endedStatuses = ['refused', 'declined', 'stopped', 'withdrawn'] as const;

/** The only way from one status to another. */
export function moved(before: Case, state: CaseState, changes: Partial<Case> = {}): Case {
  if (!transitions[before.state.status].includes(state.status)) {
    throw new Error(`a case cannot go from ${before.state.status} to ${state.status}`);
  }
  const { sentOut, ...rest } = { ...before, ...changes };
  // What was decided, or ended otherwise, is asked of nobody any more; under a hold it still is.
  const isAsked = state.status === 'deciding' || state.status === 'held';
  return withoutPastClaim(before, {
    ...rest,
    ...(sentOut && isAsked ? { sentOut } : {}),
    state,
    version: before.version + 1,
  });
}

/** Who took a task holds the task, not the case: the next one is somebody else's. */
export function withoutPastClaim(before: Case, after: Case): Case {
  return after.claim && taskOf(after)?.step !== taskOf(before)?.step ? { ...after, claim: null } : after;
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
  /** A step of the item, or `consent`, `hand-over`, `hold`; `place`: the institution that does the next step has to be found first. */
  readonly step: string;
  readonly roles: readonly Role[];
  readonly department: Department | null;
}

/** The open task of a case; null if nobody has to do anything. What no institution can see waits for somebody to place it. */
export function taskOf(kase: Pick<Case, 'item' | 'state' | 'placement'>): Task | null {
  const next = nextTaskOf(kase);
  return next && kase.placement === null && next.roles.every(isByPlacement)
    ? { step: 'place', ...placersOf(kase.item) }
    : next;
}

function nextTaskOf({ item, state }: Pick<Case, 'item' | 'state'>): Task | null {
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
