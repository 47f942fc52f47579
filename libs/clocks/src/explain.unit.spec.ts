import { ARTICLE, at, ledger, localFile, standing, term } from '../test/invented.js';
import { explain } from './explain.js';
import { TermMalformed, type Ledger, type Term } from './term.js';
import { WorkingCalendar } from './working-calendar.js';

const calendar = WorkingCalendar.load();
const explained = (overrides: Partial<Term>, of?: Ledger, place = calendar) =>
  explain(term(overrides), place, of);
/** What is said of each day: date, number, Chinese. */
const lines = (overrides: Partial<Term>, of?: Ledger) =>
  explained(overrides, of).days.map(({ day, number, reason }) => [day.slice(5), number, reason.zh]);

describe('a term explained', () => {
  it('lists every day from the first that may count, whether it counted, and why, in both languages', () => {
    const { days, ...rest } = explained({ anchorDay: '2026-02-12', value: 3 });
    expect(rest).toMatchObject({
      firstDay: '2026-02-13',
      lastDay: '2026-02-24',
      dueAt: '2026-02-24T16:00:00.000Z',
      closeOfBusiness: { time: '24:00', source: null },
      provisional: false,
      pausedBy: null,
      budget: 3,
      totals: { counted: 3, off: 9, paused: 0, moved: 0 },
      summary: {
        zh: '自 2026-02-12 次日起算（民法典第二百零一条），3 个工作日，2026-02-24 24:00 届满',
        en: 'from 2026-02-12, that day not counted (Civil Code §201), 3 working days, ends on 2026-02-24 24:00',
      },
    });
    expect(
      days.filter(({ counted }) => counted).map(({ day, number, reason }) => [day, number, reason]),
    ).toEqual([
      ['2026-02-13', 1, { zh: '工作日', en: 'working day' }],
      ['2026-02-14', 2, { zh: '调休班：春节', en: 'worked in exchange for a day off: Spring Festival' }],
      ['2026-02-24', 3, { zh: '工作日', en: 'working day' }],
    ]);
    expect(days[2]).toMatchObject({
      day: '2026-02-15',
      counted: false,
      number: null,
      reason: { zh: '法定休：春节', en: 'public holiday: Spring Festival' },
    });
  });

  it('says by which article a day stood still', () => {
    expect(lines({ value: 3 }, ledger([standing('2026-06-02', '2026-06-04')]))).toEqual([
      ['06-02', 1, '工作日'],
      ['06-03', null, `因鉴定中止，不计入期限（${ARTICLE}）`],
      ['06-04', null, `因鉴定中止，不计入期限（${ARTICLE}）`],
      ['06-05', 2, '工作日'],
      ['06-06', null, '周末'],
      ['06-07', null, '周末'],
      ['06-08', 3, '工作日'],
    ]);
  });

  it('ends its list where the term stands still, and says for what', () => {
    const open = explained({ value: 5 }, ledger([standing('2026-06-03', null, 'supplement')]));
    expect(open).toMatchObject({
      lastDay: null,
      dueAt: null,
      closeOfBusiness: null,
      pausedBy: { reason: 'supplement', basis: ARTICLE },
      totals: { counted: 2 },
    });
    expect(open.days.map(({ day }) => day)).toEqual(['2026-06-02', '2026-06-03']);
    expect(open.summary.zh).toContain('已计 2；因补正中止');
  });

  it('says by which article it moved off a day off', () => {
    const { days, totals } = explained({ value: 5, unit: 'natural-day', rollOver: '民法典第二百零三条' });
    expect(days.map(({ counted }) => counted)).toEqual([true, true, true, true, true, false, false]);
    expect(days.at(-1)).toMatchObject({
      day: '2026-06-08',
      basis: '民法典第二百零三条',
      reason: { zh: '期限末日为休息日，顺延（民法典第二百零三条）' },
    });
    expect(totals).toEqual({ counted: 5, off: 0, paused: 0, moved: 2 });
  });

  it('says where an extension begins, by which article, and who approved it', () => {
    const more = { value: 2, basis: '信访工作条例第三十四条', approvedBy: '负责人' };
    const { days } = explained({ value: 2 }, { suspensions: [], extensions: [more] });
    expect(
      days.filter(({ basis }) => basis).map(({ day, number, reason }) => [day, number, reason.zh]),
    ).toEqual([['2026-06-04', 3, '工作日；自本日起为延长的期限（信访工作条例第三十四条，负责人批准）']]);
    const months = explained(
      { anchorDay: '2026-01-31', value: 1, unit: 'month' },
      { suspensions: [], extensions: [{ ...more, value: 1 }] },
    );
    expect(months.days.filter(({ basis }) => basis).map(({ day }) => day)).toEqual(['2026-03-01']);
    expect(months.lastDay).toBe('2026-03-31');
  });

  it('names the close of business of the place and the document that sets it, and a local day off', () => {
    const place = calendar.with(
      localFile(['2026-06-02'], [{ from: '01-01', to: '12-31', close: '17:30', source: '本县作息通知' }]),
    );
    const here = explained({ value: 1, divisionCode: '338801001000' }, undefined, place);
    expect(here.closeOfBusiness).toEqual({ time: '17:30', source: '本县作息通知' });
    expect(here.dueAt).toBe('2026-06-03T09:30:00.000Z');
    expect(here.days[0]!.reason).toEqual({ zh: '地方：台风停工', en: 'local day off: 台风停工' });
  });

  it('says that a guess is one, and which notices there are', () => {
    const guess = explained({ anchorDay: '2027-03-01', value: 1 });
    expect(guess.provisional).toBe(true);
    expect(guess.days[0]!.reason).toEqual({ zh: '工作日（暂定）', en: 'working day (provisional)' });
    expect(guess.provisionalReason!.zh).toContain('2026-12-28');
    expect(explained({}).provisionalReason).toBeNull();
  });

  it('counts the hours of each day', () => {
    const hours = {
      anchorDay: '2026-06-05',
      anchorAt: at('2026-06-05T16:00'),
      value: 40,
      unit: 'hour' as const,
    };
    const of = explained(hours, ledger([standing('2026-06-06', '2026-06-07')]));
    expect(of.days.map(({ day, hours: counted }) => [day, counted])).toEqual([
      ['2026-06-05', 8],
      ['2026-06-06', 12],
      ['2026-06-07', 12],
      ['2026-06-08', 8],
    ]);
    expect(of).toMatchObject({
      lastDay: '2026-06-08',
      dueAt: '2026-06-08T00:00:00.000Z',
      totals: { counted: 40 },
    });
    expect(of.days[1]!.reason.zh).toBe(`计 12 小时；因鉴定中止，不计入期限（${ARTICLE}）`);
  });

  it('says a part of an hour in two decimals', () => {
    const twenty = { anchorAt: at('2026-06-01T22:40'), value: 2, unit: 'hour' as const };
    expect(explained(twenty).days.map(({ reason }) => reason)).toEqual([
      { zh: '计 1.33 小时', en: '1.33 hours count' },
      { zh: '计 0.67 小时', en: '0.67 hours count' },
    ]);
  });

  it('goes up to the date that a text names', () => {
    const next = explained({ value: 10, unit: 'day-of-next-month' });
    expect([next.firstDay, next.lastDay, next.budget]).toEqual(['2026-06-02', '2026-07-10', 39]);
    expect(next.summary.zh).toContain('次月 10 日前');
    const window = { value: null, unit: 'yearly-window' as const, window: { from: '03-01', to: '10-31' } };
    expect(explained(window).lastDay).toBe('2026-10-31');
    expect(explained({ ...window, anchorDay: '2026-10-31' }).lastDay).toBe('2026-10-31');
    expect(explained(window).summary.en).toContain('yearly from 03-01 to 10-31');
  });

  it('has no days for what is never due, and one for a budget of nothing', () => {
    expect(explained({ kind: 'unknown' })).toMatchObject({ lastDay: null, days: [], budget: null });
    expect(explained({ value: null }).summary.zh).toContain('不届满');
    expect(lines({ value: 0 })).toEqual([['06-01', null, '期限为零，当日届满']]);
  });

  it('refuses what cannot be counted, instead of counting for ever', () => {
    expect(() => explained({ value: 1.5 })).toThrow(TermMalformed);
    expect(() => explained({ value: -1 })).toThrow(TermMalformed);
    expect(() => explained({ unit: 'yearly-window', window: { from: '01-01', to: '13-01' } })).toThrow(
      TermMalformed,
    );
  });
});
