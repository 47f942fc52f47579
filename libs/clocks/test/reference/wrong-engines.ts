import type { Ledger, Suspension, Term } from '../../src/term.js';
import { dayAt, lengthOf, placeOf, placeOfDate, shanghaiDayOf, shanghaiInstant } from './day-list.js';
import { naiveEnd, type End, type Engine } from './naive-term.js';
import { isOff, placesAround, type RawTable } from './raw-table.js';

/** A mistake that deadline systems are known to make, planted on purpose. */
export interface WrongEngine {
  /** What it does wrong. */
  readonly mistake: string;
  readonly engine: Engine;
}

const DAY = 24 * 3_600_000;

/** A wrong idea of the term, of the days, or of the ledger, given to the reference. */
const withTerm =
  (change: (term: Term) => Term): Engine =>
  (term, table, ledger) =>
    naiveEnd(change(term), table, ledger);

const withTable =
  (change: (table: RawTable, term: Term) => RawTable): Engine =>
  (term, table, ledger) =>
    naiveEnd(term, change(table, term), ledger);

const withLedger =
  (change: (ledger: Ledger, term: Term, table: RawTable) => Ledger): Engine =>
  (term, table, ledger) =>
    naiveEnd(term, table, change(ledger, term, table));

const withSuspensions = (change: (suspension: Suspension) => Suspension) =>
  withLedger((ledger) => ({ ...ledger, suspensions: ledger.suspensions.map(change) }));

const moved = (instant: Date, milliseconds: number) => new Date(instant.getTime() + milliseconds);

/** The table changes once for each wrong idea, not once for each term. */
function once(change: (table: RawTable) => RawTable): (table: RawTable) => RawTable {
  const changed = new Map<RawTable, RawTable>();
  return (table) => {
    const known = changed.get(table) ?? change(table);
    changed.set(table, known);
    return known;
  };
}

const withoutTypes = (...types: string[]) =>
  once((table) => ({
    ...table,
    types: new Map([...table.types].filter(([, type]) => !types.includes(type))),
  }));

/** The term as if nothing had stopped or lengthened it. */
const bare = (term: Term, table: RawTable) => naiveEnd(term, table, { suspensions: [], extensions: [] });

const isDated = (term: Term) => term.unit === 'day-of-next-month' || term.unit === 'yearly-window';

/** Ends on another day than the right one, with everything else as it should be. */
function onDay(term: Term, table: RawTable, ledger: Ledger, dayOf: (right: number) => number): End | null {
  const right = naiveEnd(term, table, ledger);
  if (!right?.day || term.unit === 'hour') return right;
  const wrong = dayOf(placeOf(right.day));
  return wrong === placeOf(right.day) ? right : { ...right, ...endingOn(term, table, wrong) };
}

function endingOn(term: Term, table: RawTable, day: number) {
  const { day: text, dueAt } = naiveEnd(
    { ...term, anchorDay: dayAt(day).text, value: 0, unit: 'natural-day', rollOver: null },
    table,
    { suspensions: [], extensions: [] },
  )!;
  return { day: text, dueAt };
}

/** As JavaScript's Date has it: 31 January and a month is 3 March. */
function overflowing(year: number, month: number, date: number): number {
  const length = lengthOf(year, month);
  return date <= length ? placeOfDate(year, month, date) : placeOfDate(year, month, length) + (date - length);
}

function monthsLater(anchor: number, months: number, date: number): number {
  const { year, month } = dayAt(anchor);
  const count = year * 12 + (month - 1) + months;
  return overflowing(Math.floor(count / 12), (count % 12) + 1, date);
}

