import { Injectable } from '@nestjs/common';
import { departments, isRole, type Actor, type Department, type Role } from '@app/access';
import { Clock } from '@app/kernel';
import { searchWordIn } from '@app/names';
import { WorkTitles } from '../adapters/work-titles.js';
import {
  WorkQueue,
  type Counted,
  type DueTimes,
  type WorkQuestion,
  type WorkRow,
} from '../adapters/postgres/work-queue.js';
import { cursorText, readCursor } from '../domain/work-cursor.js';
import { beginOf, dayAfter, standingTimes } from '../domain/due-standing.js';
import { WorkCursorNotValid, WorkNameNotValid } from '../domain/work-errors.js';
import { workViews, type WorkFilter, type WorkSort, type WorkView } from '../domain/work-view.js';
import { PublishCalendar } from './publish-calendar.js';
import { QueueFreshness } from './queue-freshness.js';

/** A case as the queue shows it. */
export interface WorkLine extends Pick<
  WorkRow,
  | 'caseId'
  | 'owner'
  | 'personId'
  | 'personName'
  | 'divisionCode'
  | 'divisionName'
  | 'itemId'
  | 'period'
  | 'status'
  | 'waitsForPapers'
  | 'version'
> {
  readonly title: string;
  readonly task: {
    readonly step: string;
    readonly title: string;
    readonly kind: 'work' | 'decide';
    readonly roles: readonly Role[];
    readonly department: Department | null;
  } | null;
  readonly term: {
    readonly kind: string;
    readonly dueAt: string | null;
    readonly provisional: boolean;
    readonly paused: boolean;
    readonly basis: string;
    readonly step: string;
  } | null;
  readonly claim: { readonly by: string; readonly byName: string | null; readonly at: string } | null;
  readonly updatedAt: string;
}

export interface WorkPage {
  readonly rows: readonly WorkLine[];
  readonly total: Counted;
  readonly next: string | null;
  readonly asOf: string;
  readonly stale: boolean;
}

export interface WorkListing extends WorkFilter {
  readonly view: WorkView;
  readonly sort: WorkSort;
  readonly after?: string | undefined;
  readonly limit: number;
}

const countedDue = ['today', 'soon'] as const;
export type WorkCounts = Readonly<Record<WorkView | (typeof countedDue)[number], Counted>>;

/** Working days within which a term's end is soon: the rule of the deadline chip (临期). */
const SOON_WORKING_DAYS = 2;
const CALENDAR_GOOD_FOR_MS = 60_000;

/** The work queue of whoever asks. */
@Injectable()
export class FindWork {
  private soon: { readonly today: string; readonly day: string; readonly at: number } | null = null;

  constructor(
    private readonly queue: WorkQueue,
    private readonly titles: WorkTitles,
    private readonly freshness: QueueFreshness,
    private readonly calendars: PublishCalendar,
    private readonly clock: Clock,
  ) {}

  /** @throws WorkCursorNotValid, WorkNameNotValid */
  async list(actor: Actor, { view, sort, after, limit, ...filter }: WorkListing): Promise<WorkPage> {
    const cursor = after === undefined ? null : readCursor(after);
    if (after !== undefined && cursor?.sort !== sort) throw new WorkCursorNotValid();
    const question = await this.question(view, filter);
    const [{ rows, total, next }, freshness] = await Promise.all([
      this.queue.page(actor, question, { sort, after: cursor, limit }),
      this.freshness.now(),
    ]);
    return {
      rows: rows.map((row) => this.lineOf(row)),
      total,
      next: next && cursorText(next),
      asOf: freshness.asOf.toISOString(),
      stale: freshness.stale,
    };
  }

  /** How many each view has, and how many of all end today and soon. */
  async counts(
    actor: Actor,
    filter: Omit<WorkFilter, 'due' | 'name' | 'personId' | 'caseId'>,
  ): Promise<WorkCounts> {
    const all = await this.question('all', filter);
    return this.queue.counts(actor, {
      ...(Object.fromEntries(workViews.map((view) => [view, { ...all, view }])) as Record<
        WorkView,
        WorkQuestion
      >),
      ...(Object.fromEntries(
        countedDue.map((due) => [due, { ...all, filter: { ...filter, due } }]),
      ) as Record<(typeof countedDue)[number], WorkQuestion>),
    });
  }

  async question(view: WorkView, filter: WorkFilter): Promise<WorkQuestion> {
    const word = filter.name === undefined ? undefined : searchWordIn(filter.name);
    if (word === null) throw new WorkNameNotValid();
    return { view, filter, word, times: await this.times() };
  }

  lineOf(row: WorkRow): WorkLine {
    const titles = this.titles.of(row.itemId, row.itemVersion, row.divisionCode);
    return {
      caseId: row.caseId,
      owner: row.owner,
      personId: row.personId,
      personName: row.personName,
      divisionCode: row.divisionCode,
      divisionName: row.divisionName,
      itemId: row.itemId,
      title: titles.title,
      period: row.period,
      status: row.status,
      task: row.task === null ? null : taskOf(row.task, row, titles.steps.get(row.task)),
      term: row.term && { ...row.term, dueAt: row.term.dueAt?.toISOString() ?? null },
      waitsForPapers: row.waitsForPapers,
      claim: row.claim && { ...row.claim, at: row.claim.at.toISOString() },
      version: row.version,
      updatedAt: row.toldAt.toISOString(),
    };
  }

  private async times(): Promise<DueTimes> {
    const today = this.clock.today();
    const soonUntil = beginOf(dayAfter(await this.soonUntil(today), 1));
    return { ...standingTimes(this.clock.now(), today), soonUntil };
  }

  /** By the calendar of the country; a publication is known within a minute. */
  private async soonUntil(today: string): Promise<string> {
    const known = this.soon;
    if (known?.today === today && performance.now() - known.at < CALENDAR_GOOD_FOR_MS) return known.day;
    const { calendar } = await this.calendars.inForce();
    const { day } = calendar.addWorkingDays(today, SOON_WORKING_DAYS);
    this.soon = { today, day, at: performance.now() };
    return day;
  }
}

/** By whom a task may be done. */
export interface DoersOfTask {
  readonly roles: readonly Role[];
  readonly department: Department | null;
}

/** Roles as the queue keeps them, `member-unit:civil-affairs`, as roles and department again. */
export function doersOf(tokens: readonly string[]): DoersOfTask {
  const parts = tokens.map((doer) => doer.split(':') as [string, string?]);
  const department = parts.find(([, of]) => of !== undefined)?.[1];
  return {
    roles: parts.flatMap(([role]) => (isRole(role) ? role : [])),
    department: department !== undefined && department in departments ? (department as Department) : null,
  };
}

function taskOf(
  step: string,
  { taskDoers, status }: WorkRow,
  known: { readonly title: string; readonly kind: 'work' | 'decide' } | undefined,
): WorkLine['task'] {
  return {
    step,
    title: known?.title ?? step,
    kind: known?.kind ?? (status === 'deciding' ? 'decide' : 'work'),
    ...doersOf(taskDoers),
  };
}
