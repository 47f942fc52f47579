import type { Sql } from './sql.js';

/**
 * A fault that a release would bring: the lifecycle cannot store whether this one person wants to be trained.
 * @returns what mends it
 */
export async function breakLifecycle(sql: Sql, personId: string): Promise<() => Promise<void>> {
  await sql.rows(`create or replace function lifecycle.demo_fault() returns trigger language plpgsql as $$
    begin raise exception 'demo: a fault in this release'; end $$`);
  await sql.rows(
    `create trigger demo_fault before insert or update on lifecycle.facts for each row
     when (new.person_id = '${personId}' and new.name = 'training.wanted') execute function lifecycle.demo_fault()`,
  );
  return async () => {
    await sql.rows('drop trigger demo_fault on lifecycle.facts');
    await sql.rows('drop function lifecycle.demo_fault');
  };
}
