/**
 * The reference's own calendar of plain days: a list that is written out day by day, leap years by their rule, so that a mistake in
 * the engine's date arithmetic cannot be repeated here. A day is its place in the list.
 */
const FIRST_YEAR = 2015;
const LAST_YEAR = 2070;
/** 1 January 2015 was a Thursday, and the 16436th day after 1 January 1970. */
const FIRST_WEEKDAY = 4;
const FIRST_SINCE_1970 = 16_436;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Asia/Shanghai, which has known no summer time since 1991. */
const SHANGHAI = 8 * HOUR;

export interface PlainDay {
  /** `YYYY-MM-DD`. */
  readonly text: string;
  readonly year: number;
  /** 1–12. */
  readonly month: number;
  readonly date: number;
  readonly weekend: boolean;
}

/** How many days a month of 1–12 has. */
export function lengthOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const two = (number: number) => String(number).padStart(2, '0');

function writtenOut(): PlainDay[] {
  const list: PlainDay[] = [];
  let weekday = FIRST_WEEKDAY;
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      for (let date = 1; date <= lengthOf(year, month); date += 1) {
        const weekend = weekday === 6 || weekday === 0;
        list.push({ text: `${year}-${two(month)}-${two(date)}`, year, month, date, weekend });
        weekday = (weekday + 1) % 7;
      }
    }
  }
  return list;
}

const days = writtenOut();
const places = new Map(days.map(({ text }, place) => [text, place]));

/** The day in this place of the list. */
export function dayAt(place: number): PlainDay {
  const day = days[place];
  if (!day) throw new RangeError(`the reference has no day ${place}: it knows ${FIRST_YEAR} to ${LAST_YEAR}`);
  return day;
}

/** The place of `YYYY-MM-DD`. */
export function placeOf(text: string): number {
  const place = places.get(text);
  if (place === undefined) throw new RangeError(`the reference has no day ${text}`);
  return place;
}

/** The place of a date, which must exist in its month. */
export const placeOfDate = (year: number, month: number, date: number) =>
  placeOf(`${year}-${two(month)}-${two(date)}`);

/** The day that a clock on the wall in Shanghai shows at this instant. */
export const shanghaiDayOf = (instant: Date) =>
  Math.floor((instant.getTime() + SHANGHAI) / DAY) - FIRST_SINCE_1970;

/** The instant of a time on the wall in Shanghai, in milliseconds; `24:00` is the first instant of the next day. */
export function shanghaiInstant(place: number, time: string): number {
  const [hours = NaN, minutes = NaN] = time.split(':').map(Number);
  return (place + FIRST_SINCE_1970) * DAY + hours * HOUR + minutes * 60_000 - SHANGHAI;
}
