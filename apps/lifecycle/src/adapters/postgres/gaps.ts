import { Injectable } from '@nestjs/common';
import type { Owner } from '@app/contracts';
import type { Tx } from '@app/platform';
import type { Gap } from '../../domain/reconcile.js';

/** A gap of a person, as a run found it. */
export type FoundGap = Gap & {
  readonly personId: string;
  readonly divisionCode: string;
  /** Sources that it rests on and that the run does not trust. */
  readonly distrusted: readonly string[];
};

/** What a page of a run writes. */
export interface GapPage {
  readonly runId: string;
  readonly day: string;
  /** Everybody whom the page looked at: their gaps that were not found again are closed. */
  readonly personIds: readonly string[];
  readonly gaps: readonly FoundGap[];
}

/** Gaps that were closed. */
export interface ClosedGaps {
  readonly closed: number;
  /** Those whose task ended with them: their clocks are to be stopped. */
  readonly tasks: readonly string[];
}

/** Gaps that stand over the runs; written by runs only. */
@Injectable()
export class Gaps {
  /** @returns how many were opened and closed, and of which gaps the task ended with them */
  async save(tx: Tx, { runId, day, personIds, gaps }: GapPage): Promise<ClosedGaps & { opened: number }> {
    const rows = JSON.stringify(
      gaps.map((gap) => ({
        person_id: gap.personId,
        division_code: gap.divisionCode,
        item_id: gap.itemId,
        item_version: gap.itemVersion,
        owner: gap.owner,
        period: gap.period,
        kind: gap.kind,
        reason: gap.reason,
        because: gap.because,
        since: gap.since ?? day,
        monthly: gap.monthly,
        months: gap.months ?? [],
        unpaid: gap.unpaid ?? null,
        distrusted: gap.distrusted,
      })),
    );
    const { id, role } = tx.actor;
    const [closed, written] = await Promise.all([
      this.close(
        tx,
        `g.person_id = any($5::uuid[]) and not exists (
           select from json_to_recordset($6::json) as u (person_id uuid, item_id text, kind text)
           where u.person_id = g.person_id and u.item_id = g.item_id and u.kind = g.kind)`,
        [runId, day, personIds, rows],
      ),
      tx.query<{ is_new: boolean }>(UPSERT, [rows, runId, day, id, role], 'lifecycle-upsert-gaps'),
      tx.query(COUNT, [rows, runId, id, role], 'lifecycle-count-gaps'),
      tx.query(MOVE_CLOCKS, [personIds], 'lifecycle-move-gap-clocks'),
    ]);
    return { ...closed, opened: written.filter(({ is_new }) => is_new).length };
  }

  /** Closes the gaps of these, who no longer live where a run looked. */
  async closeOf(tx: Tx, runId: string, day: string, gapIds: readonly string[]): Promise<ClosedGaps> {
    return this.close(tx, 'g.gap_id = any($5::uuid[])', [runId, day, gapIds]);
  }

  /** Open gaps of a region after one, with whether their person still lives there. */
  async standing(
    tx: Tx,
    region: string,
    after: { readonly divisionCode: string; readonly gapId: string },
    limit: number,
  ): Promise<{ gapId: string; divisionCode: string; lives: boolean }[]> {
    return tx.query(
      `select g.gap_id as "gapId", g.division_code as "divisionCode",
              coalesce(p.division_code between rpad($1, 12, '0') and rpad($1, 12, '9'), false) as lives
       from gaps g left join persons p using (person_id)
       where g.closed_on is null and g.division_code between rpad($1, 12, '0') and rpad($1, 12, '9')
         and (g.division_code, g.gap_id) > ($2, $3::uuid)
       order by g.division_code, g.gap_id limit $4`,
      [region, after.divisionCode, after.gapId, limit],
    );
  }

