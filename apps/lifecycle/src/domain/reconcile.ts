import type { Owner } from '@app/contracts';
import { hasEnded, holdingKey, type Holding } from './holding.js';
import { unpaidReasons } from './payment.js';
import { coversAlready, groundToStop, isPast, leavesRoom, type Situation } from './plan.js';

/**
 * - `should-have` 应享未享: entitled, and nothing is held, under way, waiting, refused or declined;
 * - `should-not-have` 不应享而享: runs, and the facts say no; nobody was asked yet to stop it;
 * - `unanswered` 承办未回应: planned or proposed to stop before today, and its owner has not said a word;
 * - `granted-unpaid` 已享未付: granted, and not paid for months that should be paid by now (`payment.ts`).
 */
export const gapKinds = ['should-have', 'should-not-have', 'unanswered', 'granted-unpaid'] as const;
export type GapKind = (typeof gapKinds)[number];

/**
 * `taken-over`: found when the living stock was taken over, which opens nothing; `not-opened`: a round should have opened it; a ground
 * to stop; `never-qualified`: it came with the living stock, and the facts on file never granted it; `planned` and `stop-proposed`: what
 * its owner has not answered; and why money was not paid.
 */
export const gapReasons = [
  'taken-over',
  'not-opened',
  'death',
  'moved-away',
  'card',
  'facts',
  'rate',
  'never-qualified',
  'planned',
  'stop-proposed',
  ...unpaidReasons,
] as const;
export type GapReason = (typeof gapReasons)[number];

/** One difference between what a person should have and what they have. */
export interface Gap {
  readonly itemId: string;
  readonly itemVersion: string;
  readonly owner: Owner;
  readonly period: string;
  readonly kind: GapKind;
  readonly reason: GapReason;
  /** Names of the facts that decided the item. */
  readonly because: readonly string[];
  /** Since which day, as far as the facts tell; null: since the first run that saw it. */
  readonly since: string | null;
  /** About how much money a month, in 分; null: the catalogue gives no monthly amount, or the facts do not tell which. */
  readonly monthly: number | null;
  /** Of 已享未付: the months, and what is missing of them in 分; null: nobody can tell. */
  readonly months?: readonly string[];
  readonly unpaid?: number | null;
}

/** A person as a reconciliation sees them: determined afresh, with what they have. */
export interface Compared extends Omit<Situation, 'causes' | 'chainVersion'> {
  /** Whether the person came with the take-over of the living stock. */
  readonly takenOver: boolean;
  /** The day of the cause that planned what is still `planned`, by `holdingKey`. */
  readonly plannedOn: ReadonlyMap<string, string>;
  /** What an item comes to in a month, in 分; null: not told. */
  monthlyOf(itemId: string): number | null;
}

/** For items that are opened once a round: no round is meant. */
const NO_ROUND = 'reconciliation';

/** A person's gaps, at most one per item and kind. Waiting, refused and declined is none, and what is being decided is none. */
export function gapsOf(compared: Compared): Gap[] {
  const situation: Situation = { ...compared, causes: [], chainVersion: 0 };
  const found: Gap[] = [];
  const running = compared.holdings.filter((holding) => !isPast(holding, compared.day));
  for (const holding of running) {
    const gap = excess(holding, compared, situation) ?? silence(holding, compared);
    if (gap) found.push(gap);
  }
  found.push(...lacking(compared));
  return oncePerItem(found);
}

/** What runs though it is no longer due, unless somebody holds it already or has decided to let it run. */
function excess(holding: Holding, compared: Compared, situation: Situation): Gap | null {
  if (!has(holding)) return null;
  const ground = groundToStop(holding, situation);
  if (ground) {
    if (holding.stops.some((stop) => coversAlready(stop, ground))) return null;
    return {
      ...about(holding, compared),
      kind: 'should-not-have',
      reason: ground,
      since: compared.ended?.since ?? null,
      monthly: ground === 'rate' ? surplus(holding, compared) : compared.monthlyOf(holding.itemId),
    };
  }
  // Decided here against what the facts say it is its decider's matter; of the old lists nobody here has decided.
  const outcome = compared.outcomes[holding.itemId]?.outcome;
  if (!compared.takenOver || holding.roundId !== null || outcome !== 'not-entitled') return null;
  return {
    ...about(holding, compared),
    kind: 'should-not-have',
    reason: 'never-qualified',
    since: null,
    monthly: compared.monthlyOf(holding.itemId),
  };
}

