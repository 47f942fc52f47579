import type { ActorRef, RemedyKind } from '@app/contracts';
import type { Act } from './act.js';
import { serviceOf, targetOf, type CaseDocument, type NewDocument } from './document.js';
import { DayInFuture, NotByMachine } from './errors.js';
import type { ItemRemedy, RemedyTerm } from './item-remedy.js';
import type { CaseItem } from './item.js';
import {
  ChallengeNotOpen,
  ChallengeNotReady,
  ChallengePending,
  DecisionBeforeFiling,
  EvidenceOutOfOrder,
  LateWithoutReason,
  NotLate,
  StayStands,
  WrongBodyWithoutBody,
} from './remedy-errors.js';
import { remediesAgainst, remedyStep } from './remedy.js';

/** What a body says to a challenge: 维持, 撤销, 变更, 责令重新作出 (也 责令履行), 撤回. */
export const challengeOutcomes = ['upheld', 'revoked', 'changed', 'remanded', 'withdrawn'] as const;
export type ChallengeOutcome = (typeof challengeOutcomes)[number];

/** Why a body does not take it up: filed too late, handed on to the body that has to decide it, another reason. */
export const notAdmittedFor = ['out-of-time', 'wrong-body', 'other'] as const;
export type NotAdmittedFor = (typeof notAdmittedFor)[number];

export type ChallengeState =
  | { readonly status: 'received' }
  | { readonly status: 'accepted' }
  | {
      readonly status: 'not-admitted';
      readonly on: string;
      readonly why: NotAdmittedFor;
      readonly reason: string;
      /** The body that it was handed on to. */
      readonly handedTo: string | null;
    }
  | {
      readonly status: 'decided';
      readonly on: string;
      readonly outcome: ChallengeOutcome;
      readonly reason: string;
      /** Null: the person withdrew it. */
      readonly documentId: string | null;
      /** Why the case did not come back though its decision does not stand; absent: it did, or there was nothing to bring back. */
      readonly notBack?: NotBack;
    };

/** Another case of the same person, item and period lives: two would. */
export const notBackFor = ['another-lives'] as const;
export type NotBack = (typeof notBackFor)[number];
export type ChallengeStatus = ChallengeState['status'];

/** A stay (停止执行): the decision has no effect until the challenge is decided. */
export interface Stay {
  /** The body that ordered it. */
  readonly by: string;
  readonly on: string;
  readonly basis: string;
  /** Null: it stands. */
  readonly endedOn: string | null;
}

/** The person had a decision of a case looked at again: a record with a life of its own. */
export interface Challenge {
  readonly id: string;
  readonly caseId: string;
  readonly personId: string;
  readonly kind: RemedyKind;
  /** What it is against; null: that nothing was done (不作为). */
  readonly documentId: string | null;
  readonly body: string;
  readonly filedOn: string;
  /** Last day on which it could be filed; null: no term ran, because nothing was served or no text gives one. */
  readonly lastDay: string | null;
  readonly grounds: string;
  readonly takenBy: ActorRef;
  /** Null: the body has not taken it up. */
  readonly acceptedOn: string | null;
  /** Why it counts though it was filed late (不可抗力或者其他正当理由); null: it was not, or nobody has said so. */
  readonly lateReason: string | null;
  /** The respondent's copy and answer. */
  readonly evidence: { readonly copyReceivedOn: string; readonly answeredOn: string | null } | null;
  readonly stay: Stay | null;
  readonly state: ChallengeState;
}

/** A term that begins with a change of a challenge. */
export interface BegunTerm {
  readonly step: string;
  readonly term: RemedyTerm;
  readonly anchorDay: string;
}

/** What a decision about a challenge returns. */
export interface ChallengeDecision {
  readonly challenge: Challenge;
  readonly begun: readonly BegunTerm[];
  /** Steps whose terms are done. */
  readonly ended: readonly string[];
  /** What it is told by. */
  readonly document: NewDocument | null;
}

/** The names of the terms that a challenge of a kind has in the clocks of its case. */
export const decisionTerm = (kind: RemedyKind): string => `challenge:${kind}`;
export const evidenceTerm = (kind: RemedyKind): string => `evidence:${kind}`;

export function isPending({ state: { status } }: Challenge): boolean {
  return status === 'received' || status === 'accepted';
}

/** Whether it came after the last day. */
export function isLate({ filedOn, lastDay }: Pick<Challenge, 'filedOn' | 'lastDay'>): boolean {
  return lastDay !== null && filedOn > lastDay;
}

/** What a person asks for. */
export interface Filing {
  readonly id: string;
  readonly kind: RemedyKind;
  readonly filedOn: string;
  readonly grounds: string;
  /** Where it went, if not to the body that the item names. */
  readonly body: string | null;
}

