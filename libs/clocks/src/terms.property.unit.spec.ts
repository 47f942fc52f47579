import fc from 'fast-check';
import { ARTICLE, localFile } from '../test/invented.js';
import type { YearFile } from './calendar-files.js';
import { dayNumber, dayOfInstant, dayText, instantOn, plusDays, weekdayOf } from './day.js';
import { dueOf, usedOf } from './due.js';
import { explain } from './explain.js';
import { rungsOf } from './rungs.js';
import type { Ledger, Suspension, Term, TermUnit } from './term.js';
import { changedDays, WorkingCalendar } from './working-calendar.js';

/** Over the ten published years, and a place of its own in them. */
const published = WorkingCalendar.load();
const calendar = published.with(
  localFile(
    ['2018-07-11', '2021-07-26', '2024-02-10', '2025-09-24'],
    [
      { from: '05-01', to: '09-30', close: '17:30', source: 'an invented order' },
      { from: '10-01', to: '04-30', close: '17:00', source: 'an invented order' },
    ],
  ),
);

const runs = { numRuns: 600, seed: 338801 };
const FIRST = dayNumber('2017-01-01');
const LAST = dayNumber('2026-12-28');

const anyDay = fc.integer({ min: FIRST, max: dayNumber('2026-06-30') });
const pausing = fc.constantFrom<TermUnit>('working-day', 'natural-day', 'month', 'hour');

interface Drawn {
  readonly term: Term;
  readonly ledger: Ledger;
}

/** Suspensions one after the other, from the first days of a term on; the last may be open. */
const anySuspensions = (anchor: number): fc.Arbitrary<Suspension[]> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 30 * 1440 }), fc.integer({ min: 0, max: 25 * 1440 })), {
        maxLength: 3,
      }),
      fc.option(fc.integer({ min: 0, max: 30 * 1440 }), { freq: 4 }),
    )
    .map(([closed, open]) => {
      let minutes = -3 * 1440;
      const suspensions = closed.map(([after, lasts]): Suspension => {
        const from = instantOn(anchor, (minutes += after));
        return { reason: 'assessment', basis: ARTICLE, from, to: instantOn(anchor, (minutes += lasts)) };
      });
      if (open !== null) {
        const from = instantOn(anchor, minutes + open);
        suspensions.push({ reason: 'hearing', basis: ARTICLE, from, to: null });
      }
      return suspensions;
    });

/** A term that can be paused, with what happened to it. */
const drawn: fc.Arbitrary<Drawn> = anyDay.chain((anchor) =>
  fc
    .record({
      unit: pausing,
      value: fc.integer({ min: 0, max: 60 }),
      dayOne: fc.constantFrom<'next' | 'same'>('next', 'next', 'same'),
      rollOver: fc.constantFrom(null, null, ARTICLE),
      divisionCode: fc.constantFrom('338801001001', '330302001001'),
      minute: fc.integer({ min: 0, max: 1439 }),
      suspensions: anySuspensions(anchor),
      extensions: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 2 }),
    })
    .map(({ unit, value, minute, suspensions, extensions, ...rest }) => {
      const months = unit === 'month';
      return {
        term: {
          anchorDay: dayText(anchor),
          anchorAt: instantOn(anchor, minute),
          value: months ? value % 7 : value,
          unit,
          kind: 'statutory' as const,
          basis: ARTICLE,
          ...rest,
        },
        ledger: {
          suspensions,
          extensions: extensions.map((more) => ({ value: months ? (more % 3) + 1 : more, basis: ARTICLE })),
        },
      };
    }),
);

