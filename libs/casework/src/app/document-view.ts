import { termView, termViewOf, type ClockView } from '@app/clocks';
import { calendarDay, divisionCode, instant, remedyKinds, representativeKinds } from '@app/contracts';
import { z } from 'zod';
import {
  challengeOutcomes,
  notBackFor,
  isLate,
  notAdmittedFor,
  type Challenge,
  decisionTerm,
  evidenceTerm,
} from '../domain/challenge.js';
import {
  documentKinds,
  isAdverse,
  receivers,
  serviceMethods,
  serviceOf,
  type CaseDocument,
} from '../domain/document.js';
import { documentNumberOf } from '../domain/document-number.js';
import { appliedBy, signedThings, type Signature } from '../domain/signature.js';
import type { CaseItem } from '../domain/item.js';
import { remedyNames, remedyStep } from '../domain/remedy.js';

/** What is answered about documents, remedies and challenges: one schema each for the answer, its type and the OpenAPI document. */
const service = z
  .object({
    method: z.enum(serviceMethods).describe('直接, 留置, 邮寄, 电子, 公告.'),
    on: calendarDay,
    servedOn: calendarDay.describe('The day that counts: terms of the person begin after it.'),
    receivedBy: z.enum(receivers).nullable(),
    representativeId: z.uuid().nullable().describe('Guardian or agent who signed, as registry has them.'),
    witness: z.string().nullable(),
    recorded: z.boolean(),
    reference: z.string().nullable(),
    note: z.string().nullable(),
    correction: z.string().nullable().describe('Why the record before was wrong.'),
    hasProof: z.boolean(),
    by: z.string(),
    role: z.string(),
    onBehalfOf: z.string().nullable(),
    at: instant,
  })
  .meta({ id: 'DocumentService', description: 'How a document was served (送达)' });

const signature = z
  .object({
    what: z.enum(signedThings),
    on: calendarDay.describe('The day on which they signed.'),
    representativeId: z.uuid().describe('Guardian or agent who signed: their entry in registry.'),
    kind: z.enum(representativeKinds),
    until: calendarDay.nullable().describe('Last day of their authority, as it was then.'),
    by: z.string().describe('Who took it down.'),
    role: z.string(),
    onBehalfOf: z.string().nullable(),
    at: instant,
  })
  .meta({ id: 'CaseSignature', description: 'What a guardian or agent signed for the person' });

const number = z.string().describe('文书编号: of the service’s register, e.g. BT-2026-000012.');

const documentView = z
  .object({
    documentId: z.uuid(),
    number,
    kind: z.enum(documentKinds),
    step: z.string().nullable(),
    challengeId: z.uuid().nullable(),
    adverse: z.boolean(),
    reason: z.string().nullable(),
    remedy: z.string().nullable().describe('The remedies that it names, as the person reads them.'),
    madeOn: calendarDay,
    appliedBy: signature
      .nullable()
      .describe('Who had applied or agreed for the person; null: the person had, or nobody had to.'),
    by: z.string(),
    role: z.string(),
    onBehalfOf: z.string().nullable(),
    service: service.nullable().describe('null: not served yet, so no term of the person runs.'),
    corrected: z.array(service).readonly().describe('Records that were wrong, oldest first.'),
  })
  .meta({ id: 'CaseDocument', description: 'A document (文书) that goes to the person' });

const remedyView = z
  .object({
    kind: z.enum(remedyKinds),
    name: z.string(),
    to: z.object({ zh: z.string(), en: z.string() }),
    against: z.array(z.string()).readonly(),
    basis: z.string(),
    value: z.number().nullable(),
    unit: z.string(),
    term: termView.nullable().describe('The person’s term, as it runs; null: none began, or none is given.'),
  })
  .meta({ id: 'CaseRemedy', description: 'How the person can have a decision looked at again (救济途径)' });

const challengeView = z
  .object({
    challengeId: z.uuid(),
    kind: z.enum(remedyKinds),
    name: z.string(),
    documentId: z.uuid().nullable().describe('null: against that nothing was done (不作为).'),
    body: z.string(),
    filedOn: calendarDay,
    lastDay: calendarDay.nullable().describe('Last day on which it could be filed; null: no term ran.'),
    late: z.boolean().describe('Filed after the last day: whether it counts, a person says.'),
    lateReason: z.string().nullable(),
    grounds: z.string(),
    status: z.enum(['received', 'accepted', 'not-admitted', 'decided']),
    acceptedOn: calendarDay.nullable(),
    notAdmitted: z
      .object({
        on: calendarDay,
        why: z.enum(notAdmittedFor),
        reason: z.string(),
        handedTo: z.string().nullable(),
      })
      .optional(),
    evidence: z.object({ copyReceivedOn: calendarDay, answeredOn: calendarDay.nullable() }).nullable(),
    stay: z
      .object({ by: z.string(), on: calendarDay, basis: z.string(), endedOn: calendarDay.nullable() })
      .nullable()
      .describe('停止执行.'),
    decided: z
      .object({
        on: calendarDay,
        outcome: z.enum(challengeOutcomes),
        reason: z.string(),
        documentId: z.uuid().nullable(),
        notBack: z
          .enum(notBackFor)
          .optional()
          .describe(
            'Why the case did not come back; `another-lives`: another one of the same person, item and period lives.',
          ),
      })
      .optional(),
    terms: z.array(termView).readonly().describe('Of the body that decides, and of the respondent.'),
    next: z
      .array(z.enum(remedyKinds))
      .readonly()
      .describe('What can be asked for after it; empty: it is final.'),
  })
  .meta({ id: 'CaseChallenge', description: 'A decision that the person had looked at again' });

