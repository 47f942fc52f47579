import { randomUUID } from 'node:crypto';
import type { HoldingStatus } from './holding.js';
import { holdingKey, type Holding, type ProposedStop } from './holding.js';
import type { StoredOutcome } from './outcomes.js';
import type { PlannedItem } from './plan.js';
import { gapsOf, type Compared } from './reconcile.js';

const DAY = '2026-03-02';

function found(outcome: StoredOutcome['outcome'], options: Partial<StoredOutcome> = {}): StoredOutcome {
  return {
    outcome,
    version: '2020-01',
    needs: [],
    lostIn: 0,
    groundless: false,
    takenOver: false,
    rate: null,
    ...options,
  };
}

function holding(status: HoldingStatus, options: Partial<Holding> = {}): Holding {
  return {
    itemId: 'club/a',
    period: 'once',
    itemVersion: '2020-01',
    owner: 'subsidies',
    divisionCode: '338801001001',
    status,
    caseId: randomUUID(),
    caseVersion: 3,
    nextStep: null,
    since: null,
    heldFrom: null,
    roundId: randomUUID(),
    openedIn: 1,
    stops: [],
    ...options,
  };
}

function stop(options: Partial<ProposedStop> = {}): ProposedStop {
  return {
    roundId: randomUUID(),
    cause: 'fact-changed',
    ground: 'facts',
    effectiveOn: '2026-03-01',
    sinceVersion: 3,
    ...options,
  };
}

const items: Record<string, PlannedItem> = {
  'club/a': { id: 'club/a', version: '2020-01', owner: 'subsidies', mode: 'invite', period: 'once' },
  'club/year': { id: 'club/year', version: '2020-01', owner: 'community', mode: 'auto', period: 'year' },
  'club/round': {
    id: 'club/round',
    version: '2020-01',
    owner: 'rehabilitation',
    mode: 'apply',
    period: 'round',
  },
};

function compared(options: Partial<Compared>): Compared {
  return {
    personId: randomUUID(),
    divisionCode: '338801001001',
    day: DAY,
    decision: 5,
    card: 'valid',
    ended: null,
    outcomes: { 'club/a': found('entitled') },
    baseless: new Set(),
    holdings: [],
    rates: new Map(),
    reasons: () => [{ fact: 'aid.dibao', value: true }],
    item: (id) => items[id],
    periodOf: (id, roundId) => ({ once: 'once', year: '2026', round: roundId })[items[id]!.period],
    takenOver: false,
    plannedOn: new Map(),
    monthlyOf: () => 200_00,
    ...options,
  };
}

/** Gaps, a word each. */
function words(options: Partial<Compared>): string[] {
  return gapsOf(compared(options)).map(({ kind, itemId, reason }) => `${kind} ${itemId}: ${reason}`);
}

const LOST = { 'club/a': found('not-entitled', { lostIn: 4 }) };