/** Any term, also one that ends on a date. */
const anyTerm: fc.Arbitrary<Drawn> = fc.oneof(
  { weight: 5, arbitrary: drawn },
  {
    weight: 1,
    arbitrary: fc.tuple(drawn, fc.integer({ min: 1, max: 31 })).map(([{ term, ledger }, value]) => ({
      term: { ...term, unit: 'day-of-next-month' as const, value },
      ledger,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(drawn, fc.integer({ min: 31, max: 365 })).map(([{ term, ledger }, day]) => ({
      term: {
        ...term,
        unit: 'yearly-window' as const,
        value: null,
        window: { from: '01-01', to: plusDays('2025-01-01', day - 1).slice(5) },
      },
      ledger,
    })),
  },
);

const unrolled = (term: Term): Term => ({ ...term, rollOver: null });

describe('over ten years of notices, any term', () => {
  it('measures what was added: the budget is used up on the last day, and not before', () => {
    fc.assert(
      fc.property(drawn, ({ term, ledger }) => {
        const due = dueOf(unrolled(term), calendar, ledger)!;
        fc.pre(!due.paused && term.value! + ledger.extensions.length > 0);
        const { budget } = explain(unrolled(term), calendar, ledger);
        expect(usedOf(term, calendar, ledger, due.day!)).toBeCloseTo(budget!, 9);
        if (budget! > 0) {
          expect(usedOf(term, calendar, ledger, plusDays(due.day!, -1))).toBeLessThan(budget!);
        }
        expect(usedOf(term, calendar, ledger, plusDays(due.day!, 40))).toBeCloseTo(budget!, 9);
      }),
      runs,
    );
  });

  it('adds what was measured: counting on from the day on which part was used gives the same end', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 99 }), ({ term, ledger }, percent) => {
        const counted = {
          ...unrolled(term),
          unit: term.unit === 'working-day' ? term.unit : ('natural-day' as const),
        };
        const due = dueOf(counted, calendar, ledger)!;
        const budget = ledger.extensions.reduce((sum, { value }) => sum + value, term.value!);
        const part = Math.floor((budget * percent) / 100);
        fc.pre(!due.paused && part > 0);
        const reached = dueOf({ ...counted, value: part }, calendar, { ...ledger, extensions: [] })!;
        const rest: Term = { ...counted, anchorDay: reached.day!, dayOne: 'next', value: budget - part };
        expect(dueOf(rest, calendar, { ...ledger, extensions: [] })).toEqual({
          ...due,
          // What was counted before the new anchor no longer matters.
          provisional: dueOf(rest, calendar, { ...ledger, extensions: [] })!.provisional,
        });
      }),
      runs,
    );
  });

  it('agrees with the day-by-day account of it, which counts by itself', () => {
    fc.assert(
      fc.property(anyTerm, ({ term, ledger }) => {
        const due = dueOf(term, calendar, ledger)!;
        const explained = explain(term, calendar, ledger);
        expect({
          day: explained.lastDay,
          dueAt: explained.dueAt,
          provisional: explained.provisional,
          paused: explained.pausedBy !== null,
        }).toEqual({ ...due, dueAt: due.dueAt?.toISOString() ?? null });
        if (!due.paused) expect(explained.totals.counted).toBeCloseTo(explained.budget!, 9);
        const { counted, off, paused, moved } = explained.totals;
        if (term.unit !== 'hour' && explained.budget! > 0) {
          expect(counted + off + paused + moved).toBe(explained.days.length);
        }
      }),
      { ...runs, numRuns: 1500 },
    );
  });

  it('never ends earlier for a greater value, nor for an extension', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 20 }), ({ term, ledger }, more) => {
        const due = dueOf(term, calendar, ledger)!;
        const longer = dueOf({ ...term, value: term.value! + more }, calendar, ledger)!;
        const extended = dueOf(term, calendar, {
          ...ledger,
          extensions: [...ledger.extensions, { value: more, basis: ARTICLE }],
        })!;
        expect(extended).toEqual(longer);
        // What stood still after the end may stand in the way of a longer one, never the other way round.
        if (longer.paused) return;
        expect(due.paused).toBe(false);
        expect(longer.dueAt! >= due.dueAt!).toBe(true);
      }),
      runs,
    );
  });

  it('never ends earlier for a suspension more', () => {
    fc.assert(
      fc.property(drawn, ({ term, ledger }) => {
        fc.pre(ledger.suspensions.length > 0);
        const shorter = { ...ledger, suspensions: ledger.suspensions.slice(0, -1) };
        const before = dueOf(term, calendar, shorter)!;
        const after = dueOf(term, calendar, ledger)!;
        expect(before.paused).toBe(false);
        if (!after.paused) expect(after.dueAt! >= before.dueAt!).toBe(true);
      }),
      runs,
    );
  });

  it('fires nothing while it stands still, and all its rungs in order, on whole minutes, else', () => {
    fc.assert(
      fc.property(anyTerm, ({ term, ledger }) => {
        const due = dueOf(term, calendar, ledger)!;
        const rungs = rungsOf(term, calendar, ledger);
        if (due.paused) return expect(rungs).toEqual([]);
        const times = rungs.map(({ at }) => at.getTime());
        expect(times).toEqual([...times].sort((one, other) => one - other));
        for (const time of times) expect(time % 60_000).toBe(0);
        for (const { level, at } of rungs) {
          if (level === 0) expect(at < due.dueAt!).toBe(true);
          else expect(at >= due.dueAt!).toBe(true);
        }
        const end = rungs.find(({ level }) => level === 1)!;
        expect(end.at.getTime() - due.dueAt!.getTime()).toBeLessThan(60_000);
      }),
      runs,
    );
  });
});

