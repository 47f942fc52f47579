import { protect, protectVia, unprotect, type Migration } from '@app/platform';

const NO_MEMBER_UNIT: readonly string[] = [];

/** Rows of death lists that may mean somebody on file. */
export const deathMatchMigrations: readonly Migration[] = [
  {
    id: 202611301201,
    name: 'create-death-matches',
    up: (names) => `
      create table death_matches (
        match_id uuid primary key,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        row_token text not null,
        said text,
        died_on date not null,
        as_of date not null,
        import_id uuid not null references imports,
        row_no int not null,
        status text not null check (status in ('open', 'asked', 'proposed', 'matched', 'nobody')),
        chosen_id uuid references persons,
        reason text,
        proposed_by text,
        proposed_role text,
        proposed_on_behalf_of text,
        decided_by text,
        decided_role text,
        decided_on_behalf_of text,
        decided_at timestamptz,
        found_at timestamptz not null,
        check ((status in ('proposed', 'matched')) = (chosen_id is not null)),
        check ((chosen_id is null) = (proposed_by is null)),
        check ((status in ('matched', 'nobody')) = (decided_at is not null)),
        check (num_nulls(decided_at, decided_by, decided_role) in (0, 3))
      );
      comment on table death_matches is
        'Rows of death lists that may mean somebody on file (同名、号码相近): who it is, users decide, row by row; nothing is stopped until then.';
      comment on column death_matches.division_code is 'The smallest place that all candidates lie in.';
      comment on column death_matches.row_token is 'Keyed hash of what the row says: the same row of another list is not asked about again.';
      comment on column death_matches.said is 'Encrypted; what the row says, kept until it is decided and BAD_ROWS_DAYS longer.';
      create unique index death_matches_one_open on death_matches (row_token) where status in ('open', 'asked', 'proposed');
      create index death_matches_row on death_matches (row_token);
      create index death_matches_open on death_matches (found_at, match_id) where status in ('open', 'asked', 'proposed');
      create index death_matches_said on death_matches (decided_at) where said is not null and decided_at is not null;
      grant select, update on death_matches to ${names.appRole};
      grant insert on death_matches to ${names.workerRole};
      ${protect(names, 'death_matches', { place: 'division_code', departments: NO_MEMBER_UNIT })}

      create table death_match_candidates (
        match_id uuid not null references death_matches,
        person_id uuid not null references persons,
        reasons text[] not null,
        primary key (match_id, person_id)
      );
      comment on table death_match_candidates is 'Who a row of a death list may mean, each with why.';
      create index death_match_candidates_person on death_match_candidates (person_id);
      grant select on death_match_candidates to ${names.appRole};
      grant insert on death_match_candidates to ${names.workerRole};
      ${protectVia(names, 'death_match_candidates', { table: 'death_matches', column: 'match_id' })}

      create table death_match_rows (
        import_id uuid not null,
        row_no int not null,
        match_id uuid not null references death_matches,
        primary key (import_id, row_no)
      );
      comment on table death_match_rows is 'Rows of imports whose outcome waits for the decision: the same row may stand on several lists.';
      create index death_match_rows_match on death_match_rows (match_id);
      grant select on death_match_rows to ${names.appRole};
      grant insert on death_match_rows to ${names.workerRole};
      ${protectVia(names, 'death_match_rows', { table: 'death_matches', column: 'match_id' })}

      alter table import_rows drop constraint import_rows_state_check,
        add constraint import_rows_state_check check (state in ('applied', 'unchanged', 'failed', 'undecided'));`,
    down: () => `
      update import_rows set state = 'failed' where state = 'undecided';
      alter table import_rows drop constraint import_rows_state_check,
        add constraint import_rows_state_check check (state in ('applied', 'unchanged', 'failed'));
      ${['death_match_rows', 'death_match_candidates', 'death_matches'].map(unprotect).join('')}
      drop table death_match_rows, death_match_candidates, death_matches;`,
  },
  {
    id: 202611301203,
    name: 'tell-of-suspected-deaths',
    up: () => `
      alter table death_matches add told boolean not null default false;
      comment on column death_matches.told is 'Others were told whom it may mean; not so where it was found before that was a fact.';
      create index death_matches_untold on death_matches (found_at) where not told;`,
    down: () => 'alter table death_matches drop told;',
  },
];