export const wrongEngines: readonly WrongEngine[] = [
  {
    mistake: '起算日：把事件当天算作第一天 · counts the day of the event itself',
    engine: withTerm((term) => ({ ...term, dayOne: 'same' })),
  },
  {
    mistake: '起算日：法规写明当日起算仍从次日算 · never takes the day of the event as the first',
    engine: withTerm((term) => ({ ...term, dayOne: 'next' })),
  },
  {
    mistake: '补班的周末不算工作日 · a weekend day that is worked counts as off',
    engine: withTable(withoutTypes('调休班')),
  },
  {
    mistake: '调休的休息日算工作日 · a day off in lieu counts as a working day',
    engine: withTable(withoutTypes('调休休')),
  },
  {
    mistake: '只认周末，不认节假日 · knows weekends and no holidays',
    engine: withTable(withoutTypes('调休班', '调休休', '法定休')),
  },
  {
    mistake: '中止当日也停止计算 · the day on which a pause begins is not counted either',
    engine: withSuspensions((suspension) => ({ ...suspension, from: moved(suspension.from, -DAY) })),
  },
  {
    mistake: '恢复当日即计算 · the day on which it goes on is counted',
    engine: withSuspensions((suspension) => ({
      ...suspension,
      to: suspension.to && new Date(Math.max(suspension.from.getTime(), suspension.to.getTime() - DAY)),
    })),
  },
  {
    mistake: '中止不改变到期日 · a pause does not move the end',
    engine: withLedger((ledger) => ({ ...ledger, suspensions: [] })),
  },
  {
    mistake: '未恢复的中止被忽略 · an open pause does not hold the term',
    engine: withLedger((ledger) => ({ ...ledger, suspensions: ledger.suspensions.filter(({ to }) => to) })),
  },
  {
    mistake: '只认第一次中止 · only the first pause counts',
    engine: withLedger((ledger) => ({ ...ledger, suspensions: ledger.suspensions.slice(0, 1) })),
  },
  {
    mistake: '自然日期限的中止按工作日计 · a pause of natural days moves the end by its working days',
    engine: pausedByWorkingDays,
  },
  {
    mistake:
      '到期之后的中止也顺延 · pauses after the end, and days off within one, are added to the end all the same',
    engine: addsEveryPause,
  },
  {
    mistake: '中止后重新起算 · the whole budget begins again after a pause',
    engine: beginsAgain,
  },
  {
    mistake: '中止不停小时 · hours run on through a pause',
    engine: (term, table, ledger) =>
      naiveEnd(term, table, term.unit === 'hour' ? { ...ledger, suspensions: [] } : ledger),
  },
  {
    mistake: '月末溢出：1月31日加一个月成为3月3日 · months run over the end of a month',
    engine: (term, table, ledger) => {
      if (term.unit !== 'month' || term.value === null) return naiveEnd(term, table, ledger);
      const anchor = placeOf(term.anchorDay);
      const months = term.value + ledger.extensions.reduce((sum, { value }) => sum + value, 0);
      const days = monthsLater(anchor, months, dayAt(anchor).date) - anchor;
      return naiveEnd({ ...term, unit: 'natural-day', value: days }, table, { ...ledger, extensions: [] });
    },
  },
  {
    mistake: '一个月按三十天 · a month is thirty days',
    engine: (term, table, ledger) => {
      if (term.unit !== 'month' || term.value === null) return naiveEnd(term, table, ledger);
      const months = term.value + ledger.extensions.reduce((sum, { value }) => sum + value, 0);
      return naiveEnd({ ...term, unit: 'natural-day', value: months * 30 }, table, {
        ...ledger,
        extensions: [],
      });
    },
  },
  {
    mistake: '一律顺延 · always moves off a day off',
    engine: withTerm((term) => ({ ...term, rollOver: '一律顺延' })),
  },
  {
    mistake: '从不顺延 · never moves off a day off',
    engine: withTerm((term) => ({ ...term, rollOver: null })),
  },
  {
    mistake: '向前顺延 · moves back to the working day before',
    engine: (term, table, ledger) => {
      if (!term.rollOver) return naiveEnd(term, table, ledger);
      const around = placesAround(table, term.divisionCode);
      const provisional = naiveEnd(term, table, ledger)?.provisional ?? false;
      const end = onDay({ ...term, rollOver: null }, table, ledger, (right) => {
        let day = right;
        while (isOff(table, around, day)) day -= 1;
        return day;
      });
      return end && { ...end, provisional };
    },
  },
  {
    mistake: '顺延只看周末 · moves off weekends only, on to a holiday',
    engine: (term, table, ledger) => {
      if (!term.rollOver) return naiveEnd(term, table, ledger);
      const provisional = naiveEnd(term, table, ledger)?.provisional ?? false;
      const end = onDay({ ...term, rollOver: null }, table, ledger, (right) => {
        let day = right;
        while (dayAt(day).weekend) day += 1;
        return day;
      });
      return end && { ...end, provisional };
    },
  },
  {
    mistake: '自然日当作工作日 · natural days as working days',
    engine: withTerm((term) => (term.unit === 'natural-day' ? { ...term, unit: 'working-day' } : term)),
  },
  {
    mistake: '工作日当作自然日 · working days as natural days',
    engine: withTerm((term) => (term.unit === 'working-day' ? { ...term, unit: 'natural-day' } : term)),
  },
  {
    mistake:
      '未公布的年度当作没有节假日且不标暂定 · an unpublished year has no holidays, and that is certain',
    engine: withTable(once((table) => ({ ...table, settledTo: Infinity }))),
  },
  {
    mistake: '年末三日当作已定 · the last days of a year are certain before the next notice',
    engine: withTable(once((table) => ({ ...table, settledTo: table.settledTo + 3 }))),
  },
  {
    mistake: '不认地方休息日 · does not know days off of a place',
    engine: withTable(
      once((table) => ({
        ...table,
        places: table.places.map((place) => ({ ...place, daysOff: new Set<number>() })),
      })),
    ),
  },
  {
    mistake: '地方休息日全国通用 · a day off of one place holds everywhere',
    engine: withTable((table, term) => ({
      ...table,
      places: table.places.map((place) =>
        term.divisionCode?.startsWith(place.prefix) ? place : { ...place, prefix: '', officeHours: [] },
      ),
    })),
  },
  {
    mistake: '不认2020年春节延长 · the extension of Spring Festival 2020 is not known',
    engine: withTable(
      once((table) => {
        const types = new Map(table.types);
        types.delete(placeOf('2020-01-31'));
        types.delete(placeOf('2020-02-02'));
        types.set(placeOf('2020-02-01'), '调休班');
        return { ...table, types };
      }),
    ),
  },
  {
    mistake: '不认下一年通知对上年末的调整 · what the next notice changes in the year before is not known',
    engine: withTable(
      once((table) => {
        const types = new Map(table.types);
        for (const day of types.keys()) {
          const { month, date } = dayAt(day);
          if (month === 12 && date >= 29) types.delete(day);
        }
        return { ...table, types };
      }),
    ),
  },
  {
    mistake: '延长从起算日重新计 · an extension is counted from the anchor',
    engine: (term, table, ledger) => {
      const more = ledger.extensions.reduce((sum, { value }) => sum + value, 0);
      if (more === 0 || isDated(term) || term.value === null) return naiveEnd(term, table, ledger);
      return naiveEnd({ ...term, value: Math.max(term.value, more) }, table, { ...ledger, extensions: [] });
    },
  },
  {
    mistake: '延长不生效 · an extension is not counted',
    engine: withLedger((ledger) => ({ ...ledger, extensions: [] })),
  },
  {
    mistake: '延长一律按自然日 · working days are extended by natural days',
    engine: (term, table, ledger) => {
      const more = ledger.extensions.reduce((sum, { value }) => sum + value, 0);
      if (term.unit !== 'working-day' || more === 0) return naiveEnd(term, table, ledger);
      return onDay(term, table, { ...ledger, extensions: [] }, (end) => end + more);
    },
  },
  {
    mistake: '按协调世界时分日 · days by Greenwich and not by Shanghai',
    engine: (term, table, ledger) => {
      if (term.unit === 'hour') return naiveEnd(term, table, ledger);
      const suspensions = ledger.suspensions.map((suspension) => ({
        ...suspension,
        from: moved(suspension.from, -DAY / 3),
        to: suspension.to && moved(suspension.to, -DAY / 3),
      }));
      return naiveEnd(term, table, { ...ledger, suspensions });
    },
  },
  {
    mistake: '最后一日截止到协调世界时的午夜 · the last day ends at midnight in Greenwich',
    engine: (term, table, ledger) => {
      const end = naiveEnd(term, table, ledger);
      if (!end?.day || term.unit === 'hour') return end;
      return { ...end, dueAt: shanghaiInstant(placeOf(end.day), '32:00') };
    },
  },
  {
    mistake: '最后一日的零点就到期 · ends as the last day begins',
    engine: (term, table, ledger) => {
      const end = naiveEnd(term, table, ledger);
      if (!end?.day || term.unit === 'hour') return end;
      return { ...end, dueAt: shanghaiInstant(placeOf(end.day), '00:00') };
    },
  },
  {
    mistake: '不认办公时间，一律到二十四时 · does not know when the office closes',
    engine: withTable(
      once((table) => ({
        ...table,
        places: table.places.map((place) => ({ ...place, officeHours: [] })),
      })),
    ),
  },
  {
    mistake: '冬夏办公时间不分 · the hours of the first season hold all year',
    engine: withTable(
      once((table) => ({
        ...table,
        places: table.places.map((place) => ({
          ...place,
          officeHours: place.officeHours
            .slice(0, 1)
            .map((season) =>
              place.officeHours.length > 1 ? { ...season, from: '01-01', to: '12-31' } : season,
            ),
        })),
      })),
    ),
  },
  {
    mistake: '年度窗口总按当年 · the window is always that of the anchor’s year',
    engine: (term, table, ledger) => {
      if (term.unit !== 'yearly-window' || term.kind === 'unknown') return naiveEnd(term, table, ledger);
      const { year } = dayAt(placeOf(term.anchorDay));
      return naiveEnd({ ...term, anchorDay: `${year}-${term.window!.to}` }, table, ledger);
    },
  },
  {
    mistake: '年度窗口内的锚点总推到下一年 · the window is always that of the year after',
    engine: (term, table, ledger) => {
      if (term.unit !== 'yearly-window' || term.kind === 'unknown') return naiveEnd(term, table, ledger);
      const { year } = dayAt(placeOf(term.anchorDay));
      return naiveEnd({ ...term, anchorDay: `${year + 1}-${term.window!.to}` }, table, ledger);
    },
  },
  {
    mistake: '次月无此日时溢出到再下月 · a day that the next month does not have is in the month after it',
    engine: (term, table, ledger) =>
      dated(term, table, ledger, (anchor, date) => monthsLater(anchor, 1, date)),
  },
  {
    mistake: '次月某日按当月 · takes the day of the anchor’s own month',
    engine: (term, table, ledger) =>
      dated(term, table, ledger, (anchor, date) => {
        const { year, month } = dayAt(anchor);
        return placeOfDate(year, month, Math.min(date, lengthOf(year, month)));
      }),
  },
  {
    mistake: '没有数字或性质不明的期限也到期 · a limit of unknown kind is due',
    engine: withTerm((term) => (term.kind === 'unknown' ? { ...term, kind: 'promised' } : term)),
  },
  {
    mistake: '小时按上班时间或整日计 · hours end with the day and not at their instant',
    engine: (term, table, ledger) => {
      const end = naiveEnd(term, table, ledger);
      if (!end?.day || term.unit !== 'hour') return end;
      return { ...end, dueAt: shanghaiInstant(placeOf(end.day), '24:00') };
    },
  },
];