  /** Marks what rests on facts of a source that turned out not to be trusted at the end of a run, and counts it. */
  async mark(tx: Tx, runId: string, gapIds: readonly string[], source: string, fact: string): Promise<void> {
    await tx.query(
      `with marked as (
         update gaps set distrusted = array_append(distrusted, $3), changed_at = now()
         where gap_id = any($2::uuid[]) and $4 = any(because) and not $3 = any(distrusted)
         returning division_code, kind, cardinality(distrusted) = 1 as is_first)
       update reconciliation_counts c set distrusted = c.distrusted + m.gaps, changed_at = now()
       from (select division_code, kind, count(*)::int as gaps from marked where is_first group by 1, 2) m
       where c.run_id = $1 and c.division_code = m.division_code and c.kind = m.kind`,
      [runId, gapIds, source, fact],
    );
  }

  private async close(
    tx: Tx,
    which: string,
    [runId, day, ...params]: readonly [string, string, ...unknown[]],
  ): Promise<ClosedGaps> {
    const rows = await tx.query<ClosedGaps>(
      `with gone as (
         update gaps g set closed_in = $1, closed_on = $2, changed_at = now(), changed_by = $3, changed_role = $4
         where g.closed_on is null and ${which} returning g.gap_id),
       done as (
         update gap_tasks t set status = 'closed', closed_on = $2, changed_at = now(), changed_by = $3, changed_role = $4
         from gone where t.gap_id = gone.gap_id and t.status = 'open' returning t.gap_id)
       select (select count(*)::int from gone) as closed, (select coalesce(array_agg(gap_id), '{}') from done) as tasks`,
      [runId, day, tx.actor.id, tx.actor.role, ...params],
    );
    return rows[0]!;
  }
}

const ROWS = `json_to_recordset($1::json) as u (person_id uuid, division_code text, item_id text, item_version text, owner text,
    period text, kind text, reason text, because text[], since date, monthly bigint, months text[], unpaid bigint, distrusted text[])`;

/** In the order of persons, so that two runs never wait for each other in a circle. What is as it was is not written again. */
const UPSERT = `
  insert into gaps as g (gap_id, person_id, division_code, item_id, item_version, owner, period, kind, reason, because, since, monthly,
    months, unpaid, distrusted, opened_in, opened_on, changed_by, changed_role)
  select gen_random_uuid(), person_id, division_code, item_id, item_version, owner, period, kind, reason, because, since, monthly,
    months, unpaid, distrusted, $2, $3, $4, $5
  from ${ROWS} order by person_id, item_id, kind
  on conflict (person_id, item_id, kind) where closed_on is null do update set division_code = excluded.division_code,
    item_version = excluded.item_version, owner = excluded.owner, period = excluded.period, reason = excluded.reason,
    because = excluded.because, monthly = excluded.monthly, months = excluded.months, unpaid = excluded.unpaid, distrusted = excluded.distrusted,
    since = case when g.kind = 'granted-unpaid' then excluded.since else least(g.since, excluded.since) end,
    changed_at = now(), changed_by = excluded.changed_by, changed_role = excluded.changed_role
  where (g.division_code, g.item_version, g.owner, g.period, g.reason, g.because, g.monthly, g.months, g.unpaid, g.distrusted)
    is distinct from (excluded.division_code, excluded.item_version, excluded.owner, excluded.period, excluded.reason,
      excluded.because, excluded.monthly, excluded.months, excluded.unpaid, excluded.distrusted)
  returning opened_in = $2 and xmax = 0 as is_new`;

/** The clock of whoever moved is of where they live now, as their gap is. */
const MOVE_CLOCKS = `
  update clocks c set division_code = g.division_code, changed_at = now()
  from gaps g join gap_tasks t using (gap_id)
  where g.person_id = any($1::uuid[]) and g.closed_on is null and c.subject_id = g.gap_id and c.division_code <> g.division_code`;

const COUNT = `
  insert into reconciliation_counts as c (run_id, division_code, kind, gaps, persons, distrusted, monthly, unpriced, unpaid, changed_by, changed_role)
  select $2, division_code, kind, count(*), count(distinct person_id), count(*) filter (where cardinality(distrusted) > 0),
    coalesce(sum(monthly), 0), count(*) filter (where monthly is null), coalesce(sum(unpaid), 0), $3, $4
  from ${ROWS} group by division_code, kind order by division_code, kind
  on conflict (run_id, division_code, kind) do update set gaps = c.gaps + excluded.gaps, persons = c.persons + excluded.persons,
    distrusted = c.distrusted + excluded.distrusted, monthly = c.monthly + excluded.monthly, unpriced = c.unpriced + excluded.unpriced,
    unpaid = c.unpaid + excluded.unpaid, changed_at = now()`;

