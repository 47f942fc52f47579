import { Injectable } from '@nestjs/common';
import { type Actor, permissions } from '@app/access';
import { Clock } from '@app/kernel';
import { randomUUID } from 'node:crypto';
import { HouseholdRepository } from '../adapters/postgres/household-repository.js';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import { IdentityNumberNotValid } from '../domain/errors.js';
import { readIdentityNumber, type IdentityNumber, type Sex } from '../domain/identity-number.js';
import { agreesWithNumber, registerPerson } from '../domain/person.js';

export interface NewPerson {
  readonly name: string;
  readonly identityNumber: string;
  readonly divisionCode: string;
  readonly sex?: Sex | undefined;
  readonly birthDate?: string | undefined;
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
  readonly householdId?: string | undefined;
}

/** @throws IdentityNumberNotValid, which never quotes the number */
export function checkedIdentityNumber(text: string, today: string): IdentityNumber {
  const read = readIdentityNumber(text, today);
  if (!read.ok) throw new IdentityNumberNotValid(read.reason, read.suggestion);
  return read.value;
}

/** A person comes on file. */
@Injectable()
export class RegisterPerson {
  constructor(
    private readonly persons: PersonRepository,
    private readonly households: HouseholdRepository,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, person: NewPerson): Promise<{ personId: string; version: number }> {
    const number = checkedIdentityNumber(person.identityNumber, this.clock.today());
    agreesWithNumber(person, number);
    if (person.householdId) await this.households.see(actor, person.householdId);
    const added = await this.persons.add(
      actor,
      permissions['person:register'],
      () =>
        registerPerson({
          personId: randomUUID(),
          divisionCode: person.divisionCode,
          name: person.name,
          sex: number.sex,
          birthDate: number.birthDate,
          identityToken: this.persons.tokenOf(number.number),
          householdId: person.householdId ?? null,
          relation: null,
        }),
      this.persons.seal({
        identityNumber: number.number,
        phone: person.phone ?? null,
        address: person.address ?? null,
      }),
    );
    return { personId: added.person.personId, version: added.person.version };
  }
}
