import { Injectable } from '@nestjs/common';
import { type Actor, permissions } from '@app/access';
import { Clock } from '@app/kernel';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import { changePerson, type PersonChange } from '../domain/person.js';
import { checkedIdentityNumber } from './register-person.js';

export interface PersonCorrection {
  readonly name?: string | undefined;
  readonly identityNumber?: string | undefined;
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
}

/** Who somebody is was written down wrongly, or they can be reached elsewhere. */
@Injectable()
export class CorrectPerson {
  constructor(
    private readonly persons: PersonRepository,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, personId: string, correction: PersonCorrection) {
    const number = correction.identityNumber
      ? checkedIdentityNumber(correction.identityNumber, this.clock.today())
      : null;
    const change: PersonChange = {
      ...(correction.name ? { name: correction.name } : {}),
      ...(number
        ? {
            identityToken: this.persons.tokenOf(number.number),
            birthDate: number.birthDate,
            sex: number.sex,
          }
        : {}),
    };
    const secrets = this.persons.sealSome({
      ...(number ? { identityNumber: number.number } : {}),
      ...(correction.phone ? { phone: correction.phone } : {}),
      ...(correction.address ? { address: correction.address } : {}),
    });
    const { person } = await this.persons.change(
      actor,
      permissions['person:correct'],
      personId,
      (file) => changePerson(file, change),
      { secrets },
    );
    return { personId, version: person.version };
  }
}