/** A gap as it is shown, with its task. */
export interface StoredGap {
  readonly gapId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly owner: Owner;
  readonly period: string;
  readonly kind: Gap['kind'];
  readonly reason: Gap['reason'];
  readonly because: readonly string[];
  readonly since: string;
  readonly monthly: number | null;
  readonly months: readonly string[];
  readonly unpaid: number | null;
  readonly distrusted: readonly string[];
  readonly openedOn: string;
  readonly closedOn: string | null;
  readonly task: StoredTask | null;
}

/** Who looks after a gap, since when, and what they said. */
export interface StoredTask {
  readonly ownerRole: string;
  readonly status: 'open' | 'answered' | 'closed';
  readonly releasedOn: string;
  readonly releasedBy: string;
  readonly limit: {
    readonly value: number | null;
    readonly unit: string;
    readonly kind: 'local_rule' | 'promised' | 'unknown';
    readonly basis: string;
  };
  readonly answer: string | null;
  readonly answeredOn: string | null;
  readonly answeredBy: string | null;
}

/** Gaps as somebody asks for them. */
export interface GapPageAsked {
  readonly from: string;
  readonly to: string;
  readonly kind: string | null;
  readonly itemId: string | null;
  readonly state: 'found' | 'released' | 'answered' | 'closed' | null;
  readonly ownerRole: string | null;
  readonly after: { readonly divisionCode: string; readonly gapId: string } | null;
  readonly limit: number;
}

/** Open gaps of one village, kind and item. */
export interface VillageCount {
  readonly divisionCode: string;
  readonly kind: Gap['kind'];
  readonly itemId: string;
  readonly gaps: number;
  readonly released: number;
  readonly distrusted: number;
  readonly monthly: number;
  readonly unpriced: number;
  readonly unpaid: number;
}

const STATE = `case when g.closed_on is not null then 'closed' when t.gap_id is null then 'found' when t.status = 'open' then 'released'
  else 'answered' end`;

/** What users ask of gaps, and what they do with them. */
@Injectable()
export class GapDesk {
  /** Open gaps, village by village; closed ones where `state` asks for them. */
  async page(tx: Tx, asked: GapPageAsked): Promise<StoredGap[]> {
    return tx.query<StoredGap>(
      `select g.gap_id as "gapId", g.person_id as "personId", g.division_code as "divisionCode", g.item_id as "itemId",
              g.item_version as "itemVersion", g.owner, g.period, g.kind, g.reason, g.because, g.since, g.monthly::float8 as monthly,
              g.months, g.unpaid::float8 as unpaid, g.distrusted, g.opened_on as "openedOn", g.closed_on as "closedOn",
              case when t.gap_id is not null then json_build_object('ownerRole', t.owner_role, 'status', t.status,
                'releasedOn', t.released_on, 'releasedBy', t.created_by, 'answer', t.answer, 'answeredOn', t.answered_on,
                'answeredBy', t.answered_by, 'limit', json_build_object('value', t.limit_value, 'unit', t.limit_unit,
                'kind', t.limit_kind, 'basis', t.limit_basis)) end as task
       from gaps g left join gap_tasks t using (gap_id)
       where g.division_code between $1 and $2 and ($3::text is null or g.kind = $3) and ($4::text is null or g.item_id = $4)
         and case when $5::text is null then g.closed_on is null else ${STATE} = $5 end
         and ($6::text is null or t.owner_role = $6)
         and ($7::text is null or (g.division_code, g.gap_id) > ($7, $8::uuid))
       order by g.division_code, g.gap_id limit $9`,
      [
        asked.from,
        asked.to,
        asked.kind,
        asked.itemId,
        asked.state,
        asked.ownerRole,
        asked.after?.divisionCode ?? null,
        asked.after?.gapId ?? null,
        asked.limit,
      ],
    );
  }

