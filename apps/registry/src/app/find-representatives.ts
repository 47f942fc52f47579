import { Injectable } from '@nestjs/common';
import { Sensitive, type Actor } from '@app/access';
import type { RepresentedAct } from '@app/contracts';
import { Clock } from '@app/kernel';
import { Representatives } from '../adapters/postgres/representatives.js';
import { readOrganisationCode } from '../domain/organisation.js';
import { maySign } from '../domain/representative.js';
import { checkedIdentityNumber } from './register-person.js';

/** Who may sign for a person, and whose authority is running out or does not fit. */
@Injectable()
export class FindRepresentatives {
  constructor(
    private readonly representatives: Representatives,
    private readonly clock: Clock,
  ) {}

  /** @throws PersonNotFound, IdentityNumberNotValid, GuardianNotValid for a code that is none */
  async maySign(
    actor: Actor,
    personId: string,
    {
      identityNumber,
      organisationCode,
      act,
      on,
    }: {
      identityNumber?: string | undefined;
      organisationCode?: string | undefined;
      act: RepresentedAct;
      on?: string | undefined;
    },
  ) {
    const today = this.clock.today();
    const day = on ?? today;
    const number =
      organisationCode === undefined
        ? checkedIdentityNumber(identityNumber ?? '', today).number
        : readOrganisationCode(organisationCode);
    const file = await this.representatives.signing(actor, personId, number, day);
    const { allowed, reason, text, by } = maySign({ ...file, act, on: day });
    return {
      allowed,
      reason,
      text,
      representativeId: by?.representativeId ?? null,
      kind: by?.kind ?? null,
      acts: by?.acts ?? null,
      from: by?.since ?? null,
      until: by?.lastDay ?? null,
      proof: by?.proof ?? null,
      organisation: by?.organisation
        ? { kind: by.organisation.kind, officer: new Sensitive('name', by.organisation.officer) }
        : null,
    };
  }

  expiring(
    actor: Actor,
    { withinDays, after, limit }: { withinDays: number; after?: string | undefined; limit: number },
  ) {
    const page = { today: this.clock.today(), withinDays, after: after ?? null, limit };
    return this.representatives.expiring(actor, page);
  }

  contradictions(
    actor: Actor,
    page: { after: { representativeId: string; finding: string } | null; limit: number },
  ) {
    return this.representatives.contradictions(actor, { ...page, today: this.clock.today() });
  }
}
