import type { EncryptedTable } from '@app/access';
import { protect, protectVia, unprotect, type Migration } from '@app/platform';
import { retentionMigrations } from './retention/retention-migrations.js';

/** Files of a service's own persons and cases, in its own schema. */
export const filesMigrations: readonly Migration[] = [
  {
    id: 202611280401,
    name: 'create-files',
    up: (names) => `
      create table file_objects (
        object_id uuid primary key,
        address text not null collate "C" check (address ~ '^[0-9a-f]{64}$'),
        wrapped_key text not null,
        type text not null,
        bytes int not null check (bytes > 0),
        has_thumbnail boolean not null,
        state text not null check (state in ('uploading', 'stored', 'removing')),
        scan text not null check (scan in ('held', 'clean', 'infected', 'unscanned')),
        scan_at timestamptz,
        scan_attempts int not null default 0,
        signature text,
        look_at timestamptz,
        missing_since timestamptz,
        created_at timestamptz not null,
        check (scan <> 'infected' or signature is not null)
      );
      comment on table file_objects is
        'Each content once, however many files point to it: where it lies, its wrapped key, what the virus scan said.';
      comment on column file_objects.look_at is
        'Since when it may be that no file points to it; null: one did when somebody looked.';
      comment on column file_objects.scan_at is 'When to scan it next; null: nothing to do.';
      create unique index file_objects_address on file_objects (address) where state <> 'removing';
      create index file_objects_look on file_objects (look_at) where look_at is not null;
      create index file_objects_scan on file_objects (scan_at) where scan_at is not null;

      create table files (
        file_id uuid primary key,
        object_id uuid not null references file_objects,
        person_id uuid not null,
        case_id uuid,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        readers jsonb not null check (jsonb_typeof(readers) = 'array'),
        unit_id uuid,
        name text not null,
        state text not null check (state in ('uploading', 'stored')),
        linked_at timestamptz,
        retention_class text not null check (retention_class ~ '^[a-z0-9-]{1,40}$'),
        retain_until date,
        closed_for text[] not null default '{}' check (closed_for <@ array['died', 'moved-away', 'protected']),
        created_by text not null,
        created_by_role text not null,
        changed_by text not null,
        changed_by_role text not null,
        created_at timestamptz not null,
        changed_at timestamptz not null,
        check (linked_at is null or state = 'stored')
      );
      comment on table files is
        'Scans, photos and notices of persons and cases. A row is claimed before its content is stored; one that nothing was linked to is swept.';
      comment on column files.name is 'Encrypted.';
      comment on column files.linked_at is 'Since when a change of the service stands on it; null: swept after some hours.';
      create index files_person on files (person_id);
      create index files_case on files (case_id) where case_id is not null;
      create index files_object on files (object_id);
      create index files_abandoned on files (created_at) where linked_at is null;
      create index files_place on files (division_code);
      create index files_unit on files (unit_id) where unit_id is not null;

      create table file_closures (
        person_id uuid not null,
        reason text not null check (reason in ('died', 'moved-away', 'protected')),
        closed_by text not null,
        closed_by_role text not null,
        closed_at timestamptz not null,
        primary key (person_id, reason)
      );
      comment on table file_closures is
        'Persons whose files stay closed by rule, so that a file that comes later is closed, too. Seen by the service''s own work only.';

      ${protect(names, 'files', {
        place: 'division_code',
        readers: 'readers',
        unit: 'unit_id',
        providerMay: 'select, insert, update',
      })}
      ${protectVia(names, 'file_objects', { table: 'files', column: 'object_id' }, 'select')}
      alter table file_closures enable row level security, force row level security;
      create policy migrating on file_closures to current_user using (true) with check (true);
      create policy own_work on file_closures to ${names.workerRole} using (true) with check (true);
      grant select, insert, update on files to ${names.appRole};
      grant select on file_objects to ${names.appRole};
      grant delete on files to ${names.workerRole};
      grant insert, update, delete on file_objects to ${names.workerRole};
      grant select, insert, delete on file_closures to ${names.workerRole};`,
    down: () => `
      ${unprotect('file_objects')}
      drop table file_closures; drop table files; drop table file_objects;`,
  },
  ...retentionMigrations,
];

/** Columns of these tables that hold ciphertext, for the rotation of keys. */
export const filesEncryptedTables: readonly EncryptedTable[] = [
  { table: 'file_objects', key: ['object_id'], columns: ['wrapped_key'] },
  { table: 'files', key: ['file_id'], columns: ['name'] },
  { table: 'retention_proposals', key: ['proposal_id'], columns: ['wrapped_key'] },
];