/** Natural days: the end without any pause, moved by the working days of the pauses. */
function pausedByWorkingDays(term: Term, table: RawTable, ledger: Ledger): End | null {
  const natural = term.unit === 'natural-day' || term.unit === 'month';
  if (!natural || ledger.suspensions.length === 0) return naiveEnd(term, table, ledger);
  const right = naiveEnd({ ...term, rollOver: null }, table, ledger);
  if (!right?.day) return right;
  const around = placesAround(table, term.divisionCode);
  let end = placeOf(naiveEnd({ ...term, rollOver: null }, table, { ...ledger, suspensions: [] })!.day!);
  for (const { from, to } of ledger.suspensions) {
    for (let day = shanghaiDayOf(from) + 1; day <= shanghaiDayOf(to ?? from); day += 1) {
      if (!isOff(table, around, day)) end += 1;
    }
  }
  return naiveEnd({ ...term, unit: 'natural-day', value: 0, anchorDay: dayAt(end).text }, table, {
    suspensions: [],
    extensions: [],
  });
}

/** The end without any pause, moved by all days of all pauses, wherever these lie. */
function addsEveryPause(term: Term, table: RawTable, ledger: Ledger): End | null {
  const closed = ledger.suspensions.every(({ to }) => to);
  if (term.unit === 'hour' || isDated(term) || !closed) return naiveEnd(term, table, ledger);
  const days = ledger.suspensions.reduce(
    (sum, { from, to }) => sum + shanghaiDayOf(to ?? from) - shanghaiDayOf(from),
    0,
  );
  return onDay(term, table, { ...ledger, suspensions: [] }, (end) => end + days);
}

function beginsAgain(term: Term, table: RawTable, ledger: Ledger): End | null {
  const last = ledger.suspensions.filter(({ to }) => to).at(-1);
  const right = naiveEnd(term, table, ledger);
  if (!last?.to || term.unit === 'hour' || isDated(term) || !right?.day) return right;
  const unpaused = bare(term, table);
  if (!unpaused?.day || shanghaiDayOf(last.from) >= placeOf(unpaused.day)) return right;
  return naiveEnd({ ...term, anchorDay: dayAt(shanghaiDayOf(last.to)).text }, table, {
    ...ledger,
    suspensions: [],
  });
}

function dated(
  term: Term,
  table: RawTable,
  ledger: Ledger,
  dayOf: (anchor: number, date: number) => number,
): End | null {
  if (term.unit !== 'day-of-next-month' || term.value === null) return naiveEnd(term, table, ledger);
  if (term.kind === 'unknown') return null;
  const day = dayOf(placeOf(term.anchorDay), term.value);
  return naiveEnd({ ...term, unit: 'natural-day', value: 0, anchorDay: dayAt(day).text }, table, {
    suspensions: [],
    extensions: [],
  });
}