export const paperTrail = {
  signatures: z
    .array(signature)
    .readonly()
    .describe(
      'What guardians and agents signed for the person, in order; what the person signed is not here.',
    ),
  documents: z.array(documentView).readonly(),
  electronicSince: calendarDay.nullable().describe('Since when the person agrees to electronic service.'),
  remedies: z.array(remedyView).readonly(),
  challenges: z.array(challengeView).readonly(),
};
export type PaperTrail = { readonly [Part in keyof typeof paperTrail]: z.infer<(typeof paperTrail)[Part]> };

/** What is known of a case beside the case itself. */
export interface Trail {
  readonly signatures: readonly Signature[];
  readonly documents: readonly CaseDocument[];
  readonly electronicSince: string | null;
  readonly challenges: readonly Challenge[];
}

export function paperTrailOf(
  item: CaseItem,
  { signatures, documents, electronicSince, challenges }: Trail,
  clocks: readonly ClockView[],
): PaperTrail {
  const running = (step: string) => clocks.findLast((clock) => clock.step === step) ?? null;
  const applied = appliedBy(signatures);
  return {
    signatures: signatures.map(signatureViewOf),
    documents: documents.map((document) => documentViewOf(item, document, applied)),
    electronicSince,
    remedies: item.remedies.map(({ kind, to, against, term }) => {
      const clock = running(remedyStep(kind));
      // One kind may have one term against the decision and another against what was said to it before.
      const own = clock?.basis === term.basis ? clock : null;
      return {
        kind,
        name: remedyNames[kind],
        to,
        against,
        basis: term.basis,
        value: term.value,
        unit: term.unit,
        term: own && termViewOf(own),
      };
    }),
    challenges: challenges.map((challenge) => challengeViewOf(item, challenge, clocks)),
  };
}

function signatureViewOf({ by, ...signature }: Signature) {
  return { ...signature, by: by.id, role: by.role };
}

function documentViewOf({ owner }: CaseItem, document: CaseDocument, applied: Signature | null) {
  const views = document.services.map(({ proofFileId, by, ...each }) => ({
    ...each,
    hasProof: proofFileId !== null,
    by: by.id,
    role: by.role,
  }));
  return {
    documentId: document.id,
    number: documentNumberOf(owner, document.place),
    kind: document.kind,
    step: document.step,
    challengeId: document.challengeId,
    adverse: isAdverse(document),
    reason: document.reason,
    remedy: document.remedy,
    madeOn: document.madeOn,
    appliedBy: applied && signatureViewOf(applied),
    by: document.by.id,
    role: document.by.role,
    onBehalfOf: document.onBehalfOf,
    service: serviceOf(document) ? views.at(-1)! : null,
    corrected: views.slice(0, -1),
  };
}

function challengeViewOf(item: CaseItem, challenge: Challenge, clocks: readonly ClockView[]) {
  const { kind, state } = challenge;
  const steps = [decisionTerm(kind), evidenceTerm(kind)];
  return {
    challengeId: challenge.id,
    kind,
    name: remedyNames[kind],
    documentId: challenge.documentId,
    body: challenge.body,
    filedOn: challenge.filedOn,
    lastDay: challenge.lastDay,
    late: isLate(challenge),
    lateReason: challenge.lateReason,
    grounds: challenge.grounds,
    status: state.status,
    acceptedOn: challenge.acceptedOn,
    ...(state.status === 'not-admitted'
      ? { notAdmitted: { on: state.on, why: state.why, reason: state.reason, handedTo: state.handedTo } }
      : {}),
    evidence: challenge.evidence,
    stay: challenge.stay,
    ...(state.status === 'decided'
      ? {
          decided: {
            on: state.on,
            outcome: state.outcome,
            reason: state.reason,
            documentId: state.documentId,
            ...(state.notBack ? { notBack: state.notBack } : {}),
          },
        }
      : {}),
    terms: clocks.filter(({ step }) => steps.includes(step)).map(termViewOf),
    next: item.remedies.filter(({ against }) => against.includes(kind)).map((each) => each.kind),
  };
}

/** Documents that still have to be brought to persons. */
export const unservedPage = z
  .object({
    documents: z
      .array(
        z.object({
          documentId: z.uuid(),
          number,
          caseId: z.uuid(),
          personId: z.uuid(),
          divisionCode,
          itemId: z.string(),
          title: z.string(),
          kind: z.enum(documentKinds),
          adverse: z.boolean(),
          madeOn: calendarDay,
          madeBy: z.string(),
          serveBy: calendarDay
            .nullable()
            .describe('Last day within which the place serves it; null: no text and no place says.'),
          late: z.boolean(),
        }),
      )
      .readonly(),
    next: z.uuid().nullable().describe('Give it as `after` for the next page; null: this was the last one.'),
  })
  .meta({ id: 'UnservedDocumentPage' });
export type UnservedPage = z.infer<typeof unservedPage>;

/** Where the document of a number is. */
export const foundDocuments = z
  .object({
    documents: z
      .array(z.object({ documentId: z.uuid(), caseId: z.uuid(), kind: z.enum(documentKinds), number }))
      .readonly(),
  })
  .meta({ id: 'FoundDocuments' });
export type FoundDocuments = z.infer<typeof foundDocuments>;
