import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@app/kernel';
import type { Caller, Database } from '@app/platform';
import { clockColumns, type ClockRow } from './clock-row.js';
import type { RuleBook } from './clock-rule.js';
import { loadClocks } from './load-clocks.js';
import type { NearHorizon } from './near-horizon.js';
import { Derivations } from './projection.js';
import type { Reckon, Reckoning } from './reckoning.js';
import type { RungHandler } from './rung-handler.js';
import { settleClocks } from './settle-clocks.js';
import type { WorkingCalendar } from './working-calendar.js';

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

/** What a page did, told after its commit. */
export interface PageDone {
  readonly moved: readonly Projected[];
  /** Clocks of it are due: by this calendar and not by the one before, or passed by while the page held them. */
  readonly due: boolean;
}

/**
 * Works out anew when running terms end once the calendar is another one: a year's notice was loaded, or one in force amended. Page by
 * page; how far it is stands in `clock_projections` and commits with each page, so that it goes on wherever a process died, and several
 * processes share the work. A rung that fired stays fired, and one that waits to fire is not lost. It goes on beside the firing, which
 * settles the clocks that it takes itself; neither waits for a clock that the other holds.
 */
export class Reprojection {
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    private readonly handler: RungHandler,
    private readonly rules: RuleBook,
    private readonly clock: Clock,
    private readonly horizon: NearHorizon,
    /** The calendar in force: another one than that of the run ends it, before it writes what that one has moved already. */
    private readonly reckon: Reckon,
  ) {}

  /** @returns what this process did of it; nothing where it is done already */
  async run(
    by: Reckoning,
    told: (page: PageDone) => void | Promise<void> = () => undefined,
  ): Promise<Reprojected> {
    // One that is in force again, after another, moves terms back: it is known by its number too.
    const digest = `${digestOf(by.calendar)}:${by.number}`;
    await this.begin(digest);
    const derivations = new Derivations(by.calendar);
    let looked = 0;
    let moved = 0;
    while (!this.stopping) {
      const page = await this.page(digest, by, derivations);
      if (!page) break;
      looked += page.looked;
      moved += page.moved.length;
      this.horizon.announce(page.upcoming);
      await told(page);
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

  private async page(digest: string, by: Reckoning, derivations: Derivations): Promise<Page | null> {
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
      const [loaded, { state }] = await Promise.all([loadClocks(tx, this.rules, running), this.reckon(tx)]);
      if (state !== by.state) return null;
      const now = this.clock.now();
      const finished = held < 0 && ids.length < PAGE;
      const [settled] = await Promise.all([
        settleClocks(tx, loaded, { derivations, number: by.number, handler: this.handler, now }),
        tx.query(
          `update clock_projections set after = $2, finished_at = case when $3 then now() end where calendar = $1`,
          [digest, last, finished],
          'clocks-page-done',
        ),
      ]);
      return {
        looked: held < 0 ? ids.length : held,
        blocked: held >= 0,
        upcoming: settled.flatMap(({ changed, next }) => (changed ? [{ next_at: next?.at ?? null }] : [])),
        due: settled.some(({ changed, next, clock: { row } }) => {
          const at = changed ? next?.at : row.next_at;
          return at ? at <= now : false;
        }),
        moved: settled.flatMap(({ moved, clock: { row }, due }) =>
          moved
            ? [
                {
                  clockId: row.clock_id,
                  subjectId: row.subject_id,
                  step: row.step,
                  before: row.due_at,
                  after: due?.dueAt ?? null,
                },
              ]
            : [],
        ),
      };
    });
  }
}

interface Page extends PageDone {
  readonly looked: number;
  /** A command holds the clock after the last one. */
  readonly blocked: boolean;
  readonly upcoming: readonly { readonly next_at: Date | null }[];
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
