import type { Determination } from '@app/catalogue';
import {
  causedBy,
  itemOpenedV1,
  itemStopProposedV1,
  itemStopWithdrawnV1,
  roundCompletedV1,
  roundOpenedV1,
  type CausedEvent,
  type ItemMode,
  type NewEvent,
  type Owner,
} from '@app/contracts';
import { isOfOld, roundIdOf, takenOverRoundOf, type Cause, type Ground } from './cause.js';
import {
  fromBefore,
  hasEnded,
  holdingKey,
  isFromBefore,
  type Holding,
  type ProposedStop,
  type Round,
  type RoundItem,
} from './holding.js';
import type { Ended, Outcomes, RateChange, StoredOutcome } from './outcomes.js';

/** What a plan needs to know of an item. */
export interface PlannedItem {
  readonly id: string;
  readonly version: string;
  readonly owner: Owner;
  readonly mode: ItemMode;
  readonly period: 'once' | 'year' | 'round';
}

/** A person after a decision, and what they have. */
export interface Situation {
  readonly personId: string;
  readonly divisionCode: string;
  readonly day: string;
  readonly decision: number;
  readonly card: 'none' | 'valid' | 'stopped';
  readonly ended: Ended | null;
  /** 0: no chain yet. */
  readonly chainVersion: number;
  readonly outcomes: Outcomes;
  /** Items that a fact had granted which turned out wrong, and of which nothing is known now. */
  readonly baseless: ReadonlySet<string>;
  readonly holdings: readonly Holding[];
  readonly causes: readonly Cause[];
  /** Items that facts made worth more or less. */
  readonly rates: ReadonlyMap<string, RateChange>;
  /** Facts that decided an item, and those that its amount depends on. */
  reasons(itemId: string): Determination['reasons'];
  item(itemId: string): PlannedItem | undefined;
  periodOf(itemId: string, roundId: string): string;
}

export interface Plan {
  readonly chainVersion: number;
  readonly rounds: readonly Round[];
  readonly items: readonly RoundItem[];
  /** Holdings that are new or changed. */
  readonly holdings: readonly Holding[];
  /** Parts of earlier rounds that are over, because their cause is gone or a new round goes on with the item. */
  readonly takenBack: readonly TakenBack[];
  readonly events: readonly CausedEvent[];
}

export type TakenBack = Pick<RoundItem, 'roundId' | 'itemId' | 'period' | 'action'>;

type Draft = (version: number) => NewEvent;

// Which of several causes of one slice a planned item is put down to: the one that says most about it.
const OPENING = [
  'card-issued',
  'card-regraded',
  'card-renewed',
  'death-withdrawn',
  'card-corrected',
  'moved-in',
  'fact-changed',
];
const STOPPING = [
  'death',
  'moved-away',
  'card-stopped',
  'card-corrected',
  'card-regraded',
  'moved-in',
  'fact-changed',
];

