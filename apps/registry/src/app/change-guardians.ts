import { Injectable } from '@nestjs/common';
import { type Actor, permissions } from '@app/access';
import { Clock } from '@app/kernel';
import { GuardianRepository } from '../adapters/postgres/guardian-repository.js';
import { DayNotPossible } from '../domain/errors.js';
import { checkGuardian, type GuardianBasis } from '../domain/guardian.js';
import { checkedIdentityNumber } from './register-person.js';

export interface NewGuardian {
  readonly basis: GuardianBasis;
  readonly relation: string;
  readonly name: string;
  readonly identityNumber: string;
  readonly phone?: string | undefined;
  readonly since?: string | undefined;
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
    const number = checkedIdentityNumber(guardian.identityNumber, today);
    const since = guardian.since ?? today;
    if (since > today) throw new DayNotPossible('监护起始日晚于今天，请核对后重新填写。');
    const guardianId = await this.guardians.add(
      actor,
      permissions['guardian:record'],
      personId,
      {
        ...guardian,
        identityNumber: number.number,
        phone: guardian.phone ?? null,
        since,
      },
      (ward, identityToken) =>
        checkGuardian(ward, { birthDate: number.birthDate, identityToken }, guardian.basis, today),
    );
    return { guardianId };
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