/** What a filing is judged by. */
export interface Filed {
  readonly item: CaseItem;
  readonly caseId: string;
  readonly personId: string;
  /** What it is against; null: that nothing was done. */
  readonly document: CaseDocument | null;
  /** Every challenge of the case. */
  readonly others: readonly Challenge[];
  /** The last day of a term that began with the service of a document; null: it has none. */
  readonly lastDay: (term: RemedyTerm, servedOn: string) => string | null;
}

/**
 * The remedy of an item by which this can be challenged.
 * @throws ChallengeNotOpen where none lies against it: 不作为 goes to reconsideration first (行政复议法第二十三条), a review of a petition
 * before its final review, and after the last instance nothing is left
 */
export function remedyFor(
  { item, document, others }: Pick<Filed, 'item' | 'document' | 'others'>,
  kind: RemedyKind,
): ItemRemedy {
  const before = document?.challengeId ? others.find(({ id }) => id === document.challengeId) : undefined;
  const target = document ? targetOf(document, before?.kind ?? null) : 'inaction';
  const lying = target === null ? [] : remediesAgainst(item, target);
  const remedy = lying.find((each) => each.kind === kind);
  if (!remedy)
    throw new ChallengeNotOpen(
      kind,
      lying.map((each) => each.kind),
    );
  // A next instance looks at what the one before said, once it was told.
  if (document?.kind === 'challenge-decision' && !serviceOf(document)) {
    throw new ChallengeNotOpen(kind, []);
  }
  return remedy;
}

/** Somebody asks for a remedy. It is taken down whether or not it is in time: that is for the body to say. */
export function fileChallenge(filing: Filing, filed: Filed, act: Act): ChallengeDecision {
  const remedy = remedyFor(filed, filing.kind);
  if (filed.others.some((other) => other.kind === filing.kind && isPending(other))) {
    throw new ChallengePending(filing.kind);
  }
  if (filing.filedOn > act.today) throw new DayInFuture('filedOn', act.today);
  const served = filed.document && serviceOf(filed.document);
  const challenge: Challenge = {
    id: filing.id,
    caseId: filed.caseId,
    personId: filed.personId,
    kind: filing.kind,
    documentId: filed.document?.id ?? null,
    body: filing.body ?? remedy.to.zh,
    filedOn: filing.filedOn,
    lastDay: served ? filed.lastDay(remedy.term, served.servedOn) : null,
    grounds: filing.grounds,
    takenBy: { id: act.by.id, role: act.by.role },
    acceptedOn: null,
    lateReason: null,
    evidence: null,
    stay: null,
    state: { status: 'received' },
  };
  return {
    challenge,
    begun: decisionBegins(challenge, remedy, 'receipt', filing.filedOn),
    ended: [remedyStep(filing.kind)],
    document: null,
  };
}

/** The body takes it up. One that was filed late only with the reason for which it counts. */
export function acceptChallenge(
  before: Challenge,
  remedy: ItemRemedy,
  { on, lateReason }: { on: string; lateReason: string | null },
  act: Act,
): ChallengeDecision {
  if (before.state.status !== 'received') throw new ChallengeNotReady(before.state.status, '受理');
  assertDay(before, on, act);
  if (isLate(before) && lateReason === null) throw new LateWithoutReason(before.lastDay!);
  const challenge: Challenge = {
    ...before,
    lateReason: isLate(before) ? lateReason : null,
    acceptedOn: on,
    state: { status: 'accepted' },
  };
  return changed(challenge, { begun: decisionBegins(challenge, remedy, 'acceptance', on) });
}

/** The body does not take it up. That it came too late a person says, and only where it did. */
export function refuseChallenge(
  before: Challenge,
  saying: { on: string; why: NotAdmittedFor; reason: string; handedTo: string | null },
  act: Act,
): ChallengeDecision {
  if (before.state.status !== 'received') throw new ChallengeNotReady(before.state.status, '不予受理');
  if (act.by.role === 'service') throw new NotByMachine();
  assertDay(before, saying.on, act);
  if (saying.why === 'out-of-time' && !isLate(before)) throw new NotLate(before.lastDay);
  if (saying.why === 'wrong-body' && saying.handedTo === null) throw new WrongBodyWithoutBody();
  return changed(
    { ...before, state: { status: 'not-admitted', ...saying } },
    { ended: [decisionTerm(before.kind)] },
  );
}

/** The copy of the request reached the respondent: the term for answer and evidence begins. */
export function receiveCopy(
  before: Challenge,
  remedy: ItemRemedy,
  copyReceivedOn: string,
  act: Act,
): ChallengeDecision {
  if (before.state.status !== 'accepted') throw new ChallengeNotReady(before.state.status, '登记副本送达');
  assertDay(before, copyReceivedOn, act);
  if (before.evidence) throw new EvidenceOutOfOrder('副本已经登记，请登记答复和证据提交的日期。');
  return changed(
    { ...before, evidence: { copyReceivedOn, answeredOn: null } },
    {
      begun: remedy.evidence
        ? [{ step: evidenceTerm(before.kind), term: remedy.evidence, anchorDay: copyReceivedOn }]
        : [],
    },
  );
}

