import { Injectable } from '@nestjs/common';
import { type Actor, permissions } from '@app/access';
import { randomUUID } from 'node:crypto';
import { HouseholdRepository, type Household } from '../adapters/postgres/household-repository.js';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import { PersonQueries } from '../adapters/postgres/person-queries.js';
import { changePerson } from '../domain/person.js';

/** A household comes on file. */
@Injectable()
export class AddHousehold {
  constructor(
    private readonly households: HouseholdRepository,
    private readonly persons: PersonQueries,
  ) {}

  async run(
    actor: Actor,
    household: {
      divisionCode: string;
      householdNo?: string | undefined;
      headPersonId?: string | undefined;
    },
  ): Promise<Household> {
    if (household.headPersonId) await this.persons.view(actor, household.headPersonId);
    return this.households.add(actor, permissions['household:register'], {
      householdId: randomUUID(),
      divisionCode: household.divisionCode,
      householdNo: household.householdNo ?? null,
      headPersonId: household.headPersonId ?? null,
    });
  }
}

/** A person joins a household, changes it, or leaves it. */
@Injectable()
export class ChangeHousehold {
  constructor(
    private readonly households: HouseholdRepository,
    private readonly persons: PersonRepository,
  ) {}

  async run(
    actor: Actor,
    personId: string,
    { householdId, relation }: { householdId: string | null; relation?: string | undefined },
  ) {
    if (householdId) await this.households.see(actor, householdId);
    const { person } = await this.persons.change(
      actor,
      permissions['household:register'],
      personId,
      (file) => changePerson(file, { householdId, relation: householdId ? (relation ?? null) : null }),
      {
        also: async (tx, { person }) => {
          if (!person.householdId || person.relation !== HEAD) return;
          await this.households.setHeads(tx, [{ householdId: person.householdId, personId }]);
        },
      },
    );
    return { personId, version: person.version, householdId: person.householdId };
  }
}

/** The word of the household register for its head. */
export const HEAD = '户主';
