import {
  causedBy,
  roundCompletedV1,
  type ActorRef,
  type CausedEvent,
  type CaseStatus,
  type Cause as CausingMessage,
  type Owner,
} from '@app/contracts';
import { takenOverRoundOf } from './cause.js';
import {
  fromBefore,
  hasEnded,
  holdingKey,
  isFromBefore,
  outcomeStatuses,
  type Holding,
  type Round,
  type RoundItem,
} from './holding.js';
import type { TakenBack } from './plan.js';

/** What an owner said about one of its cases. */
export interface CaseNews {
  readonly personId: string;
  readonly divisionCode: string;
  readonly owner: Owner;
  readonly kind: 'opened' | 'advanced' | 'released' | 'decisionRevoked' | 'kept' | 'other';
  readonly caseId: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly period: string;
  readonly roundId: string | null;
  readonly version: number;
  readonly status: CaseStatus;
  readonly nextStep: string | null;
  readonly heldFrom: CaseStatus | null;
  /** Of a `kept` case: the other one of the item, which waits since files were merged. */
  readonly twinId: string | null;
  /** Instant of the fact, ISO 8601. */
  readonly at: string;
  readonly message: CausingMessage;
  readonly by: ActorRef;
}

/** What is known of one person's chain when news of their cases arrive. */
export interface Followed {
  readonly personId: string;
  readonly chainVersion: number;
  readonly decision: number;
  readonly holdings: readonly Holding[];
  /** Rounds that are still open, with all of their items. */
  readonly rounds: readonly Round[];
  readonly items: readonly RoundItem[];
  /** Whether there is the round of what the person has from before this system came: their card was taken over, and is known. */
  readonly isTakenOver: boolean;
}

export interface Following {
  readonly chainVersion: number;
  readonly holdings: readonly Holding[];
  readonly items: readonly RoundItem[];
  readonly completed: readonly Round[];
  readonly events: readonly CausedEvent[];
}

/** Takes over what the owners say, and closes the rounds in which nothing is left to wait for. */
export function follow(chain: Followed, news: readonly CaseNews[]): Following {
  const holdings = new Map(chain.holdings.map((each) => [holdingKey(each.itemId, each.period), each]));
  const items = new Map(chain.items.map((each) => [itemKey(each), each]));
  const changedHoldings = new Set<string>();
  const changedItems = new Set<string>();
  const lastOf = new Map<string, CausingMessage>();
  const putItem = (item: RoundItem, message: CausingMessage) => {
    items.set(itemKey(item), item);
    changedItems.add(itemKey(item));
    lastOf.set(item.roundId, message);
  };
  for (const one of news) {
    const key = holdingKey(one.itemId, one.period);
    const before = holdings.get(key);
    if (before && !isAbout(one, before)) {
      // Of a case that another has followed: its own part in its round may still be open.
      for (const item of items.values()) {
        if (item.caseId === one.caseId && item.action === 'open') putItem(heard(item, one), one.message);
      }
      continue;
    }
    const holding = before ? updated(before, one) : begun(one, chain.decision);
    if (holding !== before) {
      holdings.set(key, holding);
      changedHoldings.add(key);
      const undone = before !== undefined && isFromBefore(before) && holding.status === 'withdrawn';
      if (chain.isTakenOver && (isFromBefore(holding) || undone)) {
        putItem(fromBefore(holding, takenOverRoundOf(chain.personId)), one.message);
      }
    }
    const opened =
      holding.roundId && items.get(itemKey({ ...holding, roundId: holding.roundId, action: 'open' }));
    if (opened) putItem(heard(opened, one), one.message);
    for (const stop of holding.stops) {
      const stopped = items.get(itemKey({ ...holding, roundId: stop.roundId, action: 'stop' }));
      if (stopped && one.version > stop.sinceVersion) putItem(answered(stopped, one), one.message);
    }
  }
  const done = completed(chain.rounds, [...items.values()], chain.chainVersion, (round) =>
    lastOf.get(round.roundId),
  );
  return {
    ...done,
    holdings: [...changedHoldings].map((key) => holdings.get(key) as Holding),
    items: [...changedItems].map((key) => items.get(key) as RoundItem),
  };
}

/** Ends parts of earlier rounds that a new plan took back. */
export function takeBack(
  chain: Pick<Followed, 'rounds' | 'items'>,
  parts: readonly TakenBack[],
  chainVersion: number,
  message: CausingMessage | null,
): Omit<Following, 'holdings'> {
  const over = new Set(parts.map(itemKey));
  const changed: RoundItem[] = [];
  const items = chain.items.map((item) => {
    if (!over.has(itemKey(item)) || item.outcome !== null) return item;
    const ended: RoundItem = { ...item, outcome: 'withdrawn' };
    changed.push(ended);
    return ended;
  });
  return { ...completed(chain.rounds, items, chainVersion, () => message ?? undefined), items: changed };
}

