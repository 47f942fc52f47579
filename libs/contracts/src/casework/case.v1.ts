import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, instant, owners, version, type Owner } from '../values.js';
import { itemModes } from '../lifecycle/item.v1.js';

/** Where a case stands. The last seven are outcomes: they close the item in its round. */
export const caseStatuses = [
  'invited',
  'listed',
  'open',
  'deciding',
  'held',
  'granted',
  'refused',
  'declined',
  'waiting',
  'handed-over',
  'stopped',
  'withdrawn',
] as const;
export type CaseStatus = (typeof caseStatuses)[number];

/** The ways in which a person can have a decision looked at again (救济途径). */
export const remedyKinds = [
  'objection',
  'reassessment',
  'final-assessment',
  'review',
  'final-review',
  'reconsideration',
  'litigation',
] as const;
export type RemedyKind = (typeof remedyKinds)[number];

/** Who may do something, or look at it: a role, for a member unit with its department (`member-unit:civil-affairs`). */
const roleTokens = z.array(z.string().regex(/^[a-z-]+(:[a-z-]+)?$/));

/**
 * What is left to do after a fact, whole: whoever keeps a list of work takes that of the newest version, and needs none of those before.
 * Absent in facts that were told before it was thought of.
 */
export const caseWork = z.object({
  mode: z.enum(itemModes),
  /** Null: nobody has to do anything. `step` is one of the item, or `consent`, `hand-over`, `place`, `hold`. */
  task: z.object({ step: z.string().min(1), doers: roleTokens }).nullable(),
  /** Who may look at the case in its place. */
  readers: roleTokens,
  /** The organisation unit that it is placed with: its users see it. */
  unitId: z.uuid().nullable(),
  /** Who has taken the task; user ids. */
  claim: z.object({ by: z.string().min(1), at: instant }).nullable(),
  waitsForPapers: z.boolean(),
  /** User ids of whoever did the last step, and of whom they acted for: they do not decide on it. */
  lastDoneBy: z.array(z.string().min(1)),
});
export type CaseWork = z.infer<typeof caseWork>;

const kase = {
  ...aboutPerson,
  version,
  caseId: z.uuid(),
  itemId: z.string().min(1),
  itemVersion: z.string().min(1),
  period: z.string().min(1),
  /** The round that the case is planned in; null for a case that was applied for. */
  roundId: z.uuid().nullable(),
  status: z.enum(caseStatuses),
  work: caseWork.optional(),
};

