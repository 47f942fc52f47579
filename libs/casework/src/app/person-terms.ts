import { Injectable } from '@nestjs/common';
import { dueOf, LegalClocks, WorkingCalendar, type ClockChange, type NewTerm } from '@app/clocks';
import { Outbox } from '@app/messaging';
import type { Tx } from '@app/platform';
import type { Case } from '../domain/case.js';
import { isPending, type BegunTerm, type Challenge } from '../domain/challenge.js';
import { serviceOf, targetOf, type CaseDocument } from '../domain/document.js';
import type { RemedyTerm } from '../domain/item-remedy.js';
import { remediesAgainst, remedyStep } from '../domain/remedy.js';
import { termFactsOf } from '../domain/term-facts.js';
import { TELL_REFUSAL } from '../domain/whole-case-terms.js';

/**
 * The terms that begin or end with service, and those that a challenge brings: clocks of the case beside the one of its step. What becomes of them is
 * told like that of the others.
 */
@Injectable()
export class PersonTerms {
  constructor(
    private readonly clocks: LegalClocks,
    private readonly calendar: WorkingCalendar,
    private readonly outbox: Outbox,
  ) {}

  /** The last day of a term that begins with a day; null: it has none. */
  lastDay({ divisionCode }: Case, term: RemedyTerm, anchorDay: string): string | null {
    return dueOf({ ...term, anchorDay, divisionCode }, this.calendar)?.day ?? null;
  }

  /** A document was served: the person's terms begin. A remedy that was asked for already has none any more. */
  async begin(tx: Tx, state: Case, document: CaseDocument, challenges: readonly Challenge[]): Promise<void> {
    const challenged = challenges.find(({ id }) => id === document.challengeId)?.kind ?? null;
    const target = targetOf(document, challenged);
    const service = serviceOf(document);
    if (target === null || service === null) return;
    const used = challenges.filter(({ documentId }) => documentId === document.id).map(({ kind }) => kind);
    const terms = remediesAgainst(state.item, target)
      .filter(({ kind }) => !used.includes(kind))
      .map(({ kind, term }): NewTerm => ({
        ...newTerm(state, { step: remedyStep(kind), term, anchorDay: service.servedOn }),
        holder: 'person',
      }));
    this.tell(tx, state, await this.clocks.arm(tx, terms));
  }

  /** The person was told of the refusal: the office's term for it is done. */
  async endTelling(tx: Tx, state: Case): Promise<void> {
    this.tell(tx, state, await this.stop(tx, state, [TELL_REFUSAL]));
  }

  async follow(
    tx: Tx,
    state: Case,
    { begun, ended }: { readonly begun: readonly BegunTerm[]; readonly ended: readonly string[] },
  ): Promise<void> {
    const began = begun.map((each) => newTerm(state, each));
    this.tell(tx, state, [...(await this.stop(tx, state, ended)), ...(await this.clocks.arm(tx, began))]);
  }

  /** A decision that does not stand can no longer be challenged: its terms end, but for those of what is being decided elsewhere. */
  async endWithDecision(tx: Tx, state: Case, challenges: readonly Challenge[]): Promise<void> {
    const elsewhere = challenges.filter(isPending).map(({ kind }) => kind);
    const ended = remediesAgainst(state.item, 'decision').filter(({ kind }) => !elsewhere.includes(kind));
    const steps = ended.map(({ kind }) => remedyStep(kind));
    this.tell(tx, state, await this.stop(tx, state, steps));
  }

  /** @param changes what became of clocks of the case */
  tell(tx: Tx, state: Case, changes: readonly ClockChange[]): void {
    this.outbox.append(
      tx,
      termFactsOf(changes, () => state),
    );
  }

  private async stop(tx: Tx, { id }: Case, steps: readonly string[]): Promise<ClockChange[]> {
    const stopped: ClockChange[] = [];
    for (const step of steps) stopped.push(...(await this.clocks.stop(tx, [id], step)));
    return stopped;
  }
}

function newTerm({ id, divisionCode }: Case, { step, term, anchorDay }: BegunTerm): NewTerm {
  return { ...term, subjectId: id, step, divisionCode, anchorDay };
}
