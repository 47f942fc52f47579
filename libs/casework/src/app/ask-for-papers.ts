import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { LegalClocks } from '@app/clocks';
import type { Tx } from '@app/platform';
import { acceptIncomplete, waivePaper, type NewObligation } from '../domain/accept-incomplete.js';
import { askForPapers, deemWithdrawn } from '../domain/ask-for-papers.js';
import type { Case } from '../domain/case.js';
import { deciderOf, reviewersOf } from '../domain/item.js';
import { isPersons, paperStep, supplementStep } from '../domain/paper-terms.js';
import type { Obligation } from '../domain/paper-records.js';
import { always, CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';
import { CitizenMessages } from './citizen-messages.js';

/** What becomes of a case whose papers are not complete: the person is asked once, or it is accepted without some. */
@Injectable()
export class AskForPapers {
  constructor(
    private readonly desk: CaseDesk,
    private readonly clocks: LegalClocks,
    private readonly messages: CitizenMessages,
  ) {}

  /** The person is told, once, of everything that is missing. */
  ask(
    actor: Actor,
    caseId: string,
    notice: { readonly note: string | null; readonly day: string | null },
  ): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => reviewersOf(item),
      (state, act) => askForPapers(state, notice, act),
      { after: (tx, state) => this.tellOfNotice(tx, state) },
    );
  }

  /** The office accepts it without these papers, which come later. */
  acceptIncomplete(
    actor: Actor,
    caseId: string,
    request: { readonly obligations: readonly NewObligation[]; readonly reason: string },
  ): Promise<CaseSummary> {
    const materials = request.obligations.map(({ material }) => material);
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => reviewersOf(item),
      (state, act) => acceptIncomplete(state, request, act),
      { after: (tx, state) => this.tellOfObligations(tx, state, materials) },
    );
  }

  /** A paper need not come. Whoever looks through papers says so, whoever holds the task. */
  waive(actor: Actor, caseId: string, material: string, reason: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => reviewersOf(item),
      (state, act) => waivePaper(state, material, reason, act),
      { besideClaim: always },
    );
  }

  /** What was asked for did not come, and the law takes that for a withdrawal. */
  deemWithdrawn(actor: Actor, caseId: string, reason: string, remedy: string | null): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => deciderOf(item),
      (state, act) => deemWithdrawn(state, reason, remedy, act),
      { after: (tx, state) => this.messages.tellDecided(tx, state) },
    );
  }

  private async tellOfNotice(tx: Tx, state: Case): Promise<void> {
    const notice = state.supplements.at(-1)!;
    const step = supplementStep(notice);
    await this.messages.request(tx, [
      {
        caseId: state.id,
        template: 'missing-paper',
        cause: step,
        day: (await this.lastDays(tx, state.id)).get(step) ?? null,
        papers: titlesOf(state, notice.papers),
      },
    ]);
  }

  private async tellOfObligations(tx: Tx, state: Case, materials: readonly string[]): Promise<void> {
    const days = await this.lastDays(tx, state.id);
    const added = state.obligations.filter(
      ({ material, who }) => materials.includes(material) && isPersons(who),
    );
    const byDay = new Map<string | null, Obligation[]>();
    for (const obligation of added) {
      const day = days.get(paperStep(obligation)) ?? null;
      byDay.set(day, [...(byDay.get(day) ?? []), obligation]);
    }
    await this.messages.request(
      tx,
      [...byDay].map(([day, obligations]) => ({
        caseId: state.id,
        template: 'missing-paper',
        cause: `${obligations.map(paperStep).join(' ')}/${obligations[0]!.acceptedAt}`,
        day,
        papers: titlesOf(state, obligations),
      })),
    );
  }

  /** The last day of each term of the case that has one. */
  private async lastDays(tx: Tx, caseId: string): Promise<ReadonlyMap<string, string>> {
    const running = (await this.clocks.of(tx, caseId)).filter(({ status }) => status === 'running');
    return new Map(running.flatMap(({ step, dueDay }) => (dueDay === null ? [] : [[step, dueDay] as const])));
  }
}

function titlesOf({ item }: Case, papers: readonly { readonly material: string }[]): string[] {
  return papers.map(({ material }) => item.materialTitles[material] ?? material);
}
