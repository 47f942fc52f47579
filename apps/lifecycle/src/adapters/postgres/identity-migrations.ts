import type { Migration } from '@app/platform';

/** What the read models need to let go of a person who was merged into another. */
export const identityMigrations: readonly Migration[] = [
  {
    id: 202611291301,
    name: 'let-merged-persons-go',
    up: ({ workerRole }) => `
      grant delete on persons, facts, determination_sheets, holdings to ${workerRole};
      comment on table determination_changes is
        'Append-only: each decision that changed an outcome, with the facts it rests on and the rules'' fingerprint, so that it can be '
        'replayed. Under the id of that time: whom it stands for now, person_aliases says.';`,
    down: ({ workerRole }) =>
      `revoke delete on persons, facts, determination_sheets, holdings from ${workerRole};`,
  },
  {
    id: 202611302110,
    name: 'create-set-aside-cases',
    up: ({ workerRole }) => `
      create table set_aside_cases (case_id uuid primary key, kept_id uuid not null, created_at timestamptz not null default now());
      comment on table set_aside_cases is
        'Cases that wait, or were withdrawn, since files were merged and kept_id goes on for the same item: as their owner said. Ids only.';
      alter table set_aside_cases enable row level security, force row level security;
      create policy migrating on set_aside_cases to current_user using (true) with check (true);
      create policy own_work on set_aside_cases to ${workerRole} using (true) with check (true);
      grant select, insert, update on set_aside_cases to ${workerRole};`,
    down: () => 'drop table set_aside_cases;',
  },
];
