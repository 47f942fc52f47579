import { protect, protectVia, unprotect, type Migration } from '@app/platform';
import { openStates, rowStates } from '../../domain/decision-list.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/** Lists by which a body that does not work here is asked to decide, and what it has answered. */
export const decisionListMigrations: readonly Migration[] = [
  {
    id: 202611301301,
    name: 'create-decision-lists',
    up: (names) => `
      create table decision_lists (
        list_no bigint generated always as identity primary key,
        receipt text not null unique,
        county text not null check (county ~ '^\\d{6}$'),
        division_code text not null check (division_code ~ '^\\d{12}$'),
        year text not null,
        serial int not null check (serial > 0),
        body text not null,
        item_id text,
        day date not null,
        count int not null,
        sent_by text not null,
        sent_by_role text not null,
        on_behalf_of text,
        created_at timestamptz not null default now(),
        unique (county, year, serial)
      );
      comment on table decision_lists is
        'Cases that a body is asked to decide by a list (往来名单). What becomes of each stands in its row; append-only.';
      grant select, insert on decision_lists to ${names.appRole};
      ${protect(names, 'decision_lists', { place: 'division_code', departments: ['civil-affairs'] })}

      create table decision_list_rows (
        list_no bigint not null references decision_lists,
        line_no int not null,
        case_id uuid not null,
        person_id uuid not null,
        division_code text not null,
        item_id text not null,
        title text not null,
        applied_on date,
        fen bigint,
        name_token text,
        identity_token text,
        state text not null check (state in (${list(rowStates)})),
        why jsonb not null default '[]',
        answer jsonb,
        return_no int,
        note text,
        changed_by text not null,
        changed_by_role text not null,
        changed_at timestamptz not null default now(),
        primary key (list_no, line_no),
        check ((name_token is null) = (identity_token is null)),
        check ((state in ('granted', 'refused', 'returned')) <= (answer is not null))
      );
      comment on table decision_list_rows is
        'A case on a list: as it went out, and how it left it. Of name and number only keyed hashes, to see whether they came back changed.';
      comment on column decision_list_rows.person_id is 'As sent: a merge since then is seen by it.';
      comment on column decision_list_rows.fen is '分 a month; null: the region has set no rate, or the facts do not tell which one holds.';
      create unique index decision_list_rows_one_open on decision_list_rows (case_id) where state in (${list(openStates)});
      create index decision_list_rows_case on decision_list_rows (case_id);
      grant select, insert, update on decision_list_rows to ${names.appRole};
      ${protectVia(names, 'decision_list_rows', { table: 'decision_lists', column: 'list_no' })}

      create table decision_list_files (
        list_no bigint not null references decision_lists,
        file_no int not null,
        content_hash text not null,
        rows int not null,
        purpose text not null,
        taken_by text not null,
        taken_by_role text not null,
        taken_at timestamptz not null default now(),
        primary key (list_no, file_no)
      );
      comment on table decision_list_files is
        'Who took a list out with names and numbers, for what; by a keyed hash of its content. The file itself is kept nowhere; append-only.';
      grant select, insert on decision_list_files to ${names.appRole};
      ${protectVia(names, 'decision_list_files', { table: 'decision_lists', column: 'list_no' })}

      create table decision_returns (
        list_no bigint not null references decision_lists,
        return_no int not null,
        sha256 text not null,
        content text not null,
        state text not null check (state in ('entered', 'superseded', 'confirmed')),
        problems jsonb not null,
        entered_by text not null,
        entered_by_role text not null,
        entered_on_behalf_of text,
        entered_at timestamptz not null default now(),
        confirmed_by text,
        confirmed_by_role text,
        confirmed_on_behalf_of text,
        confirmed_at timestamptz,
        primary key (list_no, return_no),
        unique (list_no, sha256),
        check ((state = 'confirmed') = (confirmed_by is not null))
      );
      comment on table decision_returns is 'Files that came back, each the proof of what it decided; who entered it, and the second person who confirmed it.';
      comment on column decision_returns.content is 'Encrypted, base64.';
      grant select, insert, update on decision_returns to ${names.appRole};
      ${protectVia(names, 'decision_returns', { table: 'decision_lists', column: 'list_no' })}

      create table decision_answers (
        list_no bigint not null,
        return_no int not null,
        line_no int not null,
        row int not null,
        answer jsonb not null,
        taken boolean not null default false,
        primary key (list_no, return_no, line_no),
        foreign key (list_no, return_no) references decision_returns,
        foreign key (list_no, line_no) references decision_list_rows
      );
      comment on table decision_answers is 'What a returned file says of each case; taken once it is confirmed and done.';
      grant select, insert, update on decision_answers to ${names.appRole};
      ${protectVia(names, 'decision_answers', { table: 'decision_lists', column: 'list_no' })}`,
    down: () =>
      ['decision_answers', 'decision_returns', 'decision_list_files', 'decision_list_rows', 'decision_lists']
        .map((table) => `${unprotect(table)} drop table ${table};`)
        .join('\n'),
  },
];
