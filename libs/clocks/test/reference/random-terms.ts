import type {
  Extension,
  Ledger,
  LimitKind,
  Suspension,
  Term,
  TermUnit,
  YearlyWindow,
} from '../../src/term.js';
import { countyDaysOff, places, type CalendarName } from './calendars.js';
import { dayAt, placeOf, shanghaiInstant } from './day-list.js';

/** A term as anybody might arm it, what happened to it since, and the calendar that was known then. */
export interface RandomTerm {
  readonly calendar: CalendarName;
  readonly term: Term;
  readonly ledger: Ledger;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The term number `index` of `seed`: always the same one, so that a disagreement can be looked at by itself. */
export function randomTerm(seed: number, index: number): RandomTerm {
  const random = new Random(seed, index);
  const unit = random.weighted<TermUnit>([
    ['working-day', 36],
    ['natural-day', 26],
    ['month', 14],
    ['hour', 10],
    ['day-of-next-month', 7],
    ['yearly-window', 7],
  ]);
  const value = valueOf(random, unit);
  const span = spanOf(unit, value ?? 0);
  const { calendar, anchor: near, divisionCode } = whereAndWhen(random, span);
  const anchor = random.chance(10) ? lastOfMonth(near) : near;
  const anchorAt = new Date(shanghaiInstant(anchor, '00:00') + timeOfDay(random));
  const suspensions = random.chance(33) ? suspensionsOf(random, anchorAt, span) : [];
  const term: Term = {
    anchorDay: dayAt(anchor).text,
    ...(unit === 'hour' || random.chance(50) ? { anchorAt } : {}),
    value: random.chance(2) ? null : value,
    unit,
    kind: random.weighted<LimitKind>([
      ['statutory', 55],
      ['local_rule', 20],
      ['promised', 22],
      ['unknown', 3],
    ]),
    basis: '虚构条例第一条',
    ...(random.chance(12) ? { dayOne: random.pick(['same', 'same', 'next'] as const) } : {}),
    ...(random.chance(35) ? { rollOver: '民法典第二百零三条第一款' } : {}),
    ...(suspensions.length > 0 ? { pauses: [{ reason: 'assessment', basis: '虚构条例第二条' }] } : {}),
    ...(unit === 'yearly-window' ? { window: windowOf(random) } : {}),
    ...(random.chance(10) ? { holder: 'person' as const } : {}),
    ...(divisionCode ? { divisionCode } : {}),
  };
  return {
    calendar,
    term,
    ledger: { suspensions, extensions: random.chance(15) ? extensionsOf(random, unit) : [] },
  };
}

function valueOf(random: Random, unit: TermUnit): number {
  if (unit === 'day-of-next-month') return random.pick([1, 5, 10, 15, 28, 29, 30, 31]);
  if (random.chance(3)) return 0;
  if (unit === 'hour') return random.chance(50) ? random.pick([1, 2, 24, 48, 72]) : random.between(1, 200);
  if (unit === 'month') return random.chance(95) ? random.between(1, 24) : random.between(25, 200);
  return random.weighted<() => number>([
    [() => random.pick([3, 5, 7, 10, 15, 20, 30, 60, 90]), 50],
    [() => random.between(1, 30), 35],
    [() => random.between(31, 200), 15],
  ])();
}

/** About how many natural days such a term takes. */
function spanOf(unit: TermUnit, value: number): number {
  switch (unit) {
    case 'hour':
      return Math.ceil(value / 24);
    case 'working-day':
      return Math.ceil(value * 1.45) + 1;
    case 'natural-day':
      return value;
    case 'month':
      return value * 30;
    case 'day-of-next-month':
      return 30;
    case 'yearly-window':
      return 180;
  }
}

const firstDay = placeOf('2017-01-01');
const lastDay = placeOf('2026-12-28');

/** One in seven where a place or an amendment makes the difference, one in five over a New Year, one in twelve beyond what is published. */
function whereAndWhen(random: Random, span: number) {
  const near = (day: string) => placeOf(day) - random.between(0, Math.min(span, 300) + 2);
  const at = (day: number) => Math.max(day, firstDay);
  const kind = random.weighted([
    ['anywhere', 58] as const,
    ['new-year', 20] as const,
    ['local', 8] as const,
    ['amended', 6] as const,
    ['unpublished', 8] as const,
  ]);
  const divisionCode = random.weighted<string | undefined>([
    [undefined, 60],
    [places.elsewhere, 20],
    [places.neighbour, 10],
    [places.village, 5],
    [places.county, 5],
  ]);
  switch (kind) {
    case 'anywhere':
      return { calendar: 'in-force' as const, anchor: random.between(firstDay, lastDay), divisionCode };
    case 'new-year': {
      const anchor = at(near(`${random.between(2018, 2028)}-01-01`));
      return { calendar: 'in-force' as const, anchor, divisionCode };
    }
    case 'local': {
      const anchor = at(near(random.pick(countyDaysOff)));
      return {
        calendar: 'in-force' as const,
        anchor,
        divisionCode: random.pick([places.county, places.village, places.village]),
      };
    }
    case 'amended': {
      const [calendar, day] = random.pick([
        ['before-2019', '2018-12-29'],
        ['labour-day-2019-before', '2019-05-01'],
        ['spring-2020-before', '2020-02-01'],
        ['in-force', '2020-02-01'],
        ['in-force', '2018-12-30'],
      ] as const);
      return { calendar, anchor: at(near(day)), divisionCode };
    }
    case 'unpublished':
      return random.chance(50)
        ? { calendar: 'in-force' as const, anchor: random.between(lastDay - 60, lastDay + 900), divisionCode }
        : {
            calendar: 'until-2024' as const,
            anchor: random.between(placeOf('2024-10-01'), placeOf('2026-06-30')),
            divisionCode,
          };
  }
}

/** The 28th to the 31st are where months go wrong. */
function lastOfMonth(day: number): number {
  let last = day;
  while (dayAt(last + 1).month === dayAt(day).month) last += 1;
  return last;
}

/** Often just before or after midnight in Shanghai, and before or after midnight in Greenwich. */
function timeOfDay(random: Random): number {
  return random.weighted<() => number>([
    [() => 0, 8],
    [() => DAY - 1, 6],
    [() => random.pick([7, 8]) * HOUR + random.pick([-1, 0, 1]) * MINUTE, 12],
    [() => random.between(8 * 60, 18 * 60) * MINUTE, 54],
    [() => random.between(0, DAY - 1), 20],
  ])();
}

/** Up to four, in order: long, of one day, within a day, one on the heels of the other; before, at and after the end; some still open. */
function suspensionsOf(random: Random, anchorAt: Date, span: number): Suspension[] {
  const list: Suspension[] = [];
  let at = anchorAt.getTime() + (random.chance(5) ? -random.between(0, 3 * DAY) : 0);
  for (let left = random.pick([1, 1, 1, 2, 2, 3, 4]); left > 0; left -= 1) {
    const gap = random.weighted<() => number>([
      [() => 0, 12],
      [() => random.between(0, DAY), 20],
      [() => random.between(0, Math.max(1, Math.ceil((span * DAY) / 2))), 50],
      [() => Math.max(0, span - random.between(0, 3)) * DAY + random.between(-HOUR, HOUR), 18],
    ])();
    const from = moved(random, at + Math.max(0, gap), at);
    const length = random.weighted<() => number>([
      [() => random.between(0, 8 * HOUR), 15],
      [() => DAY, 10],
      [() => random.between(0, 5 * DAY), 40],
      [() => random.between(DAY, 60 * DAY), 33],
      [() => random.between(60 * DAY, 500 * DAY), 2],
    ])();
    const open = left === 1 && random.chance(12);
    const to = moved(random, from + length, from);
    list.push({
      reason: 'assessment',
      basis: '虚构条例第二条',
      from: new Date(from),
      to: open ? null : new Date(to),
    });
    at = to;
  }
  return list;
}

/** Now and then to the very midnight or the last millisecond of its day in Shanghai, never before `earliest`. */
function moved(random: Random, instant: number, earliest: number): number {
  if (!random.chance(15)) return instant;
  const midnight = Math.floor((instant + 8 * HOUR) / DAY) * DAY - 8 * HOUR;
  return Math.max(earliest, random.pick([midnight, midnight + DAY - 1, midnight + 8 * HOUR]));
}

function extensionsOf(random: Random, unit: TermUnit): Extension[] {
  const most = unit === 'month' ? 12 : 60;
  return Array.from({ length: random.pick([1, 1, 1, 2]) }, () => ({
    value: random.chance(50)
      ? random.pick([1, 3, 10].filter((each) => each <= most))
      : random.between(1, most),
    basis: '虚构条例第三条',
  }));
}

const windowOf = (random: Random): YearlyWindow =>
  random.pick([
    { from: '03-01', to: '10-31' },
    { from: '04-01', to: '06-30' },
    { from: '08-01', to: '09-30' },
    { from: '10-15', to: '10-31' },
    { from: '01-01', to: '12-31' },
    { from: '01-01', to: '01-01' },
  ]);

/** Marsaglia's xorshift over a hash of seed and index: enough for tests, and the same on every machine. */
class Random {
  private state: number;

  constructor(seed: number, index: number) {
    this.state = mixed(mixed(seed) ^ mixed(index + 0x9e3779b9)) || 1;
  }

  private next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(percent: number): boolean {
    return this.next() * 100 < percent;
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.next() * from.length)]!;
  }

  weighted<T>(choices: readonly (readonly [T, number])[]): T {
    let left = this.next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    return choices.at(-1)![0];
  }
}

function mixed(number: number): number {
  let hash = number | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return hash ^ (hash >>> 16);
}
