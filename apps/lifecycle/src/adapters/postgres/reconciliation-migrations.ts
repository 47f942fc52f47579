import { protect, protectVia, unprotect, type Migration, type MigrationNames } from '@app/platform';

const changed = `
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  changed_by text not null,
  changed_role text not null`;

const setting = (name: string) => `current_setting('onething.${name}', true)`;

/** A run holds nothing about anybody, so whoever works anywhere in its place may see it. */
function protectRuns({ appRole, workerRole }: MigrationNames): string {
  const overlaps = `rpad(region, 12, '0') <= ${setting('place_to')} and rpad(region, 12, '9') >= ${setting('place_from')}`;
  return `
    alter table reconciliations enable row level security, force row level security;
    create policy migrating on reconciliations to current_user using (true) with check (true);
    create policy own_work on reconciliations to ${workerRole} using (true) with check (true);
    create policy in_reach on reconciliations to ${appRole} using (${overlaps}) with check (${overlaps});`;
}

/** What each person should have against what they have: runs, their gaps, and who looks after them. */
export const reconciliationMigrations: readonly Migration[] = [
  {
    id: 202611291201,
    name: 'create-reconciliations',
    up: (names) => `
      create table reconciliations (
        run_id uuid primary key,
        region text not null check (region ~ '^\\d{6}(\\d{3}(\\d{3})?)?$'),
        day date not null,
        cause text not null check (cause in ('nightly', 'asked')),
        status text not null check (status in ('running', 'done')),
        after_household uuid not null default '00000000-0000-0000-0000-000000000000',
        after_person uuid not null default '00000000-0000-0000-0000-000000000000',
        looked_at int not null default 0,
        holders int not null default 0,
        undetermined int not null default 0,
        entitled int not null default 0,
        waiting int not null default 0,
        not_entitled int not null default 0,
        unknown int not null default 0,
        drifted int not null default 0,
        missing_persons int not null default 0,
        missing_facts int not null default 0,
        opened int not null default 0,
        closed int not null default 0,
        expected int not null default 0,
        rosters jsonb not null default '{}',
        distrusted jsonb not null default '[]',
        not_looked jsonb not null default '[]',
        holder uuid,
        lease_until timestamptz not null default '-infinity',
        started_at timestamptz not null default now(),
        finished_at timestamptz,
        ${changed}
      ) with (fillfactor = 50);
      comment on table reconciliations is
        'Runs that hold what each person should have against what they have. One runs per region; who holds its lease does the next page, and a killed one is continued after the last page that was written.';
      comment on column reconciliations.region is 'Division code of 6, 9 or 12 digits: the run looks at whoever lives below it.';
      comment on column reconciliations.undetermined is 'Holders of whom the registry''s record, or the region''s catalogue, is not here.';
      comment on column reconciliations.entitled is 'Person times item; as are waiting, not_entitled and unknown.';
      comment on column reconciliations.drifted is 'Persons whose stored outcomes were not what was determined afresh; the sweep decides them again.';
      comment on column reconciliations.missing_facts is 'Facts to be asked for, each once per person.';
      comment on column reconciliations.distrusted is '[{source, reason}]: what the run could not trust.';
      comment on column reconciliations.not_looked is '[{what, reason}]: what it did not look at.';
      create unique index reconciliations_one_runs on reconciliations (region) where status = 'running';
      create index reconciliations_of_region on reconciliations (region, started_at);
      grant select, insert on reconciliations to ${names.appRole};
      grant update on reconciliations to ${names.workerRole};
      ${protectRuns(names)}

      create table reconciliation_counts (
        run_id uuid not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        kind text not null,
        gaps int not null,
        persons int not null,
        distrusted int not null,
        monthly bigint not null,
        unpriced int not null,
        ${changed},
        primary key (run_id, division_code, kind)
      );
      comment on table reconciliation_counts is
        'Gaps that a run saw, by village and kind, of which the trend is made; monthly in 分, without those whose amount is not known (unpriced).';
      grant select on reconciliation_counts to ${names.appRole};
      grant insert, update on reconciliation_counts to ${names.workerRole};
      ${protect(names, 'reconciliation_counts', { place: 'division_code', departments: [] })}

      create index persons_of_county on persons (left(division_code, 6), coalesce(household_id, person_id), person_id);`,
    down: () => `
      drop index persons_of_county;
      ${unprotect('reconciliation_counts')}
      ${unprotect('reconciliations')}
      drop table reconciliation_counts, reconciliations;`,
  },
  {
    id: 202611291202,
    name: 'create-gaps',
    up: (names) => `
      create table gaps (
        gap_id uuid primary key,
        person_id uuid not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        item_id text not null,
        item_version text not null,
        owner text not null,
        period text not null,
        kind text not null check (kind in ('should-have', 'should-not-have', 'unanswered')),
        reason text not null,
        because text[] not null,
        since date not null,
        monthly bigint,
        distrusted text[] not null default '{}',
        opened_in uuid not null,
        opened_on date not null,
        closed_in uuid,
        closed_on date,
        ${changed}
      );
      comment on table gaps is
        'Differences between should-have and has. One stands over all runs that see it, and is closed by the first that does not.';
      comment on column gaps.monthly is 'About how much a month, in 分; null: not told by the catalogue or the facts.';
      comment on column gaps.distrusted is 'Sources that it rests on and that the last run could not trust.';
      create unique index gaps_one_open on gaps (person_id, item_id, kind) where closed_on is null;
      create index gaps_of_village on gaps (division_code, gap_id) where closed_on is null;
      grant select on gaps to ${names.appRole};
      grant insert, update on gaps to ${names.workerRole};
      ${protectVia(names, 'gaps', { table: 'persons', column: 'person_id' })}

      create table gap_tasks (
        gap_id uuid primary key,
        owner_role text not null,
        status text not null check (status in ('open', 'answered', 'closed')),
        released_on date not null,
        limit_value int,
        limit_unit text not null,
        limit_kind text not null check (limit_kind in ('promised', 'unknown')),
        limit_basis text not null,
        answer text,
        answered_on date,
        answered_by text,
        answered_role text,
        closed_on date,
        created_by text not null,
        ${changed}
      );
      comment on table gap_tasks is
        'Gaps that a supervisor released, each with the role that looks after it and the limit that its place has published; when that ends is derived. Closed with its gap, or by its owner''s answer.';
      comment on column gap_tasks.limit_value is 'Null, of kind unknown: the place has published no number, so it is never late.';
      create index gap_tasks_open on gap_tasks (owner_role) where status = 'open';
      grant select, insert, update on gap_tasks to ${names.appRole};
      ${protectVia(names, 'gap_tasks', { table: 'gaps', column: 'gap_id' })}`,
    down: () => `
      ${['gap_tasks', 'gaps'].map(unprotect).join('')}
      drop table gap_tasks, gaps;`,
  },
];