describe('a reconciliation of one person', () => {
  it('finds what they are entitled to and nobody has opened, with its reason, money and facts', () => {
    expect(gapsOf(compared({}))).toEqual([
      {
        itemId: 'club/a',
        itemVersion: '2020-01',
        owner: 'subsidies',
        period: 'once',
        kind: 'should-have',
        reason: 'not-opened',
        because: ['aid.dibao'],
        since: null,
        monthly: 200_00,
      },
    ]);
    expect(words({ outcomes: { 'club/a': found('entitled', { takenOver: true }) } })).toEqual([
      'should-have club/a: taken-over',
    ]);
  });

  it.each([
    'planned',
    'invited',
    'listed',
    'open',
    'deciding',
    'waiting',
    'held',
    'granted',
    'handed-over',
  ] as const)('finds nothing lacking where it is %s', (status) => {
    expect(words({ holdings: [holding(status)] })).toEqual([]);
  });

  it('who was refused or has declined lacks nothing, until they cease to qualify and qualify again', () => {
    for (const status of ['refused', 'declined', 'stopped'] as const) {
      expect(words({ holdings: [holding(status)] })).toEqual([]);
      expect(
        words({ holdings: [holding(status)], outcomes: { 'club/a': found('entitled', { lostIn: 4 }) } }),
      ).toEqual(['should-have club/a: not-opened']);
    }
  });

  it('lacks a yearly item of this year where only the last one is had, and no repeated one that was delivered', () => {
    const yearly = holding('granted', { itemId: 'club/year', period: '2025' });
    expect(words({ outcomes: { 'club/year': found('entitled') }, holdings: [yearly] })).toEqual([
      'should-have club/year: not-opened',
    ]);
    const delivered = holding('granted', { itemId: 'club/round', period: randomUUID() });
    expect(words({ outcomes: { 'club/round': found('entitled') }, holdings: [delivered] })).toEqual([]);
  });

  it('lacks nothing without a card, and nothing that is not known', () => {
    expect(words({ card: 'none' })).toEqual([]);
    expect(words({ outcomes: { 'club/a': found('needs-fact', { needs: ['aid.dibao'] }) } })).toEqual([]);
  });

  it('finds what runs and is no longer due, by its ground', () => {
    const holdings = [holding('granted')];
    expect(words({ holdings, outcomes: LOST })).toEqual(['should-not-have club/a: facts']);
    const ended = { fact: 'person.diedOn', since: '2026-02-20' } as const;
    expect(gapsOf(compared({ holdings, outcomes: LOST, ended }))).toMatchObject([
      { reason: 'death', since: '2026-02-20', because: ['person.diedOn'] },
    ]);
    expect(words({ holdings, card: 'stopped', outcomes: LOST })).toEqual(['should-not-have club/a: card']);
    expect(words({ holdings, outcomes: {} })).toEqual(['should-not-have club/a: facts']);
  });

  it('says by how much too much is paid where only the rate is lower', () => {
    const rate = { amount: 100_00, month: '2026-03' };
    expect(
      gapsOf(
        compared({
          holdings: [holding('granted')],
          outcomes: { 'club/a': found('entitled', { rate, lostIn: 0 }) },
          rates: new Map([['club/a', { to: 'lower', from: 150_00 }]]),
        }),
      ),
    ).toMatchObject([{ kind: 'should-not-have', reason: 'rate', monthly: 50_00 }]);
  });

  it('leaves to its decider what was applied for without qualifying, and asks about what came with the old lists', () => {
    const never = { 'club/a': found('not-entitled') };
    const holdings = [holding('granted', { roundId: null })];
    expect(words({ holdings, outcomes: never })).toEqual([]);
    expect(words({ holdings, outcomes: never, takenOver: true })).toEqual([
      'should-not-have club/a: never-qualified',
    ]);
  });

  it('a stop that is being decided is no gap; one that its owner never answered is, from the next day on', () => {
    expect(words({ holdings: [holding('held', { stops: [stop()] })], outcomes: LOST })).toEqual([]);
    expect(words({ holdings: [holding('granted', { stops: [stop()] })], outcomes: LOST })).toEqual([
      'unanswered club/a: stop-proposed',
    ]);
    const today = [stop({ effectiveOn: DAY })];
    expect(words({ holdings: [holding('granted', { stops: today })], outcomes: LOST })).toEqual([]);
    // A named person has let it run on.
    const released = holding('granted', { caseVersion: 5, stops: [stop()] });
    expect(words({ holdings: [released], outcomes: LOST })).toEqual([]);
  });

  it('what was planned before today and has no case is unanswered, as long as it is due', () => {
    const planned = holding('planned', { caseId: null, caseVersion: 0 });
    const on = (day: string) => new Map([[holdingKey('club/a', 'once'), day]]);
    expect(words({ holdings: [planned], plannedOn: on('2026-03-01') })).toEqual([
      'unanswered club/a: planned',
    ]);
    expect(words({ holdings: [planned], plannedOn: on(DAY) })).toEqual([]);
    expect(
      words({
        holdings: [planned],
        plannedOn: on('2026-03-01'),
        outcomes: { 'club/a': found('needs-fact') },
      }),
    ).toEqual([]);
  });

  it('of two periods of one item names the older one once', () => {
    const two = ['b', 'a'].map((period) => holding('granted', { itemId: 'club/round', period }));
    expect(
      gapsOf(compared({ holdings: two, outcomes: { 'club/round': found('not-entitled', { lostIn: 4 }) } })),
    ).toMatchObject([{ period: 'a' }]);
  });
});
