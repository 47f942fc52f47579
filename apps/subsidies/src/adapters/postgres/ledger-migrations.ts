import { protectVia, unprotect, type Migration } from '@app/platform';

const month = (column: string) => `${column} text not null check (${column} ~ '^\\d{4}-\\d{2}$')`;

/** The books of the benefits: entries that are only added, and their sums beside them. */
export const ledgerMigrations: readonly Migration[] = [
  {
    id: 202611291001,
    name: 'create-ledger-months',
    up: ({ workerRole }) => `
      create table ledger_months (
        county text primary key check (county ~ '^\\d{6}$'),
        ${month('open_month')},
        moved_at timestamptz not null default now()
      );
      comment on table ledger_months is
        'The month in which a county books. Months before it are closed: what is learnt late is booked in the open one.';
      grant select, insert, update on ledger_months to ${workerRole};`,
    down: () => 'drop table ledger_months;',
  },
  {
    id: 202611291002,
    name: 'create-benefit-entries',
    // No foreign key to benefits: it would be asked for each of two million rows of a run, and no benefit is ever deleted.
    up: (names) => `
      create table benefit_entries (
        benefit_id uuid not null,
        ${month('month')},
        kind text not null check (kind in ('entitlement', 'correction', 'payment', 'top-up', 'return', 'recovery')),
        cause text not null,
        fen bigint not null check (case kind when 'correction' then fen <> 0 else fen > 0 end),
        county text not null,
        booked_in text not null,
        run_no bigint,
        booked_by text not null,
        booked_by_role text not null,
        booked_at timestamptz not null default now(),
        primary key (benefit_id, month, kind, cause)
      );
      comment on table benefit_entries is
        'What is owed and what was paid, per benefit and month, in 分; append-only. Owed: entitlement and correction. Paid: payment and '
        'top-up, less return and recovery.';
      comment on column benefit_entries.booked_in is 'Month of the books in which it came in; never a closed one.';
      comment on column benefit_entries.county is 'County in whose books it stands: a benefit may move.';
      create index benefit_entries_run on benefit_entries using brin (run_no);

      create function refuse_closed_months() returns trigger language plpgsql set search_path from current as $$
      begin
        if exists (
          select from added left join ledger_months m using (county)
          where m.open_month is null or added.booked_in <> m.open_month
        ) then
          raise exception 'entries are booked in the open month of their county' using errcode = '23514';
        end if;
        return null;
      end $$;
      create trigger open_month_only after insert on benefit_entries
        referencing new table as added for each statement execute function refuse_closed_months();

      grant select on benefit_entries to ${names.appRole};
      grant select, insert on benefit_entries to ${names.workerRole};
      ${protectVia(names, 'benefit_entries', { table: 'benefits', column: 'benefit_id' })}`,
    down: () => `
      ${unprotect('benefit_entries')}
      drop table benefit_entries;
      drop function refuse_closed_months;`,
  },
  {
    id: 202611291003,
    name: 'create-benefit-books',
    up: (names) => `
      create table benefit_books (
        benefit_id uuid primary key,
        books_from text check (books_from ~ '^\\d{4}-\\d{2}$'),
        ${month('through')},
        version int not null,
        owed bigint not null,
        paid bigint not null,
        even boolean not null
      ) with (fillfactor = 60);
      comment on table benefit_books is
        'Sums of the entries of a benefit, and up to which month and by which version of it they are stated: a run then reads no entries.';
      comment on column benefit_books.even is
        'Every month is paid as it is owed. That the sums agree says less: one month may have too much, and another too little.';
      comment on column benefit_books.books_from is
        'First month that is kept in entries; what came before was taken over as it stood. Null: all months of the benefit are.';
      grant select on benefit_books to ${names.appRole};
      grant select, insert, update on benefit_books to ${names.workerRole};
      ${protectVia(names, 'benefit_books', { table: 'benefits', column: 'benefit_id' })}`,
    down: () => `
      ${unprotect('benefit_books')}
      drop table benefit_books;`,
  },
];
