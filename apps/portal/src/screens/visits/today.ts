/** Today in the place of the office, as `YYYY-MM-DD`, whatever clock this device has its zone from. */
export const todayHere = (): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date());
