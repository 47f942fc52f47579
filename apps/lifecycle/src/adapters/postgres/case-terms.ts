import { Injectable } from '@nestjs/common';
import type { ActorRef } from '@app/contracts';
import type { Tx } from '@app/platform';
import type { CaseTerm } from '../../domain/case-term.js';

/** What an owner says of a term of one of its cases. */
export interface TermNews extends Omit<CaseTerm, 'dueAt' | 'pausedSince'> {
  readonly personId: string;
  readonly divisionCode: string;
  readonly clockId: string;
  readonly dueAt: string | null;
  readonly pausedSince: string | null;
  readonly version: number;
  readonly by: ActorRef;
}

/** With which organisation unit an owner says that a case is placed; null: with none any more. */
export interface PlacementNews {
  readonly personId: string;
  readonly divisionCode: string;
  readonly caseId: string;
  readonly unitId: string | null;
  readonly version: number;
  readonly by: ActorRef;
}

/** For which papers an owner says that a case waits; none: for none any more. */
export interface PaperNews {
  readonly personId: string;
  readonly divisionCode: string;
  readonly caseId: string;
  readonly papers: readonly string[];
  readonly version: number;
  readonly by: ActorRef;
}

/** The terms of the owners' cases as they last told of them, where the cases are placed and for what papers they wait. Of each the newest version counts. */
@Injectable()
export class CaseTerms {
  async learn(tx: Tx, news: readonly TermNews[]): Promise<void> {
    const rows = newest(news, ({ caseId, step }) => `${caseId} ${step}`).map((term) => ({
      case_id: term.caseId,
      step: term.step,
      person_id: term.personId,
      division_code: term.divisionCode,
      clock_id: term.clockId,
      holder: term.holder,
      kind: term.kind,
      unit: term.unit,
      value: term.value,
      basis: term.basis,
      anchor_day: term.anchorDay,
      due_at: term.dueAt,
      provisional: term.provisional,
      paused: term.paused,
      paused_since: term.pausedSince,
      pause_reason: term.pauseReason,
      ended: term.ended,
      version: term.version,
      changed_by: term.by.id,
      changed_role: term.by.role,
    }));
    if (rows.length > 0) await tx.query(UPSERT_TERMS, [JSON.stringify(rows)], 'lifecycle-upsert-terms');
  }

  async learnPlacements(tx: Tx, news: readonly PlacementNews[]): Promise<void> {
    const rows = newest(news, ({ caseId }) => caseId).map((placement) => ({
      case_id: placement.caseId,
      person_id: placement.personId,
      division_code: placement.divisionCode,
      unit_id: placement.unitId,
      version: placement.version,
      changed_by: placement.by.id,
      changed_role: placement.by.role,
    }));
    if (rows.length > 0) await tx.query(UPSERT_UNITS, [JSON.stringify(rows)], 'lifecycle-upsert-units');
  }

  async learnPapers(tx: Tx, news: readonly PaperNews[]): Promise<void> {
    const rows = newest(news, ({ caseId }) => caseId).map((awaited) => ({
      case_id: awaited.caseId,
      person_id: awaited.personId,
      division_code: awaited.divisionCode,
      papers: awaited.papers,
      version: awaited.version,
      changed_by: awaited.by.id,
      changed_role: awaited.by.role,
    }));
    if (rows.length > 0) await tx.query(UPSERT_PAPERS, [JSON.stringify(rows)], 'lifecycle-upsert-papers');
  }

  /** Every term of these cases, by case, ended ones among them. */
  async of(tx: Tx, caseIds: readonly string[]): Promise<Map<string, CaseTerm[]>> {
    const rows = await tx.query<CaseTerm>(
      `select case_id as "caseId", step, holder, kind, unit, value, basis, anchor_day as "anchorDay", due_at as "dueAt", provisional,
              paused, paused_since as "pausedSince", pause_reason as "pauseReason", ended
       from case_terms where case_id = any($1::uuid[]) order by anchor_day, step`,
      [caseIds],
    );
    const terms = new Map<string, CaseTerm[]>();
    for (const row of rows) {
      const list = terms.get(row.caseId);
      if (list) list.push(row);
      else terms.set(row.caseId, [row]);
    }
    return terms;
  }
}

/** Of each the newest, in an order that two slices share. */
function newest<News extends { readonly version: number }>(
  news: readonly News[],
  keyOf: (news: News) => string,
): News[] {
  const byKey = new Map<string, News>();
  for (const one of news) {
    const known = byKey.get(keyOf(one));
    if (!known || known.version <= one.version) byKey.set(keyOf(one), one);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

const UPSERT_TERMS = `
  insert into case_terms as t (case_id, step, person_id, division_code, clock_id, holder, kind, unit, value, basis, anchor_day, due_at,
    provisional, paused, paused_since, pause_reason, ended, version, changed_by, changed_role)
  select case_id, step, person_id, division_code, clock_id, holder, kind, unit, value, basis, anchor_day, due_at, provisional, paused,
    paused_since, pause_reason, ended, version, changed_by, changed_role
  from json_to_recordset($1::json) as u (case_id uuid, step text, person_id uuid, division_code text, clock_id uuid, holder text,
    kind text, unit text, value int, basis text, anchor_day date, due_at timestamptz, provisional boolean, paused boolean,
    paused_since timestamptz, pause_reason text, ended boolean, version int, changed_by text, changed_role text)
  on conflict (case_id, step) do update set division_code = excluded.division_code, clock_id = excluded.clock_id,
    holder = excluded.holder, kind = excluded.kind, unit = excluded.unit, value = excluded.value, basis = excluded.basis,
    anchor_day = excluded.anchor_day, due_at = excluded.due_at, provisional = excluded.provisional, paused = excluded.paused,
    paused_since = excluded.paused_since, pause_reason = excluded.pause_reason, ended = excluded.ended, version = excluded.version,
    changed_by = excluded.changed_by, changed_role = excluded.changed_role, changed_at = now()
  where t.version <= excluded.version`;

const UPSERT_PAPERS = `
  insert into case_papers as t (case_id, person_id, division_code, papers, version, changed_by, changed_role)
  select case_id, person_id, division_code, papers, version, changed_by, changed_role
  from json_to_recordset($1::json) as u (case_id uuid, person_id uuid, division_code text, papers text[], version int,
    changed_by text, changed_role text)
  on conflict (case_id) do update set division_code = excluded.division_code, papers = excluded.papers,
    version = excluded.version, changed_by = excluded.changed_by, changed_role = excluded.changed_role, changed_at = now()
  where t.version < excluded.version`;

const UPSERT_UNITS = `
  insert into case_units as t (case_id, person_id, division_code, unit_id, version, changed_by, changed_role)
  select case_id, person_id, division_code, unit_id, version, changed_by, changed_role
  from json_to_recordset($1::json) as u (case_id uuid, person_id uuid, division_code text, unit_id uuid, version int,
    changed_by text, changed_role text)
  on conflict (case_id) do update set division_code = excluded.division_code, unit_id = excluded.unit_id,
    version = excluded.version, changed_by = excluded.changed_by, changed_role = excluded.changed_role, changed_at = now()
  where t.version < excluded.version`;
