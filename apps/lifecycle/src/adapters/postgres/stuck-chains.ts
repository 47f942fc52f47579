import { Injectable } from '@nestjs/common';
import type { Owner } from '@app/contracts';
import type { Tx } from '@app/platform';
import type { HoldingStatus } from '../../domain/holding.js';
import type { StuckCursor, StuckKind } from '../../domain/stuck.js';
import { boundsOf, withinReach, type Reach } from './chain-queries.js';

/** An item of which its owner has not said a word. */
export interface UnansweredItem {
  readonly personId: string;
  readonly divisionCode: string;
  readonly roundId: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly owner: Owner;
  readonly action: 'open' | 'stop';
  readonly period: string;
  readonly caseId: string | null;
  readonly since: Date;
}

/** Somebody of whom facts are not known. */
export interface WaitingForFacts {
  readonly personId: string;
  readonly divisionCode: string;
  readonly facts: readonly string[];
  /** Items that nobody can decide. */
  readonly items: number;
  /** Since when the first of them waits; null: since before changes were kept. */
  readonly since: Date | null;
}

/** An item that waits for a fact which another item of the person gives. */
export interface WaitingForBenefit {
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly fact: string;
  /** When the round of the other item began. */
  readonly since: Date;
  readonly after: {
    readonly itemId: string;
    readonly itemVersion: string;
    readonly owner: Owner;
    readonly caseId: string | null;
    readonly status: HoldingStatus;
    readonly nextStep: string | null;
  };
}

/** Somebody of whom messages wait unhandled. */
export interface WaitingForMessages {
  readonly personId: string;
  readonly divisionCode: string;
  readonly messages: number;
  readonly since: Date;
}

/** Which items give which facts. */
export interface Gives {
  readonly itemId: string;
  readonly fact: string;
}

export interface StuckPage {
  readonly after: StuckCursor | null;
  readonly limit: number;
}

/** More are told as "at least". */
export const STUCK_COUNTED = 1000;

/** What is to be stopped need not be opened any more; a stop counts as answered once its owner has said anything since it was proposed. */
const UNANSWERED = `
  from rounds r join round_items i using (round_id)
  left join holdings h on h.person_id = r.person_id and h.item_id = i.item_id and h.period = i.period
  where r.status = 'open' and i.outcome is null and r.opened_at < $3::timestamptz and ${withinReach('r.division_code')}
    and (i.action = 'open' and i.status = 'planned' and coalesce(h.stops, '[]') = '[]'
      or i.action = 'stop' and exists (
        select from jsonb_array_elements(h.stops) s
        where s ->> 'roundId' = r.round_id::text and (s ->> 'sinceVersion')::int >= h.case_version))`;

const MISSING = `from determination_sheets s where s.missing <> '{}' and ${withinReach('s.division_code')}`;

const OTHER_BENEFIT = `
  from rounds r join round_items i using (round_id)
  join unnest($3::text[], $4::text[]) as g (item_id, fact) on g.item_id = i.item_id
  join determination_sheets s on s.person_id = r.person_id
  cross join lateral json_each(s.outcomes) w
  left join holdings h on h.person_id = r.person_id and h.item_id = i.item_id and h.period = i.period
  where r.status = 'open' and i.outcome is null and i.action = 'open' and ${withinReach('r.division_code')}
    and w.value ->> 'o' = 'f'
    and exists (select from json_array_elements_text(coalesce(w.value -> 'needs', '[]')) need where need = g.fact)`;

/** Keys of messages that are not about a person (a division, a calendar) are not looked for among persons. */
const PARKED = `
  select key::uuid as person_id, count(*)::int as messages, min(parked_at) as since from parked_messages
  where state in ('failed', 'waiting') and key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' group by key`;

/** What does not move in the chains of a place. Row-level security shows the reader those of their reach. */
@Injectable()
export class StuckChains {
  /** The oldest first. @param today its first moment: what was opened today has not had the time */
  unanswered(tx: Tx, reach: Reach, today: Date, { after, limit }: StuckPage): Promise<UnansweredItem[]> {
    const [roundId, itemId, action] = after ?? [];
    return tx.query<UnansweredItem>(
      `select r.person_id as "personId", r.division_code as "divisionCode", r.round_id as "roundId", i.item_id as "itemId",
              i.item_version as "itemVersion", i.owner, i.action, i.period, coalesce(i.case_id, h.case_id) as "caseId", r.opened_at as since
       ${UNANSWERED}
         and ($4::uuid is null or (r.opened_at, r.round_id, i.item_id, i.action) > (select a.opened_at, a.round_id, $5, $6 from rounds a where a.round_id = $4))
       order by r.opened_at, r.round_id, i.item_id, i.action limit $7`,
      [...boundsOf(reach), today, roundId ?? null, itemId ?? null, action ?? null, limit],
    );
  }

