import { Injectable } from '@nestjs/common';
import { type Actor, permissions } from '@app/access';
import { Clock } from '@app/kernel';
import { randomUUID } from 'node:crypto';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import { recordDeath, withdrawDeath, type FactSource } from '../domain/person.js';

/** A person died: a stop fact. */
@Injectable()
export class RecordDeath {
  constructor(
    private readonly persons: PersonRepository,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, personId: string, diedOn: string, source: FactSource) {
    const today = this.clock.today();
    const { person } = await this.persons.change(
      actor,
      permissions['person:record-death'],
      personId,
      (file) => recordDeath(file, diedOn, source, today, randomUUID),
    );
    return { personId, version: person.version, factId: person.death!.factId };
  }
}

/** The record of a death was wrong: what it stopped is undone by those who read it. */
@Injectable()
export class WithdrawDeath {
  constructor(private readonly persons: PersonRepository) {}

  async run(actor: Actor, personId: string, reason: string) {
    const { person } = await this.persons.change(
      actor,
      permissions['person:withdraw-death'],
      personId,
      (file) => withdrawDeath(file, reason),
      { why: reason },
    );
    return { personId, version: person.version };
  }
}
