import { protectVia, unprotect, type Migration } from '@app/platform';

/** Who may act for the persons that a service knows. */
export const representativeMigrations: readonly Migration[] = [
  {
    id: 202611301601,
    name: 'create-case-representatives',
    up: (names) => `
      create table case_representatives (
        person_id uuid primary key,
        version int not null,
        representatives jsonb not null
      );
      comment on table case_representatives is
        'Who may act for a person, for which acts and until when, as registry told it last: read model. Neither names nor numbers, but a keyed token of each name.';
      grant select on case_representatives to ${names.appRole};
      grant insert, update, delete on case_representatives to ${names.workerRole};
      ${protectVia(names, 'case_representatives', { table: 'case_persons', column: 'person_id' })}`,
    down: () => `
      ${unprotect('case_representatives')}
      drop table case_representatives;`,
  },
  {
    id: 202611301602,
    name: 'say-which-representative-signed',
    up: () => `
      alter table document_services add representative_id uuid;
      comment on column document_services.representative_id is
        'Guardian or agent of registry who signed; null: nobody else did, or registry had told nothing.';`,
    down: () => 'alter table document_services drop representative_id;',
  },
];
