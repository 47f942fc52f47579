import { dayNumber, dayText } from './day.js';

describe('days by number', () => {
  it.each([
    '0000-03-01',
    '0001-01-01',
    '0099-12-31',
    '0100-01-01',
    '1899-12-31',
    '1970-01-01',
    '2024-02-29',
    '9999-12-31',
  ])('are the same back as text: %s', (day) => expect(dayText(dayNumber(day))).toBe(day));

  it('follow each other where the first hundred years end', () => {
    expect(dayNumber('0100-01-01') - dayNumber('0099-12-31')).toBe(1);
    expect(dayNumber('1970-01-01')).toBe(0);
  });

  it.each(['2023-02-29', '2026-13-01', '2026-00-10', 'x'])('that are none are refused: %s', (day) =>
    expect(() => dayNumber(day)).toThrow('not a day'),
  );
});
