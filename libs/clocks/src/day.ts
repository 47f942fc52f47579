/**
 * Calendar days of Asia/Shanghai. Outside, a day is text, `YYYY-MM-DD`; inside, where terms are counted out by the million, it is the
 * number of days since 1 January 1970.
 */
const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_OF_400_YEARS = 146_097;
/** China has one zone and no summer time since 1991. */
const SHANGHAI_MS = 8 * 60 * 60 * 1000;

/** Texts that were asked for once: a few thousand days are all that any term of an office touches. */
const texts = new Map<number, string>();
const TEXTS_KEPT = 50_000;

/** @throws RangeError if it is not a day of the calendar, `YYYY-MM-DD` */
export function dayNumber(day: string): number {
  // Date.UTC takes the years 0 to 99 for those of the last century; 400 years later the calendar is the same.
  const later = Date.UTC(digits(day, 0, 4) + 400, digits(day, 5, 7) - 1, digits(day, 8, 10)) / DAY_MS;
  const number = later - DAYS_OF_400_YEARS;
  if (Number.isNaN(number) || dayText(number) !== day) throw new RangeError(`not a day: ${day}`);
  return number;
}

/** `YYYY-MM-DD`. */
export function dayText(day: number): string {
  let text = texts.get(day);
  if (text === undefined) {
    text = new Date(day * DAY_MS).toISOString().slice(0, 10);
    if (texts.size >= TEXTS_KEPT) texts.clear();
    texts.set(day, text);
  }
  return text;
}

/** The day on which an instant lies in Shanghai. */
export function dayOfInstant(instant: Date): number {
  return Math.floor((instant.getTime() + SHANGHAI_MS) / DAY_MS);
}

/** The instant so many minutes after the beginning of a day in Shanghai; 24 × 60 is its end. */
export function instantOn(day: number, minutes: number): Date {
  return new Date(day * DAY_MS + minutes * 60_000 - SHANGHAI_MS);
}

/** The date in the month so many months after the day's, or the end of that month where it has no such date. */
export function dateInMonth(day: number, months: number, date: number): number {
  const from = new Date(day * DAY_MS);
  const year = from.getUTCFullYear();
  const month = from.getUTCMonth() + months;
  const lastDate = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(date, lastDate)) / DAY_MS;
}

/** The same date so many months later, or the end of that month where it has no such date (民法典 §202). */
export function monthsLater(day: number, months: number): number {
  return dateInMonth(day, months, new Date(day * DAY_MS).getUTCDate());
}

/** Month 1–12 and date of a day. */
export function monthAndDate(day: number): { month: number; date: number } {
  const at = new Date(day * DAY_MS);
  return { month: at.getUTCMonth() + 1, date: at.getUTCDate() };
}

/** 0 is Monday, 5 and 6 are the weekend. 1 January 1970 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Minutes after midnight of `HH:MM`, up to `24:00`. @throws RangeError */
export function minutesOf(time: string): number {
  const match = /^(\d{2}):([0-5]\d)$/.exec(time);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : NaN;
  if (!(minutes <= 24 * 60)) throw new RangeError(`not a time of day: ${time}`);
  return minutes;
}

/** The day so many days later. */
export function plusDays(day: string, days: number): string {
  return dayText(dayNumber(day) + days);
}

/** The same date so many months later, or the end of that month where it has no such date (民法典 §202). */
export function plusMonths(day: string, months: number): string {
  return dayText(monthsLater(dayNumber(day), months));
}

function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    number = number * 10 + digit;
  }
  return number;
}
