import type { StepLimit } from '@app/catalogue';
import { WorkingCalendar } from '@app/clocks';
import { TestClock } from '@app/testing';
import type { StoredRound } from '../src/adapters/postgres/chain-queries.js';
import { ClockOfRound } from '../src/app/clock-of-round.js';
import { Look } from '../src/app/look.js';
import { clubCatalogue } from './invented-catalogue.js';

/** 20 working days that the county has published: from Monday 2 March they end on Monday 30 March. */
const promise: StepLimit = {
  value: 20,
  unit: 'working-day',
  kind: 'promised',
  basis: '示范县一件事办事指南',
};

function promiseOf(
  chain: Parameters<typeof clubCatalogue>[1],
  now: string,
  completedAt: string | null = null,
) {
  const catalogue = clubCatalogue(undefined, chain);
  const round: StoredRound = {
    roundId: 'r',
    personId: 'p',
    divisionCode: '338801001001',
    cause: 'card-issued',
    causedOn: '2026-02-02',
    status: completedAt ? 'complete' : 'open',
    openedAt: new Date('2026-03-02T02:00:00Z'),
    completedAt: completedAt === null ? null : new Date(completedAt),
    byId: 'test',
    byRole: 'service',
  };
  const clock = new TestClock(new Date(now));
  const clocks = new ClockOfRound(
    new Look(null as never, catalogue),
    catalogue,
    WorkingCalendar.load(),
    clock,
  );
  return clocks.view({ round, items: [], terms: new Map(), waiting: [] }).clock.promise;
}

describe('the promise for the whole chain', () => {
  it('is nothing where the place has published none', () => {
    expect(promiseOf({}, '2026-12-01T00:00:00Z')).toBeNull();
  });

  it('runs from the day on which the round began, and shows 超承诺 once it has passed', () => {
    const last = '2026-03-30T15:00:00Z';
    expect(promiseOf({ chain: { promise } }, last)).toMatchObject({
      dueDay: '2026-03-30',
      basis: '示范县一件事办事指南',
      mark: null,
    });
    expect(promiseOf({ chain: { promise } }, '2026-03-30T16:00:00Z')?.mark).toBe('超承诺');
  });

  it('was kept by a round that was complete in time, and not by one that was later', () => {
    const now = '2026-12-01T00:00:00Z';
    expect(promiseOf({ chain: { promise } }, now, '2026-03-30T10:00:00Z')?.mark).toBeNull();
    expect(promiseOf({ chain: { promise } }, now, '2026-03-31T10:00:00Z')?.mark).toBe('超承诺');
  });
});
