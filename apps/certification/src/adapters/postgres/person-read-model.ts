import { Injectable } from '@nestjs/common';
import { type Caller, Database, type Tx } from '@app/platform';

/** What certification knows of a person: only what registry has told. */
export interface KnownPerson {
  readonly personId: string;
  readonly divisionCode: string;
  readonly identityToken: string;
  readonly name: string;
  readonly birthDate: string;
  readonly diedOn: string | null;
  readonly movedAwayTo: string | null;
}

interface Row {
  person_id: string;
  division_code: string;
  identity_token: string;
  name: string;
  birth_date: string;
  died_on: string | null;
  moved_away_to: string | null;
}

const COLUMNS = 'person_id, division_code, identity_token, name, birth_date, died_on, moved_away_to';

/** SQL of the person whose token `$1` is, or was: a mistaken number was never theirs. */
const OWNER_OF_TOKEN = `
  select person_id from (
    select person_id, 0 as place from persons where identity_token = $1
    union all select person_id, 1 from former_identity_tokens where identity_token = $1 and because <> 'mistaken') o
  order by place limit 1`;

/** A person as registered; `version` is of that person's file in registry. */
export interface Registered {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly identityToken: string;
  readonly name: string;
  readonly birthDate: string;
}

export interface LifeFact {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  /** Null: the record of the death was withdrawn. */
  readonly diedOn: string | null;
}

export interface PlaceFact {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly movedAwayTo: string | null;
  readonly movedAwayOn: string | null;
}

/**
 * Persons as registry tells of them. Facts of one person may come in any order over registry's topics, so each group of columns
 * keeps the version that set it and ignores what it has passed.
 */
@Injectable()
export class PersonReadModel {
  constructor(private readonly database: Database) {}

  /** Who has this number, or had it: `identityToken` then is another one. */
  async byToken(actor: Caller, identityToken: string): Promise<KnownPerson | null> {
    const [row] = await this.database.query<Row>(
      actor,
      `select ${COLUMNS} from persons where person_id = (${OWNER_OF_TOKEN}) and identity_token is not null`,
      [identityToken],
    );
    return row ? toPerson(row) : null;
  }

  /** Locked: two decisions about one person's card wait for each other. */
  async lock(tx: Tx, personId: string): Promise<KnownPerson | null> {
    const [row] = await tx.query<Row>(
      `select ${COLUMNS} from persons where person_id = $1 and identity_token is not null for update`,
      [personId],
      'persons-lock',
    );
    return row ? toPerson(row) : null;
  }

  /** By token, also a former one that nobody else has now; locked in the order of their ids. */
  async lockMany(tx: Tx, identityTokens: readonly string[]): Promise<Map<string, KnownPerson>> {
    const rows = await tx.query<Row & { former: string[] | null }>(
      `with former as (
         select person_id, array_agg(identity_token) as tokens from former_identity_tokens
         where identity_token = any($1::text[]) and because <> 'mistaken' group by person_id)
       select ${COLUMNS}, (select f.tokens from former f where f.person_id = p.person_id) as former from persons p
       where p.identity_token is not null
         and p.person_id in (select person_id from persons where identity_token = any($1::text[]) union all select person_id from former)
       order by p.person_id for update of p`,
      [identityTokens],
    );
    return new Map([
      ...rows.flatMap((row) =>
        (row.former ?? []).map((token): [string, KnownPerson] => [token, toPerson(row)]),
      ),
      ...rows.map((row): [string, KnownPerson] => [row.identity_token, toPerson(row)]),
    ]);
  }

  async register(tx: Tx, facts: readonly Registered[]): Promise<void> {
    await tx.query(
      `insert into persons as p (person_id, division_code, registered_version, place_version, identity_token, name, birth_date)
       select distinct on (n.person_id) n.person_id, n.division_code, n.version, n.version, n.identity_token, n.name, n.birth_date
       from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::date[])
         as n (person_id, division_code, version, identity_token, name, birth_date)
       order by n.person_id, n.version desc
       on conflict (person_id) do update set
         registered_version = excluded.registered_version,
         identity_token = excluded.identity_token, name = excluded.name, birth_date = excluded.birth_date,
         division_code = case when excluded.place_version > p.place_version then excluded.division_code else p.division_code end,
         place_version = greatest(excluded.place_version, p.place_version)
       where excluded.registered_version > p.registered_version`,
      [
        facts.map((fact) => fact.personId),
        facts.map((fact) => fact.divisionCode),
        facts.map((fact) => fact.version),
        facts.map((fact) => fact.identityToken),
        facts.map((fact) => fact.name),
        facts.map((fact) => fact.birthDate),
      ],
    );
    await this.followPlace(tx, facts);
  }

