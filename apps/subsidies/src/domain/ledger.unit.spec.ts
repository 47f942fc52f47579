import fc from 'fast-check';
import type { Benefit, BenefitState } from './benefit.js';
import { isOnlyNext, isSettled, settle, type Account, type BookedMonth, type Books } from './ledger.js';
import { monthAfter, monthBefore, type Month } from './month.js';
import { lineOf, paidThrough, type AccountOfPerson } from './pay-line.js';
import type { Rate } from './rates.js';

const benefit = (changes: Partial<Benefit> = {}): Benefit => ({
  id: 'b',
  caseId: 'c',
  personId: 'p',
  divisionCode: '338801001001',
  itemId: 'i',
  itemVersion: 'v',
  state: { status: 'running' },
  fromMonth: '2026-02',
  rates: [{ fromMonth: '2026-02', fen: 30_000 }],
  version: 1,
  ...changes,
});
const sums = ({ entries }: Account) => entries.map(({ month, kind, fen }) => [month, kind, fen]);

/** Entries posted to months, as the table would sum them up. */
function posted(booked: readonly BookedMonth[], account: Account, isPaid: boolean): BookedMonth[] {
  const months = new Map(booked.map((each) => [each.month, { ...each }]));
  const of = (month: Month) => {
    const known = months.get(month) ?? { month, owed: 0, paid: 0 };
    months.set(month, known);
    return known;
  };
  for (const { month, fen } of account.entries) of(month).owed += fen;
  if (isPaid) for (const { month, fen } of account.payable) of(month).paid += fen;
  return [...months.values()];
}