  /** Open gaps by village, kind and item, of whole villages. */
  async villages(
    tx: Tx,
    asked: { from: string; to: string; after: string | null; limit: number },
  ): Promise<VillageCount[]> {
    return tx.query<VillageCount>(
      `with villages as (
         select distinct division_code from gaps
         where closed_on is null and division_code between $1 and $2 and ($3::text is null or division_code > $3)
         order by division_code limit $4)
       select g.division_code as "divisionCode", g.kind, g.item_id as "itemId", count(*)::int as gaps, count(t.gap_id)::int as released,
              count(*) filter (where cardinality(g.distrusted) > 0)::int as distrusted, coalesce(sum(g.monthly), 0)::float8 as monthly,
              count(*) filter (where g.monthly is null)::int as unpriced, coalesce(sum(g.unpaid), 0)::float8 as unpaid
       from gaps g join villages using (division_code) left join gap_tasks t using (gap_id)
       where g.closed_on is null group by 1, 2, 3 order by 1, 2, 3`,
      [asked.from, asked.to, asked.after, asked.limit],
    );
  }

  /** Open gaps of a village that nobody looks after yet. */
  async unreleased(
    tx: Tx,
    asked: { divisionCode: string; kind: string | null; itemId: string | null; limit: number },
  ): Promise<{ gapId: string; personId: string; owner: Owner; isDistrusted: boolean }[]> {
    return tx.query(
      `select g.gap_id as "gapId", g.person_id as "personId", g.owner, cardinality(g.distrusted) > 0 as "isDistrusted"
       from gaps g where g.closed_on is null and g.division_code = $1 and ($2::text is null or g.kind = $2)
         and ($3::text is null or g.item_id = $3) and not exists (select from gap_tasks t where t.gap_id = g.gap_id)
       order by g.gap_id limit $4`,
      [asked.divisionCode, asked.kind, asked.itemId, asked.limit],
    );
  }

  /** @returns the gaps that became tasks now: another supervisor may have been first */
  async release(
    tx: Tx,
    tasks: readonly { gapId: string; ownerRole: string }[],
    day: string,
    limit: StoredTask['limit'],
  ): Promise<string[]> {
    const rows = await tx.query<{ gap_id: string }>(
      `insert into gap_tasks (gap_id, owner_role, status, released_on, limit_value, limit_unit, limit_kind, limit_basis, created_by,
         changed_by, changed_role)
       select n.gap_id, n.owner_role, 'open', $3, $4, $5, $6, $7, $8, $8, $9
       from unnest($1::uuid[], $2::text[]) as n (gap_id, owner_role) order by n.gap_id
       on conflict (gap_id) do nothing returning gap_id`,
      [
        tasks.map(({ gapId }) => gapId),
        tasks.map(({ ownerRole }) => ownerRole),
        day,
        limit.value,
        limit.unit,
        limit.kind,
        limit.basis,
        tx.actor.id,
        tx.actor.role,
      ],
    );
    return rows.map(({ gap_id }) => gap_id);
  }

  /** A task in the reader's reach that waits for its owner's answer; locked. */
  async openTask(
    tx: Tx,
    gapId: string,
  ): Promise<{ ownerRole: string; personId: string; divisionCode: string } | null> {
    const [task] = await tx.query<{ ownerRole: string; personId: string; divisionCode: string }>(
      `select t.owner_role as "ownerRole", g.person_id as "personId", g.division_code as "divisionCode"
       from gap_tasks t join gaps g using (gap_id) where t.gap_id = $1 and t.status = 'open' for update of t`,
      [gapId],
    );
    return task ?? null;
  }

  async answer(tx: Tx, gapId: string, day: string, answer: string): Promise<void> {
    await tx.query(
      `update gap_tasks set status = 'answered', answer = $2, answered_on = $3, answered_by = $4, answered_role = $5, changed_at = now(),
         changed_by = $4, changed_role = $5 where gap_id = $1`,
      [gapId, answer, day, tx.actor.id, tx.actor.role],
    );
  }
}
