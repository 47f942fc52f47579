import { calendarDay } from '@app/contracts';
import { freeText, givenId, writtenInstant } from '@app/platform';
import { z } from 'zod';
import {
  answerOutcomes,
  comparedCells,
  MOST_ROWS,
  rowReasons,
  rowStates,
} from '../../domain/decision-list.js';

const county = z
  .string()
  .regex(/^\d{6}$/)
  .describe('县（市、区）六位代码 · Six digits.');
const divisionCode = z.string().regex(/^\d{12}$/, '应为 12 位统计用区划代码');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const receipt = z.string().regex(/^MZ-\d{6}-\d{4}-\d{4,}$/);
const itemId = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
  .max(120);
const count = z.int().nonnegative();
const state = z.enum(rowStates);
const why = z.array(z.enum(rowReasons)).readonly();

export const listNo = z.coerce.number().int().positive().max(2_147_483_647);
export const returnNo = listNo;
export const lineNo = listNo;
export const listQuery = z.object({
  county: county.optional(),
  receipt: receipt.optional().describe('回执号 · As it stands on the sheet.'),
  open: z.stringbool().optional().describe('Only lists on which somebody waits.'),
});
export const openList = z
  .strictObject({
    divisionCode: divisionCode.describe(
      '县、乡镇或村的区划代码 · Cases of this county, township or village.',
    ),
    itemId: itemId.optional().describe('Absent: every item that civil affairs decides.'),
  })
  .meta({ id: 'OpenDecisionList' });
const purpose = freeText(5, 200).describe('用途 · For what names and numbers go out; the log keeps it.');
export const writeList = z
  .strictObject({
    purpose,
    persons: z
      .array(
        z.strictObject({
          personId: givenId(),
          name: z.string().trim().min(1).max(50),
          identityNumber: z
            .string()
            .regex(/^\d{17}[\dX]$/)
            .nullable()
            .describe('Null: a person without a number yet.'),
        }),
      )
      .max(MOST_ROWS)
      .describe('Whoever still waits on the list, as registry has revealed them for this purpose.'),
  })
  .meta({ id: 'WriteDecisionList' });
export const confirmReturn = z
  .strictObject({ sha256: sha256.describe('Of the file that you have looked at.') })
  .meta({ id: 'ConfirmDecisionReturn' });
export const readReturn = z.strictObject({ purpose }).meta({ id: 'ReadDecisionReturn' });
export const settleRow = z
  .strictObject({
    outcome: z
      .enum(['take', 'release'])
      .describe('`take`: the answer counts as it stands; `release`: off the list, undecided.'),
    note: freeText(5, 200).describe('核实情况 · What was found out.'),
    remedy: freeText(5, 1000)
      .optional()
      .describe('How the person may object to a refusal, where the item says nothing.'),
  })
  .meta({ id: 'SettleDecisionRow' });
export const closeList = z
  .strictObject({ reason: freeText(5, 200).describe('理由 · Why it is not waited for any more.') })
  .meta({ id: 'CloseDecisionList' });
export const rowQuery = z.object({
  state: state.optional(),
  after: z.coerce.number().int().min(0).default(0).describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(200),
});

const fields = {
  listNo: z.int(),
  receipt,
  county,
  divisionCode,
  body: z.string(),
  itemId: itemId.nullable(),
  day: calendarDay.describe('Day on which it went out.'),
  sentBy: z.string(),
};
export const opened = z.object({ ...fields, count }).meta({ id: 'DecisionListOpened' });
const seen = {
  ...fields,
  rows: count,
  states: z.record(state, count),
  writtenAt: writtenInstant.nullable().describe('When its sheet was taken out last.'),
  daysWaiting: count.nullable().describe('Natural days; null: nobody waits on it.'),
};
export const listPage = z.object({ lists: z.array(z.object(seen)) }).meta({ id: 'DecisionLists' });
export const listDetail = z
  .object({
    ...seen,
    returns: z
      .array(
        z.object({
          returnNo: z.int(),
          sha256,
          state: z.enum(['entered', 'superseded', 'confirmed']),
          enteredBy: z.string(),
          enteredAt: writtenInstant,
          confirmedBy: z.string().nullable(),
          answers: count,
          problems: count,
        }),
      )
      .readonly(),
  })
  .meta({ id: 'DecisionListDetail' });
const answer = z.object({
  outcome: z.enum(answerOutcomes),
  reason: z.string().nullable(),
  fen: count.nullable().describe('分 a month.'),
  on: calendarDay,
  decider: z.string().nullable(),
  document: z.string().nullable(),
  differs: z
    .array(z.enum(comparedCells))
    .readonly()
    .describe('Cells that came back otherwise than they went out.'),
});
export const rowPage = z
  .object({
    rows: z
      .array(
        z.object({
          lineNo: z.int(),
          caseId: z.uuid(),
          personId: z.uuid(),
          divisionCode,
          itemId,
          title: z.string(),
          appliedOn: calendarDay.nullable(),
          fen: count.nullable().describe('分 a month, as it went out; null: not known.'),
          state,
          why,
          answer: answer.nullable(),
          returnNo: z.int().nullable(),
          note: z.string().nullable(),
        }),
      )
      .readonly(),
    next: z.int().nullable(),
  })
  .meta({ id: 'DecisionListRows' });
const become = z.enum(['granted', 'refused', 'returned', 'to-settle', 'overtaken', 'answered', 'closed']);
export const report = z
  .object({
    listNo: z.int(),
    receipt,
    returnNo: z.int(),
    sha256,
    state: z.enum(['entered', 'superseded', 'confirmed']),
    become: z.record(become, count),
    lines: z
      .array(
        z.object({
          row: z.int().describe('As the spreadsheet shows it.'),
          lineNo: z.int(),
          caseId: z.uuid(),
          become,
          why,
        }),
      )
      .readonly(),
    problems: z
      .array(z.object({ row: z.int(), column: z.string().nullable(), sentence: z.string() }))
      .readonly(),
    unanswered: z.array(z.object({ lineNo: z.int(), caseId: z.uuid() })).readonly(),
  })
  .meta({ id: 'DecisionReturnReport' });
export const settled = z.object({ lineNo: z.int(), state }).meta({ id: 'DecisionRowSettled' });
export const closed = z.object({ released: count }).meta({ id: 'DecisionListClosed' });
