import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { LegalClocks, type ClockChange } from '@app/clocks';
import type { Tx } from '@app/platform';
import { CaseChallenges } from '../adapters/postgres/case-challenges.js';
import { CaseDocuments } from '../adapters/postgres/case-documents.js';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import type { Act } from '../domain/act.js';
import type { Case, CaseDecision } from '../domain/case.js';
import {
  acceptChallenge,
  answerChallenge,
  decideChallenge,
  decisionTerm,
  fileChallenge,
  isNewest,
  isPending,
  orderStay,
  overturns,
  receiveCopy,
  refuseChallenge,
  remedyFor,
  rootOf,
  type Challenge,
  type ChallengeDecision,
  type Filing,
  type NotAdmittedFor,
  type Ruling,
} from '../domain/challenge.js';
import type { CaseDocument } from '../domain/document.js';
import { CaseExists } from '../domain/errors.js';
import { counterOf, registrarsOf } from '../domain/item.js';
import type { ItemRemedy } from '../domain/item-remedy.js';
import { remediesAgainst, remedyNames, remedyText } from '../domain/remedy.js';
import { ChallengeNotOfCase, ChallengeNotReady, DocumentNotOfCase } from '../domain/remedy-errors.js';
import { carryOutStop, revokeDecision, stayStop } from '../domain/revoke-decision.js';
import { actingOn, always, CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';
import { PersonTerms } from './person-terms.js';

/** What a command on a challenge is decided by, all of it read under the lock of the case. */
interface Standing {
  readonly challenge: Challenge;
  readonly remedy: ItemRemedy;
  readonly challenges: readonly Challenge[];
  readonly documents: readonly CaseDocument[];
  /** The decision of the case that it goes back to; null: it is against that nothing was done. */
  readonly root: CaseDocument | null;
  readonly act: Act;
  /** Another case of the person, item and period lives: this one cannot live again. */
  readonly otherLives: boolean;
}

interface Outcome extends Pick<ChallengeDecision, 'begun' | 'ended' | 'document'> {
  readonly challenge: Challenge;
  readonly kase: CaseDecision;
}

/**
 * A person has a decision looked at again: what other bodies do about it is written down here by a named person, with the terms that
 * it starts, and with what it does to the case.
 */
@Injectable()
export class ChallengeCase {
  constructor(
    private readonly desk: CaseDesk,
    private readonly cases: CaseRepository,
    private readonly challenges: CaseChallenges,
    private readonly documents: CaseDocuments,
    private readonly terms: PersonTerms,
    private readonly clocks: LegalClocks,
  ) {}

  /** Taken down by whoever stands beside the person. @param documentId null: against that nothing was done */
  async file(
    actor: Actor,
    caseId: string,
    documentId: string | null,
    filing: Omit<Filing, 'id'>,
  ): Promise<CaseSummary> {
    const seen = await this.desk.seen(actor, caseId);
    const by = actingOn(actor, counterOf(seen.item), seen);
    return this.desk.change(by, caseId, challenged, {
      besideClaim: always,
      after: async (tx, state) => {
        const [others, documents] = await Promise.all([
          this.challenges.of(tx, caseId),
          this.documents.of(tx, caseId),
        ]);
        const document = documents.find(({ id }) => id === documentId) ?? null;
        if (documentId !== null && !document) throw new DocumentNotOfCase(documentId);
        const decision = fileChallenge(
          { id: randomUUID(), ...filing },
          {
            item: state.item,
            caseId,
            personId: state.personId,
            document,
            others,
            lastDay: (term, servedOn) => this.terms.lastDay(state, term, servedOn),
          },
          this.desk.actOf(by),
        );
        await this.challenges.save(tx, decision.challenge);
        await this.terms.follow(tx, state, decision);
      },
    });
  }

  accept(
    actor: Actor,
    caseId: string,
    challengeId: string,
    accepted: { on: string; lateReason: string | null },
  ): Promise<CaseSummary> {
    return this.on(actor, caseId, challengeId, (state, { challenge, remedy, act }) =>
      beside(state, acceptChallenge(challenge, remedy, accepted, act)),
    );
  }

  refuse(
    actor: Actor,
    caseId: string,
    challengeId: string,
    saying: { on: string; why: NotAdmittedFor; reason: string; handedTo: string | null },
  ): Promise<CaseSummary> {
    return this.on(actor, caseId, challengeId, (state, { challenge, act }) => ({
      ...beside(state, refuseChallenge(challenge, saying, act)),
      kase: endStay(state, challenge),
    }));
  }

  /** The respondent's copy came, or its answer went. */
  evidence(
    actor: Actor,
    caseId: string,
    challengeId: string,
    { copyReceivedOn, answeredOn }: { copyReceivedOn: string | null; answeredOn: string | null },
  ): Promise<CaseSummary> {
    return this.on(actor, caseId, challengeId, (state, { challenge, remedy, act }) => {
      const copied = copyReceivedOn === null ? null : receiveCopy(challenge, remedy, copyReceivedOn, act);
      if (answeredOn === null) return beside(state, copied!);
      const answered = answerChallenge(copied?.challenge ?? challenge, answeredOn, act);
      // Both at once: nothing is left to wait for.
      return beside(state, { ...answered, begun: [] });
    });
  }

  /** The body's own term stands still, where its text says so (复核的听证). */
  pause(actor: Actor, caseId: string, challengeId: string, reason: string): Promise<CaseSummary> {
    return this.moveTerm(actor, caseId, challengeId, (tx, { challenge }) =>
      this.clocks.suspend(tx, [{ subjectId: caseId, step: decisionTerm(challenge.kind), reason }]),
    );
  }

  resume(actor: Actor, caseId: string, challengeId: string, reason: string): Promise<CaseSummary> {
    return this.moveTerm(actor, caseId, challengeId, (tx, { challenge }) =>
      this.clocks.resume(tx, [{ subjectId: caseId, step: decisionTerm(challenge.kind), reason }]),
    );
  }

  /** What was stopped goes on hold until it is decided; what was refused or granted has nothing to carry out that could be stayed. */
  stay(
    actor: Actor,
    caseId: string,
    challengeId: string,
    ordered: { by: string; on: string; basis: string },
  ): Promise<CaseSummary> {
    return this.on(actor, caseId, challengeId, (state, { challenge, root, documents, act, otherLives }) => {
      const stayed = orderStay(challenge, ordered, act);
      const stops = state.state.status === 'stopped' && root !== null && isNewest(root, documents);
      if (stops && otherLives) throw new CaseExists(state.item.id, null);
      const reason = `${remedyNames[challenge.kind]}期间停止执行（${ordered.basis}）`;
      return {
        challenge: stayed,
        begun: [],
        ended: [],
        document: null,
        kase: stops ? stayStop(state, reason) : challenged(state),
      };
    });
  }

  /** What the body said. Where the decision does not stand the case comes back, unless another one of the person lives meanwhile. */
  decide(actor: Actor, caseId: string, challengeId: string, ruling: Ruling): Promise<CaseSummary> {
    return this.on(actor, caseId, challengeId, (state, standing) => {
      const { challenge, root, documents, act, otherLives } = standing;
      const next = remediesAgainst(state.item, challenge.kind);
      const remedy = next.length === 0 ? null : remedyText(state.item, challenge.kind, null);
      const decision = decideChallenge(challenge, ruling, remedy, act);
      const { on, outcome, reason } = ruling;
      const undone =
        overturns(outcome) && root !== null && isNewest(root, documents)
          ? revokeDecision(state, { kind: challenge.kind, outcome, on, reason }, act)
          : null;
      if (undone && otherLives) return keptEnded(state, challenge, decision);
      return { ...decision, kase: undone ?? endStay(state, challenge) };
    });
  }

  private moveTerm(
    actor: Actor,
    caseId: string,
    challengeId: string,
    move: (tx: Tx, standing: Standing) => Promise<ClockChange[]>,
  ): Promise<CaseSummary> {
    return this.on(
      actor,
      caseId,
      challengeId,
      (state, { challenge }) => {
        if (!isPending(challenge)) throw new ChallengeNotReady(challenge.state.status, '登记期限中止');
        return { challenge, begun: [], ended: [], document: null, kase: challenged(state) };
      },
      move,
    );
  }

  /** The case is locked first, by every command; what belongs to it is read after that. */
  private async on(
    actor: Actor,
    caseId: string,
    challengeId: string,
    decide: (state: Case, standing: Standing) => Outcome,
    move?: (tx: Tx, standing: Standing) => Promise<ClockChange[]>,
  ): Promise<CaseSummary> {
    const seen = await this.desk.seen(actor, caseId);
    const by = actingOn(actor, registrarsOf(seen.item), seen);
    let standing: Standing | null = null;
    let outcome: Outcome | null = null;
    return this.desk.change(
      by,
      caseId,
      (state) => {
        outcome = decide(state, standing!);
        return outcome.kase;
      },
      {
        besideClaim: always,
        before: async (tx) => {
          standing = await this.standing(tx, seen, challengeId, this.desk.actOf(by));
        },
        after: async (tx, state) => {
          await this.write(tx, state, standing!, outcome!);
          if (move) this.terms.tell(tx, state, await move(tx, standing!));
        },
      },
    );
  }

  private async standing(tx: Tx, seen: Case, challengeId: string, act: Act): Promise<Standing> {
    await this.cases.lock(tx, seen.id);
    const [challenges, documents, otherLives] = await Promise.all([
      this.challenges.of(tx, seen.id),
      this.documents.of(tx, seen.id),
      this.cases.anotherLives(tx, seen),
    ]);
    const challenge = challenges.find(({ id }) => id === challengeId);
    if (!challenge) throw new ChallengeNotOfCase(challengeId);
    const document = documents.find(({ id }) => id === challenge.documentId) ?? null;
    const remedy = remedyFor({ item: seen.item, document, others: challenges }, challenge.kind);
    const root = rootOf(challenge, challenges, documents);
    return { challenge, remedy, challenges, documents, root, act, otherLives };
  }

  private async write(tx: Tx, state: Case, { challenges, act }: Standing, outcome: Outcome): Promise<void> {
    const { challenge, document, kase } = outcome;
    const [documentId] = document
      ? await this.documents.add(tx, [{ caseId: state.id, document }], act.today)
      : [];
    const saved =
      documentId !== undefined && challenge.state.status === 'decided'
        ? { ...challenge, state: { ...challenge.state, documentId } }
        : challenge;
    await this.challenges.save(tx, saved);
    await this.terms.follow(tx, state, outcome);
    if (kase.kind === 'decision-revoked') {
      await this.terms.endWithDecision(
        tx,
        state,
        challenges.filter(({ id }) => id !== challenge.id),
      );
    }
  }
}

function beside(state: Case, decision: ChallengeDecision): Outcome {
  return { ...decision, kase: challenged(state) };
}

function challenged(state: Case): CaseDecision {
  return { state, events: [], kind: 'challenged' };
}

/** Its decision does not stand, but another one lives in its place: that is written down, in the challenge and in the audit log. */
function keptEnded(state: Case, before: Challenge, decision: ChallengeDecision): Outcome {
  const { challenge } = decision;
  return {
    ...decision,
    challenge:
      challenge.state.status === 'decided'
        ? { ...challenge, state: { ...challenge.state, notBack: 'another-lives' } }
        : challenge,
    kase: {
      ...endStay(state, before),
      why: '同一人同一事项同一周期另有在办的事项，原事项不再恢复',
    },
  };
}

/** What was stayed for this challenge counts again. */
function endStay(state: Case, { stay }: Challenge): CaseDecision {
  return stay && stay.endedOn === null && state.state.status === 'held' && state.state.stayed
    ? carryOutStop(state)
    : challenged(state);
}
