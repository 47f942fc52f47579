import type { TermExplained, Told } from './explained.js';
import type { Extension, Suspension, Term, TermUnit } from './term.js';
import type { DayExplained, WorkingCalendar } from './working-calendar.js';

const festivals: Readonly<Record<string, string>> = {
  元旦: "New Year's Day",
  春节: 'Spring Festival',
  清明: 'Tomb-Sweeping Day',
  劳动节: 'Labour Day',
  端午: 'Dragon Boat Festival',
  中秋: 'Mid-Autumn Festival',
  国庆节: 'National Day',
  周末: 'weekend',
  工作日: 'working day',
};

/** 行政许可法 §45 and what else items pause for; any other reason is told as the item has it. */
const reasons: Readonly<Record<string, string>> = {
  assessment: '鉴定',
  auction: '拍卖',
  'expert-review': '专家评审',
  hearing: '听证',
  inspection: '检验',
  'public-notice': '公示',
  quarantine: '检疫',
  supplement: '补正',
  tender: '招标',
  testing: '检测',
};

const units: Readonly<Record<TermUnit, readonly [zh: string, en: string]>> = {
  hour: ['小时', 'hours'],
  'working-day': ['个工作日', 'working days'],
  'natural-day': ['日', 'days'],
  month: ['个月', 'months'],
  'day-of-next-month': ['日', ''],
  'yearly-window': ['', ''],
};

const types = {
  法定休: 'public holiday',
  调休休: 'day off, made up for on another day',
  调休班: 'worked in exchange for a day off',
  地方: 'local day off',
} as const;

/** What kind of day it is. */
export function ofDay({ type, name, provisional }: DayExplained): Told {
  const en = festivals[name] ?? name;
  return {
    zh: `${type ? `${type}：${name}` : name}${provisional ? '（暂定）' : ''}`,
    en: `${type ? `${types[type]}: ${en}` : en}${provisional ? ' (provisional)' : ''}`,
  };
}

export function paused({ reason, basis }: Pick<Suspension, 'reason' | 'basis'>): Told {
  return {
    zh: `因${reasons[reason] ?? reason}中止，不计入期限（${basis}）`,
    en: `stands still for ${reason}, not counted (${basis})`,
  };
}

/** The first day that counts by an extension. */
export function extended(day: DayExplained, { basis, approvedBy }: Extension): Told {
  const kind = ofDay(day);
  return {
    zh: `${kind.zh}；自本日起为延长的期限（${basis}${approvedBy ? `，${approvedBy}批准` : ''}）`,
    en: `${kind.en}; from here on the extension (${basis}${approvedBy ? `, approved by ${approvedBy}` : ''})`,
  };
}

export function moved(article: string): Told {
  return {
    zh: `期限末日为休息日，顺延（${article}）`,
    en: `the last day is a day off: moves to the next working day (${article})`,
  };
}

export function nothingToCount(): Told {
  return { zh: '期限为零，当日届满', en: 'nothing to count: ends on the day itself' };
}

/** A day of a term of hours. */
export function hours(counted: number, standing: readonly Suspension[]): Told {
  const rounded = Math.round(counted * 100) / 100;
  const stands = standing.map((suspension) => paused(suspension));
  return {
    zh: [`计 ${rounded} 小时`, ...stands.map(({ zh }) => zh)].join('；'),
    en: [`${rounded} hours count`, ...stands.map(({ en }) => en)].join('; '),
  };
}

export function provisional({ coveredFrom, coveredTo, settledTo }: WorkingCalendar): Told {
  return {
    zh: `暂定：放假安排已公布的是 ${coveredFrom} 至 ${coveredTo}，其中 ${settledTo} 之后的日子仍可能被下一年度的通知调整`,
    en: `provisional: the notices cover ${coveredFrom} to ${coveredTo}, and the next one may still change days after ${settledTo}`,
  };
}

export function neverDue(): Told {
  return { zh: '没有有出处的期限数字，不届满，不算超期', en: 'no sourced number: never due, never overdue' };
}

/** From when, how much, until when. */
export function summary(explained: Omit<TermExplained, 'summary'>): Told {
  const { term, lastDay, pausedBy, closeOfBusiness, totals } = explained;
  const length = lengthOf(explained);
  const start = {
    zh: `自 ${term.anchorDay} ${startWords(term).zh}`,
    en: `from ${term.anchorDay}${startWords(term).en}`,
  };
  if (pausedBy) {
    const why = paused(pausedBy);
    return {
      zh: `${start.zh}，${length.zh}，已计 ${totals.counted}；${why.zh}，恢复后续计`,
      en: `${start.en}, ${length.en}, ${totals.counted} counted; ${why.en} until it goes on`,
    };
  }
  const close = closeOfBusiness ? ` ${closeOfBusiness.time}` : '';
  return {
    zh: `${start.zh}，${length.zh}，${lastDay}${close} 届满`,
    en: `${start.en}, ${length.en}, ends on ${lastDay}${close}`,
  };
}

function startWords({ unit, dayOne }: Term): Told {
  if (unit === 'hour') return { zh: '事件发生时起算', en: ', counted from the instant' };
  if (dayOne === 'same') return { zh: '当日起算', en: ', that day counted' };
  return { zh: '次日起算（民法典第二百零一条）', en: ', that day not counted (Civil Code §201)' };
}

function lengthOf({ term, budget }: Pick<TermExplained, 'term' | 'budget'>): Told {
  const { unit, value, window } = term;
  if (unit === 'yearly-window') {
    return {
      zh: `每年 ${window?.from} 至 ${window?.to}`,
      en: `yearly from ${window?.from} to ${window?.to}`,
    };
  }
  if (unit === 'day-of-next-month') {
    return { zh: `次月 ${value} 日前`, en: `by day ${value} of the next month` };
  }
  const [zh, en] = units[unit];
  const own = { zh: `${value} ${zh}`, en: `${value} ${en}` };
  if (unit === 'month') return { zh: `${own.zh}（计 ${budget} 日）`, en: `${own.en} (${budget} days)` };
  return budget === value
    ? own
    : { zh: `${own.zh}，延长后 ${budget}`, en: `${own.en}, extended to ${budget}` };
}
