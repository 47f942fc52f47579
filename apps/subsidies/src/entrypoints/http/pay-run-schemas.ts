import { sensitive } from '@app/access';
import { calendarDay } from '@app/contracts';
import { freeText, givenId } from '@app/platform';
import { z } from 'zod';
import type { BenefitBooksView, PayRunDetail } from '../../app/find-pay-runs.js';
import type { ReturnReport } from '../../app/take-return-file.js';
import { entryKinds } from '../../domain/ledger.js';
import { payChecks } from '../../domain/pay-duty.js';
import { payRunStates } from '../../domain/pay-run-state.js';

const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .describe('`YYYY-MM`');
const county = z
  .string()
  .regex(/^\d{6}$/)
  .describe('县（市、区）六位代码 · Six digits.');
const fen = z.int().describe('分');
const state = z.enum(payRunStates);
const lineState = z.enum(['planned', 'left-out', 'ordered', 'paid', 'failed']);
const findingState = z.enum(['open', 'passed', 'taken-out']);

export const runNo = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

export const runQuery = z.object({
  county: county.optional(),
  before: runNo.optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const lineQuery = z.object({
  state: lineState.optional(),
  reason: z.string().max(40).optional().describe('Why it is left out, as `reasons` of the run names it.'),
  from: z
    .string()
    .regex(/^\d{12}$/)
    .optional()
    .describe('First place.'),
  to: z
    .string()
    .regex(/^\d{12}$/)
    .optional()
    .describe('Last place.'),
  after: z.coerce.number().int().min(0).max(2_147_483_647).default(0).describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

/** A finding by its person and check, as `next` names it. */
export const FINDING = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([a-z-]{1,40})$/;
export const findingQuery = z.object({
  state: findingState.optional(),
  check: z.enum(payChecks).optional(),
  owner: z.string().max(40).optional().describe('Only what this role looks after.'),
  after: z.string().regex(FINDING).optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export const exportQuery = z.object({
  format: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .max(60)
    .describe(
      'A format of `/subsidies/bank-formats`; once exported, the file keeps the one it was written by.',
    ),
});

export const beginRun = z
  .strictObject({
    county,
    month,
    payOn: calendarDay.describe('预计到账日 · Day on which money is to go out: proofs are judged for it.'),
  })
  .meta({ id: 'BeginPayRun' });
export const approveRun = z
  .strictObject({
    version: z.int().min(1).describe('The version that you saw.'),
    count: z.int().min(0).describe('笔数 · Lines, as you saw them.'),
    fen: z.int().min(0).describe('总金额（分） · Sum, as you saw it.'),
  })
  .meta({ id: 'ApprovePayRun' });
export const cancelRun = z
  .strictObject({ version: z.int().min(1), reason: freeText(2, 200).describe('理由 · Why.') })
  .meta({ id: 'CancelPayRun' });
export const settleFinding = z
  .strictObject({
    personId: givenId(),
    check: z.enum(payChecks),
    outcome: z
      .enum(['passed', 'taken-out'])
      .describe(
        '核实通过（情况不变的以后批次沿用），或本次不发（下一批次再定） · Paid, also in later runs while it rests on the same; or not this time.',
      ),
    note: freeText(2, 200).describe('核实情况 · What was found.'),
  })
  .meta({ id: 'SettleFinding' });

export const runChanged = z
  .object({ runNo: z.int(), state, count: z.int(), fen, version: z.int() })
  .meta({ id: 'PayRunChanged' });
const summary = {
  runNo: z.int(),
  county,
  month,
  serial: z.int(),
  payOn: calendarDay,
  state,
  count: z.int(),
  fen,
  leftOut: z.int(),
  orderedCount: z.int(),
  orderedFen: fen,
  openFindings: z.int(),
  fileSha256: z.string().nullable(),
  fileDestroyedOn: calendarDay
    .nullable()
    .describe('Since when the file cannot be written again, its time (保管期限) being over.'),
  plannedBy: z.string(),
  version: z.int(),
};
export const runPage = z
  .object({ runs: z.array(z.object(summary).meta({ id: 'PayRun' })).readonly(), next: z.int().nullable() })
  .meta({ id: 'PayRunPage' });
const duty = {
  owner: z.string().describe('谁来办 · Role that looks after it.'),
  todo: z.string().describe('怎么办 · What there is to do.'),
};
export const runDetail = z
  .object({
    ...summary,
    reasons: z
      .array(
        z.object({
          state: lineState,
          reason: z.string().nullable(),
          lines: z.int(),
          fen,
          owner: z.string().nullable().describe('谁来办 · Role that looks after it.'),
          todo: z.string().nullable().describe('怎么办 · What there is to do.'),
        }),
      )
      .readonly(),
    checks: z
      .array(z.object({ check: z.enum(payChecks), state: findingState, findings: z.int(), fen, ...duty }))
      .readonly(),
    steps: z
      .array(
        z.object({
          version: z.int(),
          state,
          count: z.int(),
          fen,
          note: z.string().nullable(),
          by: z.string(),
          role: z.string(),
          at: z.iso.datetime({ offset: true }),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'PayRunDetail' }) satisfies z.ZodType<PayRunDetail>;
const monthSum = z.object({ month, fen });
export const linePage = z
  .object({
    lines: z
      .array(
        z.object({
          lineNo: z.int(),
          benefitId: z.uuid(),
          personId: z.uuid(),
          payeeName: sensitive('name').nullable(),
          divisionCode: z.string(),
          itemId: z.string(),
          months: z.array(monthSum).readonly(),
          fen,
          setOff: fen.describe('抵扣（分） · Kept for an overpayment; the bank is given the rest.'),
          state: lineState,
          reason: z.string().nullable(),
          again: z
            .object({
              runNo: z.int(),
              month,
              serial: z.int(),
              state: lineState,
              reason: z.string().nullable(),
            })
            .nullable()
            .describe('退票后由哪个批次重发 · Where a later run has what came back; null: none yet.'),
        }),
      )
      .readonly(),
    next: z.int().nullable(),
  })
  .meta({ id: 'PayRunLines' });
export const findingPage = z
  .object({
    findings: z
      .array(
        z.object({
          personId: z.uuid(),
          payeeName: sensitive('name').nullable(),
          check: z.enum(payChecks),
          divisionCode: z.string(),
          accountId: z.uuid().nullable(),
          reason: z.string(),
          since: calendarDay.nullable().describe('自何时起 · Day since when; null: nothing says.'),
          fen: fen.describe('涉及金额（分） · What the run had planned for the person.'),
          ...duty,
          state: findingState,
          note: z.string().nullable(),
          by: z.string().nullable(),
          at: z.iso.datetime({ offset: true }).nullable(),
          carriedFrom: z
            .int()
            .nullable()
            .describe('沿用哪个批次的处理 · The earlier run in which it was decided.'),
        }),
      )
      .readonly(),
    next: z.string().nullable(),
  })
  .meta({ id: 'PayRunFindings' });
export const findingSettled = z.object({ openFindings: z.int() }).meta({ id: 'FindingSettled' });
export const returnReport = z
  .object({
    runNo: z.int(),
    sha256: z.string(),
    lines: z.int(),
    paid: z.int(),
    failed: z.int(),
    unchanged: z.int(),
    unanswered: z.int(),
    problems: z
      .array(z.object({ row: z.int(), column: z.string().nullable(), sentence: z.string() }))
      .readonly(),
    moreProblems: z.boolean(),
  })
  .meta({ id: 'ReturnReport' }) satisfies z.ZodType<ReturnReport>;
export const booksView = z
  .object({
    benefitId: z.uuid(),
    months: z.array(z.object({ month, owed: fen, paid: fen })).readonly(),
    entries: z
      .array(
        z.object({
          month,
          kind: z.enum(entryKinds),
          cause: z.string(),
          fen,
          bookedIn: month,
          runNo: z.int().nullable(),
          by: z.string(),
          at: z.iso.datetime({ offset: true }),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'BenefitBooks' }) satisfies z.ZodType<BenefitBooksView>;