  /** Village by village, as one goes from door to door. */
  missing(tx: Tx, reach: Reach, { after, limit }: StuckPage): Promise<WaitingForFacts[]> {
    const [divisionCode, personId] = after ?? [];
    return tx.query<WaitingForFacts>(
      `select p.person_id as "personId", p.division_code as "divisionCode", p.missing as facts, w.items, w.since
       from (select s.person_id, s.division_code, s.missing, s.outcomes ${MISSING}
               and ($3::text is null or (s.division_code, s.person_id) > ($3, $4::uuid))
             order by s.division_code, s.person_id limit $5) p
       cross join lateral (
         select count(*)::int as items, min((
                  select max(c.decided_at) from determination_changes c
                  where c.person_id = p.person_id and c.changes -> o.key ->> 1 = 'f' and c.changes -> o.key ->> 0 is distinct from 'f')) as since
         from json_each(p.outcomes) o where o.value ->> 'o' = 'f') w
       order by p.division_code, p.person_id`,
      [...boundsOf(reach), divisionCode ?? null, personId ?? null, limit],
    );
  }

  /** Village by village; of what several items of the person give, the one that began first. */
  async otherBenefit(
    tx: Tx,
    reach: Reach,
    gives: readonly Gives[],
    { after, limit }: StuckPage,
  ): Promise<WaitingForBenefit[]> {
    const [divisionCode, personId, itemId] = after ?? [];
    return tx.query<WaitingForBenefit>(
      `select distinct on (r.division_code, r.person_id, w.key)
              r.person_id as "personId", r.division_code as "divisionCode", w.key as "itemId", w.value ->> 'v' as "itemVersion", g.fact,
              r.opened_at as since,
              json_build_object('itemId', i.item_id, 'itemVersion', i.item_version, 'owner', i.owner, 'caseId', i.case_id,
                                'status', i.status, 'nextStep', h.next_step) as after
       ${OTHER_BENEFIT}
         and ($5::text is null or (r.division_code, r.person_id, w.key) > ($5, $6::uuid, $7))
       order by r.division_code, r.person_id, w.key, r.opened_at, i.item_id limit $8`,
      [...boundsOf(reach), ...pairs(gives), divisionCode ?? null, personId ?? null, itemId ?? null, limit],
    );
  }

  /** Whose message was parked first, first. */
  async parked(tx: Tx, reach: Reach, { after, limit }: StuckPage): Promise<WaitingForMessages[]> {
    const waiting = await this.parkedPersons(tx);
    const rows = await tx.query<{ personId: string; divisionCode: string }>(
      `select person_id as "personId", division_code as "divisionCode" from persons
       where person_id = any($3::uuid[]) and ${withinReach('division_code')}`,
      [...boundsOf(reach), [...waiting.keys()]],
    );
    const all = rows
      .map((row) => ({ ...row, ...waiting.get(row.personId)! }))
      .sort(
        (one, other) =>
          one.since.getTime() - other.since.getTime() || (one.personId < other.personId ? -1 : 1),
      );
    const from = after ? all.findIndex(({ personId }) => personId === after[0]) + 1 : 0;
    return all.slice(from, from + limit);
  }

  /** How many of each, counted no further than `STUCK_COUNTED`. */
  async counts(
    tx: Tx,
    reach: Reach,
    today: Date,
    gives: readonly Gives[],
  ): Promise<Readonly<Record<StuckKind, number>>> {
    const counted = async (what: string, values: readonly unknown[]) => {
      const [row] = await tx.query<{ count: number }>(
        `select count(*)::int as count from (${what} limit ${STUCK_COUNTED + 1}) c`,
        [...boundsOf(reach), ...values],
      );
      return row!.count;
    };
    const [unanswered, missing, other, parked] = await Promise.all([
      counted(`select ${UNANSWERED}`, [today]),
      counted(`select ${MISSING}`, []),
      counted(`select distinct r.division_code, r.person_id, w.key ${OTHER_BENEFIT}`, pairs(gives)),
      this.parked(tx, reach, { after: null, limit: STUCK_COUNTED + 1 }),
    ]);
    return {
      unanswered,
      'missing-fact': missing,
      'other-benefit': other,
      parked: parked.length,
    };
  }

  /** Messages are the service's own; of these a reader learns how many wait for persons that they may see. */
  private async parkedPersons(tx: Tx): Promise<Map<string, { messages: number; since: Date }>> {
    const rows = await tx.asService(() =>
      tx.query<{ person_id: string; messages: number; since: Date }>(PARKED),
    );
    return new Map(rows.map(({ person_id, messages, since }) => [person_id, { messages, since }]));
  }
}

const pairs = (gives: readonly Gives[]) => [gives.map(({ itemId }) => itemId), gives.map(({ fact }) => fact)];
