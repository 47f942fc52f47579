import type { MigrationNames } from './migration.js';

/** Where a table says whom a row belongs to. Columns are names, not expressions. */
export interface Protection {
  /** Column with the 12-digit division code. A second one opens the row to both places (somebody who moved away). */
  readonly place: string | readonly string[];
  /** Column with a JSON array of role tokens (`member-unit:civil-affairs`) that may see the row in its place; absent: every role of the place. */
  readonly readers?: string;
  /** Departments whose member unit sees rows of the table in its place; absent: every department. Other roles are not asked. */
  readonly departments?: readonly string[];
  /** Column with the organisation unit (uuid) that the row is placed with; absent: users by placement see nothing of the table. */
  readonly unit?: string;
  /** What users by placement may do where `unit` is given. */
  readonly providerMay?: string;
}

const setting = (name: string) => `current_setting('onething.${name}', true)`;

/**
 * What policies ask where a user has several grants, each for its own place. Not inlined, so that a plan stays small; cheap, or the
 * planner would spread a look at a few rows over several processes. The grants come as an array that the policy reads once per statement,
 * and without a query of its own: a township's list asks it thousands of times (measured: 2.6 instead of 70 µs).
 */
export const createInGrants = `
  create function in_grants(place text, readers jsonb, departments text[], held text[]) returns boolean
    language plpgsql immutable parallel safe cost 1 as $$
  begin
    for at in 1 .. coalesce(cardinality(held), 0) by 3 loop
      if place between held[at + 1] and held[at + 2] and (readers is null or readers ? held[at])
        and (departments is null or held[at] not like 'member-unit%' or held[at] = any(departments)) then
        return true;
      end if;
    end loop;
    return false;
  end $$;
  comment on function in_grants is
    'Whether one of the grants held (token, low, high; and so on) covers the place, may read the row, and is of one of the departments.';`;

/**
 * One of the row's places lies in the reach of one of the user's grants. Text comparison is leakproof, so an index on the column serves it;
 * the range is asked for directly, because the planner then knows how much of the table it is, the rest once per statement, and once only
 * however many places there are: planning it is most of what a short look costs.
 */
function inPlaces(columns: readonly string[], { readers, departments }: Protection): string {
  const units = departments && `'{${departments.map((name) => `member-unit:${name}`).join(',')}}'::text[]`;
  const within = columns.map(
    (column) => `(${column} >= ${setting('place_from')} and ${column} <= ${setting('place_to')})`,
  );
  const sees = [
    ...(readers ? [`${readers} ? (select ${setting('token')})`] : []),
    ...(units
      ? [`(select ${setting('token')} not like 'member-unit%' or ${setting('token')} = any(${units}))`]
      : []),
  ];
  const held = `(select nullif(${setting('grants')}, '')::text[])`;
  const byGrant = columns.map(
    (column) => `in_grants(${column}, ${readers ?? 'null'}, ${units ?? 'null'}, held.list)`,
  );
  const several =
    byGrant.length === 1
      ? byGrant[0]!.replace('held.list', held)
      : `(select ${byGrant.join(' or ')} from ${held} as held (list))`;
  return `((${within.join(' or ')})
    and case when (select ${setting('grants')} = '') then ${sees.join(' and ') || 'true'} else ${several} end)`;
}

function policies(
  { appRole, providerRole, workerRole }: MigrationNames,
  table: string,
  byPlace: string,
  byUnit: string | null,
): string {
  const policy = (name: string, role: string, rows: string) =>
    `create policy ${name} on ${table} to ${role} using (${rows}) with check (${rows});`;
  return `
    alter table ${table} enable row level security, force row level security;
    ${policy('migrating', 'current_user', 'true')}
    ${policy('own_work', workerRole, 'true')}
    ${policy('in_reach', appRole, byPlace)}
    ${byUnit ? policy('placed', providerRole, byUnit) : ''}`;
}

/**
 * SQL that closes a table with personal data: users see and write rows of their reach, the service's own work every row, others none.
 * To be run once per table, in the migration that creates it or later.
 */
export function protect(names: MigrationNames, table: string, protection: Protection): string {
  const { place, unit, providerMay = 'select' } = protection;
  const places = typeof place === 'string' ? [place] : place;
  const byPlace = inPlaces(places, protection);
  // Said twice, so that an index over the rows that are placed serves it.
  const byUnit = unit
    ? `${unit} is not null and ${unit} = any(nullif(${setting('units')}, '')::uuid[])`
    : null;
  return `${policies(names, table, byPlace, byUnit)}
    ${unit ? `grant ${providerMay} on ${table} to ${names.providerRole};` : ''}`;
}

/** SQL that closes a table whose rows belong to a row of a protected table: who sees the one, sees the other. */
export function protectVia(
  names: MigrationNames,
  table: string,
  parent: { readonly table: string; readonly column: string; readonly key?: string },
  /** What users by placement may do; absent: nothing. */
  providerMay?: string,
): string {
  // Not `exists`: PostgreSQL may answer that for many rows by reading the whole parent table into a hash.
  const visible = `(select true from ${parent.table} as owner_row where owner_row.${parent.column} = ${table}.${parent.key ?? parent.column} limit 1)`;
  return `${policies(names, table, visible, providerMay ? visible : null)}
    ${providerMay ? `grant ${providerMay} on ${table} to ${names.providerRole};` : ''}`;
}

/** SQL that closes a table of which everybody has their own rows. */
export function protectOwn(names: MigrationNames, table: string, column: string): string {
  const own = `${column} = nullif(${setting('actor_id')}, '')`;
  return policies(names, table, own, own);
}

/** SQL that takes the protection off again, for `down`. */
export function unprotect(table: string): string {
  return `
    drop policy if exists migrating on ${table};
    drop policy if exists own_work on ${table};
    drop policy if exists in_reach on ${table};
    drop policy if exists placed on ${table};
    alter table ${table} disable row level security, no force row level security;`;
}
