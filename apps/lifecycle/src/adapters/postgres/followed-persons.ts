import { Injectable } from '@nestjs/common';
import { LegalClocks } from '@app/clocks';
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
const BENEFITS: FollowedTable = { table: 'benefits', ids: ['benefit_id', 'case_id'] };

/**
 * One chain per person: when two were one, the rounds, cards and holdings of both are those of the one that stays, and it is decided
 * anew. What both hold of one item and period is read from their owner: the living before what has ended, then the one that the owner has
 * kept (`case.kept`, which may come before or after the merge), then the older; of the other the owner tells when it goes on. Facts of
 * the registry are told again as a whole, so those of the absorbed go.
 */
@Injectable()
export class FollowedPersons extends PersonFollower {
  constructor(
    private readonly clock: Clock,
    private readonly clocks: LegalClocks,
  ) {
    super();
  }

  async merge(tx: Tx, move: PersonMove): Promise<void> {
    const { from, to } = move;
    await this.lock(tx, move);
    await tx.query(
      `delete from holdings l using holdings o
       where l.person_id = any($1::uuid[]) and o.person_id = any($1::uuid[]) and l.person_id <> o.person_id
         and l.item_id = o.item_id and l.period = o.period
         and (l.status in ('refused', 'declined', 'stopped', 'withdrawn'),
             exists (select from set_aside_cases s where s.case_id = l.case_id), l.created_at, l.person_id = $2)
           > (o.status in ('refused', 'declined', 'stopped', 'withdrawn'),
             exists (select from set_aside_cases s where s.case_id = o.case_id), o.created_at, o.person_id = $2)`,
      [[from, to], from],
    );
    // Of a gap that stands for both one stands on: that which somebody looks after. A task ends with the other.
    const ended = await tx.query<{ gap_id: string }>(
      `with pairs as (
         select g.gap_id as theirs, o.gap_id as own, exists (select from gap_tasks t where t.gap_id = g.gap_id and t.status = 'open')
             and not exists (select from gap_tasks t where t.gap_id = o.gap_id) as theirs_stands
         from gaps g join gaps o on o.item_id = g.item_id and o.kind = g.kind
         where g.person_id = $1 and o.person_id = $2 and g.closed_on is null and o.closed_on is null),
       gone as (
         update gaps g set closed_on = $3, changed_by = $4, changed_role = $5, changed_at = now() from pairs p
         where g.gap_id = case when p.theirs_stands then p.own else p.theirs end returning g.gap_id)
       update gap_tasks t set status = 'closed', closed_on = $3, changed_by = $4, changed_role = $5, changed_at = now()
       from gone where t.gap_id = gone.gap_id and t.status = 'open' returning t.gap_id`,
      [from, to, this.clock.today(), tx.actor.id, tx.actor.role],
    );
    if (ended.length > 0) {
      await this.clocks.stop(
        tx,
        ended.map(({ gap_id }) => gap_id),
      );
    }
    await moveRows(tx, [CARDS, ROUNDS, GAPS, HOLDINGS, BENEFITS, ...OF_CASES], move);
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
    await partRows(tx, [CARDS, HOLDINGS, BENEFITS, ...OF_CASES], part);
    // What is wrong with something that a person has goes with it, and with the gap whoever looks after it; the next run looks anew.
    await tx.query(
      `update gaps g set person_id = $2, changed_by = $4, changed_role = $5, changed_at = now() from holdings h
       where h.case_id = any($1::uuid[]) and h.person_id = $2 and g.person_id = $3 and g.closed_on is null and g.kind <> 'should-have'
         and g.item_id = h.item_id and g.period = h.period
         and not exists (select from holdings o where o.person_id = $3 and o.item_id = g.item_id and o.period = g.period)
         and not exists (select from gaps o where o.person_id = $2 and o.item_id = g.item_id and o.kind = g.kind and o.closed_on is null)`,
      [part.subjects, part.to, part.from, tx.actor.id, tx.actor.role],
    );
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
