import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@app/kernel';
import type { Caller, Database, Tx } from '@app/platform';
import { clockColumns, toChange, type ClockRow } from './clock-row.js';
import type { RuleBook } from './clock-rule.js';
import { loadClocks } from './load-clocks.js';
import type { NearHorizon } from './near-horizon.js';
import { Derivations, project, type LoadedClock, type Projection } from './projection.js';
import type { RungHandler } from './rung-handler.js';
import type { WorkingCalendar } from './working-calendar.js';
import { writeProjections } from './write-projections.js';

/** Clocks in one transaction: it must be over within 300 ms, for the sake of every relay. */
const PAGE = 2000;
const BUSY_MS = 20;

/** A clock whose end moved when the calendar changed. */
export interface Projected {
  readonly clockId: string;
  readonly subjectId: string;
  readonly step: string;
  /** Null: it stands still. */
  readonly before: Date | null;
  readonly after: Date | null;
}

/** How many running clocks were worked out anew, and the ends of how many moved. */
export interface Reprojected {
  readonly looked: number;
  readonly moved: number;
}

/** Told, page by page and after its commit, what moved. */
export type ToldOfMoves = (moved: readonly Projected[]) => void | Promise<void>;

/**
 * Works out anew when running terms end once the calendar is another one: a year's notice was loaded, or one in force amended. Page by
 * page; how far it is stands in `clock_projections` and commits with each page, so that it goes on wherever a process died, and several
 * processes share the work. A rung that fired stays fired, and one that waits to fire is not lost.
 */
export class Reprojection {
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    private readonly handler: RungHandler,
    private readonly rules: RuleBook,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
    private readonly horizon: NearHorizon,
    /** Number of the newest publication in the calendar. */
    private readonly number: () => number = () => 0,
  ) {}

  /**
   * @param by absent: the calendar of this process
   * @returns what this process did of it; nothing where it is done already
   */
  async run(told: ToldOfMoves = () => undefined, by: WorkingCalendar = this.calendar): Promise<Reprojected> {
    const number = this.number();
    // One that is in force again, after another, moves terms back: it is known by its number too.
    const digest = `${digestOf(by)}:${number}`;
    await this.begin(digest);
    const derivations = new Derivations(by);
    let looked = 0;
    let moved = 0;
    while (!this.stopping) {
      const page = await this.page(digest, derivations, number);
      if (!page) break;
      looked += page.looked;
      moved += page.moved.length;
      this.horizon.announce(page.upcoming);
      if (page.moved.length > 0) await told(page.moved);
      if (page.blocked) await wait(BUSY_MS);
    }
    return { looked, moved };
  }

  /** Ends after the page in progress. */
  stop(): void {
    this.stopping = true;
  }

  /**
   * Another process may have armed clocks by the calendar before while this one was projected, as when processes are replaced one by one:
   * so for a day whoever starts does it again.
   */
  private async begin(calendar: string): Promise<void> {
    await this.database.query(
      this.actor,
      `insert into clock_projections as p (calendar) values ($1)
       on conflict (calendar) do update set after = default, finished_at = null
       where p.finished_at is not null and p.started_at > now() - interval '1 day'`,
      [calendar],
    );
  }

  private async page(digest: string, derivations: Derivations, number: number): Promise<Page | null> {
    return this.database.transaction(this.actor, async (tx) => {
      const [at] = await tx.query<{ after: string }>(
        'select after from clock_projections where calendar = $1 and finished_at is null for update',
        [digest],
      );
      if (!at) return null;
      const ids = (
        await tx.query<{ clock_id: string }>(
          `select clock_id from clocks where clock_id > $1 and status = 'running' and (due_at is not null or paused)
           order by clock_id limit $2`,
          [at.after, PAGE],
          'clocks-page',
        )
      ).map(({ clock_id }) => clock_id);
      // A command locks in an order of its own, so this waits for none: the page ends before the first that is held.
      const rows = await tx.query<ClockRow>(
        `select ${clockColumns} from clocks c where c.clock_id = any($1::uuid[]) order by c.clock_id for update skip locked`,
        [ids],
        'clocks-page-lock',
      );
      const locked = new Set(rows.map(({ clock_id }) => clock_id));
      const held = ids.findIndex((id) => !locked.has(id));
      const last = (held < 0 ? ids : ids.slice(0, held)).at(-1) ?? at.after;
      const running = rows.filter(({ status }) => status === 'running');
      const changed = (await loadClocks(tx, this.rules, running)).flatMap((each) =>
        this.changed(each, derivations),
      );
      const finished = held < 0 && ids.length < PAGE;
      const moved = changed.filter(({ row, due }) => row.due_at?.getTime() !== due?.dueAt?.getTime());
      // One after the other on the connection, without waiting here for each: the next is prepared while one is written.
      await Promise.all([
        writeProjections(tx, changed),
        tx.query(
          `update clock_projections set after = $2, finished_at = case when $3 then now() end where calendar = $1`,
          [digest, last, finished],
          'clocks-page-done',
        ),
        ...(moved.length > 0 ? [keepMoves(tx, number, moved)] : []),
      ]);
      if (moved.length > 0) {
        await this.handler.onMoved(
          tx,
          moved.map(({ row, term, due, paused }) => toChange(row, term, due, paused)),
        );
      }
      return {
        looked: held < 0 ? ids.length : held,
        blocked: held >= 0,
        upcoming: changed.map(({ next }) => ({ next_at: next?.at ?? null })),
        moved: moved.map(({ row, due }) => ({
          clockId: row.clock_id,
          subjectId: row.subject_id,
          step: row.step,
          before: row.due_at,
          after: due?.dueAt ?? null,
        })),
      };
    });
  }

  private changed(clock: LoadedClock, derivations: Derivations): Changed[] {
    const { row } = clock;
    const projected = project(clock, derivations, this.clock.now());
    const { due, next } = projected;
    const same =
      due?.dueAt?.getTime() === row.due_at?.getTime() &&
      (due?.provisional ?? false) === row.provisional &&
      (due?.paused ?? false) === row.paused &&
      next?.rung === (row.next_rung ?? undefined) &&
      // One whose handler failed is looked at again later than its rung says.
      (next === undefined || next.at.getTime() === row.next_at!.getTime() || next.at <= this.clock.now());
    return same ? [] : [{ row, ...projected }];
  }
}

interface Changed extends Projection {
  readonly row: ClockRow;
}

interface Page {
  readonly looked: number;
  /** A command holds the clock after the last one. */
  readonly blocked: boolean;
  readonly upcoming: readonly { readonly next_at: Date | null }[];
  readonly moved: readonly Projected[];
}

/** What moved, kept so that it can be shown. */
async function keepMoves(tx: Tx, number: number, moved: readonly Changed[]): Promise<void> {
  await tx.query(
    `insert into clock_moves (clock_id, number, before_at, after_at)
     select n.clock_id, $1, n.before_at, n.after_at from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[])
       as n (clock_id, before_at, after_at)`,
    [
      number,
      moved.map(({ row }) => row.clock_id),
      moved.map(({ row }) => row.due_at),
      moved.map(({ due }) => due?.dueAt ?? null),
    ],
    'clocks-moves',
  );
}

/** The same days and hours give the same digest. */
function digestOf(calendar: WorkingCalendar): string {
  const { years, local } = calendar.files;
  const days = (of: Readonly<Record<string, unknown>>) =>
    Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));
  const content = [
    years.map(({ year, days: special }) => [year, days(special)]),
    local
      .map(
        ({ division, days: special, officeHours }) => [division, days(special), officeHours ?? null] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}
