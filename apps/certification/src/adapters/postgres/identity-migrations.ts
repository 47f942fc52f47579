import type { Migration } from '@app/platform';

const OPEN = `status not in ('approved', 'rejected')`;

/** What a merge of two persons leaves to be decided about cards and applications. */
export const identityMigrations: readonly Migration[] = [
  {
    id: 202611291301,
    name: 'let-cards-have-twins',
    up: ({ workerRole }) => `
      alter table cards add twin_of uuid references cards, add check (twin_of <> card_id);
      comment on column cards.twin_of is
        'The older card in force of the same person, since their files were merged: a card officer decides which of both is cancelled.';
      create unique index cards_one_now on cards (person_id) where status <> 'cancelled' and twin_of is null;
      drop index cards_one_in_force;
      alter index cards_one_now rename to cards_one_in_force;
      comment on index cards_one_in_force is
        'One valid or frozen card per person, transferred ones included: they come back by transfer. A twin of a merged file stands beside it.';
      alter table applications add twin_of uuid references applications, add check (twin_of <> application_id);
      comment on column applications.twin_of is 'The older open application of the same person, since their files were merged.';
      create unique index applications_one_now on applications (person_id) where ${OPEN} and twin_of is null;
      drop index applications_one_open;
      alter index applications_one_now rename to applications_one_open;
      grant delete on persons to ${workerRole};`,
    down: ({ workerRole }) => `
      revoke delete on persons from ${workerRole};
      create unique index applications_one_now on applications (person_id) where ${OPEN};
      drop index applications_one_open;
      alter index applications_one_now rename to applications_one_open;
      alter table applications drop twin_of;
      create unique index cards_one_now on cards (person_id) where status <> 'cancelled';
      drop index cards_one_in_force;
      alter index cards_one_now rename to cards_one_in_force;
      comment on index cards_one_in_force is 'One valid or frozen card per person, transferred ones included: they come back by transfer.';
      alter table cards drop twin_of;`,
  },
];
