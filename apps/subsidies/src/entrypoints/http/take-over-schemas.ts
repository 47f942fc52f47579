import { calendarDay } from '@app/contracts';
import { freeText, givenId } from '@app/platform';
import { z } from 'zod';
import { differenceKinds } from '../../domain/take-over-difference.js';
import { findingKinds, takeOverLists, takeOverStates, type FindingKind } from '../../domain/take-over.js';

const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .describe('`YYYY-MM`');
const county = z
  .string()
  .regex(/^\d{6}$/)
  .describe('县（市、区）六位代码 · Six digits.');
const divisionCode = z.string().regex(/^\d{12}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const archive = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .refine((text) => !/\d{17}[\dXx]/.test(text), '档案号中不能含有身份证号')
  .nullable()
  .describe('档案号 · Number in the paper archive.');
const itemId = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
  .max(120);
const list = z.enum(takeOverLists);
const kind = z.enum(Object.keys(findingKinds) as [FindingKind, ...FindingKind[]]);

export const takeOverId = givenId();
export const caseId = givenId();
export const takeOverQuery = z.object({ county: county.optional() });
export const openTakeOver = z
  .strictObject({ county, day: calendarDay.describe('接管日 · Day of the opening balances.') })
  .meta({ id: 'OpenTakeOver' });

const rowOf = <Content extends z.ZodType>(content: Content) =>
  z.strictObject({
    row: z.int().min(1).max(2_000_000).describe('As the spreadsheet shows it.'),
    nth: z.int().min(1).max(100_000).describe('Of rows about the same, the how-manieth.'),
    personId: givenId().nullable().describe('Null: nobody on file has the number of the row.'),
    content: content.nullable().describe('Null: the row could not be read.'),
    faults: z
      .array(
        z.strictObject({
          kind: z.enum(['unreadable', 'person-not-on-file']),
          column: z.string().max(30).nullable(),
          reason: freeText(1, 300),
        }),
      )
      .max(30),
  });
const MOST_ROWS = 1_000;
const part = { sha256: sha256.describe('Of the whole file.'), isLast: z.boolean() };

/** Rows of one list, as many as fit into one request. */
export const takeRows = z
  .discriminatedUnion('list', [
    z.strictObject({
      list: z.literal('cards'),
      ...part,
      rows: z
        .array(rowOf(z.strictObject({ status: z.enum(['valid', 'frozen', 'cancelled']) })))
        .max(MOST_ROWS),
    }),
    z.strictObject({
      list: z.literal('benefits'),
      ...part,
      rows: z
        .array(
          rowOf(
            z.strictObject({
              itemId,
              fromMonth: month,
              fen: z.int().min(1).max(1_000_000_000).describe('分 a month, as paid.'),
              lastPaid: month,
              stoppedFrom: month.nullable(),
              archive,
            }),
          ),
        )
        .max(MOST_ROWS),
    }),
    z.strictObject({
      list: z.literal('payees'),
      ...part,
      rows: z
        .array(
          rowOf(
            z.strictObject({
              holder: z.enum(['self', 'guardian', 'agent']),
              holderName: freeText(1, 50),
              relation: freeText(1, 20).nullable(),
              proof: freeText(2, 100).nullable(),
              validUntil: calendarDay.nullable(),
              bank: freeText(2, 100),
              accountNumber: z.string().min(1).max(64),
            }),
          ),
        )
        .max(MOST_ROWS),
    }),
    z.strictObject({
      list: z.literal('cases'),
      ...part,
      rows: z.array(rowOf(z.strictObject({ itemId, receivedOn: calendarDay, archive }))).max(MOST_ROWS),
    }),
  ])
  .meta({ id: 'TakeOverRows' });

export const findingQuery = z.object({
  divisionCode: divisionCode.optional(),
  list: list.optional(),
  kind: kind.optional(),
  after: z.coerce
    .number()
    .int()
    .min(-1)
    .max(2_147_483_647)
    .default(-1)
    .describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export const releaseVillage = z
  .strictObject({
    divisionCode,
    digest: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .describe('Of the list as you saw it.'),
    note: freeText(2, 200).describe('核对情况 · What you looked at.'),
  })
  .meta({ id: 'ReleaseVillage' });
export const undoTakeOver = z
  .strictObject({ reason: freeText(2, 200).describe('理由 · Why.') })
  .meta({ id: 'UndoTakeOver' });
export const signDifference = z
  .strictObject({ sha256: sha256.describe('Of the difference as you saw it.') })
  .meta({ id: 'SignDifference' });

const takeOverFields = {
  takeOverId: z.uuid(),
  county,
  day: calendarDay,
  state: z.enum(takeOverStates),
  checked: z.boolean().describe('Its lists were compared since the last row came in.'),
  version: z.int(),
};
export const takeOver = z.object(takeOverFields).meta({ id: 'TakeOver' });
export const takeOverPage = z
  .object({ takeOvers: z.array(z.object(takeOverFields)) })
  .meta({ id: 'TakeOverPage' });
export const takeOverDetail = z
  .object({
    ...takeOverFields,
    lists: z.array(
      z.object({
        list,
        sha256,
        isWhole: z.boolean(),
        ...{ rows: z.int(), loaded: z.int(), changed: z.int(), clean: z.int() },
        ...{ releasable: z.int(), blocked: z.int() },
      }),
    ),
    findings: z.array(z.object({ list, kind, count: z.int() })),
    villages: z.array(
      z.object({
        divisionCode,
        findings: z.int(),
        digest: z.string(),
        isReleased: z.boolean(),
        releasedBy: z.string().nullable(),
        note: z.string().nullable(),
      }),
    ),
    firstRun: z
      .int()
      .nullable()
      .describe('首个发放批次 · The run whose difference is signed; null: none was made.'),
  })
  .meta({ id: 'TakeOverDetail' });
export const rowsTaken = z
  .object({ known: z.boolean(), changed: z.int(), gone: z.int() })
  .meta({ id: 'TakeOverRowsTaken' });
export const checked = z
  .object({ rows: z.int(), findings: z.partialRecord(kind, z.int()) })
  .meta({ id: 'TakeOverChecked' });
export const loaded = z
  .object({ loaded: z.int(), takenBack: z.int(), left: z.int().describe('Ask again until it is 0.') })
  .meta({ id: 'TakeOverLoaded' });
export const undone = z.object({ takenBack: z.int() }).meta({ id: 'TakeOverUndone' });
export const lookedAt = z.object({ caseId: z.uuid() }).meta({ id: 'TakeOverCaseLookedAt' });
export const findingPage = z
  .object({
    findings: z
      .array(
        z.object({
          place: z.int(),
          list,
          row: z.int(),
          kind,
          column: z.string().nullable(),
          reason: z.string(),
          personId: z.uuid().nullable(),
          divisionCode,
        }),
      )
      .readonly(),
    next: z.int().nullable(),
  })
  .meta({ id: 'TakeOverFindings' });

export const difference = z
  .object({
    runNo: z.int(),
    sha256,
    counts: z.record(z.enum(differenceKinds), z.int()),
    lines: z
      .array(
        z.object({
          kind: z.enum(differenceKinds),
          row: z.int().nullable().describe('Of the old list.'),
          lineNo: z.int().nullable().describe('Of the run.'),
          personId: z.uuid().nullable(),
          itemId: z.string().nullable(),
          expectedFen: z.int().nullable().describe('分'),
          actualFen: z.int().describe('分; 0: it is not paid.'),
          why: z.string().nullable(),
        }),
      )
      .readonly(),
    signatures: z
      .array(z.object({ id: z.string(), role: z.string(), onBehalfOf: z.string().nullish() }))
      .readonly(),
  })
  .meta({ id: 'FirstRunDifference' });
export const signed = z
  .object({ runNo: z.int(), signatures: z.int(), isClosed: z.boolean() })
  .meta({ id: 'DifferenceSigned' });
