import {
  numbersAlike,
  placeAround,
  possibleMatches,
  type ListedDeath,
  type PersonOnFile,
} from './death-match.js';

const onFile: PersonOnFile = {
  personId: 'p',
  name: '陈大山',
  reading: 'chen da shan',
  birthDate: '1940-05-06',
  divisionCode: '338801001001',
  number: '338801194005061234',
  diedOn: null,
};
const row = (more: Partial<ListedDeath> = {}): ListedDeath => ({
  name: '陈大山',
  reading: 'chen da shan',
  number: null,
  birthDate: null,
  divisionCode: null,
  diedOn: '2026-02-20',
  ...more,
});

describe('whom a row of a death list may mean', () => {
  it.each<[string, Partial<ListedDeath>, Partial<PersonOnFile>, readonly string[]]>([
    ['a namesake, where the row has no number', {}, {}, ['same-name']],
    ['who was born on that day', { birthDate: '1940-05-06' }, {}, ['same-name', 'same-birth-date']],
    ['not who was born on another', { birthDate: '1940-05-07' }, {}, []],
    ['who lives in that township', { divisionCode: '338801001000' }, {}, ['same-name', 'same-place']],
    ['not who lives in another', { divisionCode: '338801002000' }, {}, []],
    ['not a namesake with another number', { number: '338801195001011239' }, {}, []],
    [
      'a namesake of that day with another number',
      { number: '338801194005069999', birthDate: '1940-05-06' },
      {},
      ['same-name', 'same-birth-date'],
    ],
    [
      'who sounds alike with a number a slip away',
      { name: '陈大珊', number: '338801194005061243' },
      {},
      ['near-number'],
    ],
    [
      'not who is called otherwise with such a number',
      { name: '李四', reading: 'li si', number: '338801194005061243' },
      {},
      [],
    ],
    [
      'who has the number under another name',
      { name: '李四', reading: 'li si', number: '338801194005061234' },
      {},
      ['same-number'],
    ],
    ['who has no number yet', {}, { number: null }, ['same-name']],
    ['not who died on another day', {}, { diedOn: '2020-01-01' }, []],
    [
      'who is known to have died that day, as such',
      {},
      { diedOn: '2026-02-20' },
      ['same-name', 'dead-that-day'],
    ],
    ['not who was born later', {}, { birthDate: '2026-02-21' }, []],
  ])('%s', (_, said, person, reasons) => {
    expect(possibleMatches(row(said), [{ ...onFile, ...person }])).toEqual(
      reasons.length > 0 ? [{ personId: 'p', reasons }] : [],
    );
  });

  it.each([
    ['338801194005061234', 'same-number'],
    ['33880119400506123X', 'near-number'],
    ['338801194005061274', 'near-number'],
    ['338801194005016234', 'near-number'],
    ['338801194005016243', null],
    ['33880119400506124', 'near-number'],
    ['3388011940050612334', 'near-number'],
    ['338801400506123', 'old-number'],
    ['338801400506124', null],
    ['3388011940', null],
  ])('takes %s for %s', (written, likeness) => {
    expect(numbersAlike(written, '338801194005061234')).toBe(likeness);
  });

  it.each([
    [['338801001001'], '338801001001'],
    [['338801001001', '338801001002'], '338801001000'],
    [['338801001001', '338801002001'], '338801000000'],
    [['338801001001', '338802002001'], '338800000000'],
    [['338801001001', '110101001001'], '000000000000'],
  ])('is decided where all of %s are reached', (places, around) => {
    expect(placeAround(places)).toBe(around);
  });
});
