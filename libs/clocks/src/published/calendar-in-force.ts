import type { Caller, Database, Tx } from '@app/platform';
import type { LocalFile, YearFile } from '../calendar-files.js';
import type { Asked } from '../clock-rule.js';
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
  private readonly asked: Asked;

  constructor(
    database: Database,
    actor: Caller,
    private readonly released: WorkingCalendar,
  ) {
    this.asked = { query: (sql, params) => database.query(actor, sql, params ?? []) };
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

  /**
   * Reads what was published since. @returns whether the calendar is another one now
   * @param scope absent: a connection of its own
   */
  async refresh(scope: Asked = this.asked): Promise<boolean> {
    const [there] = await scope.query<{ known: number }>(
      'select count(*)::int as known from clock_calendars',
      [],
      'calendars-known',
    );
    if (there!.known === this.known) return false;
    const rows = await scope.query<PublishedCalendar & { readonly known: number }>(
      `select distinct on (kind, key) number, kind, key, content, (select count(*)::int from clock_calendars) as known
       from clock_calendars order by kind, key, number desc`,
    );
    // Several may look at once, and publications are never taken away: whoever read fewer of them was overtaken.
    const known = rows[0]?.known ?? 0;
    if (known <= this.known) return false;
    this.current = withPublished(this.released, rows);
    this.known = known;
    this.newest = Math.max(...rows.map(({ number }) => number));
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
