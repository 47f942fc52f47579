import { Injectable } from '@nestjs/common';
import { type Actor, permissions } from '@app/access';
import type { RecordedFact } from '@app/contracts';
import { Clock } from '@app/kernel';
import { randomUUID } from 'node:crypto';
import { FactQueries } from '../adapters/postgres/fact-queries.js';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import {
  correctFact,
  recordFacts,
  withdrawFact,
  type FactCorrection,
  type PersonFile,
  type StatedFact,
} from '../domain/person.js';
import { checkFact } from './fact-vocabulary.js';

/** What a change of facts left behind. */
export interface FactsKnown {
  readonly personId: string;
  readonly version: number;
  readonly facts: readonly RecordedFact[];
}

function known({ person, facts }: PersonFile): FactsKnown {
  return { personId: person.personId, version: person.version, facts: [...facts.values()] };
}

/** Facts about a person become known. */
@Injectable()
export class RecordFacts {
  constructor(
    private readonly persons: PersonRepository,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, personId: string, facts: readonly StatedFact[]): Promise<FactsKnown> {
    for (const { name, value } of facts) checkFact(name, value);
    const today = this.clock.today();
    return known(
      await this.persons.change(actor, permissions['fact:record'], personId, (file) =>
        recordFacts(file, facts, today, randomUUID),
      ),
    );
  }
}

/** A fact turned out wrong, and nothing is known in its place. */
@Injectable()
export class WithdrawFact {
  constructor(
    private readonly persons: PersonRepository,
    private readonly facts: FactQueries,
  ) {}

  async run(actor: Actor, factId: string, reason: string): Promise<FactsKnown> {
    const { personId } = await this.facts.find(actor, factId);
    return known(
      await this.persons.change(
        actor,
        permissions['fact:withdraw'],
        personId,
        (file) => withdrawFact(file, factId, reason),
        { why: reason },
      ),
    );
  }
}

/** A fact turned out wrong, and the right one is known. */
@Injectable()
export class CorrectFact {
  constructor(
    private readonly persons: PersonRepository,
    private readonly facts: FactQueries,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, factId: string, correction: FactCorrection): Promise<FactsKnown> {
    const { personId, name } = await this.facts.find(actor, factId);
    checkFact(name, correction.value);
    const today = this.clock.today();
    return known(
      await this.persons.change(
        actor,
        permissions['fact:withdraw'],
        personId,
        (file) => correctFact(file, factId, correction, today, randomUUID),
        { why: correction.reason },
      ),
    );
  }
}
