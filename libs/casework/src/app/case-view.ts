import { departments, roles, type Department, type Role } from '@app/access';
import { termView, termViewOf, type ClockView } from '@app/clocks';
import {
  calendarDay,
  caseStatuses,
  divisionCode,
  instant,
  itemModes,
  owners,
  roundCauses,
} from '@app/contracts';
import { z } from 'zod';
import type { KnownPaper } from '../adapters/postgres/known-papers.js';
import { taskOf, type Case, type CaseState, type DoneStep, type ListedCase } from '../domain/case.js';
import { paperTrail, paperTrailOf, type Trail } from './document-view.js';
import { told, toldViewOf, type ToldPerson } from './message-view.js';
import { materialStates } from '../domain/material.js';
import { REVOKED } from '../domain/revoke-decision.js';
import { paperStep, supplementStep } from '../domain/paper-terms.js';
import { obliged, obligationStates, supplementStates } from '../domain/paper-records.js';
import { missingOf, waitsForPapers } from '../domain/papers.js';

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

const sentOut = z.object({ body: department.unwrap(), receipt: z.string(), since: calendarDay }).meta({
  id: 'CaseSentOut',
  description: 'Another body was asked by a list to decide (往来名单), and has not answered yet',
});

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
  waitsForPapers: z
    .boolean()
    .describe('Papers were asked for, or it was accepted without some, and they are still to come.'),
  placement: z.object({ unitId: z.uuid(), since: calendarDay }).nullable(),
  claim: z.object({ by: z.string().describe('User’s id.'), at: instant }).nullable(),
  sentOut: sentOut.nullable(),
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
    done: z
      .object({
        by: z.string(),
        role: z.string(),
        onBehalfOf: z.string().nullable(),
        at: instant,
        note: z.string().nullable(),
        reported: z
          .object({
            body: department.unwrap(),
            receipt: z.string(),
            on: calendarDay,
            decider: z.string().nullable(),
            document: z.string().nullable(),
            enteredBy: z.string(),
          })
          .nullable()
          .describe('Decided outside of this system by a body that answered a list; `by` has confirmed it.'),
      })
      .nullable(),
  })
  .meta({ id: 'CaseStep', description: 'One step of the item, and who did it' });

const reason = z
  .object({ fact: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })
  .meta({ id: 'CaseReason' });

const material = z
  .object({
    material: z.string(),
    state: z.enum(materialStates),
    reason: z.string().nullable().describe('Why it was refused, and what to bring instead.'),
    hasFile: z.boolean(),
    paperId: z.uuid().nullable().describe('The paper of an earlier case that was taken over.'),
    by: z.string(),
    byRole: z.string(),
    at: instant,
    offered: z
      .array(
        z.object({ paperId: z.uuid(), owner: z.enum(owners), hasFile: z.boolean(), checkedOn: calendarDay }),
      )
      .readonly()
      .describe('Papers that the person has given before: to be taken over by `use`.'),
  })
  .meta({ id: 'CaseMaterial', description: 'A paper that only the person can bring, and how far it is' });

const dueDay = calendarDay.nullable().describe('Last day; null: no source has one, and none was set.');
const blocks = z
  .enum(['decision', 'nothing'])
  .describe('`nothing`: it is decided first, and the paper comes later.');

const supplement = z
  .object({
    number: z.int().positive(),
    papers: z
      .array(
        z.object({
          material: z.string(),
          title: z.string(),
          reason: z.string().nullable().describe('Why the one that was brought is not in order.'),
        }),
      )
      .readonly(),
    note: z.string().nullable(),
    basis: z.string().describe('Where the time stands, or why there is none.'),
    dueDay,
    effect: z
      .object({ kind: z.enum(['suspend', 'restart']), basis: z.string() })
      .nullable()
      .describe('What it does to the term of the office; null: that runs on.'),
    state: z.enum(supplementStates),
    by: z.string(),
    byRole: z.string(),
    at: instant,
    endedAt: instant.nullable(),
  })
  .meta({
    id: 'CaseSupplement',
    description: 'A notice to the person of everything that is missing (补正通知)',
  });

