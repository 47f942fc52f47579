import { calendarDay, divisionCode, instant, owners } from '@app/contracts';
import { z } from 'zod';
import { gapKinds, gapReasons } from '../domain/reconcile.js';
import { title } from './views.js';

/** What the reconciliation answers. */
const kind = z.enum(gapKinds);
const money = z.int().describe('分 a month, by the catalogue.');

const counted = {
  gaps: z.int(),
  distrusted: z.int().describe('Of these, how many rest on a source that the run did not trust.'),
  monthly: money,
  unpriced: z.int().describe('Of these, how many have no amount a month that can be told.'),
  unpaid: z.int().describe('分 that are missing of 已享未付, all months together; 0 for other kinds.'),
};

const distrusted = z
  .object({
    source: z.string(),
    reason: z.string(),
    since: instant.nullable().describe('Since when; null: not known.'),
    messages: z
      .int()
      .nullable()
      .describe('How many messages it is behind; null: not known, or none are meant.'),
    persons: z
      .int()
      .nullable()
      .describe('How many persons it touches, whose gaps are marked; null: not known.'),
  })
  .meta({ id: 'Distrusted', description: 'A source that a run could not trust' });

const byKind = z
  .object({ kind, ...counted, persons: z.int() })
  .meta({ id: 'GapsOfKind', description: 'Gaps of one kind that a run saw' });

const run = z
  .object({
    runId: z.uuid(),
    region: z.string().describe('Division code of 6, 9 or 12 digits.'),
    day: calendarDay,
    cause: z.enum(['nightly', 'asked']),
    status: z.enum(['running', 'done']),
    progress: z.object({ lookedAt: z.int(), expected: z.int() }),
    holders: z.int(),
    undetermined: z.int().describe('Holders whose record, or whose region’s catalogue, is not here.'),
    outcomes: z
      .object({ entitled: z.int(), waiting: z.int(), notEntitled: z.int(), unknown: z.int() })
      .describe('Person times item.'),
    drifted: z.int().describe('Persons whose stored outcomes were out of date; they are decided again.'),
    missing: z
      .object({ persons: z.int(), facts: z.int() })
      .describe('Facts to be asked for, once per person.'),
    opened: z.int().describe('Gaps that no earlier run had seen.'),
    closed: z.int().describe('Gaps that this run saw no more.'),
    gaps: z.array(byKind).describe('In your reach.'),
    distrusted: z.array(distrusted).describe('What the run could not trust; empty while it runs.'),
    notLooked: z
      .array(z.object({ what: z.string(), reason: z.string() }))
      .describe('What the run did not look at: that it lists nothing of it says nothing.'),
    startedAt: instant,
    finishedAt: instant.nullable(),
    by: z.object({ id: z.string(), role: z.string() }),
  })
  .meta({ id: 'Reconciliation', description: 'A run of should-have against has' });
export type RunView = z.infer<typeof run>;

export const runsView = z
  .object({ runs: z.array(run) })
  .meta({ id: 'Reconciliations', description: 'Runs, newest first' });
export type RunsView = z.infer<typeof runsView>;

export const startedView = z
  .object({
    runs: z.array(
      z.object({
        runId: z.uuid(),
        region: z.string(),
        begun: z.boolean().describe('false: one was under way already, and this is it.'),
      }),
    ),
  })
  .meta({ id: 'ReconciliationsStarted', description: 'Runs that are under way now' });
export type StartedView = z.infer<typeof startedView>;

export const trendView = z
  .object({
    points: z.array(
      z.object({
        runId: z.uuid(),
        day: calendarDay,
        place: z.string().describe('The first 6, 9 or 12 digits of the division code.'),
        kind,
        ...counted,
        persons: z.int(),
      }),
    ),
  })
  .meta({ id: 'GapTrend', description: 'Gaps per run, place and kind, newest run first' });
export type TrendView = z.infer<typeof trendView>;

const task = z
  .object({
    ownerRole: z.string(),
    status: z.enum(['open', 'answered', 'closed']),
    releasedOn: calendarDay,
    releasedBy: z.string(),
    clock: z.object({
      kind: z.enum(['local_rule', 'promised', 'unknown']),
      value: z.int().nullable(),
      unit: z.string(),
      basis: z.string(),
      dueDay: calendarDay.nullable().describe('Last day; null: the place has set no number.'),
      dueAt: instant.nullable(),
      provisional: z.boolean(),
      mark: z.enum(['超期', '超承诺']).nullable(),
      reminders: z
        .array(z.object({ rung: z.string(), level: z.int(), firedAt: instant }))
        .describe('Who was told is in their notices: 提醒 (0), 督办 (1, 2) and 通报 (3).'),
    }),
    answer: z.string().nullable(),
    answeredOn: calendarDay.nullable(),
    answeredBy: z.string().nullable(),
  })
  .meta({ id: 'GapTask', description: 'Who looks after a gap, and until when' });
export type TaskView = z.infer<typeof task>;

const gap = z
  .object({
    gapId: z.uuid(),
    personId: z.uuid(),
    divisionCode,
    itemId: z.string(),
    title,
    owner: z.enum(owners),
    period: z.string(),
    kind,
    reason: z.enum(gapReasons),
    zh: z.string(),
    because: z.array(z.object({ fact: z.string(), zh: z.string() })),
    since: calendarDay,
    monthly: money.nullable(),
    months: z.array(z.string()).describe('Of 已享未付: the months that were not paid, `YYYY-MM`.'),
    unpaid: z.int().nullable().describe('Of 已享未付: 分 that are missing; null: nobody can tell.'),
    distrusted: z.array(z.string()).describe('Sources that it rests on and that the last run did not trust.'),
    openedOn: calendarDay,
    closedOn: calendarDay.nullable(),
    task: task.nullable(),
  })
  .meta({ id: 'Gap', description: 'A difference between what a person should have and what they have' });
export type GapView = z.infer<typeof gap>;

const doubts = z
  .array(distrusted.extend({ region: z.string(), day: calendarDay }))
  .describe('What the newest runs of the places could not trust: of it the list says nothing certain.');

export const gapsView = z
  .object({ gaps: z.array(gap), doubts, next: z.string().nullable() })
  .meta({ id: 'Gaps', description: 'Gaps, village by village' });
export type GapsView = z.infer<typeof gapsView>;

export const gapVillagesView = z
  .object({
    villages: z.array(
      z.object({
        divisionCode,
        kinds: z.array(z.object({ kind, itemId: z.string(), released: z.int(), ...counted })),
      }),
    ),
    doubts,
    next: divisionCode.nullable(),
  })
  .meta({ id: 'GapVillages', description: 'Open gaps by village, kind and item' });
export type GapVillagesView = z.infer<typeof gapVillagesView>;

export const releasedView = z
  .object({
    released: z.int(),
    distrusted: z.int().describe('Left out because the run did not trust what they rest on.'),
    more: z.boolean().describe('Whether there are more: ask again.'),
  })
  .meta({ id: 'GapsReleased', description: 'Gaps that became tasks' });
export type ReleasedView = z.infer<typeof releasedView>;

export const answeredView = z
  .object({ gapId: z.uuid(), status: z.literal('answered') })
  .meta({ id: 'GapAnswered', description: 'A task that its owner has answered' });
export type AnsweredView = z.infer<typeof answeredView>;
