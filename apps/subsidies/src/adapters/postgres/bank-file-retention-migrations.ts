import type { Migration } from '@app/platform';

/** Bank files and return files whose time is over. */
export const bankFileRetentionMigrations: readonly Migration[] = [
  {
    id: 202611302365,
    name: 'let-bank-files-end',
    up: ({ workerRole }) => `
      alter table pay_runs add file_destroyed_on date, add check (file_destroyed_on is null or file_sha256 is not null);
      comment on column pay_runs.file_destroyed_on is
        'Since when the file of the run cannot be written again, its time (保管期限) being over; null: it can. Lines and books stay.';
      alter table pay_run_lines drop constraint pay_run_lines_check1,
        add constraint pay_run_lines_account check (account_id is not null or state in ('left-out', 'paid', 'failed'));
      comment on column pay_run_lines.account_id is
        'Where it is paid to; null: nowhere, or the file of the run was destroyed.';
      grant delete on pay_run_returns to ${workerRole};`,
    // Where files were destroyed, the accounts of their lines are gone: lines without one are as good as left alone.
    down: ({ workerRole }) => `
      revoke delete on pay_run_returns from ${workerRole};
      comment on column pay_run_lines.account_id is null;
      alter table pay_run_lines drop constraint pay_run_lines_account,
        add constraint pay_run_lines_check1 check (state = 'left-out' or account_id is not null) not valid;
      alter table pay_runs drop file_destroyed_on;`,
  },
];
