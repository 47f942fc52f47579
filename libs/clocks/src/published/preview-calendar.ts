import type { Caller, Database, Tx } from '@app/platform';
import { clockColumns, type ClockRow } from '../clock-row.js';
import type { ClockRule, RuleBook } from '../clock-rule.js';
import { loadClocks } from '../load-clocks.js';
import { Derivations, project } from '../projection.js';
import {
  changedDays,
  changedOfficeHours,
  levelOf,
  type ChangedDay,
  type WorkingCalendar,
} from '../working-calendar.js';

/** Clocks in one read. */
const PAGE = 2000;
const CASES_SHOWN = 200;
const NOWHERE = '00000000-0000-0000-0000-000000000000';

/** An end before and after. */
export interface PreviewedEnd {
  readonly clockId: string;
  readonly subjectId: string;
  readonly step: string;
  readonly basis: string;
  readonly before: Date | null;
  readonly after: Date | null;
}

/** What a calendar would do to the running terms of one service. */
export interface CalendarPreview {
  readonly days: readonly ChangedDay[];
  /** Divisions whose offices would close at another time. */
  readonly officeHours: readonly string[];
  readonly coveredTo: string;
  /** Running terms that the change can touch, all looked at. */
  readonly looked: number;
  /** Ends that move. */
  readonly moved: number;
  /** Ends that were 暂定 and are settled, moved or not. */
  readonly settled: number;
  readonly bySteps: readonly { readonly step: string; readonly basis: string; readonly moved: number }[];
  /** The first of them, in the order of their clocks. */
  readonly cases: readonly PreviewedEnd[];
}

/**
 * Works out, and writes nothing, which ends another calendar would move: the same projection by the same rows as the change itself. Only
 * clocks whose span touches what changed are looked at, page by page.
 * @param caller whose reach it is about
 */
export async function previewCalendar(
  { database, rules }: { readonly database: Database; readonly rules: RuleBook },
  caller: Caller,
  before: WorkingCalendar,
  after: WorkingCalendar,
  now: Date,
): Promise<CalendarPreview> {
  const days = changedDays(before, after);
  const officeHours = changedOfficeHours(before, after);
  const touched = touchedBy(before, after, days, officeHours);
  const steps = new Map<string, { step: string; basis: string; moved: number }>();
  const cases: PreviewedEnd[] = [];
  let looked = 0;
  let moved = 0;
  let settled = 0;
  let last = NOWHERE;
  const derivations = new Derivations(after);
  while (touched) {
    const page = await database.read(caller, (tx) => pageOf(tx, rules, touched, last));
    for (const clock of page) {
      const { row, rule } = clock;
      const { due } = project(clock, derivations, now);
      if (row.provisional && due?.provisional === false) settled += 1;
      if (row.due_at?.getTime() === due?.dueAt?.getTime()) continue;
      moved += 1;
      count(steps, row, rule);
      if (cases.length < CASES_SHOWN) {
        cases.push({
          clockId: row.clock_id,
          subjectId: row.subject_id,
          step: row.step,
          basis: rule.basis,
          before: row.due_at,
          after: due?.dueAt ?? null,
        });
      }
    }
    looked += page.length;
    if (page.length < PAGE) break;
    last = page.at(-1)!.row.clock_id;
  }
  const bySteps = [...steps.values()].sort((one, other) => other.moved - one.moved);
  return { days, officeHours, coveredTo: after.coveredTo, looked, moved, settled, bySteps, cases };
}

/** Which clocks a change can touch: their span, and where they are. */
interface Touched {
  readonly from: string;
  readonly to: string;
  /** Beginnings of division codes; null: everywhere. */
  readonly places: readonly string[] | null;
}

function touchedBy(
  before: WorkingCalendar,
  after: WorkingCalendar,
  days: readonly ChangedDay[],
  officeHours: readonly string[],
): Touched | null {
  const covers = before.settledTo !== after.settledTo || before.coveredFrom !== after.coveredFrom;
  if (days.length === 0 && officeHours.length === 0 && !covers) return null;
  const everywhere = covers || days.some(({ division }) => division === null);
  const divisions = [
    ...days.flatMap(({ division }) => (division === null ? [] : [division])),
    ...officeHours,
  ];
  const places = everywhere
    ? null
    : [...new Set(divisions)].map((division) => `${division.slice(0, levelOf(division))}%`);
  // An hour of closing counts on every last day, and what a calendar covers on every day beyond.
  if (officeHours.length > 0 || covers) return { from: '-infinity', to: 'infinity', places };
  const sorted = days.map(({ day }) => day).sort();
  return { from: sorted[0]!, to: sorted.at(-1)!, places };
}

async function pageOf(tx: Tx, rules: RuleBook, { from, to, places }: Touched, last: string) {
  const rows = await tx.query<ClockRow>(
    `select ${clockColumns} from clocks c
     where c.clock_id > $1 and c.status = 'running' and (c.due_at is not null or c.paused) and c.anchor_day <= $2::date
       and (c.due_at >= $3::timestamptz or c.provisional or c.paused)
       and ($4::text[] is null or c.division_code like any($4::text[]))
     order by c.clock_id limit ${PAGE}`,
    [last, to, from === '-infinity' ? from : `${from}T00:00:00+08:00`, places],
  );
  return loadClocks(tx, rules, rows);
}

function count(
  steps: Map<string, { step: string; basis: string; moved: number }>,
  { step }: ClockRow,
  { basis }: ClockRule,
): void {
  const key = `${step}\n${basis}`;
  const known = steps.get(key);
  if (known) known.moved += 1;
  else steps.set(key, { step, basis, moved: 1 });
}
