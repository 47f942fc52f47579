import { caseStatuses } from '@app/contracts';
import { freeText, givenId } from '@app/platform';
import { z } from 'zod';
import { obliged } from '../../domain/paper-records.js';

/** Nothing else can stand where an item is named: an answer may name it again. */
const itemId = z
  .string()
  .max(200)
  .regex(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/, '应为事项编号，例如 subsidies/living-subsidy');

export const listQuery = z.object({
  status: z.enum(caseStatuses).optional().describe('Only cases that stand here.'),
  itemId: itemId.optional(),
  personId: givenId().optional(),
  waitingForPapers: z
    .stringbool()
    .optional()
    .describe('Only cases for which papers are still to come (补正、容缺).'),
  after: givenId().optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ListRequest = z.infer<typeof listQuery>;

/** Who acts for the person: their entry among those who may, in registry. */
const onBehalf = givenId().optional().describe('代办人在档案中的监护或代理登记编号；本人办理的不用填写。');

export const applyRequest = z
  .object({
    personId: givenId(),
    itemId,
    divisionCode: z.string().regex(/^\d{12}$/, '应为 12 位统计用区划代码'),
    receivedOn: z.iso
      .date()
      .optional()
      .describe(
        'The day on which it was received; at a window elsewhere, with all its papers. Default: today.',
      ),
    appliedAt: z
      .string()
      .regex(/^\d{12}$/, '应为 12 位统计用区划代码')
      .optional()
      .describe(
        'Division code of the window elsewhere that took it (异地受理). In another province the terms of 跨省通办 hold.',
      ),
    transferred: z.boolean().optional().describe('Another organ passed it on (转送、交办).'),
    onBehalf,
  })
  .meta({ id: 'ApplyRequest' });

export const consentRequest = z
  .object({ consentedOn: z.iso.date().describe('The day on which the person said yes.'), onBehalf })
  .meta({ id: 'ConsentRequest' });

export const declineRequest = z
  .object({
    declinedOn: z.iso.date().describe('The day on which the person said no.'),
    reason: freeText(1, 500).optional(),
    onBehalf,
  })
  .meta({ id: 'DeclineRequest' });

export const stepRequest = z
  .object({
    note: freeText(1, 1000).optional(),
    received: z
      .array(z.string().min(1).max(100))
      .max(50)
      .default([])
      .describe('Materials that the person brought: ids from the item.'),
  })
  .meta({ id: 'StepRequest' });

export const grantRequest = z
  .object({
    effectiveFrom: z.iso
      .date()
      .optional()
      .describe('From when it counts, if not by the item’s own rule; for money its month.'),
  })
  .meta({ id: 'GrantRequest' });

const remedy = freeText(5, 1000)
  .optional()
  .describe(
    'How the person may object: to whom, and within what time. What the item says of it is there already; needed where it says nothing.',
  );

export const refuseRequest = z.object({ reason: freeText(5, 1000), remedy }).meta({ id: 'RefuseRequest' });

export const waitlistRequest = z
  .object({ place: z.int().positive().describe('Place on the published waiting list.') })
  .meta({ id: 'WaitlistRequest' });

export const handOverRequest = z
  .object({
    to: freeText(1, 200).describe('The body that took it.'),
    receipt: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .describe('Its receipt: number or day and name of the office, no person’s data.')
      // Receipts of other bodies are long numbers themselves; an identity number or a telephone number is none.
      .refine(
        (text) => !/(?<!\d)(?:\d{6}(?:19|20)\d{9}[\dXx]|1[3-9]\d{9})(?!\d)/.test(text.normalize('NFKC')),
        '回执中不能填写证件或电话号码，请填写回执编号',
      ),
  })
  .meta({ id: 'HandOverRequest' });

export const placeRequest = z
  .object({
    unitId: givenId().describe('Institution, school or station of the organisation.'),
    since: z.iso.date().optional().describe('Absent: from today on.'),
  })
  .meta({ id: 'PlaceRequest' });

export const claimHandOverRequest = z
  .object({
    to: freeText(1, 200)
      .regex(/^[\w:.@-]+$/, '应为用户编号')
      .describe('Id of the user who takes over.'),
  })
  .meta({ id: 'ClaimHandOverRequest' });

/** The word of the catalogue for a paper. */
export const materialName = z.string().regex(/^[a-z0-9-]{1,100}$/);

export const usePaperRequest = z
  .object({ paperId: givenId().describe('One of the offered papers.') })
  .meta({ id: 'UsePaperRequest' });

export const fileQuery = z.object({
  variant: z.enum(['full', 'thumbnail']).default('full'),
  purpose: freeText(2, 200).optional().describe('Why a closed file is read.'),
});

const untilDay = z.iso
  .date()
  .optional()
  .describe('Until when the papers come; only where no source has a number.');

export const supplementRequest = z
  .object({ note: freeText(1, 500).optional(), by: untilDay })
  .meta({ id: 'SupplementRequest' });

export const acceptIncompleteRequest = z
  .object({
    obligations: z
      .array(
        z
          .object({
            material: materialName,
            who: z.enum(obliged).default('person').describe('Who sees to it that the paper comes.'),
            from: freeText(1, 200).optional().describe('The body that has it, for `fetched-from`.'),
            by: untilDay,
          })
          .refine(({ who, from }) => (who === 'fetched-from') === (from !== undefined), {
            message: '由其他部门调取的，请填写是哪个部门；其他情况不用填写',
            path: ['from'],
          }),
      )
      .min(1)
      .max(50),
    reason: freeText(5, 1000),
  })
  .meta({ id: 'AcceptIncompleteRequest' });

export const reasonRequest = z.object({ reason: freeText(5, 1000) }).meta({ id: 'ReasonRequest' });

export const withdrawRequest = z
  .object({ reason: freeText(5, 1000), onBehalf })
  .meta({ id: 'WithdrawRequest' });

export const stopRequest = z
  .object({
    stoppedFrom: z.iso.date().describe('The first day on which it is no longer due.'),
    reason: freeText(5, 1000),
    remedy,
  })
  .meta({ id: 'StopRequest' });