describe('suspend and resume commute with time', () => {
  /** What the ledger knew at an instant: what had begun, and whether it had ended. */
  const knownAt = ({ suspensions, extensions }: Ledger, instant: number): Ledger => ({
    suspensions: suspensions
      .filter(({ from }) => from.getTime() <= instant)
      .map((each) => (each.to !== null && each.to.getTime() > instant ? { ...each, to: null } : each)),
    extensions,
  });

  it('however often the end was asked for while they were written down', () => {
    fc.assert(
      fc.property(
        drawn,
        fc.array(fc.integer({ min: 0, max: 120 * 1440 }), { maxLength: 8 }),
        (one, asked) => {
          const { term, ledger } = one;
          // An own calendar, that has been asked nothing yet.
          const fresh = WorkingCalendar.from(calendar.files);
          const expected = dueOf(term, fresh, ledger);
          for (const minutes of [...asked].sort((a, b) => a - b)) {
            dueOf(term, calendar, knownAt(ledger, instantOn(dayNumber(term.anchorDay), minutes).getTime()));
          }
          expect(dueOf(term, calendar, ledger)).toEqual(expected);
        },
      ),
      { ...runs, numRuns: 100 },
    );
  });

  it('as soon as the end is known at an instant before it, nothing that happens after the end changes it', () => {
    fc.assert(
      fc.property(drawn, ({ term, ledger }) => {
        const due = dueOf(unrolled(term), calendar, ledger)!;
        fc.pre(!due.paused && term.value! > 0);
        const after =
          term.unit === 'hour' ? due.dueAt!.getTime() : instantOn(dayNumber(due.day!), 0).getTime();
        expect(dueOf(unrolled(term), calendar, knownAt(ledger, after - 1))).toEqual(due);
        const later: Suspension = { reason: 'hearing', basis: ARTICLE, from: new Date(after), to: null };
        const suspensions = [
          ...ledger.suspensions.filter(({ to, from }) => to! <= later.from && from < later.from),
          later,
        ];
        expect(dueOf(unrolled(term), calendar, { ...ledger, suspensions })).toEqual(due);
      }),
      runs,
    );
  });

  it('a suspension split at an inner day is the same as the whole one', () => {
    fc.assert(
      fc.property(drawn, fc.double({ min: 0, max: 1, noNaN: true }), ({ term, ledger }, share) => {
        fc.pre(ledger.suspensions.length > 0);
        const split = ledger.suspensions.flatMap((each): Suspension[] => {
          const { from, to } = each;
          const end = to ?? new Date(from.getTime() + 20 * 24 * 3600_000);
          const inner = new Date(from.getTime() + Math.floor((end.getTime() - from.getTime()) * share));
          return [
            { ...each, to: inner },
            { ...each, from: inner },
          ];
        });
        expect(dueOf(term, calendar, { ...ledger, suspensions: split })).toEqual(
          dueOf(term, calendar, ledger),
        );
        const of = (suspensions: readonly Suspension[]) =>
          usedOf(term, calendar, { ...ledger, suspensions }, plusDays(term.anchorDay, 40));
        expect(of(split)).toBeCloseTo(of(ledger.suspensions), 9);
      }),
      runs,
    );
  });

  it('one that begins and ends within a day, or an instant of hours, changes nothing', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 0, max: 60 }), ({ term, ledger }, days) => {
        const day = dayNumber(term.anchorDay) + days;
        const from = instantOn(day, 9 * 60);
        const to = term.unit === 'hour' ? from : instantOn(day, 17 * 60);
        const clear = ledger.suspensions.every(
          (each) => (each.to !== null && each.to <= from) || each.from >= to,
        );
        fc.pre(clear);
        const suspensions = [...ledger.suspensions, { reason: 'supplement', basis: ARTICLE, from, to }].sort(
          (one, other) => one.from.getTime() - other.from.getTime(),
        );
        expect(dueOf(term, calendar, { ...ledger, suspensions })).toEqual(dueOf(term, calendar, ledger));
      }),
      runs,
    );
  });

  it('while an open one stands, the end once it goes on is later by what it took', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 60 }), ({ term, ledger }, days) => {
        const closed = { ...ledger, suspensions: ledger.suspensions.filter(({ to }) => to !== null) };
        const plain = { ...unrolled(term), unit: 'natural-day' as const };
        const before = dueOf(plain, calendar, closed)!;
        const from = new Date(
          Math.max(
            closed.suspensions.at(-1)?.to?.getTime() ?? 0,
            instantOn(dayNumber(term.anchorDay), 1440).getTime(),
          ),
        );
        fc.pre(dayOfInstant(from) < dayNumber(before.day!) && term.value! > 0);
        const open: Suspension = { reason: 'hearing', basis: ARTICLE, from, to: null };
        expect(
          dueOf(plain, calendar, { ...closed, suspensions: [...closed.suspensions, open] }),
        ).toMatchObject({
          paused: true,
          day: null,
          dueAt: null,
        });
        const to = new Date(from.getTime() + days * 24 * 3600_000);
        const after = dueOf(plain, calendar, {
          ...closed,
          suspensions: [...closed.suspensions, { ...open, to }],
        })!;
        expect(after.day).toBe(plusDays(before.day!, days));
      }),
      runs,
    );
  });
});

