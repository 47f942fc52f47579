import { departments, roles, type Department, type Role } from '@app/access';
import type { ClockView } from '@app/clocks';
import { calendarDay, caseStatuses, divisionCode, instant, itemModes, roundCauses } from '@app/contracts';
import { shanghaiDay } from '@app/kernel';
import { z } from 'zod';
import { taskOf, type Case, type CaseState } from '../domain/case.js';

/** What this library answers: one schema each for the answer, its type and the OpenAPI document. */
const role = z.enum(Object.keys(roles) as [Role, ...Role[]]);
const department = z.enum(Object.keys(departments) as [Department, ...Department[]]).nullable();
const words = z.array(z.string()).readonly();

const task = z
  .object({ step: z.string(), roles: z.array(role).readonly(), department })
  .meta({ id: 'CaseTask', description: 'What a case waits for, and who can do it' });

const hold = z
  .object({ cause: z.enum(roundCauses), roundId: z.uuid(), effectiveOn: calendarDay })
  .meta({ id: 'CaseHold' });

const standing = z
  .object({
    heldFrom: z.enum(caseStatuses).optional(),
    holds: z.array(hold).readonly().optional(),
    decidedOn: calendarDay.optional(),
    effectiveFrom: calendarDay.nullable().optional(),
    stoppedFrom: calendarDay.optional(),
    declinedOn: calendarDay.optional(),
    place: z.int().optional(),
    to: z.string().optional(),
    receipt: z.string().optional(),
    reason: z.string().nullable().optional(),
    remedy: z.string().optional(),
  })
  .meta({ id: 'CaseStanding', description: 'How it ended, or what keeps it; what does not apply is absent' });
export type StandingView = z.infer<typeof standing>;

const summary = z.object({
  caseId: z.uuid(),
  personId: z.uuid(),
  divisionCode,
  itemId: z.string(),
  itemVersion: z.string(),
  title: z.string(),
  period: z.string(),
  mode: z.enum(itemModes),
  roundId: z.uuid().nullable(),
  status: z.enum(caseStatuses),
  standing,
  task: task.nullable(),
  entitledOn: calendarDay.nullable(),
  appliedOn: calendarDay.nullable(),
  missingMaterials: words,
  version: z.int(),
});
export const caseSummary = summary.meta({ id: 'CaseSummary' });
export type CaseSummary = z.infer<typeof caseSummary>;

const step = z
  .object({
    step: z.string(),
    title: z.string(),
    kind: z.enum(['work', 'decide']),
    role,
    department,
    done: z.object({ by: z.string(), role: z.string(), at: instant, note: z.string().nullable() }).nullable(),
  })
  .meta({ id: 'CaseStep', description: 'One step of the item, and who did it' });

const term = z
  .object({
    clockId: z.uuid(),
    step: z.string(),
    kind: z.enum(['statutory', 'local_rule', 'promised', 'unknown']),
    value: z.number().nullable(),
    unit: z.enum(['working-day', 'natural-day', 'month', 'day-of-next-month']),
    basis: z.string(),
    anchorDay: calendarDay,
    dueDay: calendarDay.nullable().describe('Last day of the term; null: it never ends.'),
    dueAt: instant.nullable(),
    provisional: z.boolean().describe('暂定: the calendar of that year is not published yet.'),
    status: z.enum(['running', 'stopped', 'superseded']),
    overdue: z.boolean(),
    mark: z.enum(['超期', '超承诺']).nullable().describe('A limit of kind `unknown` is never marked.'),
  })
  .meta({ id: 'CaseTerm' });

const reason = z
  .object({ fact: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })
  .meta({ id: 'CaseReason' });

export const caseDetail = summary
  .extend({
    because: z.array(reason).readonly().describe('The facts on which the entitlement rests.'),
    steps: z.array(step).readonly(),
    clocks: z.array(term).readonly(),
  })
  .meta({ id: 'CaseDetail' });
export type CaseDetail = z.infer<typeof caseDetail>;

export const casePage = z
  .object({
    cases: z.array(caseSummary).readonly(),
    next: z.uuid().nullable().describe('Give it as `after` for the next page; null: this was the last one.'),
  })
  .meta({ id: 'CasePage' });
export type CasePage = z.infer<typeof casePage>;

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
