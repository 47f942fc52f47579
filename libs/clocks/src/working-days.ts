import { weekdayOf } from './day.js';

const FRIDAY = 4;

/**
 * The working days of one place, numbered one after the other, so that counting on from a day is two look-ups instead of a walk.
 * Days are numbers of `day.ts`. Where nothing special is known, Monday to Friday are worked.
 */
export class WorkingDays {
  /** First day of the table, a Monday: before it and after it the weekdays are counted by arithmetic. */
  private readonly first: number;
  /** How many working days there are in the table up to and including each of its days. */
  private readonly upToDay: Int32Array;
  /** The working days of the table, in order. */
  private readonly nthDay: Int32Array;

  /** @param special the days that differ from their weekday, and whether they are worked */
  constructor(special: ReadonlyMap<number, boolean>) {
    let from = 0;
    let to = -1;
    for (const day of special.keys()) {
      if (to < from) from = to = day;
      else if (day < from) from = day;
      else if (day > to) to = day;
    }
    this.first = from - weekdayOf(from);
    this.upToDay = new Int32Array(to < from ? 0 : to - this.first + 1);
    const worked: number[] = [];
    for (let day = this.first; day <= to; day += 1) {
      if (special.get(day) ?? weekdayOf(day) <= FRIDAY) worked.push(day);
      this.upToDay[day - this.first] = worked.length;
    }
    this.nthDay = Int32Array.from(worked);
  }

  isWorking(day: number): boolean {
    return this.upTo(day) > this.upTo(day - 1);
  }

  /** How many working days lie in (after, to]. */
  between(after: number, to: number): number {
    return this.upTo(to) - this.upTo(after);
  }

  /** The n-th working day after the day, n > 0. */
  after(day: number, n: number): number {
    return this.nth(this.upTo(day) + n);
  }

  /** The n-th working day before the day, n > 0. */
  before(day: number, n: number): number {
    return this.nth(this.upTo(day - 1) - n + 1);
  }

  /** The day itself if it is worked, else the next one that is. */
  from(day: number): number {
    return this.after(day - 1, 1);
  }

  /** The number of the last working day that is not after the day; the first one of the table has number 1. */
  private upTo(day: number): number {
    const place = day - this.first;
    const { upToDay, nthDay } = this;
    if (place < 0) return weekdaysIn(place);
    if (place < upToDay.length) return upToDay[place]!;
    return nthDay.length + weekdaysIn(place) - weekdaysIn(upToDay.length - 1);
  }

  private nth(number: number): number {
    const { upToDay, nthDay } = this;
    if (number <= 0) return this.first + nthWeekday(number);
    if (number <= nthDay.length) return nthDay[number - 1]!;
    return this.first + nthWeekday(number - nthDay.length + weekdaysIn(upToDay.length - 1));
  }
}

/** How many weekdays there are from a Monday (place 0) up to a place; less than zero before it. */
function weekdaysIn(place: number): number {
  const week = Math.floor((place + 1) / 7);
  return week * 5 + Math.min(place + 1 - week * 7, 5);
}

/** The place of the n-th weekday from that Monday on, which is the first. */
function nthWeekday(n: number): number {
  const week = Math.floor((n - 1) / 5);
  return week * 7 + (n - 1 - week * 5);
}
