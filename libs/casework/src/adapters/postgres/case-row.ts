import type { Circumstance } from '@app/catalogue';
import type { CaseStatus, ItemMode } from '@app/contracts';
import {
  taskOf,
  type Case,
  type CaseState,
  type DoneStep,
  type ListedCase,
  type Reason,
  type SentOut,
} from '../../domain/case.js';
import type { CaseItem } from '../../domain/item.js';
import type { CaseMaterial } from '../../domain/material.js';
import type { Obligation, Supplement } from '../../domain/paper-records.js';
import { missingOf, waitsForPapers } from '../../domain/papers.js';
import { readersOf, tokensOf } from '../../domain/place.js';

/** A case without what lies in other tables, as lists read it: each of those is asked row by row whether it may be seen. */
export interface ListedCaseRow {
  readonly case_id: string;
  readonly person_id: string;
  readonly division_code: string;
  readonly item_id: string;
  readonly item_version: string;
  readonly period: string;
  readonly mode: ItemMode;
  readonly round_id: string | null;
  readonly fact_version: number;
  readonly because: readonly Reason[];
  readonly entitled_on: string | null;
  readonly applied_on: string | null;
  readonly circumstances: readonly Circumstance[];
  readonly applied_at: string | null;
  readonly missing_materials: readonly string[];
  readonly waits_for_papers: boolean;
  readonly status: CaseStatus;
  readonly state: CaseState;
  readonly version: number;
  readonly unit_id: string | null;
  readonly placed_since: string | null;
  readonly claimed_by: string | null;
  readonly claimed_at: Date | null;
  readonly sent_out: SentOut | null;
}

export interface CaseRow extends ListedCaseRow {
  readonly done: readonly DoneStep[];
  readonly materials: readonly CaseMaterial[];
  readonly supplements: readonly Supplement[];
  readonly obligations: readonly Obligation[];
}

/** Columns of `ListedCaseRow`, of the table `c`. */
export const listedCaseColumns = `c.case_id, c.person_id, c.division_code, c.item_id, c.item_version, c.period, c.mode, c.round_id,
  c.fact_version, c.because, c.entitled_on, c.applied_on, c.circumstances, c.applied_at, c.missing_materials, c.waits_for_papers, c.status, c.state, c.version,
  c.unit_id, c.placed_since, c.claimed_by, c.claimed_at, c.sent_out`;

/** Columns of `CaseRow`, of the table `c`. */
export const caseColumns = `${listedCaseColumns},
  coalesce((select jsonb_agg(jsonb_build_object('step', s.step, 'by', jsonb_build_object('id', s.done_by, 'role', s.done_by_role),
     'onBehalfOf', s.done_on_behalf_of, 'at', ${instantOf('s.done_at')}, 'note', s.note, 'reported', s.reported) order by s.place)
     from case_steps s where s.case_id = c.case_id), '[]'::jsonb) as done,
  coalesce((select jsonb_agg(jsonb_build_object('material', m.material, 'state', m.state, 'reason', m.reason, 'fileId', m.file_id,
     'paperId', m.paper_id, 'by', m.changed_by, 'byRole', m.changed_by_role, 'at', ${instantOf('m.changed_at')}) order by m.place)
     from case_materials m where m.case_id = c.case_id), '[]'::jsonb) as materials,
  coalesce((select jsonb_agg(jsonb_build_object('number', u.number, 'papers', u.papers, 'note', u.note, 'limit', u.time_limit,
     'effect', u.effect, 'state', u.state, 'by', u.asked_by, 'byRole', u.asked_by_role, 'at', ${instantOf('u.asked_at')},
     'endedAt', ${instantOf('u.ended_at')}) order by u.number)
     from case_supplements u where u.case_id = c.case_id), '[]'::jsonb) as supplements,
  coalesce((select jsonb_agg(jsonb_build_object('material', o.material, 'who', o.who, 'from', o.from_body, 'limit', o.time_limit,
     'basis', o.basis, 'reason', o.reason, 'suspends', o.suspends, 'blocks', o.blocks, 'state', o.state,
     'acceptedAt', ${instantOf('o.accepted_at')}, 'by', o.changed_by, 'byRole', o.changed_by_role, 'at', ${instantOf('o.changed_at')})
     order by o.accepted_at, o.material)
     from case_obligations o where o.case_id = c.case_id), '[]'::jsonb) as obligations`;

