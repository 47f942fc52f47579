import {
  firstMonthHeld,
  monthAfter,
  monthBefore,
  unpaidOf,
  type BenefitOnFile,
  type PayRunSeen,
} from './payment.js';

const benefit = (more: Partial<BenefitOnFile> = {}): BenefitOnFile => ({
  benefitId: 'b1',
  itemId: 'club/allowance',
  county: '338801',
  fromMonth: '2026-01',
  toMonth: null,
  heldFrom: null,
  rates: [
    { fromMonth: '2026-01', fen: 100_00 },
    { fromMonth: '2026-03', fen: 120_00 },
  ],
  paidThrough: null,
  cycle: null,
  owedIn: '2025-12',
  months: [],
  ...more,
});

const run = (runMonth: string, through = runMonth, more: Partial<PayRunSeen> = {}): PayRunSeen => ({
  county: '338801',
  itemId: 'club/allowance',
  runMonth,
  through,
  ...more,
});

const paid = (month: string, fen: number, failed = false) => ({ month, fen, failed });

describe('what should be paid by now', () => {
  it('is what a run has paid to others, month by month at its rate', () => {
    expect(unpaidOf([benefit({ months: [paid('2026-02', 100_00)] })], [run('2026-03')])).toEqual([
      {
        itemId: 'club/allowance',
        reason: 'not-ordered',
        months: ['2026-01', '2026-03'],
        fen: 220_00,
        monthly: 120_00,
      },
    ]);
  });

  it('is nothing where no run of the county has paid the item, or the benefit came while the run was in the making', () => {
    expect(unpaidOf([benefit()], [])).toEqual([]);
    expect(unpaidOf([benefit()], [run('2026-03', '2026-03', { county: '338802' })])).toEqual([]);
    expect(unpaidOf([benefit()], [run('2026-03', '2026-03', { itemId: 'club/nursing' })])).toEqual([]);
    expect(unpaidOf([benefit({ owedIn: '2026-03' })], [run('2026-03')])).toEqual([]);
    expect(unpaidOf([benefit({ owedIn: '2026-03' })], [run('2026-03'), run('2026-04')])).toMatchObject([
      { months: ['2026-01', '2026-02', '2026-03', '2026-04'] },
    ]);
  });

  it('ends with the last quarter that was paid, and with the last month that is owed', () => {
    expect(unpaidOf([benefit()], [run('2026-05', '2026-03')])).toMatchObject([
      { months: ['2026-01', '2026-02', '2026-03'], fen: 320_00 },
    ]);
    expect(unpaidOf([benefit({ toMonth: '2026-01' })], [run('2026-03')])).toMatchObject([
      { months: ['2026-01'], fen: 100_00, monthly: 100_00 },
    ]);
    expect(unpaidOf([benefit({ toMonth: '2025-12' })], [run('2026-03')])).toEqual([]);
  });

  it('is no month of a quarter that has not come to its end, whatever is paid to others by the month', () => {
    const quarterly = benefit({ cycle: 'quarter' });
    expect(unpaidOf([quarterly], [run('2026-02')])).toEqual([]);
    expect(unpaidOf([benefit({ cycle: 'month' })], [run('2026-02')])).toMatchObject([
      { months: ['2026-01', '2026-02'] },
    ]);
    expect(unpaidOf([quarterly], [run('2026-04')])).toMatchObject([
      { months: ['2026-01', '2026-02', '2026-03'], fen: 320_00 },
    ]);
    // What the run has not paid to anybody is not asked for, either.
    expect(unpaidOf([quarterly], [run('2026-06', '2026-03')])).toMatchObject([
      { months: ['2026-01', '2026-02', '2026-03'] },
    ]);
  });

  it('begins after what the old list says was paid', () => {
    expect(unpaidOf([benefit({ paidThrough: '2026-02' })], [run('2026-03')])).toMatchObject([
      { months: ['2026-03'], fen: 120_00 },
    ]);
    expect(unpaidOf([benefit({ paidThrough: '2025-06' })], [run('2026-01')])).toMatchObject([
      { months: ['2026-01'] },
    ]);
  });

  it('is what came back, at once and whatever run comes next; not what was paid again', () => {
    const back = benefit({ owedIn: '2026-02', months: [paid('2026-01', 0, true)] });
    expect(unpaidOf([back], [run('2026-02')])).toEqual([
      {
        itemId: 'club/allowance',
        reason: 'payment-failed',
        months: ['2026-01'],
        fen: 100_00,
        monthly: 100_00,
      },
    ]);
    expect(unpaidOf([benefit({ months: [paid('2026-01', 100_00, true)] })], [run('2026-01')])).toEqual([]);
    // Only a part was kept by agreement, and the rest came back.
    expect(unpaidOf([benefit({ months: [paid('2026-01', 30_00, true)] })], [run('2026-01')])).toMatchObject([
      { fen: 70_00 },
    ]);
  });

  it('says why: held, or no rate that can be told', () => {
    expect(
      unpaidOf([benefit({ heldFrom: '2026-02', months: [paid('2026-01', 100_00)] })], [run('2026-03')]),
    ).toEqual([
      {
        itemId: 'club/allowance',
        reason: 'payment-held',
        months: ['2026-02', '2026-03'],
        fen: 220_00,
        monthly: 120_00,
      },
    ]);
    expect(unpaidOf([benefit({ rates: null })], [run('2026-02')])).toEqual([
      {
        itemId: 'club/allowance',
        reason: 'no-rate',
        months: ['2026-01', '2026-02'],
        fen: null,
        monthly: null,
      },
    ]);
  });

  it('is one per item, whatever number of benefits follow each other', () => {
    const ended = benefit({ toMonth: '2026-01' });
    const next = benefit({ benefitId: 'b2', fromMonth: '2026-02', months: [paid('2026-02', 0, true)] });
    expect(unpaidOf([next, ended], [run('2026-02')])).toMatchObject([
      { reason: 'payment-failed', months: ['2026-01', '2026-02'], fen: 200_00 },
    ]);
  });
});

describe('months', () => {
  it('follow each other over the year, and are held from the first that has not begun', () => {
    expect([monthAfter('2026-12'), monthBefore('2026-01')]).toEqual(['2027-01', '2025-12']);
    expect([firstMonthHeld('2026-03-01'), firstMonthHeld('2026-03-02')]).toEqual(['2026-03', '2026-04']);
  });
});
