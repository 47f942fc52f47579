import type { Migration } from '@app/platform';

/** What a merge of two persons leaves to be decided about benefits. */
export const identityMigrations: readonly Migration[] = [
  {
    id: 202611291301,
    name: 'let-benefits-have-twins',
    up: () => `
      alter table benefits add twin_of uuid references benefits, add check (twin_of <> benefit_id);
      comment on column benefits.twin_of is
        'The older benefit of the same person and item, since their files were merged: this one is on hold with its case until a named person has decided.';
      create unique index benefits_one_now on benefits (person_id, item_id) where status <> 'stopped' and twin_of is null;
      drop index benefits_one_runs;
      alter index benefits_one_now rename to benefits_one_runs;`,
    down: () => `
      create unique index benefits_one_now on benefits (person_id, item_id) where status <> 'stopped';
      drop index benefits_one_runs;
      alter index benefits_one_now rename to benefits_one_runs;
      alter table benefits drop twin_of;`,
  },
];
