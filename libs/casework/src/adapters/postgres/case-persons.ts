import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';

/** What registry told of a person: what each fact says of its own matter; absent: nothing. */
export interface PersonFact {
  readonly personId: string;
  readonly divisionCode: string;
  /** Of the person's file in registry. */
  readonly version: number;
  readonly movedAway?: boolean;
  /** Null: the record of the death was withdrawn. */
  readonly diedOn?: string | null;
}

/** A person, as far as it matters for an application. */
export interface Applicant {
  readonly divisionCode: string;
  readonly diedOn: string | null;
  readonly movedAway: boolean;
}

/**
 * Who is on file and where they live. Facts of one person come in any order over registry's topics, so each group of columns keeps the
 * version that set it.
 */
@Injectable()
export class CasePersons {
  /** Null: unknown, or out of the reach of the transaction's caller. */
  async find(tx: Tx, personId: string): Promise<Applicant | null> {
    const [row] = await tx.query<{ division_code: string; died_on: string | null; moved_away: boolean }>(
      'select division_code, died_on, moved_away from case_persons where person_id = $1',
      [personId],
    );
    return row ? { divisionCode: row.division_code, diedOn: row.died_on, movedAway: row.moved_away } : null;
  }

  /** Of each of these persons that is on file. */
  async standingOf(tx: Tx, personIds: readonly string[]): Promise<ReadonlyMap<string, Applicant>> {
    const rows = await tx.query<{
      person_id: string;
      division_code: string;
      died_on: string | null;
      moved_away: boolean;
    }>(
      `select person_id, division_code, died_on, moved_away from case_persons where person_id = any($1::uuid[])`,
      [personIds],
    );
    return new Map(
      rows.map((row) => [
        row.person_id,
        { divisionCode: row.division_code, diedOn: row.died_on, movedAway: row.moved_away },
      ]),
    );
  }

  async follow(tx: Tx, facts: readonly PersonFact[]): Promise<void> {
    const byPerson = new Map<string, PersonFact[]>();
    for (const fact of facts) {
      byPerson.set(fact.personId, [...(byPerson.get(fact.personId) ?? []), fact]);
    }
    const rows = [...byPerson.values()].map(latestOf);
    await tx.query(
      `insert into case_persons as p (person_id, division_code, place_version, moved_away, away_version, died_on, life_version)
       select * from unnest($1::uuid[], $2::text[], $3::int[], $4::boolean[], $5::int[], $6::date[], $7::int[])
       on conflict (person_id) do update set
         division_code = case when excluded.place_version > p.place_version then excluded.division_code else p.division_code end,
         place_version = greatest(excluded.place_version, p.place_version),
         moved_away = case when excluded.away_version > p.away_version then excluded.moved_away else p.moved_away end,
         away_version = greatest(excluded.away_version, p.away_version),
         died_on = case when excluded.life_version > p.life_version then excluded.died_on else p.died_on end,
         life_version = greatest(excluded.life_version, p.life_version)
       where excluded.place_version > p.place_version or excluded.away_version > p.away_version
         or excluded.life_version > p.life_version`,
      [
        rows.map(({ place }) => place.personId),
        rows.map(({ place }) => place.divisionCode),
        rows.map(({ place }) => place.version),
        rows.map(({ away }) => away?.movedAway ?? false),
        rows.map(({ away }) => away?.version ?? 0),
        rows.map(({ life }) => life?.diedOn ?? null),
        rows.map(({ life }) => life?.version ?? 0),
      ],
      'case-persons-follow',
    );
  }
}

function latestOf(facts: readonly PersonFact[]) {
  const [place, ...older] = facts.toSorted((a, b) => b.version - a.version);
  const all = [place!, ...older];
  return {
    place: place!,
    away: all.find(({ movedAway }) => movedAway !== undefined),
    life: all.find(({ diedOn }) => diedOn !== undefined),
  };
}