function caseFactsOf<Service extends Owner>(service: Service) {
  return {
    /** A case exists; `mode` says how the person comes into it. */
    opened: defineEvent({
      type: `${service}.case.opened.v1`,
      title: 'A case is opened',
      data: z.object({ ...kase, mode: z.enum(itemModes) }),
    }),
    /** A step is done, or the person consented; the case goes on. */
    advanced: defineEvent({
      type: `${service}.case.advanced.v1`,
      title: 'A case goes on to its next step',
      data: z.object({ ...kase, doneStep: z.string(), nextStep: z.string().nullable() }),
    }),
    /** Granted or refused by a named person of the role that may; refusals carry a reason and a remedy. */
    decided: defineEvent({
      type: `${service}.case.decided.v1`,
      title: 'A case is granted or refused by a named person',
      data: z.object({
        ...kase,
        decidedOn: calendarDay,
        effectiveFrom: calendarDay.nullable(),
        reason: z.string().nullable(),
      }),
    }),
    /** The person said no. Not a gap; an invitation can be taken up later by applying. */
    declined: defineEvent({
      type: `${service}.case.declined.v1`,
      title: 'The person declined',
      data: z.object({ ...kase, declinedOn: calendarDay }),
    }),
    /** Entitled, and waiting under a yearly quota with a published ranking. */
    waitlisted: defineEvent({
      type: `${service}.case.waitlisted.v1`,
      title: 'Entitled and waiting, with a place',
      data: z.object({ ...kase, place: z.int().positive() }),
    }),
    /** Another body took it, and gave a receipt. */
    handedOver: defineEvent({
      type: `${service}.case.handed-over.v1`,
      title: 'Handed over to another body, with a receipt',
      data: z.object({ ...kase, to: z.string().min(1), receipt: z.string().min(1) }),
    }),
    /** An invitation or listing that nobody had taken up is taken back, because its ground is gone. */
    withdrawn: defineEvent({
      type: `${service}.case.withdrawn.v1`,
      title: 'A case that nobody had taken up is withdrawn',
      data: z.object({ ...kase, reason: z.string().min(1) }),
    }),
    /** On hold until a named person decides whether it stops. `heldFrom` keeps where it stood. */
    held: defineEvent({
      type: `${service}.case.held.v1`,
      title: 'On hold until a named person decides',
      data: z.object({
        ...kase,
        heldFrom: z.enum(caseStatuses),
        effectiveOn: calendarDay,
        reason: z.string().min(1),
      }),
    }),
    /** The hold is lifted; what was due meanwhile is owed. */
    released: defineEvent({
      type: `${service}.case.released.v1`,
      title: 'The hold is lifted; arrears are due',
      data: z.object({ ...kase, reason: z.string().min(1) }),
    }),
    /** Stopped by a named person, with reason and remedy. */
    stopped: defineEvent({
      type: `${service}.case.stopped.v1`,
      title: 'Stopped by a named person',
      data: z.object({ ...kase, stoppedFrom: calendarDay, reason: z.string().min(1) }),
    }),
    /**
     * Another body said that the decision does not stand (复查、复核、行政复议、行政诉讼). `revoked` is how it stood; by `status` it is to be decided
     * again, or stands where it stood before it was stopped or taken for withdrawn (视为撤回). Only what is decided later counts.
     */
    decisionRevoked: defineEvent({
      type: `${service}.case.decision-revoked.v1`,
      title: 'The decision of a case was revoked, changed or sent back by another body',
      data: z.object({
        ...kase,
        revoked: z.enum(caseStatuses),
        remedy: z.enum(remedyKinds),
        outcome: z.enum(['revoked', 'changed', 'remanded']),
        decidedOn: calendarDay,
        nextStep: z.string().nullable(),
        reason: z.string().min(1),
      }),
    }),
    /**
     * Files of persons were merged, and of their two cases for one item this one goes on; `twinId` is the other, which waits until a named
     * person decides, or was withdrawn. Told so that whoever knows one case of an item knows which.
     */
    kept: defineEvent({
      type: `${service}.case.kept.v1`,
      title: 'Of two cases for one item, after a merge, this one goes on',
      data: z.object({ ...kase, twinId: z.uuid(), nextStep: z.string().nullable() }),
    }),
    /** Somebody took the task, or it was given to them: nobody else does it meanwhile. */
    claimed: defineEvent({
      type: `${service}.case.claimed.v1`,
      title: 'The task of a case is taken by a user, or given to one',
      data: z.object({ ...kase, by: z.string().min(1), at: instant }),
    }),
    /** The task is anybody's again who may do it. When the task is done its claim ends with it, and nothing tells that apart. */
    claimEnded: defineEvent({
      type: `${service}.case.claim-ended.v1`,
      title: 'The task of a case is let go',
      data: z.object({ ...kase, by: z.string().min(1), at: instant }),
    }),
    /** The institution, school, employer or station that does its next steps, and sees the case from now on. */
    placed: defineEvent({
      type: `${service}.case.placed.v1`,
      title: 'A case is placed with an organisation unit that does its next steps',
      data: z.object({ ...kase, unitId: z.uuid(), since: calendarDay }),
    }),
    /** The unit has no more to do with it, and sees neither the case nor through it the person. */
    placementEnded: defineEvent({
      type: `${service}.case.placement-ended.v1`,
      title: 'A case is no longer placed with the organisation unit',
      data: z.object({ ...kase, unitId: z.uuid(), endedOn: calendarDay }),
    }),
    /**
     * A paper of the person was checked and found in order: it need not be brought again. `fileRef` says nothing to who may not see the
     * case: it is the id of the file in the service that received it; null for a paper that was only looked at.
     */
    paperChecked: defineEvent({
      type: `${service}.case.paper-checked.v1`,
      title: 'A paper of a person was checked and found in order',
      data: z.object({
        ...aboutPerson,
        caseId: z.uuid(),
        paperId: z.uuid(),
        material: z.string().regex(/^[a-z0-9-]{1,100}$/),
        fileRef: z
          .string()
          .regex(/^[A-Za-z0-9:_-]{1,200}$/)
          .nullable(),
        checkedOn: calendarDay,
      }),
    }),
    /**
     * The person was asked for papers (补正), the case was accepted without some (容缺受理), or one of these came: what it waits for now.
     * Empty: for none any more. `papers` are the catalogue's words for them.
     */
    papersAwaited: defineEvent({
      type: `${service}.case.papers-awaited.v1`,
      title: 'The papers for which a case waits are others now',
      data: z.object({ ...kase, papers: z.array(z.string().regex(/^[a-z0-9-]{1,100}$/)) }),
    }),
    /**
     * A term of a case began, was moved, stands still, goes on or ended: what it is now. Told only of terms that can end; a limit without a
     * number is nobody's to wait for. Of one step the newest version counts, of one version what was told last.
     */
    term: defineEvent({
      type: `${service}.case.term.v1`,
      title: 'A legal term of a case began, moved, stands still, goes on or ended',
      data: z.object({
        ...aboutPerson,
        version,
        caseId: z.uuid(),
        itemId: z.string().min(1),
        roundId: z.uuid().nullable(),
        clockId: z.uuid(),
        /**
         * A step of the item, or what else the term is of: papers that are to come (`supplement:…`, `paper:…`), the person's remedies (`remedy:…`),
         * what another body decides about one (`challenge:…`), and the answer to that (`evidence:…`).
         */
        step: z.string().min(1),
        /** `person`: within it the person may act, and its end is nobody's delay. */
        holder: z.enum(['office', 'person']),
        kind: z.enum(['statutory', 'local_rule', 'promised']),
        unit: z.enum(['hour', 'working-day', 'natural-day', 'month', 'day-of-next-month', 'yearly-window']),
        value: z.int().nullable(),
        basis: z.string().min(1),
        anchorDay: calendarDay,
        /** Null: it stands still, or has ended. */
        dueAt: instant.nullable(),
        /** 暂定: a notice that is not published yet may move it. */
        provisional: z.boolean(),
        paused: z.boolean(),
        pausedSince: instant.nullable(),
        pauseReason: z.string().nullable(),
        /** Its step is done, another term took its place, or the case closed. */
        ended: z.boolean(),
      }),
    }),
    /** A rung of a legal clock was reached. `level` 0 is a reminder before the term, from 1 on it is overdue. */
    reminded: defineEvent({
      type: `${service}.case.reminded.v1`,
      title: 'A reminder or overdue mark of a legal clock fired',
      data: z.object({ ...kase, clockId: z.uuid(), rung: z.string(), level: z.int().min(0), dueAt: instant }),
    }),
  };
}

/** The facts of a case are the same in every service; only the topic `<service>.case` differs. */
export const caseFacts = Object.fromEntries(owners.map((service) => [service, caseFactsOf(service)])) as {
  readonly [Service in Owner]: ReturnType<typeof caseFactsOf<Service>>;
};
export type CaseFacts = ReturnType<typeof caseFactsOf<Owner>>;
