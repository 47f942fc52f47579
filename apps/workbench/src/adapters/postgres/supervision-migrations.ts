import { protect, unprotect, type Migration } from '@app/platform';

/** What those who answer for a place look at, beside the work queue. */
export const supervisionMigrations: readonly Migration[] = [
  {
    id: 202611303121,
    name: 'create-work-done',
    up: (names) => `
      create table work_done (
        case_id uuid not null,
        version int not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        readers jsonb not null,
        done_by text not null,
        done_at timestamptz not null,
        primary key (case_id, version)
      );
      comment on table work_done is
        'Steps and decisions of the last weeks with who did them, as the facts of the cases tell: how much each person has done. Older ones are deleted.';
      comment on column work_done.readers is 'Roles (with department) that may look at the case, as when it was done.';
      create index work_done_place on work_done (division_code, done_at);
      create index work_done_age on work_done (done_at);
      grant select on work_done to ${names.appRole};
      grant select, insert, delete on work_done to ${names.workerRole};
      ${protect(names, 'work_done', { place: 'division_code', readers: 'readers' })}
      create index work_items_open on work_items (place) where task is not null or term_step is not null;`,
    down: () => `drop index work_items_open; ${unprotect('work_done')} drop table work_done;`,
  },
];
