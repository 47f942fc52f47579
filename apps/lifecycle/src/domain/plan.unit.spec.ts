import { randomUUID } from 'node:crypto';
import type { RoundCause } from '@app/contracts';
import { roundIdOf, type Cause } from './cause.js';
import { follow, takeBack, type CaseNews } from './follow.js';
import type { Holding, Round, RoundItem } from './holding.js';
import { bringUpToDate, missingFacts, type Outcomes, type StoredOutcome } from './outcomes.js';
import { plan, type PlannedItem, type Situation } from './plan.js';

const personId = randomUUID();
const divisionCode = '338801001001';

function cause(name: RoundCause, options: Partial<Cause> = {}): Cause {
  return {
    cause: name,
    key: options.key ?? name,
    causedOn: '2026-03-02',
    at: '2026-03-02T01:00:00.000Z',
    round: 'always',
    undoes: null,
    message: null,
    by: { id: 'test', role: 'service' },
    ...options,
  };
}

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

function holding(options: Partial<Holding> = {}): Holding {
  return {
    itemId: 'club/a',
    period: 'once',
    itemVersion: '2020-01',
    owner: 'subsidies',
    divisionCode,
    status: 'granted',
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

function given(options: Partial<Situation>): Situation {
  return {
    personId,
    divisionCode,
    day: '2026-03-02',
    decision: 2,
    card: 'valid',
    ended: null,
    chainVersion: 7,
    outcomes: {},
    baseless: new Set(),
    rates: new Map(),
    reasons: () => [],
    holdings: [],
    causes: [cause('card-issued')],
    item: (id) => items[id],
    periodOf: (id, roundId) => ({ once: 'once', year: '2026', round: roundId })[items[id]!.period],
    ...options,
  };
}

/** What a plan comes to, a word each. */
function planned(situation: Situation): string[] {
  return plan(situation).items.map(({ action, itemId }) => `${action} ${itemId}`);
}

describe('a plan', () => {
  it('opens what is due and not held, once, whatever else happens', () => {
    const situation = given({ outcomes: { 'club/a': found('entitled') } });
    const first = plan(situation);
    expect(first.items).toMatchObject([{ action: 'open', itemId: 'club/a', outcome: null }]);
    expect(first.events.map(({ data }) => (data as { version: number }).version)).toEqual([8, 9]);
    expect(planned({ ...situation, holdings: first.holdings })).toEqual([]);
  });

  it('opens nothing without a card, for what is not known, or for what was taken over with the living stock', () => {
    expect(planned(given({ card: 'none', outcomes: { 'club/a': found('entitled') } }))).toEqual([]);
    expect(planned(given({ outcomes: { 'club/a': found('needs-fact', { needs: ['aid.dibao'] }) } }))).toEqual(
      [],
    );
    expect(planned(given({ outcomes: { 'club/a': found('entitled', { takenOver: true }) } }))).toEqual([]);
  });

  it('lets stand what was refused or declined, until they ceased to qualify and qualify again', () => {
    for (const status of ['refused', 'declined', 'stopped', 'withdrawn'] as const) {
      const holdings = [holding({ status, openedIn: 2 })];
      expect(planned(given({ holdings, outcomes: { 'club/a': found('entitled', { lostIn: 1 }) } }))).toEqual(
        [],
      );
      expect(planned(given({ holdings, outcomes: { 'club/a': found('entitled', { lostIn: 3 }) } }))).toEqual([
        'open club/a',
      ]);
    }
  });

  it('lets stand what was declined when they only seemed to cease to qualify', () => {
    const causes = [cause('death-withdrawn', { undoes: 'death' })];
    const holdings = [holding({ status: 'declined', openedIn: 1 })];
    const outcomes = { 'club/a': found('entitled', { lostIn: 2 }) };
    const made = plan(given({ causes, holdings, outcomes, decision: 3 }));
    expect(made.items).toEqual([]);
    // And it stays so at the next decision.
    expect(planned(given({ outcomes, decision: 4, holdings: made.holdings }))).toEqual([]);
  });

  it('opens a yearly item again with the year, and a repeated need only with a new card, not with any fact', () => {
    const outcomes = { 'club/year': found('entitled'), 'club/round': found('entitled') };
    const holdings = [
      holding({ itemId: 'club/year', period: '2025' }),
      holding({ itemId: 'club/round', period: randomUUID() }),
    ];
    const fact = [cause('fact-changed', { round: 'if-planned' })];
    expect(planned(given({ outcomes, holdings, causes: fact }))).toEqual(['open club/year']);
    expect(planned(given({ outcomes, holdings }))).toEqual(['open club/year', 'open club/round']);
    const running = [holding({ itemId: 'club/round', status: 'open', period: randomUUID() })];
    expect(planned(given({ outcomes: { 'club/round': found('entitled') }, holdings: running }))).toEqual([]);
  });

  it('proposes to stop what they ceased to qualify for, not what they applied for without qualifying', () => {
    const outcomes = { 'club/a': found('not-entitled', { lostIn: 2 }) };
    expect(planned(given({ outcomes, holdings: [holding({ openedIn: 1 })] }))).toEqual(['stop club/a']);
    expect(planned(given({ outcomes, holdings: [holding({ openedIn: 2, status: 'deciding' })] }))).toEqual(
      [],
    );
  });

  it('proposes no stop for what is not known any more, nor for a year that has run out', () => {
    const unknown = { 'club/a': found('needs-fact', { needs: ['aid.dibao'] }) };
    expect(planned(given({ outcomes: unknown, holdings: [holding()] }))).toEqual([]);
    const gone = { fact: 'person.diedOn', since: '2026-03-01' } as const;
    expect(
      planned(
        given({ ended: gone, outcomes: {}, holdings: [holding({ itemId: 'club/year', period: '2025' })] }),
      ),
    ).toEqual([]);
  });

  it('proposes to stop what rests on a fact that turned out wrong, and takes that back when it is known again', () => {
    const baseless = new Set(['club/a']);
    const unknown = { 'club/a': found('needs-fact', { needs: ['aid.dibao'], lostIn: 2 }) };
    const made = plan(given({ baseless, outcomes: unknown, holdings: [holding()] }));
    expect(made.items).toMatchObject([{ action: 'stop' }]);
    expect(planned(given({ baseless, outcomes: unknown, holdings: [holding({ roundId: null })] }))).toEqual(
      [],
    );
    expect(planned(given({ baseless, outcomes: unknown, holdings: made.holdings }))).toEqual([]);
    const known = plan(
      given({ outcomes: { 'club/a': found('entitled', { lostIn: 2 }) }, holdings: made.holdings }),
    );
    expect(known.events[0]).toMatchObject({ type: 'lifecycle.item.stop-withdrawn.v1' });
  });

  it('proposes to stop what had been granted by what is no longer so, though something else may still grant it', () => {
    const open = (options: Partial<StoredOutcome>) => ({
      'club/a': found('needs-fact', { needs: ['income'], ...options }),
    });
    const holdings = [holding({ openedIn: 1 })];
    expect(planned(given({ outcomes: open({}), holdings }))).toEqual([]);
    const made = plan(given({ outcomes: open({ lostIn: 2, groundless: true }), holdings }));
    expect(made.items).toMatchObject([{ action: 'stop' }]);
    const known = plan(
      given({ outcomes: { 'club/a': found('entitled', { lostIn: 2 }) }, holdings: made.holdings }),
    );
    expect(known.events[0]).toMatchObject({ type: 'lifecycle.item.stop-withdrawn.v1' });
  });

  it('that gives back what a false death held does not forget that the facts had changed meanwhile', () => {
    const stop = {
      roundId: randomUUID(),
      cause: 'death',
      ground: 'death',
      effectiveOn: '2026-02-27',
      sinceVersion: 3,
    } as const;
    const made = plan(
      given({
        causes: [cause('death-withdrawn', { undoes: 'death', round: 'with-chain' })],
        holdings: [holding({ status: 'held', stops: [stop], openedIn: 1 })],
        outcomes: { 'club/a': found('not-entitled', { lostIn: 2 }) },
        decision: 4,
      }),
    );
    expect(made.events.map(({ type }) => type.split('.')[2])).toEqual([
      'stop-withdrawn',
      'round-opened',
      'stop-proposed',
    ]);
    expect(made.holdings).toMatchObject([{ stops: [{ ground: 'facts' }] }]);
  });

  it('holds what runs when less is due, and sends it again when more is', () => {
    const outcomes = { 'club/a': found('entitled') };
    const changed = (to: 'higher' | 'lower', from: number) => new Map([['club/a', { to, from }]]);
    const lowered = (from = 200) => changed('lower', from);
    const lower = plan(given({ outcomes, holdings: [holding()], rates: lowered() }));
    expect(lower.holdings).toMatchObject([{ stops: [{ ground: 'rate' }] }]);
    // Decided: it is stopped, and opened at the rate that is due.
    const stopped = { ...lower.holdings[0]!, status: 'stopped' as const };
    expect(
      planned(given({ outcomes: { 'club/a': found('entitled', { lostIn: 2 }) }, holdings: [stopped] })),
    ).toEqual(['open club/a']);
    const higher = given({ outcomes, holdings: [holding()], rates: changed('higher', 200) });
    expect(planned(higher)).toEqual(['open club/a']);
    expect(planned({ ...higher, holdings: [holding({ status: 'declined' })] })).toEqual([]);
    expect(lower.events.at(-1)).toMatchObject({ data: { lowers: true } });
    // Not decided yet, so that its owner must know the facts by which it will be.
    expect(planned({ ...higher, holdings: [holding({ status: 'deciding' })] })).toEqual(['open club/a']);
    // Less again, before or after somebody has decided about the first time.
    const due = (amount: number) => ({ 'club/a': found('entitled', { rate: { amount, month: '2026-03' } }) });
    const held = { ...lower.holdings[0]!, status: 'held' as const, caseVersion: 9 };
    const again = { causes: [cause('fact-changed', { round: 'if-planned' })] };
    for (const status of ['held', 'granted'] as const) {
      const lowest = given({
        ...again,
        outcomes: due(50),
        holdings: [{ ...held, status }],
        rates: lowered(100),
      });
      expect(planned(lowest)).toEqual(['stop club/a']);
    }
    // More than that, and still less than what is paid; as much; more.
    const back = (amount: number) =>
      plan(given({ ...again, outcomes: due(amount), holdings: [held], rates: changed('higher', 100) }));
    expect(back(150).items.map(({ action }) => action)).toEqual(['stop']);
    expect(back(150).holdings).toMatchObject([{ stops: [{ rateBefore: 200 }, { rateBefore: 200 }] }]);
    expect(back(200).events.map(({ type }) => type.split('.')[2])).toEqual(['stop-withdrawn']);
    expect(back(250).events.map(({ type }) => type.split('.')[2])).toEqual([
      'stop-withdrawn',
      'round-opened',
      'opened',
    ]);
  });

  it('of a death is proposed also for what somebody released from another stop, and only that is taken back', () => {
    const facts = {
      roundId: randomUUID(),
      cause: 'fact-changed',
      ground: 'facts',
      effectiveOn: '2026-02-01',
      sinceVersion: 1,
    } as const;
    const held = [holding({ status: 'granted', stops: [facts], openedIn: 1 })];
    const outcomes = { 'club/a': found('not-entitled', { lostIn: 2 }) };
    const died = plan(
      given({
        causes: [cause('death', { round: 'with-chain' })],
        ended: { fact: 'person.diedOn', since: '2026-02-27' },
        holdings: held,
        outcomes,
      }),
    );
    expect(died.holdings).toMatchObject([{ stops: [{ ground: 'facts' }, { ground: 'death' }] }]);
    const causes = [cause('death-withdrawn', { undoes: 'death', round: 'with-chain' })];
    const lives = plan(given({ causes, holdings: died.holdings, outcomes, decision: 3 }));
    expect(lives.items).toEqual([]);
    expect(lives.holdings).toMatchObject([{ stops: [{ ground: 'facts' }] }]);
    expect(lives.takenBack).toMatchObject([{ roundId: died.rounds[0]!.roundId, action: 'stop' }]);
  });

  it('puts a stop down to the gravest of several causes, and begins a round for each that asks for one', () => {
    const made = plan(
      given({
        causes: [
          cause('card-renewed'),
          cause('death', { round: 'with-chain', key: 'd', causedOn: '2026-02-27' }),
        ],
        ended: { fact: 'person.diedOn', since: '2026-02-27' },
        outcomes: { 'club/a': found('not-entitled', { lostIn: 2 }) },
        holdings: [holding()],
      }),
    );
    expect(made.rounds.map((round) => [round.cause, round.status])).toEqual([
      ['card-renewed', 'complete'],
      ['death', 'open'],
    ]);
    expect(made.holdings[0]!.stops).toMatchObject([{ ground: 'death', effectiveOn: '2026-02-27' }]);
  });

  it('begins no round for a death of somebody who has no chain and nothing to stop', () => {
    const causes = [cause('death', { round: 'with-chain' })];
    const ended = { fact: 'person.diedOn', since: '2026-02-27' } as const;
    expect(plan(given({ chainVersion: 0, causes, ended })).events).toEqual([]);
    expect(plan(given({ chainVersion: 7, causes, ended })).rounds).toHaveLength(1);
  });

  it('takes a stop back when its ground is gone, and proposes it anew when there is another', () => {
    const stop = {
      roundId: randomUUID(),
      cause: 'death',
      ground: 'death',
      effectiveOn: '2026-02-27',
      sinceVersion: 3,
    } as const;
    const holdings = [holding({ status: 'held', stops: [stop] })];
    const causes = [cause('death-withdrawn', { undoes: 'death', round: 'with-chain' })];
    const entitled = { 'club/a': found('entitled', { lostIn: 2 }) };
    const lifted = plan(given({ causes, holdings, outcomes: entitled, decision: 3 }));
    expect(lifted.events[0]).toMatchObject({
      type: 'lifecycle.item.stop-withdrawn.v1',
      data: { roundId: stop.roundId },
    });
    expect(lifted.items).toEqual([]);

    const frozen = plan(
      given({
        causes,
        holdings,
        card: 'stopped',
        outcomes: { 'club/a': found('not-entitled', { lostIn: 2 }) },
        decision: 3,
      }),
    );
    expect(frozen.events.map(({ type }) => type.split('.')[2])).toEqual([
      'stop-withdrawn',
      'round-opened',
      'stop-proposed',
    ]);
    expect(frozen.holdings.at(-1)!.stops).toMatchObject([{ ground: 'card' }]);
  });

  it('gives back what a named person had stopped only if the cause was false, not if the facts are new', () => {
    const stop = {
      roundId: randomUUID(),
      cause: 'fact-changed',
      ground: 'facts',
      effectiveOn: '2026-02-27',
      sinceVersion: 3,
    } as const;
    const holdings = [holding({ status: 'stopped', stops: [stop] })];
    const outcomes = { 'club/a': found('entitled', { lostIn: 2 }) };
    const words = (causes: Cause[]) =>
      plan(given({ causes, holdings, outcomes, decision: 3 })).events.map(({ type }) => type.split('.')[2]);
    expect(words([cause('fact-changed', { round: 'if-planned', undoes: 'facts' })])).toEqual([
      'stop-withdrawn',
    ]);
    expect(words([cause('fact-changed', { round: 'if-planned' })])).toEqual(['round-opened', 'opened']);
  });
});

describe('outcomes', () => {
  const decide = (
    before: Outcomes,
    outcome: StoredOutcome['outcome'],
    needs: string[] = [],
    decision = 2,
    groundless: readonly string[] = [],
  ) =>
    bringUpToDate(
      before,
      [{ itemId: 'club/a', itemVersion: '2020-01', outcome, needs, reasons: [], nextDay: null }],
      {
        decision,
        hasCard: true,
        baseless: new Set(),
        groundless: new Set(groundless),
        ended: null,
        takenOver: () => false,
        month: '2026-03',
        rateOf: () => null,
      },
    );

  it('that did not change are the same object, and no change', () => {
    const before = { 'club/a': found('entitled') };
    const { outcomes, changes } = decide(before, 'entitled');
    expect(outcomes['club/a']).toBe(before['club/a']);
    expect(changes).toEqual([]);
  });

  it('remember the decision in which they were lost', () => {
    const { outcomes } = decide({ 'club/a': found('needs-fact', { needs: ['aid.dibao'] }) }, 'not-entitled');
    expect(outcomes['club/a']).toMatchObject({ lostIn: 2 });
    expect(decide(outcomes, 'entitled', [], 3).outcomes['club/a']).toMatchObject({ lostIn: 2 });
  });

  it('remember that what had granted them is no longer so, until something grants them again', () => {
    const lost = decide({ 'club/a': found('entitled') }, 'needs-fact', ['income'], 2, ['club/a']).outcomes;
    expect(lost['club/a']).toMatchObject({ lostIn: 2, groundless: true });
    const frozen = decide(lost, 'not-entitled', [], 3).outcomes;
    const back = decide(frozen, 'needs-fact', ['income'], 4).outcomes;
    expect(back['club/a']).toMatchObject({ groundless: true });
    expect(decide(back, 'entitled', [], 5).outcomes['club/a']).toMatchObject({ groundless: false });
    // A fact that has merely run out leaves it open.
    const open = decide({ 'club/a': found('entitled') }, 'needs-fact', ['income']).outcomes;
    expect(open['club/a']).toMatchObject({ lostIn: 0, groundless: false });
  });

  it('tell a rate that facts changed from one that only the date changed', () => {
    const by = (rates: Record<string, number>) =>
      bringUpToDate(
        { 'club/a': found('entitled', { rate: { amount: 200, month: '2026-02' } }) },
        [
          {
            itemId: 'club/a',
            itemVersion: '2020-01',
            outcome: 'entitled',
            needs: [],
            reasons: [],
            nextDay: null,
          },
        ],
        {
          decision: 2,
          hasCard: true,
          baseless: new Set(),
          groundless: new Set(),
          ended: null,
          takenOver: () => false,
          month: '2026-03',
          rateOf: (_, month) => rates[month] ?? null,
        },
      ).rates.get('club/a');
    expect(by({ '2026-02': 200, '2026-03': 250 })).toBeUndefined();
    expect(by({ '2026-02': 100, '2026-03': 150 })).toEqual({ to: 'lower', from: 200 });
    expect(by({ '2026-02': 300, '2026-03': 350 })).toEqual({ to: 'higher', from: 200 });
  });

  it('of items that are no longer in force are dropped', () => {
    expect(decide({ 'club/old': found('entitled') }, 'entitled').changes).toContainEqual(
      expect.objectContaining({ itemId: 'club/old', before: 'entitled', after: null }),
    );
  });

  it('ask for each missing fact once, and never for what only the region can set', () => {
    expect(
      missingFacts({
        a: found('needs-fact', { needs: ['aid.dibao', 'param:club/a.bound'] }),
        b: found('needs-fact', { needs: ['aid.dibao', 'aid.tekun'] }),
      }),
    ).toEqual(['aid.dibao', 'aid.tekun']);
  });
});

describe('following', () => {
  const roundId = roundIdOf(personId, { key: 'x' });
  const round: Round = {
    roundId,
    personId,
    divisionCode,
    cause: 'card-issued',
    causedOn: '2026-03-02',
    status: 'open',
    by: { id: 'test', role: 'service' },
  };
  const item: RoundItem = {
    roundId,
    itemId: 'club/a',
    action: 'open',
    period: 'once',
    owner: 'subsidies',
    itemVersion: '2020-01',
    mode: 'invite',
    caseId: null,
    status: 'planned',
    caseVersion: 0,
    outcome: null,
  };
  const open = holding({ status: 'planned', caseId: null, caseVersion: 0, roundId });
  const news = (options: Partial<CaseNews>): CaseNews => ({
    personId,
    divisionCode,
    owner: 'subsidies',
    kind: 'other',
    caseId: '6f0d7b9e-7a0c-4a49-8f0b-3f6e9f1d0a01',
    itemId: 'club/a',
    itemVersion: '2020-01',
    period: 'once',
    roundId,
    version: 1,
    status: 'invited',
    nextStep: null,
    heldFrom: null,
    twinId: null,
    at: '2026-03-02T01:00:00.000Z',
    message: { id: randomUUID(), traceparent: null },
    by: { id: 'test', role: 'service' },
    ...options,
  });
  const chain = {
    ...{ personId, chainVersion: 2, decision: 1, holdings: [open], rounds: [round], items: [item] },
    isTakenOver: false,
  };

  it('closes a round with the last outcome, in the same step', () => {
    const followed = follow(chain, [news({}), news({ version: 2, status: 'granted' })]);
    expect(followed.completed).toMatchObject([{ roundId, status: 'complete' }]);
    expect(followed.chainVersion).toBe(3);
  });

  it('ignores a version that it has passed', () => {
    const followed = follow(chain, [news({ version: 2, status: 'granted' }), news({})]);
    expect(followed.holdings).toMatchObject([{ status: 'granted', caseVersion: 2 }]);
  });

  it('keeps the first outcome of an item: what happens to the benefit later is not the round’s', () => {
    const followed = follow(chain, [
      news({ version: 2, status: 'granted' }),
      news({ version: 3, status: 'held', heldFrom: 'granted' }),
    ]);
    expect(followed.items).toMatchObject([{ outcome: 'granted', status: 'held' }]);
  });

  it('does not take late news of a former case for news of the one that followed it', () => {
    const late = news({ caseId: randomUUID(), roundId: randomUUID(), version: 9, status: 'withdrawn' });
    expect(follow(chain, [late]).holdings).toEqual([]);
  });

  it('ends parts that a plan took back, and with the last of them the round', () => {
    const ended = takeBack(chain, [{ roundId, itemId: 'club/a', period: 'once', action: 'open' }], 5, null);
    expect(ended.items).toMatchObject([{ outcome: 'withdrawn' }]);
    expect(ended.events).toMatchObject([
      { type: 'lifecycle.chain.round-completed.v1', data: { version: 6 } },
    ]);
  });
});
