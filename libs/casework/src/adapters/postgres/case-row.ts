import type { CaseStatus, ItemMode } from '@app/contracts';
import { taskOf, type Case, type CaseState, type DoneStep, type Reason } from '../../domain/case.js';
import type { CaseItem } from '../../domain/item.js';
import { readersOf, tokensOf } from '../../domain/place.js';

export interface CaseRow {
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
  readonly missing_materials: readonly string[];
  readonly status: CaseStatus;
  readonly state: CaseState;
  readonly version: number;
  readonly done: readonly DoneStep[];
}

/** Columns of `CaseRow`, of the table `c`. */
export const caseColumns = `c.case_id, c.person_id, c.division_code, c.item_id, c.item_version, c.period, c.mode, c.round_id,
  c.fact_version, c.because, c.entitled_on, c.applied_on, c.missing_materials, c.status, c.state, c.version,
  coalesce((select jsonb_agg(jsonb_build_object('step', s.step, 'by', jsonb_build_object('id', s.done_by, 'role', s.done_by_role),
     'at', to_char(s.done_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'note', s.note) order by s.place)
     from case_steps s where s.case_id = c.case_id), '[]'::jsonb) as done`;

export function toCase(row: CaseRow, item: CaseItem): Case {
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
    missingMaterials: row.missing_materials,
    done: row.done,
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
  ['readers', 'jsonb', (state) => textOf(readersOf(state.item))],
];

const changing: readonly Column[] = [
  ['division_code', 'text', (state) => state.divisionCode],
  ['round_id', 'uuid', (state) => state.roundId],
  ['fact_version', 'int', (state) => state.factVersion],
  ['because', 'jsonb', (state) => JSON.stringify(state.because)],
  ['entitled_on', 'date', (state) => state.entitledOn],
  ['applied_on', 'date', (state) => state.appliedOn],
  ['missing_materials', 'jsonb', (state) => JSON.stringify(state.missingMaterials)],
  ['status', 'text', (state) => state.state.status],
  ['state', 'jsonb', (state) => JSON.stringify(state.state)],
  ['task', 'text', (state) => taskOf(state)?.step ?? null],
  ['task_doers', 'jsonb', (state) => taskDoers(state)],
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
