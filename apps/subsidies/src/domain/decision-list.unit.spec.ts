import {
  canBeTaken,
  daysFrom,
  judge,
  receiptOf,
  type Answer,
  type CaseNow,
  type ListedRow,
} from './decision-list.js';

const RECEIPT = 'MZ-338801-2026-0007';
const row: ListedRow = {
  lineNo: 1,
  caseId: 'c',
  personId: 'p',
  divisionCode: '338801001001',
  state: 'sent',
  answer: null,
};
const answer: Answer = {
  outcome: 'agree',
  reason: null,
  fen: null,
  on: '2026-03-05',
  decider: '某科长',
  document: null,
  differs: [],
};
const now: CaseNow = {
  personId: 'p',
  divisionCode: '338801001001',
  status: 'deciding',
  receipt: RECEIPT,
  isTwin: false,
  died: false,
  movedAway: false,
};
const become = (changes: {
  row?: Partial<ListedRow>;
  answer?: Partial<Answer>;
  now?: Partial<CaseNow> | null;
}) => {
  const { become, why } = judge(
    { ...row, ...changes.row },
    { ...answer, ...changes.answer },
    RECEIPT,
    changes.now === null ? null : { ...now, ...changes.now },
  );
  return [become, ...why];
};

describe('an answer', () => {
  it('decides its case, or sends it back', () => {
    expect(become({})).toEqual(['granted']);
    expect(become({ answer: { outcome: 'refuse' } })).toEqual(['refused']);
    expect(become({ answer: { outcome: 'return' } })).toEqual(['returned']);
  });

  it('that came back changed, with another sum, or for a case on hold waits for a person', () => {
    expect(become({ answer: { differs: ['name', 'amount'] } })).toEqual(['to-settle', 'name', 'amount']);
    expect(become({ answer: { outcome: 'amount', fen: 100 } })).toEqual(['to-settle', 'amount-decided']);
    expect(become({ now: { status: 'held' } })).toEqual(['to-settle', 'held']);
    expect(become({ row: { state: 'to-settle' } })).toEqual(['granted']);
  });

  it.each([
    [{ status: 'granted' }, 'decided'],
    [{ status: 'stopped' }, 'decided'],
    [{ status: 'withdrawn' }, 'withdrawn'],
    [{ status: 'declined' }, 'withdrawn'],
    [{ personId: 'other' }, 'merged'],
    [{ isTwin: true }, 'merged'],
    [{ died: true }, 'died'],
    [{ movedAway: true }, 'moved'],
    [{ divisionCode: '338802001001' }, 'moved'],
    [{ receipt: null }, 'not-on-list'],
    [null, 'not-on-list'],
  ] as const)('changes nothing where the case is %j by now', (changes, why) => {
    expect(become({ now: changes })).toEqual(['overtaken', why]);
  });

  it('that comes again is answered; another one than stands is told so', () => {
    expect(become({ row: { state: 'granted' } })).toEqual(['answered']);
    expect(become({ row: { state: 'refused' } })).toEqual(['closed']);
    expect(become({ row: { state: 'released' }, answer: { outcome: 'return' } })).toEqual(['closed']);
  });
});

it('is taken by a person only where it changes no money', () => {
  const waiting = { ...row, state: 'to-settle', answer } as const;
  expect(canBeTaken(waiting, ['name', 'identity'])).toBe(true);
  expect(canBeTaken(waiting, ['amount-decided'])).toBe(false);
  expect(canBeTaken(waiting, ['name', 'amount'])).toBe(false);
  expect(canBeTaken(waiting, ['held'])).toBe(false);
  expect(canBeTaken({ ...waiting, state: 'sent' }, [])).toBe(false);
});

it('is known by its receipt, and how long it waits', () => {
  expect(receiptOf('338801', '2026', 7)).toBe(RECEIPT);
  expect(daysFrom('2026-02-27', '2026-03-02')).toBe(3);
});
