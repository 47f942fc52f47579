import { Injectable } from '@nestjs/common';
import { permissions, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { randomUUID } from 'node:crypto';
import { HouseholdRepository } from '../adapters/postgres/household-repository.js';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import {
  TemporaryRegistrations,
  type TemporaryRegistration,
} from '../adapters/postgres/temporary-registrations.js';
import type { Sex } from '../domain/identity-number.js';
import { registerPerson } from '../domain/person.js';
import { checkReviewDay, checkTemporary, tokenWithoutNumber } from '../domain/person-number.js';

export interface PersonWithoutNumber extends Omit<
  TemporaryRegistration,
  'reference' | 'registeredOn' | 'isOpen'
> {
  readonly name: string;
  readonly sex: Sex;
  readonly birthDate: string;
  readonly divisionCode: string;
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
  readonly householdId?: string | undefined;
}

/** Who has no identity number yet comes on file under a reference of registry's own. */
@Injectable()
export class RegisterTemporarily {
  constructor(
    private readonly persons: PersonRepository,
    private readonly households: HouseholdRepository,
    private readonly registrations: TemporaryRegistrations,
    private readonly clock: Clock,
  ) {}

  /** @throws PersonContradicted, DayNotPossible, HouseholdNotFound, NotAllowed */
  async run(
    actor: Actor,
    person: PersonWithoutNumber,
  ): Promise<{ personId: string; version: number; reference: string }> {
    checkTemporary(person, this.clock.today());
    if (person.householdId) await this.households.see(actor, person.householdId);
    const personId = randomUUID();
    const file = await this.persons.add(
      actor,
      permissions['person:register'],
      () =>
        registerPerson({
          personId,
          divisionCode: person.divisionCode,
          name: person.name,
          sex: person.sex,
          birthDate: person.birthDate,
          identityToken: tokenWithoutNumber(personId),
          householdId: person.householdId ?? null,
          relation: null,
        }),
      this.persons.seal({
        identityNumber: null,
        phone: person.phone ?? null,
        address: person.address ?? null,
      }),
      (tx) => this.registrations.add(tx, personId, person),
    );
    const { personId: added, version } = file.person;
    return { personId: added, version, reference: await this.registrations.referenceOf(actor, added) };
  }

  /** Looked at again: still no number. @throws NoTemporaryRegistration, DayNotPossible, NotAllowed */
  async review(actor: Actor, personId: string, next: { reviewOn: string; reason: string }): Promise<void> {
    checkReviewDay(next.reviewOn, this.clock.today());
    await this.registrations.review(actor, personId, next);
  }
}
