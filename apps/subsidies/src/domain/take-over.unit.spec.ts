import { compareLists, type World } from './take-over-checks.js';
import {
  differenceOf,
  textOfDifference,
  type ActualLine,
  type ExpectedLine,
} from './take-over-difference.js';
import { verdictOf, type ContentOf, type ListedRow, type TakeOverList } from './take-over.js';

const ITEM = 'invented/allowance';
const at = (divisionCode: string, more: object = {}) => ({
  divisionCode,
  isDead: false,
  isAway: false,
  ...more,
});

function world(more: Partial<World> = {}): World {
  return {
    county: '338801',
    day: '2026-03-02',
    persons: new Map(['a', 'b', 'c', 'd'].map((id) => [id, at('338801001001')])),
    benefits: new Set(),
    cases: new Set(),
    accounts: new Set(),
    isRateKnown: () => true,
    isOffered: () => true,
    ...more,
  };
}

const row = <List extends TakeOverList>(
  list: List,
  place: number,
  personId: string | null,
  content: ContentOf[List] | null,
): ListedRow<List> => ({ list, row: place, personId, content, faults: [] });
const benefit = (place: number, personId: string, more: Partial<ContentOf['benefits']> = {}) =>
  row('benefits', place, personId, {
    ...{
      itemId: ITEM,
      fromMonth: '2025-05',
      fen: 30_000,
      lastPaid: '2026-02',
      stoppedFrom: null,
      archive: null,
    },
    ...more,
  });
const openCase = (place: number, personId: string, more: Partial<ContentOf['cases']> = {}) =>
  row('cases', place, personId, { itemId: ITEM, receivedOn: '2025-11-03', archive: null, ...more });
const found = (rows: readonly ListedRow[], more: Partial<World> = {}) =>
  compareLists(rows, world(more)).map(({ list, row: place, kind }) => `${list} ${place} ${kind}`);

describe('the lists of a take-over', () => {
  it('say nothing where they agree, nor of a list that was not sent', () => {
    expect(found([benefit(2, 'a'), benefit(3, 'b', { lastPaid: '2025-04' })])).toEqual([]);
  });

  it('contradict the roster of cards', () => {
    const cards = [
      row('cards', 2, 'a', { status: 'valid' }),
      row('cards', 3, 'a', { status: 'frozen' }),
      row('cards', 4, 'b', { status: 'cancelled' }),
    ];
    expect(found([...cards, benefit(2, 'b'), benefit(3, 'c')])).toEqual([
      'cards 2 two-cards',
      'cards 3 two-cards',
      'benefits 2 card-not-valid',
      'benefits 3 benefit-without-card',
    ]);
  });

  it('contradict what is on file', () => {
    const persons = new Map([
      ['a', at('338801001001', { isAway: true })],
      ['b', at('338801001001', { isDead: true })],
      ['c', at('338802001001')],
      ['d', at('338801001001')],
    ]);
    const rows = [
      ...['a', 'b', 'c', 'd', 'nobody'].map((id, place) => benefit(place + 2, id)),
      openCase(2, 'd'),
    ];
    expect(found(rows, { persons, benefits: new Set([`d ${ITEM}`]), cases: new Set([`d ${ITEM}`]) })).toEqual(
      [
        'benefits 2 person-moved-away',
        'benefits 3 person-dead',
        'benefits 4 person-elsewhere',
        'benefits 5 benefit-runs-already',
        'benefits 6 person-not-on-file',
        'cases 2 case-lives-already',
        'cases 2 case-of-running-benefit',
      ],
    );
  });

  it('contradict themselves', () => {
    const rows = [
      benefit(2, 'a', { archive: 'X' }),
      benefit(3, 'b', { archive: 'X' }),
      openCase(2, 'c'),
      openCase(3, 'c', { receivedOn: '2025-12-01' }),
      openCase(4, 'd'),
      openCase(5, 'd'),
    ];
    expect(found(rows)).toEqual([
      'benefits 2 archive-number-twice',
      'benefits 3 archive-number-twice',
      'cases 2 two-cases-of-one-item',
      'cases 3 two-cases-of-one-item',
      'cases 5 row-repeated',
    ]);
  });
});

it('a row is as good as the worst of what was found in it', () => {
  expect(verdictOf([])).toBe('clean');
  expect(verdictOf(['archive-number-twice'])).toBe('releasable');
  expect(verdictOf(['archive-number-twice', 'person-dead'])).toBe('blocked');
});

describe('the difference of the first run', () => {
  const expected = (
    place: number,
    personId: string | null,
    more: Partial<ExpectedLine> = {},
  ): ExpectedLine => ({
    ...{ row: place, personId, itemId: ITEM, fen: 300, token: 't', notLoaded: null },
    ...more,
  });
  const actual = (lineNo: number, personId: string, more: Partial<ActualLine> = {}): ActualLine => ({
    ...{ lineNo, personId, itemId: ITEM, fen: 300, token: 't', leftOut: null },
    ...more,
  });

  it('is none where both pay the same, or neither pays', () => {
    expect(
      differenceOf(
        [
          expected(2, 'a'),
          expected(3, 'b', { fen: 0 }),
          expected(4, 'c', { fen: 0, notLoaded: 'stopped-already' }),
        ],
        [actual(1, 'a'), actual(2, 'b', { leftOut: 'held' })],
      ),
    ).toEqual([]);
  });

  it('is each line that is missing, extra, of another amount or to another account, and what is not to be read', () => {
    const lines = differenceOf(
      [
        expected(2, 'a', { notLoaded: 'row-repeated' }),
        expected(3, 'a'),
        expected(4, 'b', { token: null }),
        expected(5, 'c'),
        expected(6, null, { itemId: null, fen: null, notLoaded: 'unreadable' }),
      ],
      [actual(1, 'a'), actual(2, 'b', { fen: 200 }), actual(3, 'c', { leftOut: 'parked' }), actual(4, 'd')],
    );
    expect(
      lines.map(({ kind, row: place, lineNo, actualFen, why }) => [kind, place, lineNo, actualFen, why]),
    ).toEqual([
      ['missing', 2, null, 0, 'row-repeated'],
      ['amount-differs', 4, 2, 200, null],
      ['account-differs', 4, 2, 200, null],
      ['missing', 5, 3, 0, 'parked'],
      ['missing', 6, null, 0, 'unreadable'],
      ['extra', null, 4, 300, null],
    ]);
    expect(textOfDifference(1, lines)).not.toBe(textOfDifference(2, lines));
    expect(textOfDifference(1, lines)).not.toBe(textOfDifference(1, lines.slice(1)));
  });
});