function has({ status }: Holding): boolean {
  return status === 'granted' || status === 'handed-over';
}

function surplus({ itemId }: Holding, { rates, outcomes }: Compared): number | null {
  const from = rates.get(itemId)?.from;
  const now = outcomes[itemId]?.rate?.amount;
  return from === undefined || now === undefined ? null : from - now;
}

/** What an owner was told before today and has not answered. */
function silence(holding: Holding, compared: Compared): Gap | null {
  const { day } = compared;
  if (hasEnded(holding.status)) return null;
  const stop = holding.stops.find(
    ({ effectiveOn, sinceVersion }) => effectiveOn < day && holding.caseVersion <= sinceVersion,
  );
  if (stop && holding.status !== 'held') {
    return {
      ...about(holding, compared),
      kind: 'unanswered',
      reason: 'stop-proposed',
      since: stop.effectiveOn,
      monthly: has(holding) ? compared.monthlyOf(holding.itemId) : null,
    };
  }
  const plannedOn = compared.plannedOn.get(holdingKey(holding.itemId, holding.period));
  if (holding.status !== 'planned' || stop || plannedOn === undefined || plannedOn >= day) return null;
  if (compared.outcomes[holding.itemId]?.outcome !== 'entitled') return null;
  return {
    ...about(holding, compared),
    kind: 'unanswered',
    reason: 'planned',
    since: plannedOn,
    monthly: compared.monthlyOf(holding.itemId),
  };
}

/** What the person is entitled to and neither has nor has under way, nor was refused, nor declined. */
function lacking(compared: Compared): Gap[] {
  if (compared.card === 'none') return [];
  const byItem = new Map<string, Holding[]>();
  for (const holding of compared.holdings) {
    const list = byItem.get(holding.itemId);
    if (list) list.push(holding);
    else byItem.set(holding.itemId, [holding]);
  }
  const gaps: Gap[] = [];
  for (const [itemId, { outcome, version, lostIn, takenOver }] of Object.entries(compared.outcomes)) {
    const item = compared.item(itemId);
    if (!item || outcome !== 'entitled') continue;
    const period = compared.periodOf(itemId, NO_ROUND);
    const others = byItem.get(itemId) ?? [];
    if (!others.every((other) => leavesRoom(other, item, period, lostIn, false))) continue;
    gaps.push({
      itemId,
      itemVersion: version,
      owner: item.owner,
      period,
      kind: 'should-have',
      reason: takenOver ? 'taken-over' : 'not-opened',
      because: factsBehind(itemId, compared),
      since: null,
      monthly: compared.monthlyOf(itemId),
    });
  }
  return gaps;
}

function about(holding: Holding, compared: Compared) {
  const { itemId, itemVersion, owner, period } = holding;
  const because = compared.ended ? [compared.ended.fact] : factsBehind(itemId, compared);
  return { itemId, itemVersion, owner, period, because };
}

function factsBehind(itemId: string, compared: Compared): string[] {
  return compared.reasons(itemId).map(({ fact }) => fact);
}

/** Of two periods of one item the older one: a gap is one per person, item and kind. */
function oncePerItem(gaps: readonly Gap[]): Gap[] {
  const byKey = new Map<string, Gap>();
  for (const gap of gaps) {
    const key = `${gap.itemId} ${gap.kind}`;
    const known = byKey.get(key);
    if (!known || gap.period < known.period) byKey.set(key, gap);
  }
  return [...byKey.values()];
}
