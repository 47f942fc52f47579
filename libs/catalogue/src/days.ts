/** Calendar days as `YYYY-MM-DD` strings: they compare as text, and no clock or zone can shift them. */

/** Later than every day that is met: "no date alone changes this". */
export const NEVER = '9999-12-31';

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

export function makeDay(year: number, month: number, day: number): string {
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
}

export function partsOf(day: string): { year: number; month: number; day: number } {
  return { year: +day.slice(0, 4), month: +day.slice(5, 7), day: +day.slice(8, 10) };
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export function addDays(day: string, days: number): string {
  if (day === NEVER) return NEVER;
  const { year, month, day: date } = partsOf(day);
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
}

export function isRealDay(day: string): boolean {
  const { year, month, day: date } = partsOf(day);
  return month >= 1 && month <= 12 && date >= 1 && date <= daysInMonth(year, month);
}

export interface Shift {
  readonly years: number;
  readonly months: number;
  readonly days: number;
}

/** Same day of the month, or the month's last where it has none (民法典 §202), then whole days. */
export function shiftDay(day: string, shift: Shift): string {
  const { year, month, day: date } = partsOf(day);
  const months = year * 12 + (month - 1) + shift.years * 12 + shift.months;
  const newYear = Math.floor(months / 12);
  const newMonth = (months % 12) + 1;
  const shifted = makeDay(newYear, newMonth, Math.min(date, daysInMonth(newYear, newMonth)));
  return shift.days === 0 ? shifted : addDays(shifted, shift.days);
}

/** Completed years (周岁) on a day. */
export function ageOn(birthDate: string, day: string): number {
  const years = +day.slice(0, 4) - +birthDate.slice(0, 4);
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

/** The day on which an age is reached: the birthday, and 1 March for those born on 29 February in a year without one. */
export function dayOfAge(birthDate: string, age: number): string {
  const { year, month, day } = partsOf(birthDate);
  if (month === 2 && day === 29 && daysInMonth(year + age, 2) === 28) return makeDay(year + age, 3, 1);
  return makeDay(year + age, month, day);
}

export function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

export function later(a: string, b: string): string {
  return a > b ? a : b;
}
