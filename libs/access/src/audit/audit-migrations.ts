import type { Migration } from '@app/platform';

/** What a service may say of an audit entry; the rest (transaction, number, time) the database says itself. */
const SAID =
  'actor_id, actor_role, on_behalf_of, reach_from, reach_to, address, request, trace_id, what, person_ids, case_ids, why, detail';

/** The seals of a service's audit log, beside `audit_entries` of the platform. */
export const auditMigrations: readonly Migration[] = [
  {
    id: 202611280301,
    name: 'create-audit-seals',
    up: ({ appRole, providerRole, workerRole }) => `
      create table audit_seals (
        seq bigint primary key,
        xid xid8 not null,
        entry_id bigint not null,
        hash bytea not null,
        sealed_at timestamptz not null,
        unique (xid, entry_id)
      );
      comment on table audit_seals is
        'A chain over audit_entries in the order of their commit: each hash covers the one before it and one entry, under a key that is not in the database. Never updated.';
      grant select, insert on audit_seals to ${workerRole};

      -- An entry that chose its own transaction could be slipped in between sealed ones, or never be sealed.
      revoke insert on audit_entries from ${appRole}, ${providerRole};
      grant insert (${SAID}) on audit_entries to ${appRole}, ${providerRole};`,
    down: ({ appRole, providerRole }) => `
      revoke insert (${SAID}) on audit_entries from ${appRole}, ${providerRole};
      grant insert on audit_entries to ${appRole}, ${providerRole};
      drop table audit_seals;`,
  },
];
