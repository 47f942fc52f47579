import { Injectable } from '@nestjs/common';
import { authorityOf, CaseRepresentatives } from '@app/casework';
import { Clock } from '@app/kernel';
import { Database, type Caller } from '@app/platform';
import type { PayeeAccount } from '../domain/payee.js';
import {
  HolderAuthorityOver,
  HolderMayNotNameAccount,
  HolderNotOnFile,
  ProofOutlivesAuthority,
} from '../domain/payee-errors.js';

/** Whoever else's account is paid must be on file as the person's guardian or agent for it, as registry has told. */
@Injectable()
export class CheckAuthority {
  constructor(
    private readonly database: Database,
    private readonly representatives: CaseRepresentatives,
    private readonly clock: Clock,
  ) {}

  /**
   * Of whom registry has told nothing, the paper that is shown decides, as before. What is shown counts no longer than what they hold.
   * @throws HolderNotOnFile, HolderAuthorityOver, HolderMayNotNameAccount, ProofOutlivesAuthority
   */
  async run(
    caller: Caller,
    {
      personId,
      holder,
      holderName,
      proof,
    }: Pick<PayeeAccount, 'personId' | 'holder' | 'proof'> & { readonly holderName: string },
  ): Promise<void> {
    if (holder === 'self' || proof === null) return;
    const told = await this.database.read(caller, (tx) => this.representatives.of(tx, personId));
    if (told === null) return;
    const who = { nameToken: this.representatives.tokenOf(holderName), isAgent: holder === 'agent' };
    const authority = authorityOf(told, who, 'account', this.clock.today());
    if (authority.may) {
      const { until } = authority;
      if (until !== null && proof.validUntil > until) throw new ProofOutlivesAuthority(until);
      return;
    }
    switch (authority.why) {
      case 'expired':
        throw new HolderAuthorityOver(authority.until);
      case 'other-act':
        throw new HolderMayNotNameAccount();
      case 'not-yet':
      case 'not-on-file':
        throw new HolderNotOnFile();
    }
  }
}
