import { protect, unprotect, type Migration } from '@app/platform';

const NO_MEMBER_UNIT: readonly string[] = [];

/** Who is whom: merges and splits of files. */
export const identityMigrations: readonly Migration[] = [
  {
    id: 202611291301,
    name: 'create-identity-decisions',
    up: (names) => `
      alter table persons add merged_into uuid references persons, add check (merged_into <> person_id);
      comment on column persons.merged_into is 'The file that this one was merged into; it answers with that one, and its own stays as it was.';
      create index persons_merged on persons (merged_into) where merged_into is not null;

      create table identity_decisions (
        decision_id uuid primary key,
        kind text not null check (kind in ('merge', 'split')),
        person_id uuid not null references persons,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        absorbed_id uuid references persons,
        absorbed_division_code text check (absorbed_division_code ~ '^\\d{12}$'),
        person_version int not null,
        absorbed_version int,
        subjects uuid[] not null default '{}',
        new_person text,
        reason text not null,
        status text not null check (status in ('proposed', 'approved', 'refused', 'undone')),
        taken jsonb not null default '[]',
        new_person_id uuid,
        proposed_by text not null,
        proposed_role text not null,
        proposed_on_behalf_of text,
        proposed_at timestamptz not null,
        decided_by text,
        decided_role text,
        decided_on_behalf_of text,
        decided_at timestamptz,
        decision_reason text,
        check ((kind = 'merge') <= (absorbed_id is not null)),
        check ((status = 'proposed') = (decided_at is null)),
        check ((kind = 'split' and status = 'approved') <= (new_person_id is not null))
      );
      comment on table identity_decisions is
        'That two files are of one person (merge), or one is of two (split): proposed by one user, decided by another, and what came of it.';
      comment on column identity_decisions.absorbed_id is 'Merge: the file that goes into the other. Split: the one that comes out again; null: it never had one.';
      comment on column identity_decisions.new_person is 'Encrypted; who the second person is, where it had no file.';
      comment on column identity_decisions.subjects is 'Split: ids of the cases, cards, benefits, files that go to the new person.';
      comment on column identity_decisions.taken is 'Merge: facts that the surviving file took over, each with the one it replaced, so that it can be undone.';
      create unique index identity_decisions_one_open on identity_decisions (person_id, coalesce(absorbed_id, person_id), kind)
        where status = 'proposed';
      create index identity_decisions_person on identity_decisions (person_id);
      create index identity_decisions_open on identity_decisions (division_code, decision_id) where status = 'proposed';
      grant select, insert, update on identity_decisions to ${names.appRole};
      ${protect(names, 'identity_decisions', { place: ['division_code', 'absorbed_division_code'], departments: NO_MEMBER_UNIT })}
      grant delete on contact_preferences to ${names.workerRole};`,
    down: ({ workerRole }) => `
      revoke delete on contact_preferences from ${workerRole};
      ${unprotect('identity_decisions')}
      drop table identity_decisions;
      alter table persons drop merged_into;`,
  },
  {
    id: 202611291302,
    name: 'create-suspected-duplicates',
    up: (names) => `
      create table suspected_duplicates (
        duplicate_id uuid primary key,
        one_id uuid not null references persons,
        other_id uuid not null references persons,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        other_division_code text not null check (other_division_code ~ '^\\d{12}$'),
        reasons text[] not null,
        found_in uuid not null,
        found_at timestamptz not null,
        set_aside_at timestamptz,
        set_aside_by text,
        set_aside_role text,
        set_aside_reason text,
        unique (one_id, other_id),
        check (one_id < other_id),
        check (num_nulls(set_aside_at, set_aside_by, set_aside_role, set_aside_reason) in (0, 4))
      );
      comment on table suspected_duplicates is
        'Files that may be of one person (疑似重复), as the last look over everybody found them; what somebody set aside as different persons stays and does not come back.';
      create index suspected_duplicates_other on suspected_duplicates (other_id);
      grant select, update on suspected_duplicates to ${names.appRole};
      grant insert, delete on suspected_duplicates to ${names.workerRole};
      ${protect(names, 'suspected_duplicates', { place: ['division_code', 'other_division_code'], departments: NO_MEMBER_UNIT })}`,
    down: () => `${unprotect('suspected_duplicates')} drop table suspected_duplicates;`,
  },
];
