import { Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import {
  moveRows,
  partRows,
  PersonFollower,
  type FollowedTable,
  type PersonMove,
  type PersonPart,
} from '@app/messaging';
import type { Tx } from '@app/platform';

const OF_CASES: readonly FollowedTable[] = ['case_terms', 'case_units', 'case_papers'].map((table) => ({
  table,
  ids: ['case_id'],
}));
const CARDS: FollowedTable = { table: 'cards', ids: ['card_id'] };
const ROUNDS: FollowedTable = { table: 'rounds', ids: [] };
const GAPS: FollowedTable = { table: 'gaps', ids: [] };
const HOLDINGS: FollowedTable = { table: 'holdings', ids: ['case_id'] };

/**
 * One chain per person: when two were one, the rounds, cards and holdings of both are those of the one that stays, and it is decided
 * anew. What both hold of one item and period is read from their owner: the living before what has ended, then the older; of the other
 * the owner tells when a named person lets it go on. Facts of the registry are told again as a whole, so those of the absorbed go.
 */
@Injectable()
export class FollowedPersons extends PersonFollower {
  constructor(private readonly clock: Clock) {
    super();
  }

  async merge(tx: Tx, move: PersonMove): Promise<void> {
    const { from, to } = move;
    await this.lock(tx, move);
    await tx.query(
      `delete from holdings l using holdings o
       where l.person_id = any($1::uuid[]) and o.person_id = any($1::uuid[]) and l.person_id <> o.person_id
         and l.item_id = o.item_id and l.period = o.period
         and (l.status in ('refused', 'declined', 'stopped', 'withdrawn'), l.created_at, l.person_id = $2)
           > (o.status in ('refused', 'declined', 'stopped', 'withdrawn'), o.created_at, o.person_id = $2)`,
      [[from, to], from],
    );
    // Of a gap that stands for both one stands on.
    await tx.query(
      `update gaps g set closed_on = $3, changed_by = $4, changed_role = $5, changed_at = now()
       where g.person_id = $1 and g.closed_on is null and exists (select from gaps o
         where o.person_id = $2 and o.closed_on is null and o.item_id = g.item_id and o.kind = g.kind)`,
      [from, to, this.clock.today(), tx.actor.id, tx.actor.role],
    );
    await moveRows(tx, [CARDS, ROUNDS, GAPS, HOLDINGS, ...OF_CASES], move);
    await tx.query(
      `insert into chains as c (chain_id, division_code, version, changed_by, changed_role)
       select $2, division_code, version, $3, $4 from chains where chain_id = $1
       on conflict (chain_id) do update set version = greatest(c.version, excluded.version), changed_at = now()`,
      [from, to, tx.actor.id, tx.actor.role],
    );
    // The number of decisions is a version in what was told of both: it goes on above the higher one.
    await tx.query(
      `update persons s set decision = greatest(s.decision, a.decision), next_day = least(s.next_day, $3::date),
         pending = case when a.pending is null then s.pending else coalesce(s.pending, '[]'::jsonb) || a.pending end, changed_at = now()
       from persons a where s.person_id = $2 and a.person_id = $1`,
      [from, to, this.clock.today()],
    );
    await tx.query('update persons set next_day = $2 where person_id = $1 and next_day is null', [
      to,
      this.clock.today(),
    ]);
    for (const table of ['determination_sheets', 'facts', 'persons']) {
      await tx.query(`delete from ${table} where person_id = $1`, [from]);
    }
  }

  async split(tx: Tx, part: PersonPart): Promise<void> {
    await this.lock(tx, part);
    // A round goes where all of its cases go.
    await tx.query(
      `update rounds r set person_id = $2
       where r.round_id in (select round_id from round_items where case_id = any($1::uuid[]))
         and not exists (select from round_items i where i.round_id = r.round_id and (i.case_id is null or i.case_id <> all($1::uuid[])))`,
      [part.subjects, part.to],
    );
    await partRows(tx, [CARDS, HOLDINGS, ...OF_CASES], part);
    await tx.query('update persons set next_day = $2 where person_id = any($1::uuid[])', [
      [part.from, part.to],
      this.clock.today(),
    ]);
  }

  /** Under the locks of both rows, as everything else that is written of a person; who is not on file yet gets a row. */
  private async lock(tx: Tx, { from, to, divisionCode }: PersonMove): Promise<void> {
    await tx.query(
      `insert into persons (person_id, division_code, changed_by, changed_role) values ($1, $2, $3, $4) on conflict do nothing`,
      [to, divisionCode, tx.actor.id, tx.actor.role],
    );
    await tx.query('select 1 from persons where person_id = any($1::uuid[]) order by person_id for update', [
      [from, to],
    ]);
  }
}
