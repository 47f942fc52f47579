import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';

/** What a service told about the unit that one of its cases is with. */
export interface PlacementFact {
  readonly owner: string;
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly unitId: string;
  /** Of the case: what is older than the row is passed over. */
  readonly version: number;
  /** First day, or the last one if it ended. */
  readonly on: string;
  readonly ended: boolean;
}

/** With which units people are placed, as the services that own the cases tell; a case is with one unit at a time. */
@Injectable()
export class Placements {
  /** Set-based; of several facts about one case the newest counts. */
  async follow(tx: Tx, facts: readonly PlacementFact[]): Promise<void> {
    await tx.query(
      `insert into placements as p (owner, case_id, person_id, division_code, unit_id, version, since, until)
       select distinct on (n.owner, n.case_id) n.owner, n.case_id, n.person_id, n.division_code, n.unit_id, n.version, n.day,
              case when n.ended then n.day end
       from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::int[], $7::date[], $8::boolean[])
         as n (owner, case_id, person_id, division_code, unit_id, version, day, ended)
       order by n.owner, n.case_id, n.version desc
       on conflict (owner, case_id) do update set
         person_id = excluded.person_id, division_code = excluded.division_code, version = excluded.version, unit_id = excluded.unit_id,
         until = excluded.until,
         since = case when excluded.until is null or p.unit_id <> excluded.unit_id then excluded.since else p.since end
       where excluded.version > p.version`,
      [
        facts.map(({ owner }) => owner),
        facts.map(({ caseId }) => caseId),
        facts.map(({ personId }) => personId),
        facts.map(({ divisionCode }) => divisionCode),
        facts.map(({ unitId }) => unitId),
        facts.map(({ version }) => version),
        facts.map(({ on }) => on),
        facts.map(({ ended }) => ended),
      ],
    );
  }
}