  async recordLife(tx: Tx, facts: readonly LifeFact[]): Promise<void> {
    await tx.query(
      `insert into persons as p (person_id, division_code, life_version, died_on)
       select distinct on (n.person_id) * from unnest($1::uuid[], $2::text[], $3::int[], $4::date[])
         as n (person_id, division_code, version, died_on)
       order by n.person_id, n.version desc
       on conflict (person_id) do update set life_version = excluded.life_version, died_on = excluded.died_on
       where excluded.life_version > p.life_version`,
      [
        facts.map((fact) => fact.personId),
        facts.map((fact) => fact.divisionCode),
        facts.map((fact) => fact.version),
        facts.map((fact) => fact.diedOn),
      ],
    );
  }

  async recordPlace(tx: Tx, facts: readonly PlaceFact[]): Promise<void> {
    await tx.query(
      `insert into persons as p (person_id, division_code, place_version, away_version, moved_away_to, moved_away_on)
       select distinct on (n.person_id) n.person_id, n.division_code, n.version, n.version, n.moved_away_to, n.moved_away_on
       from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::date[])
         as n (person_id, division_code, version, moved_away_to, moved_away_on)
       order by n.person_id, n.version desc
       on conflict (person_id) do update set
         division_code = case when excluded.place_version > p.place_version then excluded.division_code else p.division_code end,
         place_version = greatest(excluded.place_version, p.place_version),
         moved_away_to = excluded.moved_away_to, moved_away_on = excluded.moved_away_on, away_version = excluded.away_version
       where excluded.away_version > p.away_version`,
      [
        facts.map((fact) => fact.personId),
        facts.map((fact) => fact.divisionCode),
        facts.map((fact) => fact.version),
        facts.map((fact) => fact.movedAwayTo),
        facts.map((fact) => fact.movedAwayOn),
      ],
    );
    await this.followPlace(tx, facts);
  }

  /** Cards and open applications stand where their person is registered; each change of place is in the history. */
  private async followPlace(tx: Tx, facts: readonly { personId: string }[]): Promise<void> {
    const persons = facts.map((fact) => fact.personId);
    await tx.query(
      `with moved as (
         update cards c set division_code = p.division_code, version = c.version + 1,
                changed_by = $2, changed_role = $3, changed_at = now()
         from persons p
         where p.person_id = any($1::uuid[]) and c.person_id = p.person_id and c.division_code <> p.division_code
           and c.status <> 'cancelled' and c.away_to is null
         returning c.*)
       insert into card_events (card_id, version, action, status, category, grade, valid_to, division_code, actor_id, actor_role)
       select card_id, version, 'follow-move', status, category, grade, valid_to, division_code, $2, $3 from moved`,
      [persons, tx.actor.id, tx.actor.role],
    );
    await tx.query(
      `with moved as (
         update applications a set division_code = p.division_code, version = a.version + 1,
                changed_by = $2, changed_role = $3, changed_at = now()
         from persons p
         where p.person_id = any($1::uuid[]) and a.person_id = p.person_id and a.division_code <> p.division_code
           and a.status not in ('approved', 'rejected')
         returning a.*)
       insert into application_steps (application_id, version, step, status, actor_id, actor_role)
       select application_id, version, 'follow-move', status, $2, $3 from moved`,
      [persons, tx.actor.id, tx.actor.role],
    );
  }
}

function toPerson(row: Row): KnownPerson {
  return {
    personId: row.person_id,
    divisionCode: row.division_code,
    identityToken: row.identity_token,
    name: row.name,
    birthDate: row.birth_date,
    diedOn: row.died_on,
    movedAwayTo: row.moved_away_to,
  };
}