/** The respondent answered and handed in the evidence. */
export function answerChallenge(before: Challenge, answeredOn: string, act: Act): ChallengeDecision {
  if (before.state.status !== 'accepted') throw new ChallengeNotReady(before.state.status, '登记答复');
  assertDay(before, answeredOn, act);
  const { evidence } = before;
  if (!evidence) throw new EvidenceOutOfOrder('请先登记被申请人收到副本的日期。');
  if (answeredOn < evidence.copyReceivedOn)
    throw new EvidenceOutOfOrder('答复日期不能早于收到副本的日期，请核对。');
  return changed(
    { ...before, evidence: { ...evidence, answeredOn } },
    { ended: [evidenceTerm(before.kind)] },
  );
}

/** The body orders that the decision is not carried out meanwhile. */
export function orderStay(
  before: Challenge,
  { by, on, basis }: { by: string; on: string; basis: string },
  act: Act,
): Challenge {
  if (!isPending(before)) throw new ChallengeNotReady(before.state.status, '登记停止执行');
  if (before.stay && before.stay.endedOn === null) throw new StayStands();
  assertDay(before, on, act);
  return { ...before, stay: { by, on, basis, endedOn: null } };
}

/** What the body said. */
export interface Ruling {
  readonly on: string;
  readonly outcome: ChallengeOutcome;
  readonly reason: string;
}

/**
 * The body has decided, or the person withdrew it: the terms of the challenge are done, and so is a stay.
 * @param remedy the words of the next remedies, for the document; null: none is left
 */
export function decideChallenge(
  before: Challenge,
  ruling: Ruling,
  remedy: string | null,
  act: Act,
): ChallengeDecision {
  if (!isPending(before) || (before.state.status === 'received' && ruling.outcome !== 'withdrawn')) {
    throw new ChallengeNotReady(before.state.status, '登记结果');
  }
  if (act.by.role === 'service') throw new NotByMachine();
  assertDay(before, ruling.on, act);
  const { stay } = before;
  const challenge: Challenge = {
    ...before,
    stay: stay && { ...stay, endedOn: stay.endedOn ?? ruling.on },
    state: { status: 'decided', ...ruling, documentId: null },
  };
  return changed(challenge, {
    ended: [decisionTerm(before.kind), evidenceTerm(before.kind)],
    document:
      ruling.outcome === 'withdrawn'
        ? null
        : { kind: 'challenge-decision', step: null, challengeId: before.id, reason: ruling.reason, remedy },
  });
}

/** Outcomes by which what was challenged does not stand. */
export type Overturning = Extract<ChallengeOutcome, 'revoked' | 'changed' | 'remanded'>;

/** Whether what was challenged does not stand. */
export function overturns(outcome: ChallengeOutcome): outcome is Overturning {
  return outcome === 'revoked' || outcome === 'changed' || outcome === 'remanded';
}

/** The decision of the case that a challenge goes back to, through the instances before it; null: it is against that nothing was done. */
export function rootOf(
  { documentId }: Pick<Challenge, 'documentId'>,
  challenges: readonly Challenge[],
  documents: readonly CaseDocument[],
): CaseDocument | null {
  const document = documents.find(({ id }) => id === documentId) ?? null;
  if (document?.kind !== 'challenge-decision') return document;
  const before = challenges.find(({ id }) => id === document.challengeId);
  return before ? rootOf(before, challenges, documents) : null;
}

/** Whether nothing was decided in the case after it: an older decision has no effect any more that could be undone. */
export function isNewest(document: CaseDocument, documents: readonly CaseDocument[]): boolean {
  return documents.findLast((each) => targetOf(each, null) === 'decision')?.id === document.id;
}

function decisionBegins(
  { kind }: Challenge,
  { decides }: ItemRemedy,
  from: 'receipt' | 'acceptance',
  anchorDay: string,
): BegunTerm[] {
  return decides?.from === from ? [{ step: decisionTerm(kind), term: decides.limit, anchorDay }] : [];
}

function assertDay({ filedOn }: Challenge, on: string, { today }: Act): void {
  if (on > today) throw new DayInFuture('on', today);
  if (on < filedOn) throw new DecisionBeforeFiling(filedOn);
}

function changed(
  challenge: Challenge,
  { begun = [], ended = [], document = null }: Partial<Omit<ChallengeDecision, 'challenge'>>,
): ChallengeDecision {
  return { challenge, begun, ended, document };
}