function completed(
  rounds: readonly Round[],
  items: readonly RoundItem[],
  chainVersion: number,
  because: (round: Round) => CausingMessage | undefined,
): Pick<Following, 'chainVersion' | 'completed' | 'events'> {
  const done: Round[] = [];
  const events: CausedEvent[] = [];
  let version = chainVersion;
  for (const round of rounds) {
    const own = items.filter(({ roundId }) => roundId === round.roundId);
    if (
      round.status === 'complete' ||
      round.cause === 'taken-over' ||
      own.some(({ outcome }) => outcome === null)
    )
      continue;
    version += 1;
    done.push({ ...round, status: 'complete' });
    const event = roundCompletedV1.of({
      personId: round.personId,
      divisionCode: round.divisionCode,
      version,
      roundId: round.roundId,
      cause: round.cause,
      outcomes: own.map(({ itemId, outcome }) => ({ itemId, outcome: outcome as string })),
    });
    const message = because(round);
    events.push(message ? causedBy(message, event) : event);
  }
  return { chainVersion: version, completed: done, events };
}

/** Whether the news is of the case that this holding is, or is to become. */
function isAbout(news: CaseNews, holding: Holding): boolean {
  if (holding.caseId === news.caseId) return true;
  if (holding.caseId === null) {
    return news.roundId === holding.roundId || (news.roundId === null && !hasEnded(news.status));
  }
  // Of two, after a merge, the owner says which goes on.
  if (news.kind === 'kept') return !hasEnded(news.status);
  return hasEnded(holding.status) && !hasEnded(news.status);
}

function updated(holding: Holding, news: CaseNews): Holding {
  const same = holding.caseId === news.caseId;
  if (same && news.version <= holding.caseVersion) return holding;
  const told = news.kind === 'advanced' || news.kind === 'decisionRevoked' || news.kind === 'kept';
  const nextStep = told ? news.nextStep : same ? holding.nextStep : null;
  const stays = same && news.status === holding.status && nextStep === holding.nextStep;
  return {
    ...holding,
    itemVersion: news.itemVersion,
    divisionCode: news.divisionCode,
    status: news.status,
    caseId: news.caseId,
    caseVersion: news.version,
    nextStep,
    since: stays ? holding.since : news.at,
    heldFrom: news.status === 'held' ? (news.heldFrom ?? holding.heldFrom) : null,
  };
}

/** A case that no round planned: the person applied for it. */
function begun(news: CaseNews, decision: number): Holding {
  return {
    itemId: news.itemId,
    period: news.period,
    itemVersion: news.itemVersion,
    owner: news.owner,
    divisionCode: news.divisionCode,
    status: news.status,
    caseId: news.caseId,
    caseVersion: news.version,
    nextStep: news.nextStep,
    since: news.at,
    heldFrom: news.heldFrom,
    roundId: null,
    openedIn: decision,
    stops: [],
  };
}

/** An item that was to be opened: where it stands, and once for all how it ended, unless its decision was revoked. */
function heard(item: RoundItem, news: CaseNews): RoundItem {
  if (item.caseId === news.caseId && news.version <= item.caseVersion) return item;
  return {
    ...item,
    caseId: news.caseId,
    status: news.status,
    caseVersion: news.version,
    outcome: stillEnded(item, news) ?? (outcomeStatuses.has(news.status) ? news.status : null),
  };
}

/** How it had ended: what was said before counts no more when another body revoked it. */
function stillEnded({ outcome }: RoundItem, { kind }: CaseNews): string | null {
  return kind === 'decisionRevoked' ? null : outcome;
}

/** An item that was to stop: a named person released or stopped it, or its owner had nothing left to hold. */
function answered(item: RoundItem, news: CaseNews): RoundItem {
  const lifted = news.kind === 'released' || (news.kind === 'decisionRevoked' && news.status !== 'held');
  const outcome = lifted ? 'released' : hasEnded(news.status) ? news.status : null;
  return {
    ...item,
    caseId: news.caseId,
    status: news.version > item.caseVersion ? news.status : item.status,
    caseVersion: Math.max(item.caseVersion, news.version),
    outcome: stillEnded(item, news) ?? outcome,
  };
}

function itemKey({ roundId, itemId, period, action }: TakenBack): string {
  return `${roundId}#${itemId}#${period}#${action}`;
}
