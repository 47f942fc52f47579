import { protect, protectVia, unprotect, type Migration } from '@app/platform';

/** What subsidies keeps beside its cases. */
export const benefitMigrations: readonly Migration[] = [
  {
    id: 202611251001,
    name: 'create-benefits',
    up: ({ appRole }) => `
      create table benefits (
        benefit_id uuid primary key,
        case_id uuid not null references cases,
        person_id uuid not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        item_id text not null,
        item_version text not null,
        status text not null check (status in ('running', 'held', 'stopped')),
        from_month text not null check (from_month ~ '^\\d{4}-\\d{2}$'),
        to_month text check (to_month ~ '^\\d{4}-\\d{2}$'),
        held_from date,
        rates jsonb,
        version int not null check (version > 0),
        created_by text not null,
        created_by_role text not null,
        changed_by text not null,
        changed_by_role text not null,
        created_at timestamptz not null default now(),
        changed_at timestamptz not null default now(),
        check ((status = 'held') = (held_from is not null)),
        check ((status = 'stopped') = (to_month is not null))
      );
      comment on table benefits is
        'What a person is paid month by month for one item, by dated rates in 分. Rates null: nothing can be paid yet.';
      create unique index benefits_one_runs on benefits (person_id, item_id) where status <> 'stopped';
      create index benefits_person on benefits (person_id);
      create index benefits_case on benefits (case_id);
      grant select, insert, update on benefits to ${appRole};`,
    down: () => 'drop table benefits;',
  },
  {
    id: 202611251002,
    name: 'create-benefit-history',
    up: ({ appRole }) => `
      create table benefit_history (
        benefit_id uuid not null references benefits,
        version int not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        case_id uuid not null,
        status text not null,
        from_month text not null,
        to_month text,
        held_from date,
        rates jsonb,
        day date not null,
        changed_by text not null,
        changed_by_role text not null,
        changed_at timestamptz not null default now(),
        primary key (benefit_id, version)
      );
      comment on table benefit_history is 'Every state of a benefit, with who changed it; append-only.';
      grant select, insert on benefit_history to ${appRole};`,
    down: () => 'drop table benefit_history;',
  },
  {
    id: 202611281001,
    name: 'protect-benefits',
    // Of the member units, those that decide and pay see what somebody is paid.
    up: (names) => `
      ${protect(names, 'benefits', { place: 'division_code', departments: ['civil-affairs', 'finance'] })}
      ${protectVia(names, 'benefit_history', { table: 'benefits', column: 'benefit_id' })}
      create index benefits_place on benefits (division_code, benefit_id);`,
    down: () => `
      drop index benefits_place;
      ${unprotect('benefit_history')}
      ${unprotect('benefits')}`,
  },
];