/** Compares what a person should have with what they have, and plans the difference. Planned twice, it plans nothing more. */
export function plan(situation: Situation): Plan {
  const { causes, card } = situation;
  if (causes.length === 0) return nothing(situation);
  const held = new Map(
    situation.holdings.map((holding) => [holdingKey(holding.itemId, holding.period), holding]),
  );
  const changed = new Map<string, Holding>();
  const put = (holding: Holding) => {
    const key = holdingKey(holding.itemId, holding.period);
    held.set(key, holding);
    changed.set(key, holding);
  };
  const stopping = foremost(causes, STOPPING);
  const opening = foremost(causes, OPENING);
  // Most decisions plan nothing, and a round's id costs a hash.
  const stoppingRound = once(() => roundIdOf(situation.personId, stopping));
  const openingRound = once(() => roundIdOf(situation.personId, opening));
  const withdrawals: { cause: Cause; draft: Draft }[] = [];
  const takenBack: TakenBack[] = [];
  const items: RoundItem[] = [];
  const drafts = new Map<string, Draft[]>();
  const addTo = (cause: Cause, draft: Draft) => {
    const list = drafts.get(cause.key);
    if (list) list.push(draft);
    else drafts.set(cause.key, [draft]);
  };

  const raised = new Map<string, Holding>();
  for (const holding of situation.holdings) {
    if (isPast(holding, situation.day)) continue;
    const rate = rateChangeOf(holding, situation);
    const lifted = lift(holding, situation);
    if (lifted.holding !== holding) put(lifted.holding);
    for (const stop of lifted.withdrawn) {
      const because = causes.find(({ undoes }) => undoes === stop.ground) ?? opening;
      withdrawals.push({ cause: because, draft: stopWithdrawn(situation, holding, stop, because) });
      takenBack.push(partOf(holding, stop.roundId, 'stop'));
    }
    const current = lifted.holding;
    const ground = hasEnded(current.status) && !lifted.runsAgain ? null : groundToStop(current, situation);
    if (rate?.to === 'higher' && !hasEnded(current.status) && current.stops.length === 0) {
      raised.set(current.itemId, current);
    }
    if (!ground || current.stops.some((stop) => coversAlready(stop, ground))) continue;
    const stop: ProposedStop = {
      roundId: stoppingRound(),
      cause: stopping.cause,
      ground,
      effectiveOn: stopping.causedOn,
      sinceVersion: current.caseVersion,
      ...(ground === 'rate' && rate ? { rateBefore: rate.from } : {}),
    };
    put({ ...current, stops: [...current.stops, stop] });
    items.push(roundItem(current, stop.roundId, 'stop', situation.item(current.itemId)?.mode ?? 'apply'));
    addTo(stopping, stopProposed(situation, current, stop, stopping));
  }

  const byItem = new Map<string, Holding[]>();
  for (const holding of held.values()) {
    const list = byItem.get(holding.itemId);
    if (list) list.push(holding);
    else byItem.set(holding.itemId, [holding]);
  }
  const anew = opening.round === 'always';
  for (const [itemId, found] of Object.entries(situation.outcomes)) {
    const item = situation.item(itemId);
    // Without a card there is no chain yet, whatever else the person is entitled to.
    if (!item || card === 'none' || found.outcome !== 'entitled' || found.takenOver) continue;
    // Sent again for what is under way or runs, its owner goes on with it under the new facts.
    const again = raised.get(itemId);
    const period = again?.period ?? situation.periodOf(itemId, openingRound());
    const others = byItem.get(itemId);
    if (!again && others && !others.every((other) => leavesRoom(other, item, period, found.lostIn, anew)))
      continue;
    const opened: Holding = {
      itemId,
      period,
      itemVersion: found.version,
      owner: item.owner,
      divisionCode: situation.divisionCode,
      status: 'planned',
      caseId: null,
      caseVersion: 0,
      nextStep: null,
      since: null,
      heldFrom: null,
      roundId: openingRound(),
      openedIn: situation.decision,
      stops: [],
    };
    const former = held.get(holdingKey(itemId, period));
    if (former?.roundId) takenBack.push(partOf(former, former.roundId, 'open'));
    put(opened);
    items.push(roundItem(opened, openingRound(), 'open', item.mode));
    addTo(opening, itemOpened(situation, opened, item, opening));
  }

  const hasChain = situation.chainVersion > 0 || causes.some(({ round }) => round === 'always');
  const begun = causes.filter(
    (cause) =>
      drafts.has(cause.key) || cause.round === 'always' || (cause.round === 'with-chain' && hasChain),
  );
  const published = publish(situation, begun, drafts, items, withdrawals);
  const old = causes.find(({ round }) => round === 'taken-over');
  const takenOver = old ? takenOverRound(situation, old) : null;
  return {
    ...published,
    rounds: takenOver ? [takenOver, ...published.rounds] : published.rounds,
    items: takenOver
      ? [
          ...items,
          ...[...held.values()].filter(isFromBefore).map((each) => fromBefore(each, takenOver.roundId)),
        ]
      : items,
    holdings: [...changed.values()],
    takenBack,
  };
}

