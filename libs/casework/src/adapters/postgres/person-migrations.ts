import type { Migration } from '@app/platform';
import { endedStatuses } from '../../domain/case.js';

const ended = endedStatuses.map((status) => `'${status}'`).join(', ');

/** What a merge of two persons leaves to be decided. */
export const personMigrations: readonly Migration[] = [
  {
    id: 202611290170,
    name: 'let-cases-have-twins',
    up: ({ workerRole }) => `
      alter table cases add twin_of uuid references cases, add check (twin_of <> case_id);
      comment on column cases.twin_of is
        'The older case of the same person, item and period, since their files were merged: this one waits until a named person has decided.';
      create unique index cases_one_living on cases (person_id, item_id, period) where status not in (${ended}) and twin_of is null;
      drop index cases_one_lives;
      alter index cases_one_living rename to cases_one_lives;
      create index cases_twins on cases (twin_of) where twin_of is not null;
      grant delete on case_persons to ${workerRole};`,
    down: ({ workerRole }) => `
      revoke delete on case_persons from ${workerRole};
      create unique index cases_one_living on cases (person_id, item_id, period) where status not in (${ended});
      drop index cases_one_lives, cases_twins;
      alter index cases_one_living rename to cases_one_lives;
      alter table cases drop twin_of;`,
  },
];
