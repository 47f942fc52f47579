import type { Migration } from '@app/platform';

/** What is so of one case and not of every one. */
export const circumstanceMigrations: readonly Migration[] = [
  {
    id: 202611290190,
    name: 'add-circumstances',
    up: () => `
      alter table cases add circumstances jsonb not null default '[]',
        add applied_at text check (applied_at ~ '^\\d{12}$');
      comment on column cases.circumstances is
        'What is so of this case: its item has the steps and limits of such cases, e.g. of those applied for in another province (跨省通办).';
      comment on column cases.applied_at is 'Division code of the window elsewhere at which the person applied; null: at home.';`,
    down: () => 'alter table cases drop circumstances, drop applied_at;',
  },
];
