import { rolesOf, schemaOf } from '@app/platform';
import type { TestDatabase } from './test-database.js';

/** Something about a service's tables that row-level security rests on and that is not so. */
export interface ScopeFinding {
  readonly table: string;
  readonly what: string;
}

/** Tables that users may touch and that hold nothing about people. */
const OPEN: Readonly<Record<string, string>> = {
  // Users append facts and read none; the division code is who it is about, not who may see it.
  outbox_messages: 'insert only',
  clock_sweeps: 'the heartbeat of reminding',
  clock_rules: 'limits of items, and nobody’s data',
  document_numbers: 'how many documents a register has, and nobody’s data',
};

/**
 * What is wrong with the protection of a service's tables: one that users may touch without policies for them, one whose protection
 * the owner could step over, a view that looks with its owner's eyes, a role that may do more than it should.
 */
export async function scopeFindings(database: TestDatabase, service: string): Promise<ScopeFinding[]> {
  const schema = schemaOf(service);
  const { appRole, providerRole, workerRole, relayRole } = rolesOf(service);
  const findings: ScopeFinding[] = [];
  const tables = await database.query<{
    table: string;
    enabled: boolean;
    forced: boolean;
    partition: boolean;
    app: boolean;
    provider: boolean;
    inserts: boolean;
    policies: string[];
  }>(
    `select c.relname as "table", c.relrowsecurity as enabled, c.relforcerowsecurity as forced, c.relispartition as partition,
            has_table_privilege($2, c.oid, 'select, update, delete') or has_any_column_privilege($2, c.oid, 'select, update') as app,
            has_table_privilege($3, c.oid, 'select, update, delete') or has_any_column_privilege($3, c.oid, 'select, update') as provider,
            has_table_privilege($2, c.oid, 'insert') as inserts,
            array(select r.rolname::text from pg_policy p join pg_roles r on r.oid = any(p.polroles) where p.polrelid = c.oid) as policies
     from pg_class c where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')`,
    [schema, appRole, providerRole],
  );
  for (const { table, enabled, forced, partition, app, provider, inserts, policies } of tables) {
    if (partition || table in OPEN) continue;
    const say = (what: string) => findings.push({ table: `${schema}.${table}`, what });
    if (!app && !provider && !inserts) continue;
    if (!enabled) say('users may touch it, and row-level security is off');
    else if (!forced) say('row-level security is not forced');
    if (enabled && !policies.includes(workerRole)) say(`no policy for ${workerRole}`);
    if (enabled && app && !policies.includes(appRole)) say(`${appRole} may touch it without a policy`);
    if (enabled && provider && !policies.includes(providerRole))
      say(`${providerRole} may touch it without a policy`);
  }
  const views = await database.query<{ view: string }>(
    `select relname as view from pg_class where relnamespace = $1::regnamespace and relkind in ('v', 'm')
       and not coalesce('security_invoker=true' = any(reloptions), false) and has_table_privilege($2, oid, 'select')`,
    [schema, appRole],
  );
  findings.push(
    ...views.map(({ view }) => ({ table: `${schema}.${view}`, what: 'looks with the eyes of its owner' })),
  );
  const roles = await database.query<{ role: string; what: string }>(
    `select rolname as role, case when rolsuper then 'is a superuser' when rolbypassrls then 'has BYPASSRLS' else 'owns a table' end as what
     from pg_roles r where rolname = any($1) and (rolsuper or rolbypassrls or exists (select from pg_class where relowner = r.oid))`,
    [[appRole, providerRole, workerRole, relayRole, 'onething_service']],
  );
  findings.push(...roles.map(({ role, what }) => ({ table: role, what })));
  return findings;
}
