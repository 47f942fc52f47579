import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import type { Reason } from '../../domain/case.js';
import type { Overtaking } from '../../domain/open-case.js';
import type { CaseKey } from './case-repository.js';

/** A stop that was proposed or withdrawn: one round's. */
export interface StopFact extends CaseKey {
  readonly roundId: string;
  readonly divisionCode: string;
  readonly version: number;
}

/** Remembers proposed and withdrawn stops, so that a fact which comes late, or once more, is recognised. */
@Injectable()
export class ProposedStops {
  /** @returns the places in `facts` of those that are new and not withdrawn */
  async propose(
    tx: Tx,
    facts: readonly (StopFact & { readonly lowersTo: readonly Reason[] | null })[],
  ): Promise<Set<number>> {
    const rows = await tx.query<{ place: number; stands: boolean }>(
      `with input as (${INPUT}),
       before as (
         select i.place, s.proposed_version, s.withdrawn_version from input i
         left join proposed_stops s using (person_id, item_id, period, round_id)),
       written as (
         insert into proposed_stops as s (person_id, item_id, period, round_id, division_code, proposed_version, lowers_to, changed_by)
         select distinct on (person_id, item_id, period, round_id) person_id, item_id, period, round_id, division_code, version,
           nullif(($8::jsonb)[(place - 1)::int], 'null'), $7
         from input order by person_id, item_id, period, round_id, version desc
         on conflict (person_id, item_id, period, round_id) do update
           set proposed_version = greatest(s.proposed_version, excluded.proposed_version), lowers_to = excluded.lowers_to,
               changed_by = excluded.changed_by, changed_at = now()
           where s.proposed_version < excluded.proposed_version)
       select i.place::int as place,
              coalesce(b.proposed_version < i.version and b.withdrawn_version < i.version, true) as stands
       from input i join before b using (place)`,
      [...paramsOf(tx, facts), JSON.stringify(facts.map(({ lowersTo }) => lowersTo))],
    );
    return new Set(rows.filter(({ stands }) => stands).map(({ place }) => place - 1));
  }

  async withdraw(tx: Tx, facts: readonly StopFact[]): Promise<void> {
    await tx.query(
      `with input as (${INPUT})
       insert into proposed_stops as s (person_id, item_id, period, round_id, division_code, withdrawn_version, changed_by)
       select distinct on (person_id, item_id, period, round_id) person_id, item_id, period, round_id, division_code, version, $7
       from input order by person_id, item_id, period, round_id, version desc
       on conflict (person_id, item_id, period, round_id) do update
         set withdrawn_version = greatest(s.withdrawn_version, excluded.withdrawn_version),
             changed_by = excluded.changed_by, changed_at = now()`,
      paramsOf(tx, facts),
    );
  }

  /** @returns by their places those openings which a stop, proposed later and not withdrawn, has overtaken */
  async overtaken(
    tx: Tx,
    openings: readonly Omit<StopFact, 'roundId'>[],
  ): Promise<ReadonlyMap<number, Overtaking>> {
    const rows = await tx.query<{ place: number; stopped: boolean; lowers_to: readonly Reason[] | null }>(
      `select i.place::int as place, bool_or(s.lowers_to is null) as stopped,
              (array_agg(s.lowers_to order by s.proposed_version desc) filter (where s.lowers_to is not null))[1] as lowers_to
       from unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) with ordinality as i (person_id, item_id, period, version, place)
       join proposed_stops s on s.person_id = i.person_id and s.item_id = i.item_id and s.period = i.period
         and s.proposed_version > i.version and s.proposed_version > s.withdrawn_version
       group by i.place`,
      [
        openings.map(({ personId }) => personId),
        openings.map(({ itemId }) => itemId),
        openings.map(({ period }) => period),
        openings.map(({ version }) => version),
      ],
      'proposed-stops-overtaken',
    );
    return new Map(
      rows.map(({ place, stopped, lowers_to }) => [
        place - 1,
        { stopped: stopped ? '开办前已不再符合条件' : null, lowersTo: lowers_to },
      ]),
    );
  }
}

const INPUT = `select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::int[])
  with ordinality as i (person_id, item_id, period, round_id, division_code, version, place)`;

function paramsOf(tx: Tx, facts: readonly StopFact[]): unknown[] {
  return [
    facts.map(({ personId }) => personId),
    facts.map(({ itemId }) => itemId),
    facts.map(({ period }) => period),
    facts.map(({ roundId }) => roundId),
    facts.map(({ divisionCode }) => divisionCode),
    facts.map(({ version }) => version),
    tx.actor.id,
  ];
}