describe('moving the calendar', () => {
  /** A year with a day off more, or a weekend day worked more. */
  const amended = (day: number): YearFile => {
    const text = dayText(day);
    const file = calendar.files.years.find(({ year }) => year === Number(text.slice(0, 4)))!;
    const { [text]: _, ...days } = file.days;
    const worked = calendar.isWorkingDay(text);
    if (!worked && weekdayOf(day) <= 4) return { ...file, days };
    return { ...file, days: { ...days, [text]: { type: worked ? '法定休' : '调休班', name: '改' } } };
  };

  it('and back changes nothing', () => {
    fc.assert(
      fc.property(
        anyTerm,
        fc.array(fc.integer({ min: FIRST, max: LAST }), { minLength: 1, maxLength: 4 }),
        (one, days) => {
          const { term, ledger } = one;
          let moved = calendar;
          for (const day of days) moved = moved.with(amended(day));
          moved = moved.with(localFile());
          const back = moved.with(...calendar.files.years, ...calendar.files.local);
          expect(changedDays(calendar, back)).toEqual([]);
          expect(dueOf(term, back, ledger)).toEqual(dueOf(term, calendar, ledger));
          expect(rungsOf(term, back, ledger)).toEqual(rungsOf(term, calendar, ledger));
        },
      ),
      { ...runs, numRuns: 150 },
    );
  });

  it('changes an end only if a day that it depends on is among the changed ones', () => {
    fc.assert(
      fc.property(anyTerm, fc.integer({ min: FIRST, max: LAST }), ({ term, ledger }, day) => {
        const moved = calendar.with(amended(day));
        const [was, is] = [dueOf(term, calendar, ledger)!, dueOf(term, moved, ledger)!];
        if (JSON.stringify(was) === JSON.stringify(is)) return;
        const changed = changedDays(calendar, moved).map((each) => each.day);
        const last =
          [was.day, is.day]
            .filter((each) => each !== null)
            .sort()
            .at(-1) ?? '9999';
        expect(changed.some((each) => each >= term.anchorDay && each <= last)).toBe(true);
        expect(term.unit === 'working-day' || Boolean(term.rollOver)).toBe(true);
      }),
      { ...runs, numRuns: 300 },
    );
  });
});

