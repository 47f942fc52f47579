import { Injectable } from '@nestjs/common';
import { type Actor, permissions } from '@app/access';
import type { RepresentativeKind, RepresentedAct } from '@app/contracts';
import { Clock } from '@app/kernel';
import { GuardianRepository } from '../adapters/postgres/guardian-repository.js';
import { DayNotPossible } from '../domain/errors.js';
import { GuardianNotValid } from '../domain/errors.js';
import { checkGuardian, type GuardianBasis } from '../domain/guardian.js';
import { checkOrganisation, readOrganisationCode, type OrganisationKind } from '../domain/organisation.js';
import { checkAuthority } from '../domain/representative.js';
import { checkedIdentityNumber } from './register-person.js';

export interface NewGuardian {
  readonly kind: RepresentativeKind;
  /** Null: an agent. */
  readonly basis: GuardianBasis | null;
  readonly relation: string;
  readonly name: string;
  /** Absent: an organisation. */
  readonly identityNumber?: string | undefined;
  /** Absent: a person. */
  readonly organisation?:
    { readonly kind: OrganisationKind; readonly code: string; readonly officer: string } | undefined;
  readonly phone?: string | undefined;
  readonly since?: string | undefined;
  /** Last day; absent: until it is ended. */
  readonly until?: string | undefined;
  readonly acts: readonly RepresentedAct[];
  /** Document that shows it, by its name and number in the file. */
  readonly proof?: string | undefined;
}

/** Somebody acts for a person from now on. */
@Injectable()
export class AddGuardian {
  constructor(
    private readonly guardians: GuardianRepository,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, personId: string, guardian: NewGuardian): Promise<{ guardianId: string }> {
    const today = this.clock.today();
    const { number, birthDate, organisation } = this.whoIs(guardian, today);
    const since = guardian.since ?? today;
    if (since > today) throw new DayNotPossible('监护或委托的起始日晚于今天，请在生效后登记。');
    const authority = { since, until: guardian.until ?? null, proof: guardian.proof ?? null };
    checkAuthority({ ...guardian, ...authority });
    if (organisation) checkOrganisation(organisation, authority.proof);
    const guardianId = await this.guardians.add(
      actor,
      permissions['guardian:record'],
      personId,
      {
        ...guardian,
        identityNumber: number,
        organisation,
        phone: guardian.phone ?? null,
        ...authority,
      },
      (ward, identityToken) => checkGuardian(ward, { birthDate, identityToken }, guardian.basis, today),
    );
    return { guardianId };
  }

  /** A person by their number, or an organisation by its code and through whom it acts. @throws IdentityNumberNotValid, GuardianNotValid */
  private whoIs({ identityNumber, organisation }: NewGuardian, today: string) {
    if (organisation) {
      const { kind, code, officer } = organisation;
      return { number: readOrganisationCode(code), birthDate: null, organisation: { kind, officer } };
    }
    if (identityNumber === undefined) {
      throw new GuardianNotValid(
        '请填写监护人或代理人的身份证号；由组织担任的，填写组织的统一社会信用代码。',
      );
    }
    const { number, birthDate } = checkedIdentityNumber(identityNumber, today);
    return { number, birthDate, organisation: null };
  }
}

/** Somebody acts for a person no longer. */
@Injectable()
export class EndGuardian {
  constructor(
    private readonly guardians: GuardianRepository,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, guardianId: string, { endedOn, reason }: { endedOn: string; reason: string }) {
    if (endedOn > this.clock.today()) throw new DayNotPossible('终止日期晚于今天，请在生效后登记。');
    await this.guardians.end(actor, permissions['guardian:record'], guardianId, endedOn, reason);
  }
}
