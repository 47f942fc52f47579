import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Database } from '@app/platform';
import { seesPlace } from '../../app/roles.js';
import { FactNotFound } from '../../domain/errors.js';

/** Looks facts up by their own id. */
@Injectable()
export class FactQueries {
  constructor(private readonly database: Database) {}

  /** @throws FactNotFound unless the actor may see the person it is about */
  async find(actor: Actor, factId: string): Promise<{ personId: string; name: string }> {
    const [row] = await this.database.query<{ person_id: string; name: string; division_code: string }>(
      { id: actor.id, role: 'reader' },
      `select f.person_id, f.name, p.division_code from facts f join persons p using (person_id) where f.fact_id = $1`,
      [factId],
    );
    if (!row || !seesPlace(actor, row.division_code)) throw new FactNotFound();
    return { personId: row.person_id, name: row.name };
  }
}