describe('a term is provisional', () => {
  // Two years in force, and the third as it may yet come: with every day that is not settled turned over, or only some of them.
  const years = calendar.files.years.filter(({ year }) => year === 2024 || year === 2025);
  const inForce = WorkingCalendar.from({ years });
  const flipped = (turn: (day: number) => boolean): WorkingCalendar => {
    const special = (year: number, from: string) => {
      const days: YearFile['days'] = {};
      for (let day = dayNumber(from); dayText(day) <= `${year}-12-31`; day += 1) {
        if (!turn(day)) continue;
        days[dayText(day)] = { type: inForce.isWorkingDay(dayText(day)) ? '法定休' : '调休班', name: '改' };
      }
      return days;
    };
    const of2025 = years.find(({ year }) => year === 2025)!;
    return WorkingCalendar.from({
      years: [
        years[0]!,
        { ...of2025, days: { ...of2025.days, ...special(2025, plusDays(inForce.settledTo, 1)) } },
        { year: 2026, source: { basis: 'an invented notice' }, days: special(2026, '2026-01-01') },
        { year: 2027, source: { basis: 'an invented notice' }, days: {} },
      ],
    });
  };
  const ways = [
    () => true,
    (day: number) => day % 2 === 0,
    (day: number) => day % 3 === 0,
    (day: number) => day % 7 < 2,
  ].map(flipped);

  it('if, and only if, days that no notice has settled can move it', () => {
    let moving = 0;
    const near = fc.integer({ min: -40, max: 12 });
    fc.assert(
      fc.property(anyTerm, near, ({ term, ledger }, offset) => {
        const anchor = dayNumber(inForce.settledTo) + offset;
        const by = (anchor - dayNumber(term.anchorDay)) * 24 * 3600_000;
        const shift = (at: Date | null) => at && new Date(at.getTime() + by);
        const here: Term = {
          ...term,
          anchorDay: dayText(anchor),
          anchorAt: shift(term.anchorAt!),
          value: term.unit === 'working-day' || term.unit === 'natural-day' ? term.value! % 30 : term.value,
        };
        const then: Ledger = {
          suspensions: ledger.suspensions
            .filter(({ to }) => to !== null)
            .map((each) => ({ ...each, from: shift(each.from)!, to: shift(each.to) })),
          extensions: [],
        };
        const due = dueOf(here, inForce, then)!;
        fc.pre(!due.paused && due.day! < '2026-12-01');
        const moved = ways.some((way) => dueOf(here, way, then)!.day !== due.day);
        if (moved) {
          moving += 1;
          expect(due.provisional).toBe(true);
        }
        // The other way round: of the end itself, whether it is worked is always asked, and one of the ways turns it over.
        if (due.provisional) expect(moved).toBe(true);
      }),
      { ...runs, numRuns: 1000 },
    );
    expect(moving).toBeGreaterThan(100);
  });
});
