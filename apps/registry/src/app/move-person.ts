import { Injectable } from '@nestjs/common';
import { type Actor, permissions } from '@app/access';
import { Clock } from '@app/kernel';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import { movePerson } from '../domain/person.js';

/** A household registration moved: away, in, or inside the county. */
@Injectable()
export class MovePerson {
  constructor(
    private readonly persons: PersonRepository,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, personId: string, to: string, movedOn: string) {
    const today = this.clock.today();
    const { person } = await this.persons.change(actor, permissions['person:move'], personId, (file) =>
      movePerson(file, to, movedOn, today),
    );
    return { personId, version: person.version, divisionCode: person.divisionCode, away: person.away };
  }
}
