import { Database } from '@app/platform';
import { serviceActor } from '@app/access';
import { WorkPersons } from '../../apps/workbench/src/adapters/postgres/work-persons.js';
import type { Office } from '../../apps/workbench/test/office.js';
import { Fill, rowsOf, uuidOf } from '../scope/fill.js';
import { draws, nameOf } from '../scope/people.js';
import { PLACE, VILLAGES, villageOf } from './places.js';

/** Open tasks for each person: a household's subsidies, care, devices, rehabilitation. */
const PER_PERSON = 4;
const NAMES = 5000;

/** What waits, in turn: by whom a task is done, as the owners of cases tell it. */
const DOERS = [
  '["village-liaison"]',
  '["township-chair"]',
  '["benefit-officer"]',
  '["member-unit:civil-affairs"]',
  '["village-liaison", "township-chair", "commissioner"]',
  '["rehab-officer"]',
  '["employment-officer"]',
  '["federation-lead"]',
];
const READERS = `["benefit-officer", "commissioner", "employment-officer", "federation-lead", "member-unit:civil-affairs", "rehab-officer", "township-chair", "village-liaison"]`;

/**
 * A county's queue: so many open tasks over all its villages, and the names of the persons by which it is searched.
 * @returns some of the names, by which users search
 */
export async function fillQueue(office: Office, fill: Fill, tasks: number): Promise<string[]> {
  const people = VILLAGES.length * Math.ceil(tasks / PER_PERSON / VILLAGES.length);
  await fill.query(
    'insert into work_role_sets (tokens) select distinct t::jsonb from unnest($1::text[]) t on conflict do nothing',
    [[...DOERS, READERS, '[]']],
  );
  const setOf = (tokens: string) =>
    `(select s.set_id from work_role_sets s where s.tokens = ${tokens}::jsonb)`;
  const doers = '($1::text[])[1 + (n / 3) % 8]';
  await fill.withoutIndexes(['work_items'], async () => {
    for (const [first] of rowsOf(tasks, 200_000)) {
      await fill.query(
        `insert into work_items (case_id, owner, person_id, division_code, place, item_id, item_version, period, mode, status, task, task_doers,
           doers_set, readers, readers_set, waits_for_papers, claimed_by, claimed_at, last_done_by, version, opened_at, told_at,
           term_step, term_kind, term_basis, due_at)
         select gen_random_uuid(), (array['subsidies', 'rehabilitation', 'employment', 'community'])[1 + n % 4],
           ${uuidOf(`'person ' || n % ${people}`)}, ${PLACE}, ${PLACE}, 'invented/item-' || n % 40, '2026-01', 'once', 'auto',
           case when n % 8 = 3 then 'deciding' else 'open' end, 'step', ${doers}::jsonb, ${setOf(doers)}, $2::jsonb, ${setOf('$2')},
           n % 50 = 1, case when n % 10 = 2 then 'user-' || n % 200 end, case when n % 10 = 2 then now() end, '[]', 1,
           now() - n * interval '1 second', now(), case when n % 4 <> 0 then 'step' end, case when n % 4 <> 0 then 'statutory' end,
           case when n % 4 <> 0 then 'x' end,
           case when n % 4 <> 0 then now() + ((n::bigint * 7919) % 2592000 - 86400) * interval '1 second' else 'infinity' end
         from generate_series($3::int, $4::int) n`,
        [DOERS, READERS, first, Math.min(first! + 200_000, tasks) - 1],
      );
    }
  });
  const names = await fillNames(office, people);
  await fill.query('vacuum analyze work_items, work_persons, work_name_tokens');
  return names;
}

/** Learnt as the facts of registry are, so that the tokens are those that a search looks for. */
async function fillNames(office: Office, people: number): Promise<string[]> {
  const draw = draws(11);
  const names: string[] = [];
  const { persons, database } = { persons: office.get(WorkPersons), database: office.get(Database) };
  const ids = await office.database.query<{ id: string }>(
    `select ${uuidOf(`'person ' || n`)} as id from generate_series(0, $1::int) n order by n`,
    [people - 1],
  );
  for (const batch of rowsOf(people, 1000)) {
    const told = batch.map((at) => ({
      personId: ids[at]!.id,
      divisionCode: villageOf(at),
      version: 1,
      name: nameOf(draw),
    }));
    if (names.length < NAMES) names.push(...told.map(({ name }) => name));
    await database.transaction(serviceActor('workbench'), (tx) => persons.learn(tx, told));
  }
  return names;
}