const obligation = z
  .object({
    material: z.string(),
    title: z.string(),
    who: z.enum(obliged),
    from: z.string().nullable().describe('The body that it is fetched from.'),
    basis: z.string().describe('By what the office may accept without it.'),
    reason: z.string(),
    dueDay,
    suspends: z.string().nullable().describe('The article by which the term stands still; null: it runs on.'),
    blocks,
    state: z.enum(obligationStates),
    acceptedAt: instant,
    by: z.string(),
    byRole: z.string(),
    at: instant,
  })
  .meta({
    id: 'CaseObligation',
    description: 'A paper without which it was accepted (容缺受理), or that need not come',
  });

export const caseDetail = summary
  .extend({
    because: z.array(reason).readonly().describe('The facts on which the entitlement rests.'),
    steps: z.array(step).readonly(),
    materials: z.array(material).readonly(),
    supplements: z.array(supplement).readonly(),
    obligations: z.array(obligation).readonly(),
    clocks: z.array(termView).readonly(),
    ...paperTrail,
    ...told,
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
  return listedSummaryOf({ ...state, missing: missingOf(state), waitsForPapers: waitsForPapers(state) });
}

function listedSummaryOf(state: ListedCase): CaseSummary {
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
    missingMaterials: state.missing,
    waitsForPapers: state.waitsForPapers,
    placement: state.placement,
    claim: state.claim,
    sentOut: state.sentOut ?? null,
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

export function detailOf(
  state: Case,
  clocks: readonly ClockView[],
  papers: readonly KnownPaper[],
  trail: Trail,
  toldPerson: ToldPerson,
): CaseDetail {
  return {
    ...summaryOf(state),
    because: state.because,
    steps: state.item.steps.map((step) => {
      const done = lastDone(state, step.id);
      return {
        step: step.id,
        title: step.title,
        kind: step.kind,
        role: step.role,
        department: step.department,
        done: done
          ? {
              by: done.by.id,
              role: done.by.role,
              onBehalfOf: done.onBehalfOf,
              at: done.at,
              note: done.note,
              reported: done.reported ? { ...done.reported, enteredBy: done.reported.enteredBy.id } : null,
            }
          : null,
      };
    }),
    materials: state.materials.map(({ fileId, ...each }) => ({
      ...each,
      hasFile: fileId !== null,
      offered: papers
        .filter((paper) => paper.material === each.material && paper.caseId !== state.id)
        .map(({ paperId, owner, fileRef, checkedOn }) => ({
          paperId,
          owner,
          // A scan that lies in another service is not shown here.
          hasFile: fileRef !== null && owner === state.item.owner,
          checkedOn,
        })),
    })),
    ...papersOf(state, clocks),
    clocks: clocks.map(termViewOf),
    ...paperTrailOf(state.item, trail, clocks),
    ...toldViewOf(toldPerson),
  };
}

function papersOf(
  { item, supplements, obligations }: Case,
  clocks: readonly ClockView[],
): Pick<CaseDetail, 'supplements' | 'obligations'> {
  const titleOf = (material: string) => item.materialTitles[material] ?? material;
  // Of a term that was superseded the last one counts.
  const lastDays = new Map(clocks.map(({ step, dueDay: day }) => [step, day]));
  return {
    supplements: supplements.map(({ limit, effect, papers, ...each }) => ({
      ...each,
      papers: papers.map((paper) => ({ ...paper, title: titleOf(paper.material) })),
      basis: limit.basis,
      dueDay: lastDays.get(supplementStep(each)) ?? null,
      effect: effect && { kind: effect.kind, basis: effect.basis },
    })),
    obligations: obligations.map(({ limit: _, suspends, ...each }) => ({
      ...each,
      title: titleOf(each.material),
      dueDay: lastDays.get(paperStep(each)) ?? null,
      suspends: suspends?.basis ?? null,
    })),
  };
}

/** Who did a step; of one that has to be done again, since its decision was revoked, nobody yet. */
function lastDone({ done, item }: Case, step: string): DoneStep | undefined {
  const back = done.findLastIndex((each) => each.step === REVOKED);
  const decision = item.steps.findIndex(({ kind }) => kind === 'decide');
  // An item without a decision comes back to the step at which it stood: what was done before stays done.
  const again = back >= 0 && decision >= 0 && item.steps.findIndex(({ id }) => id === step) >= decision;
  return done.findLast((each, place) => each.step === step && (!again || place > back));
}

export function pageOf(cases: readonly ListedCase[], limit: number): CasePage {
  return {
    cases: cases.map(listedSummaryOf),
    next: cases.length === limit ? (cases.at(-1)?.id ?? null) : null,
  };
}
