import { lookalikesAmong, type Likeness } from './lookalike.js';

const person = (personId: string, body: string, more: Partial<Likeness> = {}): Likeness => ({
  personId,
  name: '陈小明',
  birthDate: '1985-06-15',
  body,
  ...more,
});
const apart = { name: '陈晓明', birthDate: '1990-01-01' };
const found = (...people: Likeness[]) =>
  lookalikesAmong(people).map(({ one, other, reasons }) => `${one}-${other}: ${reasons.join(', ')}`);

describe('files that may be of one person', () => {
  it('are of the same name and birth date', () => {
    expect(found(person('a', '33880119850615101'), person('b', '33010219850615377'))).toEqual([
      'a-b: name-and-birth',
    ]);
    expect(found(person('a', '33880119850615101'), person('b', '33010219900101377', apart))).toEqual([]);
  });

  it('have numbers that differ in one digit, whichever it is', () => {
    for (let at = 0; at < 17; at += 1) {
      const body = '33880119850615101';
      const other = `${body.slice(0, at)}${(Number(body[at]) + 1) % 10}${body.slice(at + 1)}`;
      expect(found(person('a', body), person('b', other, apart))).toEqual(['a-b: number-one-digit']);
    }
  });

  it('have numbers of which two neighbouring digits are swapped', () => {
    expect(found(person('b', '33880119850615101'), person('a', '33880119850651101', apart))).toEqual([
      'a-b: number-swapped',
    ]);
    // Two digits further apart, or two other digits, are no slip of one hand.
    expect(found(person('a', '33880119850615101'), person('b', '33880119850516101', apart))).toEqual([]);
  });

  it('are named once with all reasons', () => {
    expect(found(person('a', '33880119850615101'), person('b', '33880119850615103'))).toEqual([
      'a-b: name-and-birth, number-one-digit',
    ]);
  });
});
