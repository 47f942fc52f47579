import { sameEnd, toldOf } from './agreement.js';
import { writeCalendars } from './calendars.js';
import { productOn, tablesOf } from './engine.js';
import { naiveEnd } from './naive-term.js';
import { workedCases } from './worked-cases.js';
import { wrongEngines } from './wrong-engines.js';

const calendars = writeCalendars();
const product = productOn(calendars);
const tableOf = tablesOf(calendars);
const cases = workedCases();

afterAll(() => calendars.remove());

describe('cases worked by hand from the articles', () => {
  it('are at least sixty, each with its source and its counting in words', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    expect(cases.filter(({ title, source, count }) => !title || !source || !count)).toEqual([]);
  });

  it.each(cases)('$id: the product counts as the hand did · $title', (worked) => {
    expect(toldOf(product.end(worked))).toBe(toldOf(worked.end));
  });

  it.each(cases)('$id: so does the reference', ({ calendar, term, ledger, end }) => {
    expect(toldOf(naiveEnd(term, tableOf(calendar), ledger))).toBe(toldOf(end));
  });

  it.each(wrongEngines)('show this mistake by themselves: $mistake', ({ engine }) => {
    const caught = cases.filter(
      ({ calendar, term, ledger, end }) => !sameEnd(engine(term, tableOf(calendar), ledger), end),
    );
    expect(caught.map(({ id }) => id)).not.toEqual([]);
  });
});
