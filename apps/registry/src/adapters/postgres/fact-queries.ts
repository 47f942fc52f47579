import { Injectable } from '@nestjs/common';
import { lookingWith, type Actor } from '@app/access';
import { Database, type Caller } from '@app/platform';
import { FactNotFound } from '../../domain/errors.js';
import { OWNERS_OF_TOKENS } from './former-numbers.js';

/** Looks facts up by their own id. */
@Injectable()
export class FactQueries {
  constructor(private readonly database: Database) {}

  /** @throws FactNotFound unless the actor may see the person it is about */
  async find(actor: Actor, factId: string): Promise<{ personId: string; name: string }> {
    const [row] = await this.database.query<{ person_id: string; name: string }>(
      lookingWith(actor, 'person:read'),
      'select person_id, name from facts where fact_id = $1',
      [factId],
    );
    if (!row) throw new FactNotFound();
    return { personId: row.person_id, name: row.name };
  }

  /**
   * Who has this fact as true in a range of places, is alive and here, and has none of these search tokens; facts that a source
   * confirmed for a later day than the given one are left alone.
   */
  async holdersNotAmong(
    who: Caller,
    name: string,
    reach: { from: string; to: string },
    asOf: string,
    tokens: readonly string[],
  ): Promise<{ personIds: string[]; of: number }> {
    const rows = await this.database.query<{ person_id: string; stays: boolean }>(
      who,
      `with named as (select distinct person_id from (${OWNERS_OF_TOKENS}) o)
       select p.person_id, n.person_id is not null or f.confirmed_as_of > $5 as stays
       from facts f
       join persons p using (person_id)
       left join named n on n.person_id = p.person_id
       where f.state = 'current' and f.name = $2 and f.value = 'true'::jsonb
         and p.merged_into is null and p.division_code between $3 and $4 and p.died_on is null and p.away_on is null
       order by p.person_id`,
      [tokens, name, reach.from, reach.to, asOf],
    );
    return {
      personIds: rows.filter(({ stays }) => !stays).map(({ person_id }) => person_id),
      of: rows.length,
    };
  }
}
