import type { Caller, Database, Tx } from '@app/platform';
import type { LocalFile, YearFile } from '../calendar-files.js';
import { WorkingCalendar } from '../working-calendar.js';
import type { CalendarKind } from './calendar-check.js';

/** A calendar as a service keeps it. */
export interface PublishedCalendar {
  readonly number: number;
  readonly kind: CalendarKind;
  readonly key: string;
  readonly content: YearFile | LocalFile;
}

/**
 * The calendar that holds now in one service of one process: the files of the release, and over them the newest publication of each
 * year and place. Other processes of the service learn of a publication when they look (`refresh`).
 */
export class CalendarInForce {
  /** Whoever holds this has the calendar that is in force at each question. One computation asks without waiting, and so of one calendar. */
  readonly calendar: WorkingCalendar;
  private current: WorkingCalendar;
  private known = 0;
  private newest = 0;

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    private readonly released: WorkingCalendar,
  ) {
    this.current = released;
    this.calendar = inPlaceOf(() => this.current);
  }

  /** Number of the newest publication that is in it; 0: the files of the release alone. */
  get number(): number {
    return this.newest;
  }

  /** The calendar in force at this moment, for those who reckon with one while another may come. */
  get now(): WorkingCalendar {
    return this.current;
  }

  /** Another one whenever the calendar is another one. */
  get state(): number {
    return this.known;
  }

  /** Reads what was published since. @returns whether the calendar is another one now */
  async refresh(): Promise<boolean> {
    const [there] = await this.database.query<{ known: number; newest: number }>(
      this.actor,
      'select count(*)::int as known, coalesce(max(number), 0)::int as newest from clock_calendars',
    );
    if (there!.known === this.known) return false;
    const rows = await this.database.query<PublishedCalendar>(
      this.actor,
      'select distinct on (kind, key) number, kind, key, content from clock_calendars order by kind, key, number desc',
    );
    this.current = withPublished(this.released, rows);
    this.known = there!.known;
    this.newest = there!.newest;
    return true;
  }
}

/** Keeps publications; one that is known already is not kept again. */
export async function keepPublished(tx: Tx, published: readonly PublishedCalendar[]): Promise<void> {
  await tx.query(
    `insert into clock_calendars (number, kind, key, content)
     select n.number, n.kind, n.key, n.content from unnest($1::int[], $2::text[], $3::text[], $4::jsonb[])
       as n (number, kind, key, content)
     on conflict (number) do nothing`,
    [
      published.map(({ number }) => number),
      published.map(({ kind }) => kind),
      published.map(({ key }) => key),
      published.map(({ content }) => JSON.stringify(content)),
    ],
  );
}

/**
 * A calendar with the newest publication of each key. A year that came before the one between, on its way over other partitions, waits
 * for that one.
 */
export function withPublished(
  released: WorkingCalendar,
  rows: readonly Pick<PublishedCalendar, 'kind' | 'content'>[],
): WorkingCalendar {
  const years = rows
    .flatMap(({ content }) => ('year' in content ? [content] : []))
    .sort((one, other) => one.year - other.year);
  const local = rows.flatMap(({ content }) => ('division' in content ? [content] : []));
  const first = Number(released.coveredFrom.slice(0, 4));
  let last = Number(released.coveredTo.slice(0, 4));
  const fitting = years.filter(({ year }) => {
    if (year < first || year > last + 1) return false;
    last = Math.max(last, year);
    return true;
  });
  return released.with(...fitting, ...local);
}

/** Stands in place of a calendar that is exchanged: every question goes to the one that is there when it is asked. */
function inPlaceOf(current: () => WorkingCalendar): WorkingCalendar {
  return new Proxy(current(), {
    get: (_, property) => {
      const calendar = current();
      const value: unknown = Reflect.get(calendar, property, calendar);
      return typeof value === 'function' ? (value.bind(calendar) as unknown) : value;
    },
  });
}
