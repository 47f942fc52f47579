import { Injectable } from '@nestjs/common';
import { CaseEffects, CitizenMessages, type CaseChange } from '@app/casework';
import type { NewEvent } from '@app/contracts';
import type { Tx } from '@app/platform';

const RENEWAL = 'certification/disability-card-renewal';

/** Whoever is invited to renew a card (期满换领) is told so, once: until when it is valid, and what to bring. */
@Injectable()
export class TellOfRenewal extends CaseEffects {
  constructor(private readonly messages: CitizenMessages) {
    super();
  }

  override async apply(tx: Tx, changes: readonly CaseChange[]): Promise<readonly NewEvent[]> {
    await this.messages.request(
      tx,
      changes
        .filter(
          ({ kind, after }) =>
            kind === 'opened' && after.item.id === RENEWAL && after.state.status === 'invited',
        )
        .map(({ after, cause }) => ({
          caseId: after.id,
          template: 'renewal',
          cause: 'renewal',
          day: validTo(after.because),
          papers: after.materials.map(({ material }) => after.item.materialTitles[material] ?? material),
          // A card that has run out can still be renewed.
          usefulUntil: null,
          fact: cause,
        })),
    );
    return [];
  }
}

function validTo(because: CaseChange['after']['because']): string | null {
  const value = because.find(({ fact }) => fact === 'card.validTo')?.value;
  return typeof value === 'string' ? value : null;
}
