import { remedyKinds } from '@app/contracts';
import { freeText, givenId } from '@app/platform';
import { z } from 'zod';
import { challengeOutcomes, notAdmittedFor } from '../../domain/challenge.js';
import { receivers, serviceMethods, type Serving } from '../../domain/document.js';

export const unservedQuery = z.object({
  after: givenId().optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const documentsQuery = z.object({
  number: z
    .string()
    .regex(/^[A-Z]{2}-\d{4}-\d{1,9}$/, '文书编号如 BT-2026-000012：两位字母、年份和序号')
    .describe('文书编号 as it stands on the document, or without its zeros.'),
});

export const serviceRequest = z
  .object({
    method: z
      .enum(serviceMethods)
      .describe('direct 直接, left 留置, post 邮寄, electronic 电子 (by consent), public-notice 公告.'),
    on: z.iso
      .date()
      .describe('Day signed, left, received by the receipt, reached the person’s system, or published.'),
    receivedBy: z.enum(receivers).optional().describe('Who signed; needed for direct service.'),
    receiverName: freeText(1, 50)
      .optional()
      .describe(
        '签收人姓名 · Of an agent who signed; needed once registry has told who acts for the person.',
      ),
    witness: freeText(2, 200).optional().describe('Who stood by when it was left, e.g. 村委会代表.'),
    recorded: z.boolean().default(false).describe('The leaving was photographed or filmed.'),
    reference: freeText(1, 100).optional().describe('Number of the document or of the receipt.'),
    note: freeText(1, 1000).optional(),
    correction: freeText(5, 1000).optional().describe('Why the record before was wrong.'),
  })
  .meta({ id: 'DocumentServiceRequest' });

export function servingOf(request: z.infer<typeof serviceRequest>): Serving {
  return {
    method: request.method,
    on: request.on,
    receivedBy: request.receivedBy ?? null,
    witness: request.witness ?? null,
    recorded: request.recorded,
    reference: request.reference ?? null,
    note: request.note ?? null,
    correction: request.correction ?? null,
  };
}

export const electronicRequest = z
  .object({
    since: z.iso
      .date()
      .nullable()
      .describe('Day on which the person agreed; null: the person takes it back.'),
  })
  .meta({ id: 'ElectronicServiceRequest' });

export const challengeRequest = z
  .object({
    kind: z.enum(remedyKinds),
    filedOn: z.iso.date().describe('Day on which the person asked for it.'),
    documentId: givenId().nullable().describe('What it is against; null: that nothing was done (不作为).'),
    grounds: freeText(2, 2000),
    body: freeText(2, 200).optional().describe('Where it went, if not to the body that the item names.'),
  })
  .meta({ id: 'ChallengeRequest' });

export const acceptRequest = z
  .object({
    on: z.iso.date(),
    lateReason: freeText(5, 1000)
      .optional()
      .describe('Why it counts though it was filed late (不可抗力或者其他正当理由).'),
  })
  .meta({ id: 'ChallengeAcceptRequest' });

export const notAdmitRequest = z
  .object({
    on: z.iso.date(),
    why: z.enum(notAdmittedFor),
    reason: freeText(5, 1000),
    handedTo: freeText(2, 200).optional().describe('The body that has to decide it.'),
  })
  .meta({ id: 'ChallengeNotAdmitRequest' });

export const evidenceRequest = z
  .object({
    copyReceivedOn: z.iso.date().optional().describe('The copy of the request reached the respondent.'),
    answeredOn: z.iso.date().optional().describe('The respondent answered and handed in the evidence.'),
  })
  .refine((value) => value.copyReceivedOn !== undefined || value.answeredOn !== undefined, {
    message: '请填写收到副本的日期或者答复的日期',
  })
  .meta({ id: 'ChallengeEvidenceRequest' });

export const pauseRequest = z
  .object({
    reason: z
      .string()
      .regex(/^[a-z0-9-]{1,50}$/)
      .describe('A reason for which the item lets the term stand still, e.g. hearing (听证).'),
  })
  .meta({ id: 'ChallengePauseRequest' });

export const stayRequest = z
  .object({
    by: freeText(2, 200).describe('The body that ordered it.'),
    on: z.iso.date(),
    basis: freeText(2, 200).describe('Document and article.'),
  })
  .meta({ id: 'ChallengeStayRequest' });

export const rulingRequest = z
  .object({
    on: z.iso.date(),
    outcome: z
      .enum(challengeOutcomes)
      .describe('upheld 维持, revoked 撤销, changed 变更, remanded 责令重新作出或者履行, withdrawn 撤回.'),
    reason: freeText(5, 2000),
  })
  .meta({ id: 'ChallengeRulingRequest' });
