import { protect, protectVia, unprotect, type Migration } from '@app/platform';
import { findingKinds, takeOverLists, takeOverStates } from '../../domain/take-over.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');
/** Of the member units, those that decide and pay. */
const protection = { place: 'division_code', departments: ['civil-affairs', 'finance'] };
const division = `division_code text not null check (division_code ~ '^\\d{12}$')`;

/** What is taken over when a county goes live, its lists as they came, and who signed the first run's difference. */
export const takeOverMigrations: readonly Migration[] = [
  {
    id: 202611291401,
    name: 'create-take-overs',
    up: (names) => `
      create table take_overs (
        take_over_id uuid primary key,
        county text not null check (county ~ '^\\d{6}$'),
        ${division},
        day date not null,
        state text not null check (state in (${list(takeOverStates)})),
        checked boolean not null default false,
        version int not null default 1,
        opened_by text not null,
        opened_by_role text not null,
        changed_by text not null,
        changed_by_role text not null,
        reason text,
        created_at timestamptz not null default now(),
        changed_at timestamptz not null default now()
      );
      comment on table take_overs is
        'A county that goes live: its living stock as opening balances of a day. One at a time; what was undone or closed stays.';
      comment on column take_overs.checked is 'Its lists were compared since the last row came in.';
      create unique index take_overs_one_under_way on take_overs (county) where state not in ('closed', 'undone');
      grant select, insert, update on take_overs to ${names.appRole};
      ${protect(names, 'take_overs', protection)}

      create table take_over_lists (
        take_over_id uuid not null references take_overs,
        list text not null check (list in (${list(takeOverLists)})),
        sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
        is_whole boolean not null,
        sent_by text not null,
        sent_by_role text not null,
        sent_at timestamptz not null default now(),
        primary key (take_over_id, list)
      );
      comment on table take_over_lists is 'The file of each list that counts now, by its content; whole once its last row came.';
      grant select, insert, update on take_over_lists to ${names.appRole};
      ${protectVia(names, 'take_over_lists', { table: 'take_overs', column: 'take_over_id' })}`,
    down: () => `
      ${unprotect('take_over_lists')}
      drop table take_over_lists;
      ${unprotect('take_overs')}
      drop table take_overs;`,
  },
  {
    id: 202611291402,
    name: 'create-take-over-rows',
    up: (names) => `
      create table take_over_rows (
        take_over_id uuid not null references take_overs,
        list text not null check (list in (${list(takeOverLists)})),
        key text not null,
        nth int not null check (nth > 0),
        row int not null,
        sha256 text not null,
        person_id uuid,
        ${division},
        content jsonb,
        account_number text,
        faults jsonb not null,
        digest text not null,
        verdict text check (verdict in ('clean', 'releasable', 'blocked')),
        state text not null check (state in ('staged', 'loaded', 'changed', 'gone', 'void')),
        revision int not null default 1,
        made_id uuid,
        primary key (take_over_id, list, key, nth),
        check ((state in ('loaded', 'changed', 'gone')) = (made_id is not null) or state = 'void')
      ) with (fillfactor = 80);
      comment on table take_over_rows is
        'Rows of the old lists as they came, by what they are about, and what each made: a benefit''s case, an account, an open case. '
        'Changed, gone: a corrected file says otherwise, and what it made is taken back first.';
      comment on column take_over_rows.account_number is 'Encrypted.';
      create index take_over_rows_state on take_over_rows (take_over_id, state, list);
      create index take_over_rows_made on take_over_rows (made_id) where made_id is not null;
      grant select on take_over_rows to ${names.appRole};
      grant select, insert, update, delete on take_over_rows to ${names.workerRole};
      ${protect(names, 'take_over_rows', protection)}

      create table take_over_findings (
        take_over_id uuid not null references take_overs,
        list text not null,
        row int not null,
        kind text not null check (kind in (${list(Object.keys(findingKinds))})),
        place int not null,
        "column" text,
        reason text not null,
        person_id uuid,
        ${division},
        primary key (take_over_id, list, row, kind, place)
      );
      comment on table take_over_findings is
        'What is missing or contradictory in the lists as they were compared last; written anew at each comparison.';
      create index take_over_findings_place on take_over_findings (take_over_id, division_code);
      grant select on take_over_findings to ${names.appRole};
      grant select, insert, delete on take_over_findings to ${names.workerRole};
      ${protect(names, 'take_over_findings', protection)}

      create table take_over_villages (
        take_over_id uuid not null references take_overs,
        ${division},
        findings int not null,
        digest text not null,
        released_digest text,
        released_by text,
        released_by_role text,
        note text,
        released_at timestamptz,
        primary key (take_over_id, division_code),
        check ((released_digest is null) = (released_by is null))
      );
      comment on table take_over_villages is
        'The list of each village, and which state of it a supervisor has released: another one waits again.';
      grant select, update on take_over_villages to ${names.appRole};
      grant select, insert, update, delete on take_over_villages to ${names.workerRole};
      ${protect(names, 'take_over_villages', protection)}`,
    down: () => `
      ${['take_over_villages', 'take_over_findings', 'take_over_rows']
        .map((table) => `${unprotect(table)} drop table ${table};`)
        .join('')}`,
  },
  {
    id: 202611291403,
    name: 'create-difference-signatures',
    up: (names) => `
      create table take_over_signatures (
        run_no bigint not null references pay_runs,
        take_over_id uuid not null references take_overs,
        sha256 text not null,
        signed_by text not null,
        signed_by_role text not null,
        on_behalf_of text,
        signed_at timestamptz not null default now(),
        primary key (run_no, sha256, signed_by)
      );
      comment on table take_over_signatures is
        'Who has signed in what the first run after a take-over differs from the old list, by the hash of every line; append-only.';
      grant select, insert on take_over_signatures to ${names.appRole};
      ${protectVia(names, 'take_over_signatures', { table: 'take_overs', column: 'take_over_id' })}`,
    down: () => `
      ${unprotect('take_over_signatures')}
      drop table take_over_signatures;`,
  },
];
