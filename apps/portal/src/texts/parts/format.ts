const SHANGHAI = 'Asia/Shanghai';

/** Days and moments as the offices write them; the day of the place, whatever clock this machine has. */
export function formatsOf(locale: 'zh-CN' | 'en-GB') {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const shortDay = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' });
  const moment = new Intl.DateTimeFormat(locale, {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    timeZone: SHANGHAI,
    hour12: false,
  } as Intl.DateTimeFormatOptions);
  const time = new Intl.DateTimeFormat(locale, {
    ...{ hour: '2-digit', minute: '2-digit', hour12: false },
    timeZone: SHANGHAI,
  } as Intl.DateTimeFormatOptions);
  const yuan = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const atNoon = (ymd: string) => new Date(`${ymd}T12:00:00Z`);
  return {
    /** @param ymd `YYYY-MM-DD`, as services write days */
    day: (ymd: string) => day.format(atNoon(ymd)),
    shortDay: (ymd: string) => shortDay.format(atNoon(ymd)),
    moment: (at: Date) => moment.format(at),
    time: (at: Date) => time.format(at),
    /** @param fen money in 分; answers 元 with two digits, without the word */
    yuan: (fen: number) => yuan.format(fen / 100),
  };
}
