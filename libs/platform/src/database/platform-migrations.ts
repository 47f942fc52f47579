import type { Migration } from './migration.js';
import { createInGrants, protectOwn, unprotect } from './protect.js';

/** Tables that the platform's own doors need in every service's schema. */
export const platformMigrations: readonly Migration[] = [
  {
    id: 202611240001,
    name: 'create-idempotent-requests',
    up: ({ appRole }) => `
      create table idempotent_requests (
        actor_id text not null,
        key text not null,
        request_hash text not null,
        result jsonb,
        created_at timestamptz not null default now(),
        primary key (actor_id, key)
      );
      comment on table idempotent_requests is
        'What a command with an Idempotency-Key returned, so that a client may repeat it after a lost answer.';
      create index idempotent_requests_created_at on idempotent_requests (created_at);
      grant select, insert, update, delete on idempotent_requests to ${appRole};`,
    down: () => 'drop table idempotent_requests;',
  },
  {
    id: 202611280000,
    name: 'create-in-grants',
    up: () => createInGrants,
    down: () => 'drop function in_grants;',
  },
  {
    id: 202611280001,
    name: 'protect-idempotent-requests',
    up: (names) => `
      ${protectOwn(names, 'idempotent_requests', 'actor_id')}
      grant select, insert, update on idempotent_requests to ${names.providerRole};`,
    down: ({ providerRole }) => `
      revoke all on idempotent_requests from ${providerRole};
      ${unprotect('idempotent_requests')}`,
  },
  {
    id: 202611280002,
    name: 'create-audit-entries',
    up: ({ appRole, providerRole, workerRole }) => `
      create table audit_entries (
        xid xid8 not null default pg_current_xact_id(),
        entry_id bigint generated always as identity,
        at timestamptz not null default clock_timestamp(),
        actor_id text not null,
        actor_role text not null,
        on_behalf_of text,
        reach_from text,
        reach_to text,
        address text,
        request text,
        trace_id text,
        what text[] not null check (cardinality(what) > 0),
        person_ids uuid[] not null,
        case_ids uuid[] not null,
        why text,
        detail jsonb,
        primary key (xid, entry_id)
      );
      comment on table audit_entries is
        'What users did: who, for whom, when, from where, what, on whom, why. Written in the transaction of the change, never updated.';
      create index audit_entries_persons on audit_entries using gin (person_ids);
      create index audit_entries_cases on audit_entries using gin (case_ids);
      create index audit_entries_actor on audit_entries (actor_id, at);
      create index audit_entries_at on audit_entries (at);
      alter table audit_entries enable row level security, force row level security;
      create policy migrating on audit_entries to current_user using (true) with check (true);
      create policy own_work on audit_entries to ${workerRole} using (true) with check (true);
      create policy own_acts on audit_entries for insert to ${appRole}, ${providerRole}
        with check (actor_id = nullif(current_setting('onething.actor_id', true), ''));
      -- Roles that stand over others read what was done in a reach that lies within their own; a user's own acts are theirs to see.
      create policy oversight on audit_entries for select to ${appRole} using (
        exists (select from json_to_recordset(nullif(current_setting('onething.oversight', true), '')::json) as held (low text, high text)
                where reach_from >= held.low and reach_to <= held.high));
      grant select, insert on audit_entries to ${appRole};
      grant insert on audit_entries to ${providerRole};`,
    down: () => 'drop table audit_entries;',
  },
];
