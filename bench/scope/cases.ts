import type { Actor } from '@app/access';
import type { ServiceUnderTest } from '@app/testing';
import { Catalogue } from '@app/catalogue';
import { uuidOf, type Fill } from './fill.js';
import { PLACE_OF, village } from './places.js';
import { send } from './requests.js';

const APPLICANT = '00000000-0000-4000-8000-000000000001';

/**
 * Cases of people of five counties: one of each item is opened as users do, and stands model for the others. Of twenty, three wait for
 * somebody, fourteen are granted, three refused.
 */
export async function fillCases(
  fill: Fill,
  rows: number,
  service: ServiceUnderTest,
  applicants: readonly Actor[],
): Promise<void> {
  await openModels(fill, service, applicants);
  const ended = (status: string, more: string) =>
    `jsonb_build_object('status', '${status}', 'decidedOn', '2026-05-06', ${more})`;
  const granted = ended('granted', `'effectiveFrom', null, 'nextStep', null`);
  const refused = ended('refused', `'reason', '不符合条件', 'remedy', '六十日内可申请复核。'`);
  const byKind = (open: string, grantedAs: string, refusedAs: string) =>
    `case when c.no % 20 < 3 then ${open} when c.no % 20 < 17 then ${grantedAs} else ${refusedAs} end`;
  const values: Record<string, string> = {
    case_id: uuidOf(`'case ' || c.no`),
    person_id: uuidOf(`'person ' || c.n`),
    division_code: PLACE_OF,
    status: byKind('m.status', `'granted'`, `'refused'`),
    state: byKind('m.state', granted, refused),
    task: byKind('m.task', 'null', 'null'),
    task_doers: byKind('m.task_doers', `'[]'`, `'[]'`),
    created_at: `timestamptz '2023-01-01' + c.no * interval '90 seconds'`,
    changed_at: `timestamptz '2023-01-01' + c.no * interval '90 seconds' + (c.no % 1000 * 7919 % 200) * interval '1 day'`,
  };
  const columns = await columnsOf(fill, 'cases');
  const materialColumns = await columnsOf(fill, 'case_materials');
  await fill.query(
    'create temp table models as select row_number() over (order by item_id) - 1 as model, * from cases',
  );
  await fill.query('create temp table model_materials as select * from case_materials');
  await fill.query('truncate cases, case_steps, case_materials cascade');
  await fill.withoutIndexes(['cases', 'case_steps', 'case_materials'], async () => {
    await fill.query(
      `insert into cases (${columns.join(', ')})
       select ${columns.map((column) => values[column] ?? `m.${column}`).join(', ')}
       from (select no, no / 3 as n from generate_series(0, $1::int - 1) no) c
       join models m on m.model = c.no % (select count(*) from models)`,
      [rows],
    );
    await fill.query(
      `insert into case_steps (case_id, place, division_code, step, done_at, done_by, done_by_role)
       select case_id, place, division_code, 'step-' || place, changed_at, 'u-' || place, 'benefit-officer'
       from cases, generate_series(0, 1) place where task is null`,
    );
    await fill.query(
      `insert into case_materials (${materialColumns.join(', ')})
       select ${materialColumns.map((column) => (column === 'case_id' ? 'c.case_id' : `m.${column}`)).join(', ')}
       from cases c join models o on o.item_id = c.item_id join model_materials m on m.case_id = o.case_id`,
    );
  });
  await fill.query('vacuum analyze cases, case_steps, case_materials');
}

async function columnsOf(fill: Fill, table: string): Promise<string[]> {
  const rows = await fill.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return rows.map(({ name }) => name);
}

async function openModels(
  fill: Fill,
  service: ServiceUnderTest,
  applicants: readonly Actor[],
): Promise<void> {
  const { from: divisionCode } = village(1, 1);
  await fill.query(
    'insert into case_persons (person_id, division_code, place_version) values ($1, $2, 1) on conflict do nothing',
    [APPLICANT, divisionCode],
  );
  const items = Catalogue.load()
    .region(divisionCode, service.clock.now().toISOString().slice(0, 10))
    .items.filter(({ owner }) => owner === 'subsidies');
  for (const { id: itemId } of items) {
    const answers: number[] = [];
    for (const actor of applicants) {
      const { status } = await send(service, actor, 'POST', '/subsidies/cases', {
        personId: APPLICANT,
        itemId,
        divisionCode,
      });
      answers.push(status);
      if (status === 201) break;
    }
    if (!answers.includes(201)) throw new Error(`nobody can apply for ${itemId}: ${answers.join(', ')}`);
  }
}
