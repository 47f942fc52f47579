import { Injectable } from '@nestjs/common';
import { ColumnCipher, maskName, maskNumber, reachOf, type Actor } from '@app/access';
import type { RecordedFact } from '@app/contracts';
import { Database } from '@app/platform';
import { READERS, seesPlace } from '../../app/roles.js';
import { PersonNotFound } from '../../domain/errors.js';
import { placesOfPerson } from '../../domain/person.js';
import {
  FACT_COLUMNS,
  PERSON_COLUMNS,
  toFact,
  toPerson,
  type FactRow,
  type PersonRow,
} from './person-rows.js';

/** A person as a list shows them. */
export interface PersonLine {
  readonly personId: string;
  readonly version: number;
  /** Masked. */
  readonly name: string;
  readonly sex: 'male' | 'female';
  readonly birthDate: string;
  readonly divisionCode: string;
  readonly householdId: string | null;
  readonly diedOn: string | null;
  readonly movedAwayOn: string | null;
  readonly facts: readonly RecordedFact[];
}

/** A person's file as a caseworker sees it: names and numbers masked. */
export interface PersonView extends PersonLine {
  readonly identityNumber: string;
  readonly phone: string | null;
  /** Whether an exact address is on file; it is not shown. */
  readonly hasAddress: boolean;
  readonly relation: string | null;
  readonly guardians: readonly {
    readonly guardianId: string;
    readonly name: string;
    readonly basis: string;
    readonly relation: string;
    readonly phone: string | null;
    readonly since: string;
  }[];
}

export interface PersonPage {
  readonly persons: readonly PersonLine[];
  /** To be given as `after` for the next page; null at the end. */
  readonly next: string | null;
}

type SecretRow = PersonRow & { identity_number: string; phone: string | null; has_address: boolean };

const FACTS_OF = `select ${FACT_COLUMNS} from facts where person_id = any($1::uuid[]) and state = 'current' order by name`;

/** Looking at files, each within the actor's reach. */
@Injectable()
export class PersonQueries {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
  ) {}

  /** @throws PersonNotFound if there is none that the actor may see */
  async view(actor: Actor, personId: string): Promise<PersonView> {
    const reader = { id: actor.id, role: 'reader' };
    const [[row], facts, guardians] = await Promise.all([
      this.database.query<SecretRow>(
        reader,
        `select ${PERSON_COLUMNS}, p.identity_number, p.phone, p.address is not null as has_address
         from persons p where person_id = $1`,
        [personId],
      ),
      this.database.query<FactRow>(reader, FACTS_OF, [[personId]]),
      this.database.query<{
        guardian_id: string;
        name: string;
        basis: string;
        relation: string;
        phone: string | null;
        since: string;
      }>(
        reader,
        `select guardian_id, name, basis, relation, phone, since from guardians
         where person_id = $1 and ended_on is null order by since, guardian_id`,
        [personId],
      ),
    ]);
    if (!row || !visible(actor, row)) throw new PersonNotFound();
    return {
      ...toLine(row, facts),
      identityNumber: maskNumber(
        this.cipher.decrypt('registry.persons.identity_number', row.identity_number),
      ),
      phone: row.phone && maskNumber(this.cipher.decrypt('registry.persons.phone', row.phone)),
      hasAddress: row.has_address,
      relation: row.relation,
      guardians: guardians.map((guardian) => ({
        guardianId: guardian.guardian_id,
        name: maskName(guardian.name),
        basis: guardian.basis,
        relation: guardian.relation,
        phone: guardian.phone && maskNumber(this.cipher.decrypt('registry.guardians.phone', guardian.phone)),
        since: guardian.since,
      })),
    };
  }

  /** @throws PersonNotFound if nobody in the actor's reach has this number */
  async findByToken(actor: Actor, identityToken: string): Promise<PersonView> {
    const [row] = await this.database.query<{ person_id: string }>(
      { id: actor.id, role: 'reader' },
      'select person_id from persons where identity_token = $1',
      [identityToken],
    );
    if (!row) throw new PersonNotFound();
    return this.view(actor, row.person_id);
  }

  /**
   * A page of everybody in a range of division codes, with current facts: what a reader builds its own table anew from.
   * @param after the `next` of the page before
   */
  async page(
    actor: Actor,
    range: { from: string; to: string; after: string | null; limit: number },
  ): Promise<PersonPage> {
    const reach = reachOf(actor, READERS);
    const [afterDivision, afterPerson] = range.after?.split('.') ?? [
      '',
      '00000000-0000-0000-0000-000000000000',
    ];
    const reader = { id: actor.id, role: 'reader' };
    const rows = await this.database.query<PersonRow>(
      reader,
      `select ${PERSON_COLUMNS} from persons p
       where p.division_code between $1 and $2 and (p.division_code, p.person_id) > ($3, $4::uuid)
         and exists (select from unnest($5::text[], $6::text[]) as r (low, high) where p.division_code between r.low and r.high)
       order by p.division_code, p.person_id limit $7`,
      [
        range.from,
        range.to,
        afterDivision,
        afterPerson,
        reach.map(({ from }) => from),
        reach.map(({ to }) => to),
        range.limit,
      ],
    );
    const facts = await this.database.query<FactRow>(reader, FACTS_OF, [
      rows.map(({ person_id }) => person_id),
    ]);
    const factsOf = new Map<string, FactRow[]>(rows.map(({ person_id }) => [person_id, []]));
    for (const fact of facts) factsOf.get(fact.person_id)?.push(fact);
    const last = rows.length === range.limit ? rows.at(-1) : undefined;
    return {
      persons: rows.map((row) => toLine(row, factsOf.get(row.person_id) ?? [])),
      next: last ? `${last.division_code}.${last.person_id}` : null,
    };
  }

  /** Members of a household that the actor may see. */
  async membersOf(actor: Actor, householdId: string): Promise<PersonLine[]> {
    const rows = await this.database.query<PersonRow>(
      { id: actor.id, role: 'reader' },
      `select ${PERSON_COLUMNS} from persons p where household_id = $1 order by birth_date, person_id`,
      [householdId],
    );
    return rows.filter((row) => visible(actor, row)).map((row) => toLine(row, []));
  }
}

function visible(actor: Actor, row: PersonRow): boolean {
  return placesOfPerson(toPerson(row, undefined)).some((place) => seesPlace(actor, place));
}

function toLine(row: PersonRow, facts: readonly FactRow[]): PersonLine {
  return {
    personId: row.person_id,
    version: row.version,
    name: maskName(row.name),
    sex: row.sex,
    birthDate: row.birth_date,
    divisionCode: row.division_code,
    householdId: row.household_id,
    diedOn: row.died_on,
    movedAwayOn: row.away_on,
    facts: facts.map(toFact),
  };
}
