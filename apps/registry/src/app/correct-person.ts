import { Injectable } from '@nestjs/common';
import { type Actor, permissions } from '@app/access';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import { changePerson } from '../domain/person.js';

export interface PersonCorrection {
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
}

/** A name was written down wrongly, or somebody can be reached elsewhere. Another identity number is a second person's business, too. */
@Injectable()
export class CorrectPerson {
  constructor(private readonly persons: PersonRepository) {}

  async run(actor: Actor, personId: string, { name, phone, address }: PersonCorrection) {
    const secrets = this.persons.sealSome({ ...(phone ? { phone } : {}), ...(address ? { address } : {}) });
    const { person } = await this.persons.change(
      actor,
      permissions['person:correct'],
      personId,
      (file) => changePerson(file, name ? { name } : {}),
      { secrets },
    );
    return { personId, version: person.version };
  }
}
