import { protect, unprotect, type Migration } from '@app/platform';

/** Of the member units, those that decide and pay. */
const departments = ['civil-affairs', 'finance'];
const protection = { place: 'division_code', departments };

/** Pay runs with their lines, what is to be looked at before, and the formats of bank files. */
export const payRunMigrations: readonly Migration[] = [
  {
    id: 202611291004,
    name: 'create-pay-runs',
    up: (names) => `
      create table pay_runs (
        run_no bigint generated always as identity primary key,
        county text not null check (county ~ '^\\d{6}$'),
        division_code text not null check (division_code ~ '^\\d{12}$'),
        month text not null check (month ~ '^\\d{4}-\\d{2}$'),
        serial int not null check (serial > 0),
        pay_on date not null,
        state text not null check (state in
          ('planning', 'planned', 'approved', 'ordering', 'ordered', 'exported', 'closed', 'cancelled')),
        count int not null default 0,
        fen bigint not null default 0,
        left_out int not null default 0,
        ordered_count int not null default 0,
        ordered_fen bigint not null default 0,
        since timestamptz,
        at_division text not null default '',
        at_benefit uuid not null default '00000000-0000-0000-0000-000000000000',
        at_line int not null default 0,
        next_line int not null default 1,
        format jsonb,
        file_sha256 text,
        planned_by text not null,
        planned_by_role text not null,
        planned_on_behalf_of text,
        version int not null default 1,
        created_at timestamptz not null default now(),
        changed_at timestamptz not null default now(),
        unique (county, month, serial),
        check ((file_sha256 is null) = (format is null))
      ) with (fillfactor = 50);
      comment on table pay_runs is 'Pay runs of a county. Planning and ordering go on where they stand (at_division, at_benefit, at_line).';
      comment on column pay_runs.since is 'When the run before was made: accounts changed since then are held. Null: there was none.';
      create unique index pay_runs_one_under_way on pay_runs (county)
        where state in ('planning', 'planned', 'approved', 'ordering');
      create index pay_runs_at_work on pay_runs (run_no) where state in ('planning', 'ordering');
      grant select, insert, update on pay_runs to ${names.appRole};
      ${protect(names, 'pay_runs', protection)}

      create table pay_run_steps (
        run_no bigint not null references pay_runs,
        version int not null,
        division_code text not null,
        state text not null,
        count int not null,
        fen bigint not null,
        note text,
        done_by text not null,
        done_by_role text not null,
        on_behalf_of text,
        done_at timestamptz not null default now(),
        primary key (run_no, version)
      );
      comment on table pay_run_steps is 'Who brought a run to which state, and what they saw; append-only.';
      grant select, insert on pay_run_steps to ${names.appRole};
      ${protect(names, 'pay_run_steps', protection)}`,
    down: () => `
      ${unprotect('pay_run_steps')}
      drop table pay_run_steps;
      ${unprotect('pay_runs')}
      drop table pay_runs;`,
  },
  {
    id: 202611291005,
    name: 'create-pay-run-lines',
    up: (names) => `
      create table pay_run_lines (
        run_no bigint not null,
        benefit_id uuid not null,
        line_no int not null,
        person_id uuid not null,
        division_code text not null,
        item_id text not null,
        benefit_version int not null,
        account_id uuid,
        months text[] not null,
        fens bigint[] not null,
        fen bigint not null,
        own_from text not null,
        state text not null check (state in ('planned', 'left-out', 'ordered', 'paid', 'failed')),
        reason text,
        primary key (run_no, benefit_id),
        check ((state in ('left-out', 'failed')) = (reason is not null)),
        check (state = 'left-out' or account_id is not null)
      ) with (fillfactor = 50);
      comment on table pay_run_lines is 'What each benefit gets in a run, month by month in 分, or why it gets nothing.';
      comment on column pay_run_lines.own_from is 'First month that is paid in its own run; what came before is paid late (补发).';
      create unique index pay_run_lines_no on pay_run_lines (run_no, line_no);
      grant select on pay_run_lines to ${names.appRole};
      grant select, insert, update on pay_run_lines to ${names.workerRole};
      ${protect(names, 'pay_run_lines', protection)}

      create table pay_run_findings (
        run_no bigint not null references pay_runs,
        person_id uuid not null,
        "check" text not null,
        division_code text not null,
        account_id uuid,
        reason text not null,
        state text not null default 'open' check (state in ('open', 'passed', 'taken-out')),
        note text,
        done_by text,
        done_by_role text,
        done_at timestamptz,
        primary key (run_no, person_id, "check"),
        check ((state = 'open') = (done_by is null))
      );
      comment on table pay_run_findings is 'What is to be looked at before a person is paid by a run, and what came of it.';
      grant select, update on pay_run_findings to ${names.appRole};
      grant select, insert, update on pay_run_findings to ${names.workerRole};
      ${protect(names, 'pay_run_findings', protection)}`,
    down: () => `
      ${unprotect('pay_run_findings')}
      drop table pay_run_findings;
      ${unprotect('pay_run_lines')}
      drop table pay_run_lines;`,
  },
  {
    id: 202611291006,
    name: 'create-return-files',
    up: (names) => `
      create table pay_run_returns (
        run_no bigint not null references pay_runs,
        sha256 text not null,
        division_code text not null,
        lines int not null,
        problems int not null,
        taken_by text not null,
        taken_by_role text not null,
        taken_at timestamptz not null default now(),
        primary key (run_no, sha256)
      );
      comment on table pay_run_returns is 'Return files of a run (回盘文件), by their content; what they said stands in the lines.';
      grant select, insert on pay_run_returns to ${names.appRole};
      ${protect(names, 'pay_run_returns', protection)}

      create table bank_formats (
        format_id text primary key,
        definition jsonb not null,
        kept_by text not null,
        kept_by_role text not null,
        kept_at timestamptz not null default now()
      );
      comment on table bank_formats is 'How payers of money want their files and answer them; a run keeps its own copy.';
      alter table bank_formats enable row level security, force row level security;
      create policy migrating on bank_formats to current_user using (true) with check (true);
      create policy own_work on bank_formats to ${names.workerRole} using (true) with check (true);
      create policy known on bank_formats for select to ${names.appRole} using (true);
      grant select on bank_formats to ${names.appRole};
      grant select, insert, update on bank_formats to ${names.workerRole};`,
    down: () => `
      drop table bank_formats;
      ${unprotect('pay_run_returns')}
      drop table pay_run_returns;`,
  },
];
