import { caseStatuses } from '@app/contracts';
import { freeText } from '@app/platform';
import { z } from 'zod';

export const listQuery = z
  .object({
    status: z.enum(caseStatuses).optional().describe('Only cases that stand here.'),
    itemId: z.string().optional(),
    personId: z.uuid().optional(),
    after: z.uuid().optional().describe('`next` of the page before.'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  })
  .meta({ id: 'CaseListQuery' });
export type ListRequest = z.infer<typeof listQuery>;

export const applyRequest = z
  .object({
    personId: z.uuid(),
    itemId: z.string().min(1).max(200),
    divisionCode: z.string().regex(/^\d{12}$/, '应为 12 位统计用区划代码'),
  })
  .meta({ id: 'ApplyRequest' });

export const consentRequest = z
  .object({ consentedOn: z.iso.date().describe('The day on which the person said yes.') })
  .meta({ id: 'ConsentRequest' });

export const declineRequest = z
  .object({
    declinedOn: z.iso.date().describe('The day on which the person said no.'),
    reason: freeText(1, 500).optional(),
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

const remedy = freeText(5, 1000).describe('How the person may object: to whom, and within what time.');

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

export const reasonRequest = z.object({ reason: freeText(5, 1000) }).meta({ id: 'ReasonRequest' });

export const stopRequest = z
  .object({
    stoppedFrom: z.iso.date().describe('The first day on which it is no longer due.'),
    reason: freeText(5, 1000),
    remedy,
  })
  .meta({ id: 'StopRequest' });
