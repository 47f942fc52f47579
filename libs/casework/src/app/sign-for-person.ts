import { Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import { CaseSignatures } from '../adapters/postgres/case-signatures.js';
import type { Case } from '../domain/case.js';
import { actsFor, type SignedThing } from '../domain/signature.js';
import { RepresentativeAuthority } from './representative-authority.js';

/** Who signs for the person, and what, on which day. */
export interface Signing {
  readonly what: SignedThing;
  readonly on: string;
  /** Their entry in registry; null: the person signs. */
  readonly representativeId: string | null;
}

/** Somebody signs for the person: whether they may is asked in the transaction that writes down that they did. */
@Injectable()
export class SignForPerson {
  constructor(
    private readonly authority: RepresentativeAuthority,
    private readonly signatures: CaseSignatures,
    private readonly clock: Clock,
  ) {}

  /** @throws as `RepresentativeAuthority` */
  async run(tx: Tx, state: Case, { what, on, representativeId }: Signing): Promise<void> {
    if (representativeId === null) {
      if (what === 'decline') await this.authority.ofOwnDecline(tx, state.personId, on);
      return;
    }
    const acts = actsFor(what, state.item.owner);
    const onBehalf = await this.authority.of(tx, state.personId, representativeId, acts, on);
    await this.signatures.add(tx, state.id, {
      ...onBehalf,
      what,
      on,
      by: { id: tx.actor.id, role: tx.actor.role },
      onBehalfOf: tx.actor.onBehalfOf ?? null,
      at: this.clock.now().toISOString(),
    });
    tx.audit({ what: 'case.signed-on-behalf', detail: { signed: what, on, ...onBehalf } });
  }
}
