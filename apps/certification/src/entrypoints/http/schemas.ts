import { unmaskRequest } from '@app/access';
import { calendarDay, disabilityCategory, disabilityGrade, divisionCode } from '@app/contracts';
import { freeText as text, givenId } from '@app/platform';
import { z } from 'zod';
import { applicationKinds, applicationStatuses } from '../../domain/application.js';
import { cancelReasons, correctReasons, freezeReasons, unfreezeReasons } from '../../domain/card.js';

/** A secret number; its shape is judged by the domain, whose refusal says what to do. */
const number = z.string().trim().min(1).max(40);

const evidence = z
  .object({ kind: text(2, 40), reference: text(1, 120) })
  .meta({ id: 'CardEvidence', description: '依据：材料或查询的种类和存放处，不写内容' });
const evidenceList = z.array(evidence).max(20);

const guardian = z.object({ name: text(2, 40), relation: text(1, 20) }).meta({ id: 'CardGuardian' });

const component = z
  .object({ category: disabilityCategory.exclude(['multiple']), grade: disabilityGrade })
  .meta({ id: 'DisabilityComponent' });

/** Who acts for the person: the id of their entry among those who may act for the person, in registry. */
const onBehalf = givenId()
  .nullable()
  .default(null)
  .describe('代办人在档案中的监护或代理登记编号；本人办理的留空。');

export const idParam = givenId();

export const applicationForm = z
  .object({
    kind: z.enum(applicationKinds).default('first'),
    identityNumber: number,
    personId: givenId().nullable().default(null),
    divisionCode: divisionCode.nullable().default(null),
    guardian: guardian.nullable().default(null),
    onBehalf,
    materials: evidenceList.default([]),
  })
  .meta({ id: 'CardApplicationForm' });

export const acceptance = z
  .object({
    guardian: guardian.nullable().default(null),
    materials: evidenceList.default([]),
    unitId: givenId().nullable().default(null).describe('The institution that assesses, if it is known now.'),
  })
  .meta({ id: 'CardApplicationAcceptance' });

export const placement = z
  .object({ unitId: givenId().describe('Organisation unit of the institution that assesses.') })
  .meta({ id: 'CardApplicationPlacement' });

export const assessment = z
  .object({
    components: z.array(component).max(6),
    assessedOn: calendarDay,
    institution: text(2, 80),
    evidence: evidenceList.min(1),
  })
  .meta({ id: 'DisabilityAssessment', description: 'components 为空表示不符合残疾标准' });

export const notice = z
  .object({
    from: calendarDay,
    to: calendarDay.nullable().default(null),
    place: text(2, 80).nullable().default(null),
    guardian: guardian.nullable().default(null),
  })
  .meta({ id: 'CardPublicNotice', description: 'to 缺省为最短期限的截止日；未成年人不公示' });

export const objection = z.object({ text: text(2, 1000) }).meta({ id: 'CardNoticeObjection' });

export const objectionFinding = z
  .object({ number: z.int().positive(), finding: z.enum(['founded', 'unfounded']), note: text(2, 1000) })
  .meta({ id: 'CardNoticeObjectionFinding' });

export const approval = z
  .object({
    validFrom: calendarDay.nullable().default(null),
    identityNumber: number
      .nullable()
      .default(null)
      .describe('受理后身份证号变更的，填写本人现在的号码；其余留空。'),
  })
  .meta({ id: 'CardApproval' });

export const rejection = z
  .object({ reason: text(2, 1000), remedy: text(2, 1000) })
  .meta({ id: 'CardRejection', description: 'remedy：申请人可以怎样救济' });

export const applicationFilter = z.object({
  status: z.enum(applicationStatuses).optional(),
  after: givenId().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const note = text(2, 1000).nullable().default(null);
const needed = { note, evidence: evidenceList.min(1) };
const welcome = { note, evidence: evidenceList.default([]) };

export const cardActions = {
  renew: z
    .object({
      on: calendarDay.nullable().default(null),
      reason: z.enum(['expiry']).default('expiry'),
      ...welcome,
    })
    .meta({ id: 'CardRenewal' }),
  regrade: z
    .object({
      components: z.array(component).min(1).max(6),
      assessedOn: calendarDay,
      institution: text(2, 80),
      reason: z.enum(['assessment']).default('assessment'),
      ...needed,
    })
    .meta({ id: 'CardRegrade' }),
  replace: z.object({ reason: z.enum(['lost', 'damaged']), ...welcome }).meta({ id: 'CardReplacement' }),
  renumber: z
    .object({ identityNumber: number.describe('本人现在的身份证号'), ...needed })
    .meta({ id: 'CardRenumbering' }),
  transfer: z
    .discriminatedUnion('direction', [
      z.object({ direction: z.literal('out'), to: divisionCode, ...needed }),
      z.object({ direction: z.literal('in'), divisionCode, ...needed }),
    ])
    .meta({ id: 'CardTransfer' }),
  freeze: z.object({ reason: z.enum(freezeReasons), ...needed }).meta({ id: 'CardFreeze' }),
  unfreeze: z.object({ reason: z.enum(unfreezeReasons), ...needed }).meta({ id: 'CardUnfreeze' }),
  cancel: z
    .object({
      reason: z.enum(cancelReasons),
      effectiveOn: calendarDay.nullable().default(null),
      onBehalf,
      ...needed,
    })
    .refine(({ reason, onBehalf }) => onBehalf === null || reason === 'wish', {
      path: ['onBehalf'],
      message: '只有按本人意愿注销的才有代办人，其他原因请留空',
    })
    .meta({ id: 'CardCancellation' }),
  correct: z
    .object({ withdraws: z.enum(['issue', 'cancellation']), reason: z.enum(correctReasons), ...needed })
    .meta({ id: 'CardCorrection' }),
  deliver: z
    .object({ deliveredOn: calendarDay.nullable().default(null), ...welcome })
    .meta({ id: 'CardDelivery' }),
};

/** A card that comes in with its holder and is not on file here. */
export const incomingCard = z
  .object({
    identityNumber: number,
    cardNumber: number,
    components: z.array(component).min(1).max(6),
    issuedOn: calendarDay,
    validTo: calendarDay,
    ...needed,
  })
  .meta({ id: 'IncomingCard' });

export const cardFilter = z.object({
  proposed: z.enum(['cancellation', 'transfer', 'renumbering']).optional(),
  after: givenId().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const cardSearch = z
  .union([z.object({ identityNumber: number }), z.object({ cardNumber: number })])
  .meta({ id: 'CardSearch' });

export const cardSecrets = ['card'] as const;
export const revealCard = unmaskRequest(cardSecrets);