/** What a person has from before this system came: complete from the first, and told to nobody. */
function takenOverRound({ personId, divisionCode }: Situation, { causedOn, by }: Cause): Round {
  const roundId = takenOverRoundOf(personId);
  return { roundId, personId, divisionCode, cause: 'taken-over', causedOn, status: 'complete', by };
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function nothing(situation: Situation): Plan {
  return {
    chainVersion: situation.chainVersion,
    rounds: [],
    items: [],
    holdings: [],
    takenBack: [],
    events: [],
  };
}

/** Each fact gets the next version of the chain: a reader may ignore what it has passed, item by item or all in all. */
function publish(
  situation: Situation,
  begun: readonly Cause[],
  drafts: ReadonlyMap<string, Draft[]>,
  items: readonly RoundItem[],
  withdrawals: readonly { cause: Cause; draft: Draft }[],
): Pick<Plan, 'chainVersion' | 'rounds' | 'events'> {
  const { personId, divisionCode } = situation;
  const events: CausedEvent[] = [];
  let version = situation.chainVersion;
  const add = (cause: Cause, draft: Draft) => {
    version += 1;
    const event = draft(version);
    events.push(cause.message ? causedBy(cause.message, event) : event);
  };
  // A hold is lifted before another is proposed for the same item.
  for (const { cause, draft } of withdrawals) add(cause, draft);
  const rounds = begun.map((cause): Round => {
    const roundId = roundIdOf(personId, cause);
    const planned = items.filter((item) => item.roundId === roundId);
    add(cause, (next) =>
      roundOpenedV1.of({
        personId,
        divisionCode,
        version: next,
        roundId,
        cause: cause.cause,
        causedOn: cause.causedOn,
        planned: planned.map(({ itemId, action }) => ({ itemId, action })),
      }),
    );
    for (const draft of drafts.get(cause.key) ?? []) add(cause, draft);
    if (planned.length === 0) {
      add(cause, (next) =>
        roundCompletedV1.of({
          personId,
          divisionCode,
          version: next,
          roundId,
          cause: cause.cause,
          outcomes: [],
        }),
      );
    }
    return {
      roundId,
      personId,
      divisionCode,
      cause: cause.cause,
      causedOn: cause.causedOn,
      status: planned.length === 0 ? 'complete' : 'open',
      by: cause.by,
    };
  });
  return { chainVersion: version, rounds, events };
}

function foremost(causes: readonly Cause[], order: readonly string[]): Cause {
  const rank = (cause: Cause) => {
    const place = order.indexOf(cause.cause);
    return (isOfOld(cause) ? 2 * order.length : 0) + (place === -1 ? order.length : place);
  };
  return causes.reduce((best, cause) => (rank(cause) < rank(best) ? cause : best));
}

function partOf({ itemId, period }: Holding, roundId: string, action: RoundItem['action']): TakenBack {
  return { roundId, itemId, period, action };
}

/** A holding after the stops have gone whose ground is gone. */
interface Lifted {
  readonly holding: Holding;
  /** To be told to the owner. */
  readonly withdrawn: readonly ProposedStop[];
  /** It had been stopped for what turned out false. */
  readonly runsAgain: boolean;
}

function lift(holding: Holding, situation: Situation): Lifted {
  const undone = (stop: ProposedStop) => situation.causes.some(({ undoes }) => undoes === stop.ground);
  const ended = hasEnded(holding.status);
  const left = holding.stops.filter((stop) => inEffect(stop.ground, holding, situation));
  const gone = holding.stops.filter((stop) => !left.includes(stop));
  const since = { openedIn: situation.decision };
  if (gone.length === 0) {
    // They never really ceased to qualify: what was refused, declined or stopped for its own reasons stays so. What was withdrawn had no
    // such reason: nobody had taken it up, so it is opened anew.
    const seemed =
      ended &&
      holding.status !== 'withdrawn' &&
      left.length === 0 &&
      regained(holding, situation) &&
      situation.causes.some(({ undoes }) => undoes);
    return { holding: seemed ? { ...holding, ...since } : holding, withdrawn: [], runsAgain: false };
  }
  if (holding.status === 'refused' || holding.status === 'declined') {
    const stays = gone.some(undone) ? since : {};
    return { holding: { ...holding, stops: left, ...stays }, withdrawn: [], runsAgain: false };
  }
  const withdrawn = ended ? gone.filter(undone) : gone;
  if (withdrawn.length === 0 || left.length > 0) {
    return { holding: { ...holding, stops: left }, withdrawn, runsAgain: false };
  }
  // What was running goes on. What nobody had taken up its owner has withdrawn, or will: that is opened anew.
  if (!wasTaken(holding)) {
    return { holding: { ...holding, stops: [], status: 'withdrawn' }, withdrawn, runsAgain: false };
  }
  const again = qualifies(holding, situation) ? since : {};
  return { holding: { ...holding, stops: [], ...again }, withdrawn, runsAgain: ended };
}

/** The less the graver. A graver ground is proposed beside another: somebody may have released the case from that one. */
function gravity(ground: Ground): number {
  return ['death', 'moved-away', 'card', 'facts', 'rate'].indexOf(ground);
}

/** Whether its owner holds it at a stop, rather than withdrawing it. */
function wasTaken({ status }: Holding): boolean {
  return ['held', 'granted', 'waiting', 'handed-over', 'stopped'].includes(status);
}

/** A yearly item of an earlier year has run out by itself. */
export function isPast(holding: Holding, day: string): boolean {
  return /^\d{4}$/.test(holding.period) && holding.period < day.slice(0, 4);
}

/** Whether the person ceased to qualify since this was opened; what was applied for without qualifying is for its decider. */
export function isLost(holding: Holding, situation: Situation): boolean {
  const found = situation.outcomes[holding.itemId];
  // Of a person with a card every item in force is determined: one that is not there is no longer in force.
  if (!found) return situation.card !== 'none';
  if (found.outcome === 'not-entitled' || isGroundless(found)) return found.lostIn > holding.openedIn;
  return isBaseless(holding, situation);
}

/** What had granted it is no longer so, and nothing else is known that does. */
function isGroundless({ outcome, groundless }: StoredOutcome): boolean {
  return outcome === 'needs-fact' && groundless;
}

/** It was opened on a fact that turned out wrong, and nothing else is known that grants it. */
function isBaseless({ itemId, roundId }: Holding, { baseless }: Situation): boolean {
  return roundId !== null && baseless.has(itemId);
}

function qualifies({ itemId }: Holding, { outcomes }: Situation): boolean {
  const found = outcomes[itemId];
  return found !== undefined && found.outcome !== 'not-entitled' && !isGroundless(found);
}

/** Whether the person qualifies again, having ceased to since this was opened. */
function regained(holding: Holding, { outcomes }: Situation): boolean {
  const found = outcomes[holding.itemId];
  return found?.outcome === 'entitled' && found.lostIn > holding.openedIn;
}

/** Why what somebody has is no longer due; null: it is, or its decider knows why. */
export function groundToStop(holding: Holding, situation: Situation): Ground | null {
  if (situation.ended) return situation.ended.fact === 'person.diedOn' ? 'death' : 'moved-away';
  const outcome = situation.outcomes[holding.itemId]?.outcome;
  if (situation.card === 'stopped' && (outcome === undefined || outcome === 'not-entitled')) return 'card';
  if (isLost(holding, situation)) return 'facts';
  // Less is due: what is paid is held until a named person decides. More is due: it is opened again.
  return rateChangeOf(holding, situation)?.to === 'lower' ? 'rate' : null;
}

/** A change of what is due, as seen from what is paid: while a lowering is undecided that is still the amount before it. */
function rateChangeOf(
  holding: Holding,
  { rates, outcomes }: Situation,
): { readonly to: 'higher' | 'lower' | 'same'; readonly from: number } | null {
  const change = rates.get(holding.itemId);
  if (!change) return null;
  const undecided = holding.stops.find(
    ({ rateBefore, sinceVersion }) =>
      rateBefore !== undefined && (holding.status === 'held' || holding.caseVersion <= sinceVersion),
  );
  const now = outcomes[holding.itemId]?.rate?.amount;
  if (undecided?.rateBefore === undefined || now === undefined) return change;
  const from = undecided.rateBefore;
  return { to: now > from ? 'higher' : now < from ? 'lower' : 'same', from };
}

/** A second lowering says more than the first. */
export function coversAlready(stop: ProposedStop, ground: Ground): boolean {
  return gravity(stop.ground) < gravity(ground) || (stop.ground === ground && ground !== 'rate');
}

function inEffect(ground: Ground, holding: Holding, situation: Situation): boolean {
  switch (ground) {
    case 'death':
      return situation.ended?.fact === 'person.diedOn';
    case 'moved-away':
      return situation.ended?.fact === 'person.movedAwayOn';
    case 'card':
      return situation.card === 'stopped' && situation.outcomes[holding.itemId]?.outcome !== 'entitled';
    case 'rate':
      return (rateChangeOf(holding, situation)?.to ?? 'lower') === 'lower';
    case 'facts': {
      const found = situation.outcomes[holding.itemId];
      return (
        !found || found.outcome === 'not-entitled' || isGroundless(found) || isBaseless(holding, situation)
      );
    }
  }
}

/** Whether something that the person has or had leaves room for opening the item now. */
export function leavesRoom(
  other: Holding,
  item: PlannedItem,
  period: string,
  lostIn: number,
  anew: boolean,
): boolean {
  if (other.itemId !== item.id) return true;
  if (item.period === 'year' && other.period !== period) return true;
  const done = hasEnded(other.status) || (item.period === 'round' && isDelivered(other));
  if (!done) return false;
  // Refused, declined or stopped it stays so, unless they ceased to qualify and qualify again, or a repeated need comes up anew.
  return (hasEnded(other.status) && lostIn > other.openedIn) || (item.period === 'round' && anew);
}

function isDelivered(holding: Holding): boolean {
  return holding.status === 'granted' || holding.status === 'handed-over';
}

function roundItem(holding: Holding, roundId: string, action: 'open' | 'stop', mode: ItemMode): RoundItem {
  return {
    roundId,
    itemId: holding.itemId,
    action,
    period: holding.period,
    owner: holding.owner,
    itemVersion: holding.itemVersion,
    mode,
    caseId: holding.caseId,
    status: holding.status,
    caseVersion: holding.caseVersion,
    outcome: null,
  };
}

function about(situation: Situation, holding: Holding) {
  return {
    personId: situation.personId,
    // The owner's case stands where it was opened, also when the person has moved since.
    divisionCode: holding.divisionCode,
    itemId: holding.itemId,
    itemVersion: holding.itemVersion,
    owner: holding.owner,
    period: holding.period,
  };
}

function itemOpened(situation: Situation, holding: Holding, item: PlannedItem, cause: Cause): Draft {
  return (version) =>
    itemOpenedV1.of({
      ...about(situation, holding),
      version,
      roundId: holding.roundId as string,
      cause: cause.cause,
      mode: item.mode,
      because: [...situation.reasons(item.id)],
      entitledOn: cause.causedOn,
    });
}

function stopProposed(situation: Situation, holding: Holding, stop: ProposedStop, cause: Cause): Draft {
  const { ended } = situation;
  return (version) =>
    itemStopProposedV1.of({
      ...about(situation, holding),
      version,
      roundId: stop.roundId,
      cause: cause.cause,
      because: ended ? [{ fact: ended.fact, value: ended.since }] : [...situation.reasons(holding.itemId)],
      effectiveOn: cause.causedOn,
      ...(stop.ground === 'rate' ? { lowers: true } : {}),
    });
}

function stopWithdrawn(situation: Situation, holding: Holding, stop: ProposedStop, cause: Cause): Draft {
  return (version) =>
    itemStopWithdrawnV1.of({
      ...about(situation, holding),
      version,
      // Of the round that proposed it, so that the owner lifts that hold and no other.
      roundId: stop.roundId,
      cause: cause.cause,
      reason: `cause-withdrawn:${cause.cause}`,
    });
}
