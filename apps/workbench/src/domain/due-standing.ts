import type { Reach } from './unit-reach.js';

/**
 * How an open case stands with the nearest of its office's terms; each stands in exactly one. What is only promised is never overdue
 * (超承诺), nor is what stands still, nor a case to whose task no text gives a number (`unknown`).
 */
export const dueStandings = [
  'overdue',
  'promise-passed',
  'today',
  'week',
  'later',
  'paused',
  'unknown',
] as const;
export type DueStanding = (typeof dueStandings)[number];

/** How many of each; what there is none of is left out. */
export type StandingCounts = Readonly<Partial<Record<DueStanding, number>>>;

/** Days after today that `week` reaches. */
export const DAYS_TO_COME = 7;

/** By which divisions the numbers of a place are told: of a county its towns, of a town its villages. */
export const overviewLevels = { county: 6, town: 9, village: 12 } as const;
export type OverviewLevel = keyof typeof overviewLevels;

/** @param reach what is looked at, as one range */
export function overviewLevel({ from, to }: Reach): OverviewLevel {
  const isWithin = (digits: number) => from.slice(0, digits) === to.slice(0, digits);
  if (isWithin(overviewLevels.town)) return 'village';
  return isWithin(overviewLevels.county) ? 'town' : 'county';
}

/** Instants that part the standings of terms. */
export interface StandingTimes {
  readonly now: Date;
  /** The end of today. */
  readonly tomorrow: Date;
  /** The end of the last of the days to come. */
  readonly weekUntil: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The day so many days later, earlier if it is negative. @param day `YYYY-MM-DD` */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The instant at which a day in Asia/Shanghai begins. */
export function beginOf(day: string): Date {
  return new Date(`${day}T00:00:00+08:00`);
}

/** @param today `YYYY-MM-DD` */
export function standingTimes(now: Date, today: string): StandingTimes {
  return {
    now,
    tomorrow: beginOf(dayAfter(today, 1)),
    weekUntil: beginOf(dayAfter(today, DAYS_TO_COME + 1)),
  };
}