function instantOf(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

export function toCase(row: CaseRow, item: CaseItem): Case {
  const { materials, supplements, obligations, done } = row;
  return { ...common(row, item), materials, supplements, obligations, done };
}

export function toListedCase(row: ListedCaseRow, item: CaseItem): ListedCase {
  return { ...common(row, item), missing: row.missing_materials, waitsForPapers: row.waits_for_papers };
}

function common(
  row: ListedCaseRow,
  item: CaseItem,
): Omit<Case, 'materials' | 'supplements' | 'obligations' | 'done'> {
  return {
    id: row.case_id,
    personId: row.person_id,
    divisionCode: row.division_code,
    item,
    period: row.period,
    mode: row.mode,
    roundId: row.round_id,
    factVersion: row.fact_version,
    because: row.because,
    entitledOn: row.entitled_on,
    appliedOn: row.applied_on,
    circumstances: row.circumstances,
    appliedAt: row.applied_at,
    placement: row.unit_id && row.placed_since ? { unitId: row.unit_id, since: row.placed_since } : null,
    claim: row.claimed_by && row.claimed_at ? { by: row.claimed_by, at: row.claimed_at.toISOString() } : null,
    ...(row.sent_out ? { sentOut: row.sent_out } : {}),
    state: row.state,
    version: row.version,
  };
}

type Column = readonly [name: string, type: string, value: (state: Case) => unknown];

const fixed: readonly Column[] = [
  ['case_id', 'uuid', (state) => state.id],
  ['person_id', 'uuid', (state) => state.personId],
  ['item_id', 'text', (state) => state.item.id],
  ['item_version', 'text', (state) => state.item.version],
  ['period', 'text', (state) => state.period],
  ['mode', 'text', (state) => state.mode],
];

const changing: readonly Column[] = [
  ['readers', 'jsonb', (state) => textOf(readersOf(state.item))],
  ['division_code', 'text', (state) => state.divisionCode],
  ['round_id', 'uuid', (state) => state.roundId],
  ['fact_version', 'int', (state) => state.factVersion],
  ['because', 'jsonb', (state) => JSON.stringify(state.because)],
  ['entitled_on', 'date', (state) => state.entitledOn],
  ['applied_on', 'date', (state) => state.appliedOn],
  ['circumstances', 'jsonb', (state) => JSON.stringify(state.circumstances)],
  ['applied_at', 'text', (state) => state.appliedAt],
  ['missing_materials', 'jsonb', (state) => JSON.stringify(missingOf(state))],
  ['waits_for_papers', 'boolean', (state) => waitsForPapers(state)],
  ['status', 'text', (state) => state.state.status],
  ['state', 'jsonb', (state) => JSON.stringify(state.state)],
  ['task', 'text', (state) => taskOf(state)?.step ?? null],
  ['task_doers', 'jsonb', (state) => taskDoers(state)],
  ['unit_id', 'uuid', (state) => state.placement?.unitId ?? null],
  ['placed_since', 'date', (state) => state.placement?.since ?? null],
  ['claimed_by', 'text', (state) => state.claim?.by ?? null],
  ['claimed_at', 'timestamptz', (state) => state.claim?.at ?? null],
  ['sent_out', 'jsonb', (state) => (state.sentOut ? JSON.stringify(state.sentOut) : null)],
  ['version', 'int', (state) => state.version],
];

function taskDoers(state: Case): string {
  const task = taskOf(state);
  return task ? JSON.stringify(tokensOf(task)) : '[]';
}

// The readers of an item are the same in every case of a slice.
const texts = new WeakMap<object, string>();
function textOf(value: readonly string[]): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}

/** JSON goes as text: a JavaScript array would be taken for an SQL array. */
function arrayOf([, type]: Column, place: number): string {
  return `$${place}::${type === 'jsonb' ? 'text' : type}[]`;
}

function picked([name, type]: Column): string {
  return type === 'jsonb' ? `n.${name}::jsonb` : `n.${name}`;
}

function valuesOf(columns: readonly Column[], states: readonly Case[]): unknown[][] {
  return columns.map(([, , value]) => states.map(value));
}

const inserted = [...fixed, ...changing];
const insertedNames = inserted.map(([name]) => name).join(', ');

/** New cases; one that lives already for the same person, item and period keeps its place. */
export const insertCases = {
  sql: `insert into cases (${insertedNames}, created_by, created_by_role, changed_by, changed_by_role)
        select ${inserted.map(picked).join(', ')}, $${inserted.length + 1}, $${inserted.length + 2}, $${inserted.length + 1}, $${inserted.length + 2}
        from unnest(${inserted.map((column, index) => arrayOf(column, index + 1)).join(', ')}) with ordinality
          as n (${insertedNames}, place)
        order by n.place
        on conflict do nothing
        returning case_id`,
  params: (states: readonly Case[], actor: { id: string; role: string }) => [
    ...valuesOf(inserted, states),
    actor.id,
    actor.role,
  ],
};

const updated: readonly Column[] = [fixed[0]!, ...changing];

/** Cases as they are now. */
export const updateCases = {
  sql: `update cases c set ${changing.map((column) => `${column[0]} = ${picked(column)}`).join(', ')},
          changed_by = $${updated.length + 1}, changed_by_role = $${updated.length + 2}, changed_at = now()
        from unnest(${updated.map((column, index) => arrayOf(column, index + 1)).join(', ')})
          as n (${updated.map(([name]) => name).join(', ')})
        where c.case_id = n.case_id`,
  params: (states: readonly Case[], actor: { id: string; role: string }) => [
    ...valuesOf(updated, states),
    actor.id,
    actor.role,
  ],
};
