/** A calendar month, `YYYY-MM`. */
export type Month = string;

export function monthOf(day: string): Month {
  return day.slice(0, 7);
}

export function monthAfter(month: Month): Month {
  return shifted(month, 1);
}

export function monthBefore(month: Month): Month {
  return shifted(month, -1);
}

function shifted(month: Month, by: number): Month {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + by;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
}

/** The first month that has begun by this day or begins on it, and not before. */
export function firstMonthFrom(day: string): Month {
  return day.endsWith('-01') ? monthOf(day) : monthAfter(monthOf(day));
}

/** The last month that is owed when nothing is due from a day on: a month that has begun before it is owed whole. */
export function lastMonthBefore(day: string): Month {
  return monthBefore(firstMonthFrom(day));
}
