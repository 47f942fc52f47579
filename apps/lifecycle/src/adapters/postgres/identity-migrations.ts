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
];
