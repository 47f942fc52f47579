import type { RecordedFact } from '@app/contracts';
import type { Person } from '../../domain/person.js';

/** Columns of `persons` without the secrets. */
export const PERSON_COLUMNS = `p.person_id, p.division_code, p.version, p.name, p.sex, p.birth_date, p.identity_token,
  p.household_id, p.relation, p.died_on, p.death_fact_id, p.away_to, p.away_on`;

export interface PersonRow {
  person_id: string;
  division_code: string;
  version: number;
  name: string;
  sex: 'male' | 'female';
  birth_date: string;
  identity_token: string;
  household_id: string | null;
  relation: string | null;
  died_on: string | null;
  death_fact_id: string | null;
  away_to: string | null;
  away_on: string | null;
}

export interface FactRow {
  fact_id: string;
  person_id: string;
  name: string;
  value: string | number | boolean;
  source_kind: string;
  source_reference: string | null;
  source_as_of: string;
  confirmed_as_of: string;
  valid_from: string | null;
  valid_to: string | null;
}

/** Columns of a current fact. */
export const FACT_COLUMNS = `fact_id, person_id, name, value, source_kind, source_reference, source_as_of, confirmed_as_of,
  valid_from, valid_to`;

export interface DeathRow {
  person_id: string;
  source_kind: string;
  source_reference: string | null;
  source_as_of: string;
}

export function toPerson(row: PersonRow, death: DeathRow | undefined): Person {
  return {
    personId: row.person_id,
    divisionCode: row.division_code,
    version: row.version,
    name: row.name,
    sex: row.sex,
    birthDate: row.birth_date,
    identityToken: row.identity_token,
    householdId: row.household_id,
    relation: row.relation,
    death:
      row.died_on && row.death_fact_id && death
        ? { factId: row.death_fact_id, diedOn: row.died_on, source: toSource(death) }
        : null,
    away: row.away_to && row.away_on ? { to: row.away_to, on: row.away_on } : null,
  };
}

export function toFact(row: FactRow): RecordedFact {
  return {
    factId: row.fact_id,
    name: row.name,
    value: row.value,
    source: toSource(row),
    validFrom: row.valid_from,
    validTo: row.valid_to,
  };
}

function toSource(row: Omit<DeathRow, 'person_id'>): RecordedFact['source'] {
  return { kind: row.source_kind, reference: row.source_reference, asOf: row.source_as_of };
}
