import type { Migration } from '@app/platform';

/** After the tables of the clocks, which know no items. */
export const caseEscalationMigrations: readonly Migration[] = [
  {
    id: 202611290291,
    name: 'tell-items-of-cases',
    up: () => `
      create or replace function item_of_subject(subject uuid) returns text language sql stable as $$
        select item_id from cases where case_id = subject $$;`,
    down: () => `
      create or replace function item_of_subject(subject uuid) returns text language sql stable as $$
        select null::text $$;`,
  },
];
