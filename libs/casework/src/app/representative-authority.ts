import { Injectable } from '@nestjs/common';
import type { RepresentedAct } from '@app/contracts';
import type { Tx } from '@app/platform';
import { CaseRepresentatives } from '../adapters/postgres/case-representatives.js';
import {
  GuardianSigns,
  RepresentativeAuthorityNotYet,
  RepresentativeAuthorityOver,
  RepresentativeMayNot,
  RepresentativeNotOnFile,
} from '../domain/representative-errors.js';
import { authorityOf, hasGuardian, type Representative } from '../domain/representative.js';
import type { OnBehalf } from '../domain/signature.js';

/** Whoever acts for a person must be on file as their guardian or agent for it, as registry has told. */
@Injectable()
export class RepresentativeAuthority {
  constructor(private readonly representatives: CaseRepresentatives) {}

  /**
   * @param representativeId their entry in registry
   * @param acts any of them will do
   * @param on the day on which they sign
   * @throws RepresentativeNotOnFile, RepresentativeAuthorityNotYet, RepresentativeAuthorityOver, RepresentativeMayNot
   */
  async of(
    tx: Tx,
    personId: string,
    representativeId: string,
    acts: readonly Exclude<RepresentedAct, 'all'>[],
    on: string,
  ): Promise<OnBehalf> {
    const told = await this.told(tx, personId);
    const answers = acts.map((act) => authorityOf(told, { representativeId }, act, on));
    const held = answers.find((answer) => answer.may);
    if (held) {
      const { kind } = told.find((one) => one.representativeId === representativeId)!;
      return { representativeId, kind, until: held.until };
    }
    const [nearest] = answers
      .filter((answer) => !answer.may)
      .toSorted((one, other) => Number(one.why === 'other-act') - Number(other.why === 'other-act'));
    switch (nearest!.why) {
      case 'expired':
        throw new RepresentativeAuthorityOver(nearest!.until);
      case 'other-act':
        throw new RepresentativeMayNot();
      case 'not-yet':
        throw new RepresentativeAuthorityNotYet();
      case 'not-on-file':
        throw new RepresentativeNotOnFile();
    }
  }

  /**
   * The person gives something up in their own name. What only benefits them they may do alone (民法典 19, 22); this a guardian does for them
   * (民法典 23).
   * @throws GuardianSigns
   */
  async ofOwnDecline(tx: Tx, personId: string, on: string): Promise<void> {
    if (hasGuardian(await this.told(tx, personId), 'decline', on)) throw new GuardianSigns();
  }

  private async told(tx: Tx, personId: string): Promise<readonly Representative[]> {
    return (await this.representatives.of(tx, personId)) ?? [];
  }
}
