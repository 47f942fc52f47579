import { minutesOf, monthAndDate } from './day.js';

/** The hours of a place from a date to a date of every year, both `MM-DD`; `from` may be later in the year than `to`. */
export interface OfficeSeason {
  readonly from: string;
  readonly to: string;
  /** Close of business, `HH:MM`. */
  readonly close: string;
  /** The document that says so. */
  readonly source: string;
}

/** When the offices of a place close, by season: the end of a term's last day there (民法典 §203(2)). */
export class OfficeHours {
  private readonly seasonOf: readonly (OfficeSeason | undefined)[];
  private readonly minutes: Int16Array;

  /** @throws RangeError if a time is none, or the seasons do not name each of the 366 dates exactly once */
  constructor(readonly seasons: readonly OfficeSeason[]) {
    const seasonOf = new Array<OfficeSeason | undefined>(12 * 31);
    for (const date of everyDate()) {
      const those = seasons.filter((season) => holds(season, date));
      if (those.length === 0) throw new RangeError(`officeHours: no season holds ${date}`);
      if (those.length > 1) {
        const [one, other] = those.map(({ from, to }) => `${from}–${to}`);
        throw new RangeError(`officeHours: ${date} lies in two seasons, ${one} and ${other}`);
      }
      seasonOf[placeOf(Number(date.slice(0, 2)), Number(date.slice(3)))] = those[0];
    }
    this.seasonOf = seasonOf;
    const closes = new Map(seasons.map((season) => [season, minutesOf(season.close)]));
    this.minutes = Int16Array.from(seasonOf, (season) => (season ? closes.get(season)! : 0));
  }

  /** Minutes after midnight. */
  closeOn(day: number): number {
    const { month, date } = monthAndDate(day);
    return this.minutes[placeOf(month, date)]!;
  }

  seasonOn(day: number): OfficeSeason {
    const { month, date } = monthAndDate(day);
    return this.seasonOf[placeOf(month, date)]!;
  }
}

function placeOf(month: number, date: number): number {
  return (month - 1) * 31 + date - 1;
}

function holds({ from, to }: OfficeSeason, date: string): boolean {
  return from <= to ? from <= date && date <= to : from <= date || date <= to;
}

/** The dates of a leap year, `MM-DD`. */
function* everyDate(): Generator<string> {
  for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2025, 0, 1); at += 24 * 60 * 60 * 1000) {
    yield new Date(at).toISOString().slice(5, 10);
  }
}
