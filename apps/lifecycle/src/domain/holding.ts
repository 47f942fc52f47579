import type { ActorRef, CaseStatus, ItemMode, Owner, RoundCause } from '@app/contracts';
import type { ChainCause, Ground } from './cause.js';

/** `planned`: opened by a round, and the owner has not answered yet. */
export type HoldingStatus = 'planned' | CaseStatus;

/** What a person has, or what is under way, of one item: one row of the service table (一张表). */
export interface Holding {
  readonly itemId: string;
  readonly period: string;
  readonly itemVersion: string;
  readonly owner: Owner;
  readonly divisionCode: string;
  readonly status: HoldingStatus;
  readonly caseId: string | null;
  readonly caseVersion: number;
  /** The step that is next, as the owner last said; null where no step was named. */
  readonly nextStep: string | null;
  /** Instant at which its owner said that it stands where it stands; null: nothing was said yet, or before this was kept. */
  readonly since: string | null;
  /** Where a held case stood. */
  readonly heldFrom: CaseStatus | null;
  /** The round that opened it; null for what the person applied for. */
  readonly roundId: string | null;
  /** Number of the person's decision in which it was opened, to tell whether they ceased to qualify since. */
  readonly openedIn: number;
  /** Proposed and not taken back. More than one where a graver ground came while another stood. */
  readonly stops: readonly ProposedStop[];
}

/** A stop that was proposed and has not been taken back. */
export interface ProposedStop {
  readonly roundId: string;
  readonly cause: RoundCause;
  readonly ground: Ground;
  readonly effectiveOn: string;
  /** Version of the case when it was proposed: only what the owner says later answers it. */
  readonly sinceVersion: number;
  /** Of a stop by which less is due: what was due before, in 分 a month. */
  readonly rateBefore?: number;
}

const ENDED: ReadonlySet<HoldingStatus> = new Set(['refused', 'declined', 'stopped', 'withdrawn']);

export function hasEnded(status: HoldingStatus): boolean {
  return ENDED.has(status);
}

/** How a planned item can come to its end in a round: the statuses that the contract calls outcomes. */
export const outcomeStatuses: ReadonlySet<HoldingStatus> = new Set([
  'granted',
  'refused',
  'declined',
  'waiting',
  'handed-over',
  'stopped',
  'withdrawn',
]);

/** One planned item of a round. */
export interface RoundItem {
  readonly roundId: string;
  readonly itemId: string;
  readonly action: 'open' | 'stop';
  readonly period: string;
  readonly owner: Owner;
  readonly itemVersion: string;
  readonly mode: ItemMode;
  readonly caseId: string | null;
  readonly status: HoldingStatus;
  readonly caseVersion: number;
  /** How it ended in this round; null while it is under way. */
  readonly outcome: string | null;
}

export interface Round {
  readonly roundId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly cause: ChainCause;
  readonly causedOn: string;
  readonly status: 'open' | 'complete';
  readonly by: ActorRef;
}

/** Granted before this system came, as the old lists have it: no round planned it, and nobody here decided on it. */
export function isFromBefore({ roundId, status, caseVersion }: Holding): boolean {
  return roundId === null && status === 'granted' && caseVersion === 1;
}

/** Such a holding in the round of the take-over (存量接管), where it is had from the first. */
export function fromBefore(holding: Holding, roundId: string): RoundItem {
  return {
    roundId,
    itemId: holding.itemId,
    action: 'open',
    period: holding.period,
    owner: holding.owner,
    itemVersion: holding.itemVersion,
    mode: 'apply',
    caseId: holding.caseId,
    status: holding.status,
    caseVersion: holding.caseVersion,
    outcome: holding.status,
  };
}

/** Two cases of one item and period can follow each other; of one item, a person holds at most one per period at a time. */
export function holdingKey(itemId: string, period: string): string {
  return `${itemId}#${period}`;
}
