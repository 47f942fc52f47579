import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import type { Benefit } from '../../domain/benefit.js';
import { benefitColumns, toBenefit, type BenefitRow } from './benefit-rows.js';

/** What a change of a case looks for: the benefit that rests on the case, or the one that runs for the same person and item. */
export interface BenefitKey {
  readonly caseId: string;
  readonly personId: string;
  readonly itemId: string;
}

/** Benefits, as the effects of cases write them: in the transaction that changes the cases. */
@Injectable()
export class BenefitLedger {
  async lock(tx: Tx, keys: readonly BenefitKey[]): Promise<Benefit[]> {
    const rows = await tx.query<BenefitRow>(
      `select ${benefitColumns} from benefits b
       where b.case_id = any($1::uuid[])
          or (b.status <> 'stopped' and (b.person_id, b.item_id) in (select * from unnest($2::uuid[], $3::text[])))
       order by b.benefit_id for update`,
      [
        keys.map(({ caseId }) => caseId),
        keys.map(({ personId }) => personId),
        keys.map(({ itemId }) => itemId),
      ],
    );
    return rows.map(toBenefit);
  }

  /** @param states every state that was passed through, in order: the last one of each benefit stays, all are history */
  async save(tx: Tx, states: readonly Benefit[], day: string): Promise<void> {
    if (states.length === 0) return;
    const last = [...new Map(states.map((state) => [state.id, state])).values()];
    await Promise.all([
      tx.query(
        `insert into benefits as b (benefit_id, case_id, division_code, status, from_month, to_month, held_from, rates, version,
           person_id, item_id, item_version, created_by, created_by_role, changed_by, changed_by_role)
         select n.benefit_id, n.case_id, n.division_code, n.status, n.from_month, n.to_month, n.held_from, n.rates::jsonb, n.version,
           n.person_id, n.item_id, n.item_version, $13, $14, $13, $14
         from unnest(${COLUMNS}, $10::uuid[], $11::text[], $12::text[])
           as n (benefit_id, case_id, division_code, status, from_month, to_month, held_from, rates, version, person_id, item_id, item_version)
         on conflict (benefit_id) do update
           set case_id = excluded.case_id, division_code = excluded.division_code, item_version = excluded.item_version,
               status = excluded.status, from_month = excluded.from_month, to_month = excluded.to_month,
               held_from = excluded.held_from, rates = excluded.rates, version = excluded.version,
               changed_by = excluded.changed_by, changed_by_role = excluded.changed_by_role, changed_at = now()`,
        [
          ...columnsOf(last),
          last.map(({ personId }) => personId),
          last.map(({ itemId }) => itemId),
          last.map(({ itemVersion }) => itemVersion),
          tx.actor.id,
          tx.actor.role,
        ],
      ),
      tx.query(
        `insert into benefit_history (benefit_id, case_id, division_code, status, from_month, to_month, held_from, rates, version,
           day, changed_by, changed_by_role)
         select n.benefit_id, n.case_id, n.division_code, n.status, n.from_month, n.to_month, n.held_from, n.rates::jsonb, n.version,
           $10, $11, $12
         from unnest(${COLUMNS})
           as n (benefit_id, case_id, division_code, status, from_month, to_month, held_from, rates, version)`,
        [...columnsOf(states), day, tx.actor.id, tx.actor.role],
      ),
    ]);
  }
}

const COLUMNS =
  '$1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[], $9::int[]';

function columnsOf(states: readonly Benefit[]): unknown[][] {
  return [
    states.map(({ id }) => id),
    states.map(({ caseId }) => caseId),
    states.map(({ divisionCode }) => divisionCode),
    states.map(({ state }) => state.status),
    states.map(({ fromMonth }) => fromMonth),
    states.map(({ state }) => (state.status === 'stopped' ? state.toMonth : null)),
    states.map(({ state }) => (state.status === 'held' ? state.heldFrom : null)),
    states.map(({ rates }) => (rates ? JSON.stringify(rates) : null)),
    states.map(({ version }) => version),
  ];
}