describe('what is owed', () => {
  it('is stated once a month, and later differences are corrections', () => {
    const first = settle(benefit(), null, [], '2026-03');
    expect(sums(first)).toEqual([
      ['2026-02', 'entitlement', 30_000],
      ['2026-03', 'entitlement', 30_000],
    ]);
    expect(first.payable).toEqual([
      { month: '2026-02', fen: 30_000 },
      { month: '2026-03', fen: 30_000 },
    ]);
    const booked = posted([], first, true);
    const raised = benefit({
      version: 2,
      rates: [
        { fromMonth: '2026-02', fen: 30_000 },
        { fromMonth: '2026-03', fen: 33_000 },
      ],
    });
    const second = settle(raised, null, booked, '2026-03');
    expect(second.entries).toEqual([
      { benefitId: 'b', month: '2026-03', kind: 'correction', cause: 'benefit:2', fen: 3_000 },
    ]);
    expect(second.payable).toEqual([{ month: '2026-03', fen: 3_000 }]);
  });

  it('is nothing after the last month: what was paid for it is overpaid, and not taken back by itself', () => {
    const booked = posted([], settle(benefit(), null, [], '2026-03'), true);
    const stopped = benefit({ version: 2, state: { status: 'stopped', toMonth: '2026-02' } });
    const account = settle(stopped, null, booked, '2026-04');
    expect(sums(account)).toEqual([['2026-03', 'correction', -30_000]]);
    expect(account.payable).toEqual([]);
    expect(account.overpaid).toEqual([{ month: '2026-03', fen: 30_000 }]);
  });

  it('waits while it is held: a month that was stated before stays stated, and is not paid', () => {
    const stated = posted([], settle(benefit(), null, [], '2026-03'), false);
    const held = benefit({ version: 2, state: { status: 'held', heldFrom: '2026-03-01' } });
    const account = settle(held, null, stated, '2026-04');
    expect(account.entries).toEqual([]);
    expect(account.payable).toEqual([{ month: '2026-02', fen: 30_000 }]);
    expect(account.held).toBe(60_000);
  });

  it('is kept from the month on in which the books were taken over', () => {
    const books: Books = { from: '2026-03', through: '2026-02', version: 1, owed: 0, paid: 0, even: true };
    expect(sums(settle(benefit(), books, [], '2026-04'))).toEqual([
      ['2026-03', 'entitlement', 30_000],
      ['2026-04', 'entitlement', 30_000],
    ]);
  });

  it('is unknown for months without a rate', () => {
    const account = settle(benefit({ rates: null }), null, [], '2026-04');
    expect([account.entries, account.unrated]).toEqual([[], 3]);
  });

  it('comes out the same month by month as all at once, by the next month alone as by all, and settles', () => {
    const rate = fc.record({ at: fc.integer({ min: 0, max: 9 }), fen: fc.integer({ min: 0, max: 90_000 }) });
    const months = Array.from({ length: 12 }, (_, at) => `2026-${String(at + 1).padStart(2, '0')}`);
    const state = fc.oneof(
      fc.constant<BenefitState>({ status: 'running' }),
      fc
        .integer({ min: 0, max: 11 })
        .map<BenefitState>((at) => ({ status: 'stopped', toMonth: months[at]! })),
      fc
        .integer({ min: 0, max: 11 })
        .map<BenefitState>((at) => ({ status: 'held', heldFrom: `${months[at]!}-01` })),
    );
    const life = fc.array(fc.record({ state, rates: fc.array(rate, { minLength: 1, maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(life, fc.integer({ min: 0, max: 6 }), (states, from) => {
        let booked: BookedMonth[] = [];
        let books: Books | null = null;
        for (const [at, { state: now, rates }] of states.entries()) {
          const dated = [...new Map(rates.map(({ at: place, fen }) => [months[place]!, fen]))]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([fromMonth, fen]): Rate => ({ fromMonth, fen }));
          const present = benefit({ state: now, rates: dated, fromMonth: months[from]!, version: at + 1 });
          const through = months[at]!;
          const account = settle(present, books, booked, through);
          booked = posted(booked, account, true);
          const sum = (of: (month: BookedMonth) => number) =>
            booked.reduce((total, month) => total + of(month), 0);
          books = {
            from: null,
            through,
            version: present.version,
            owed: sum(({ owed }) => owed),
            paid: sum(({ paid }) => paid),
            even: account.overpaid.length === 0,
          };
          // Each month is owed as its benefit says, by a count that knows nothing of periods.
          for (const month of months.slice(0, at + 1)) {
            const isHeld = now.status === 'held' && `${month}-01` >= now.heldFrom;
            const isOver = month < present.fromMonth || (now.status === 'stopped' && month > now.toMonth);
            const fen = isOver ? 0 : (dated.findLast(({ fromMonth }) => fromMonth <= month)?.fen ?? 0);
            const have = booked.find((each) => each.month === month) ?? { owed: 0, paid: 0 };
            if (!isHeld) expect(have.owed).toBe(fen);
            if (!isHeld) expect(have.paid).toBeGreaterThanOrEqual(fen);
          }
          // Once more changes nothing.
          const again = settle(present, books, booked, through);
          expect([again.entries, again.payable]).toEqual([[], []]);
          expect([again.owed, again.paid]).toEqual([books.owed, books.paid]);
          expect(isSettled(books, present, through)).toBe(books.even);
          const next = monthAfter(through);
          if (isOnlyNext(books, present, next) && next <= '2026-12') {
            const quick = settle(present, books, null, next);
            const slow = settle(present, books, booked, next);
            expect([quick.entries, quick.payable, quick.owed, quick.paid]).toEqual([
              slow.entries,
              slow.payable,
              slow.owed,
              slow.paid,
            ]);
          }
        }
      }),
    );
  });
});

describe('a line', () => {
  const account: AccountOfPerson = {
    accountId: 'a',
    validUntil: null,
    heldUntilMonth: null,
    changedSinceLastRun: false,
  };
  const question = {
    month: '2026-03',
    on: '2026-03-20',
    cycle: 'month',
    account,
    isParked: false,
    heldFor: 'held',
    setOff: 0,
  } as const;
  const due = settle(benefit(), null, [], '2026-03');

  it('pays what is due, and says why not', () => {
    expect(lineOf(due, question)).toMatchObject({ fen: 60_000, accountId: 'a', leftOut: null });
    const left = (changes: object) => lineOf(due, { ...question, ...changes })?.leftOut;
    expect(left({ account: null })).toBe('no-account');
    expect(left({ isParked: true })).toBe('parked');
    expect(left({ cycle: 'unknown' })).toBe('no-cycle');
    expect(left({ account: { ...account, validUntil: '2026-03-19' } })).toBe('proof-ended');
    expect(left({ account: { ...account, validUntil: '2026-03-20' } })).toBe(null);
    expect(left({ account: { ...account, heldUntilMonth: '2026-03' } })).toBe('account-held');
    expect(left({ account: { ...account, heldUntilMonth: '2026-02' } })).toBe(null);
    expect(left({ account: { ...account, heldUntilMonth: '2026-02', changedSinceLastRun: true } })).toBe(
      'account-held',
    );
  });

  it('pays a quarter when it has come to its last month, and an older one at any time', () => {
    expect(
      ['2026-01', '2026-02', '2026-03', '2026-04', '2026-06'].map((m) => paidThrough('quarter', m)),
    ).toEqual(['2025-12', '2025-12', '2026-03', '2026-03', '2026-06']);
    expect(paidThrough('month', '2026-02')).toBe('2026-02');
    expect(monthBefore('2026-01')).toBe('2025-12');
  });
});
