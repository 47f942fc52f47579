import type { Department, Role } from '@app/access';
import type { ClockView } from '@app/clocks';
import type { CaseStatus, ItemMode } from '@app/contracts';
import { shanghaiDay } from '@app/kernel';
import { taskOf, type Case, type CaseState, type Hold, type Reason } from '../domain/case.js';

/** What a case waits for, and who can do it. */
export interface TaskView {
  readonly step: string;
  readonly roles: readonly Role[];
  readonly department: Department | null;
}

/** How it ended, or what keeps it; what does not apply is absent. */
export interface StandingView {
  readonly heldFrom?: CaseStatus;
  readonly holds?: readonly Hold[];
  readonly decidedOn?: string;
  readonly effectiveFrom?: string | null;
  readonly stoppedFrom?: string;
  readonly declinedOn?: string;
  readonly place?: number;
  readonly to?: string;
  readonly receipt?: string;
  readonly reason?: string | null;
  readonly remedy?: string;
}

export interface CaseSummary {
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly title: string;
  readonly period: string;
  readonly mode: ItemMode;
  readonly roundId: string | null;
  readonly status: CaseStatus;
  readonly standing: StandingView;
  readonly task: TaskView | null;
  readonly entitledOn: string | null;
  readonly appliedOn: string | null;
  readonly missingMaterials: readonly string[];
  readonly version: number;
}

/** One step of the item, and who did it. */
export interface StepView {
  readonly step: string;
  readonly title: string;
  readonly kind: 'work' | 'decide';
  readonly role: Role;
  readonly department: Department | null;
  readonly done: {
    readonly by: string;
    readonly role: string;
    readonly at: string;
    readonly note: string | null;
  } | null;
}

/** A term of the case. `mark` is 超期 or 超承诺; a limit of kind `unknown` has no due day and is never marked. */
export interface TermView {
  readonly clockId: string;
  readonly step: string;
  readonly kind: ClockView['kind'];
  readonly value: number | null;
  readonly unit: ClockView['unit'];
  readonly basis: string;
  readonly anchorDay: string;
  /** Last day of the term; null: it never ends. */
  readonly dueDay: string | null;
  readonly dueAt: string | null;
  /** 暂定: the calendar of that year is not published yet. */
  readonly provisional: boolean;
  readonly status: ClockView['status'];
  readonly overdue: boolean;
  readonly mark: ClockView['mark'];
}

export interface CaseDetail extends CaseSummary {
  /** The facts on which the entitlement rests. */
  readonly because: readonly Reason[];
  readonly steps: readonly StepView[];
  readonly clocks: readonly TermView[];
}

export interface CasePage {
  readonly cases: readonly CaseSummary[];
  /** Give it as `after` for the next page; null: this was the last one. */
  readonly next: string | null;
}

export function summaryOf(state: Case): CaseSummary {
  return {
    caseId: state.id,
    personId: state.personId,
    divisionCode: state.divisionCode,
    itemId: state.item.id,
    itemVersion: state.item.version,
    title: state.item.title,
    period: state.period,
    mode: state.mode,
    roundId: state.roundId,
    status: state.state.status,
    standing: standingOf(state.state),
    task: taskOf(state),
    entitledOn: state.entitledOn,
    appliedOn: state.appliedOn,
    missingMaterials: state.missingMaterials,
    version: state.version,
  };
}

function standingOf(state: CaseState): StandingView {
  switch (state.status) {
    case 'invited':
    case 'listed':
    case 'open':
    case 'deciding':
      return {};
    case 'waiting':
      return { place: state.place };
    case 'granted':
      return { decidedOn: state.decidedOn, effectiveFrom: state.effectiveFrom };
    case 'handed-over':
      return { to: state.to, receipt: state.receipt, decidedOn: state.handedOverOn };
    case 'held':
      return { heldFrom: state.from.status, holds: state.holds };
    case 'stopped':
      return {
        stoppedFrom: state.stoppedFrom,
        reason: state.reason,
        remedy: state.remedy,
        holds: state.holds,
      };
    case 'refused':
      return { decidedOn: state.decidedOn, reason: state.reason, remedy: state.remedy };
    case 'declined':
      return { declinedOn: state.declinedOn, reason: state.reason };
    case 'withdrawn':
      return { reason: state.reason };
  }
}

export function detailOf(state: Case, clocks: readonly ClockView[]): CaseDetail {
  return {
    ...summaryOf(state),
    because: state.because,
    steps: state.item.steps.map((step) => {
      const done = state.done.find((each) => each.step === step.id);
      return {
        step: step.id,
        title: step.title,
        kind: step.kind,
        role: step.role,
        department: step.department,
        done: done ? { by: done.by.id, role: done.by.role, at: done.at, note: done.note } : null,
      };
    }),
    clocks: clocks.map((clock) => ({
      clockId: clock.clockId,
      step: clock.step,
      kind: clock.kind,
      value: clock.value,
      unit: clock.unit,
      basis: clock.basis,
      anchorDay: clock.anchorDay,
      // The end of the last day is the first moment of the next.
      dueDay: clock.dueAt ? shanghaiDay(new Date(clock.dueAt.getTime() - 1)) : null,
      dueAt: clock.dueAt?.toISOString() ?? null,
      provisional: clock.provisional,
      status: clock.status,
      overdue: clock.mark !== null,
      mark: clock.mark,
    })),
  };
}

export function pageOf(cases: readonly Case[], limit: number): CasePage {
  return {
    cases: cases.map(summaryOf),
    next: cases.length === limit ? (cases.at(-1)?.id ?? null) : null,
  };
}
