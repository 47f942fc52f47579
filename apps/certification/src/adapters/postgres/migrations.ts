import { protect, protectOwn, protectVia, unprotect, type Migration } from '@app/platform';

/** Who made and who last changed a row: user or service, and the role in which they acted. */
const STAMPS = `
  created_by text not null, created_role text not null, created_at timestamptz not null default now(),
  changed_by text not null, changed_role text not null, changed_at timestamptz not null default now()`;

const DIVISION = `division_code text not null check (division_code ~ '^\\d{12}$')`;

const NO_MEMBER_UNIT: readonly string[] = [];
const BY_PLACE = { place: 'division_code', departments: NO_MEMBER_UNIT };

export const certificationMigrations: readonly Migration[] = [
  {
    id: 202611251001,
    name: 'create-persons',
    up: ({ appRole }) => `
      create table persons (
        person_id uuid primary key,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        registered_version int not null default 0,
        place_version int not null default 0,
        away_version int not null default 0,
        life_version int not null default 0,
        identity_token text,
        name text,
        birth_date date,
        died_on date,
        moved_away_to text check (moved_away_to ~ '^\\d{12}$'),
        moved_away_on date
      );
      comment on table persons is
        'What registry has told about persons: read model, never truth. Each group of columns keeps the version of the fact '
        'that set it; a row without token is known by a death or a move only.';
      create unique index persons_identity_token on persons (identity_token);
      grant select, insert, update on persons to ${appRole};`,
    down: () => 'drop table persons;',
  },
  {
    id: 202611251002,
    name: 'create-cards',
    up: ({ appRole }) => `
      create table cards (
        card_id uuid primary key,
        person_id uuid not null references persons,
        ${DIVISION},
        version int not null,
        origin text not null check (origin in ('issued-here', 'followed', 'taken-over')),
        status text not null check (status in ('valid', 'frozen', 'cancelled')),
        category text not null,
        grade int not null check (grade between 1 and 4),
        components jsonb not null,
        issued_on date not null,
        valid_to date not null,
        card_number text not null,
        card_token text not null,
        away_to text check (away_to ~ '^\\d{12}$'),
        cancelled jsonb,
        delivered_on date,
        standard_not_met_on date,
        followed_on date,
        ${STAMPS}
      ) with (fillfactor = 85);
      comment on table cards is
        'Disability cards as they now stand. card_number is encrypted, card_token its blind index (a number in force is unique).';
      create unique index cards_one_in_force on cards (person_id) where status <> 'cancelled';
      comment on index cards_one_in_force is 'One valid or frozen card per person, transferred ones included: they come back by transfer.';
      create unique index cards_number_in_force on cards (card_token) where status <> 'cancelled';
      create index cards_person on cards (person_id);
      create index cards_place on cards (division_code, card_id);

      create table card_events (
        card_id uuid not null references cards,
        version int not null,
        action text not null,
        reason text,
        note text,
        evidence jsonb not null default '[]',
        status text not null,
        category text not null,
        grade int not null,
        valid_to date not null,
        ${DIVISION},
        actor_id text not null,
        actor_role text not null,
        happened_at timestamptz not null default now(),
        primary key (card_id, version)
      );
      comment on table card_events is
        'What was done with each card, by whom, why and on which evidence; append-only. Numbers never stand here.';

      grant select, insert, update on cards to ${appRole};
      grant select, insert on card_events to ${appRole};`,
    down: () => 'drop table card_events, cards;',
  },
  {
    id: 202611251003,
    name: 'create-applications',
    up: ({ appRole }) => `
      create table applications (
        application_id uuid primary key,
        person_id uuid not null references persons,
        ${DIVISION},
        kind text not null check (kind in ('first', 'renewal', 'regrade')),
        status text not null check (status in ('submitted', 'accepted', 'assessed', 'on-notice', 'approved', 'rejected')),
        version int not null,
        card_id uuid references cards,
        identity_number text,
        record jsonb not null,
        ${STAMPS}
      ) with (fillfactor = 85);
      comment on table applications is
        'Applications for a card or a change of one. identity_number is encrypted and kept only until the decision.';
      create unique index applications_one_open on applications (person_id) where status not in ('approved', 'rejected');
      create index applications_place on applications (division_code, application_id);

      create table application_steps (
        application_id uuid not null references applications,
        version int not null,
        step text not null,
        status text not null,
        details jsonb not null default '{}',
        actor_id text not null,
        actor_role text not null,
        done_at timestamptz not null default now(),
        primary key (application_id, version)
      );
      comment on table application_steps is 'Each step of each application and who did it; append-only.';

      grant select, insert, update on applications to ${appRole};
      grant select, insert on application_steps to ${appRole};`,
    down: () => 'drop table application_steps, applications;',
  },
  {
    id: 202611251004,
    name: 'create-card-imports',
    up: ({ appRole }) => `
      create table card_imports (
        import_id uuid primary key,
        kind text not null check (kind in ('taken-over', 'followed')),
        rows int not null,
        applied int not null,
        unchanged int not null,
        failed int not null,
        errors jsonb not null,
        bad_rows text,
        created_by text not null, created_role text not null, created_at timestamptz not null default now()
      );
      comment on table card_imports is
        'What each file did. errors never quote a cell; bad_rows, for the error workbook, holds the rejected rows and is encrypted.';

      create table applied_card_rows (
        kind text not null,
        row_token text not null,
        card_id uuid not null references cards,
        import_id uuid not null,
        applied_at timestamptz not null default now(),
        primary key (kind, row_token)
      );
      comment on table applied_card_rows is
        'Keyed digests of rows that have had their effect: a file that is sent again, in part or in whole, does nothing.';

      grant select, insert on card_imports, applied_card_rows to ${appRole};`,
    down: () => 'drop table applied_card_rows, card_imports;',
  },
  {
    id: 202611251005,
    name: 'let-bad-rows-be-forgotten',
    up: ({ appRole }) => `
      create index card_imports_bad on card_imports (created_at) where bad_rows is not null;
      comment on column card_imports.bad_rows is
        'Encrypted; the rejected rows, kept for the error workbook for BAD_ROWS_DAYS.';
      grant update (bad_rows) on card_imports to ${appRole};`,
    down: ({ appRole }) => `
      revoke update (bad_rows) on card_imports from ${appRole};
      drop index card_imports_bad;`,
  },
  {
    id: 202611281001,
    name: 'protect-cards-and-applications',
    up: (names) => `
      alter table applications add unit_id uuid;
      comment on column applications.unit_id is 'The institution that it is given to for the assessment: its physicians see it.';
      create index applications_unit on applications (unit_id, application_id) where unit_id is not null;
      create index applications_card on applications (card_id) where card_id is not null;
      create index applications_person on applications (person_id);
      create index applied_card_rows_card on applied_card_rows (card_id);

      ${protect(names, 'persons', BY_PLACE)}
      ${protect(names, 'cards', BY_PLACE)}
      ${protectVia(names, 'card_events', { table: 'cards', column: 'card_id' })}
      ${protect(names, 'applications', { ...BY_PLACE, unit: 'unit_id', providerMay: 'select, update' })}
      ${protectVia(names, 'application_steps', { table: 'applications', column: 'application_id' }, 'select, insert')}
      ${protectVia(names, 'applied_card_rows', { table: 'cards', column: 'card_id' })}
      ${protectOwn(names, 'card_imports', 'created_by')}

      -- An assessor sees of the applicant who it is, and of the card that the application is about what was found before: no number.
      create policy placed on persons for select to ${names.providerRole}
        using (exists (select from applications a where a.person_id = persons.person_id));
      grant select (person_id, name, birth_date) on persons to ${names.providerRole};
      create policy placed on cards for select to ${names.providerRole}
        using (exists (select from applications a where a.card_id = cards.card_id));
      grant select (card_id, category, grade, components, issued_on, valid_to) on cards to ${names.providerRole};

      create or replace function subject_is_visible(subject uuid) returns boolean language sql stable as $$
        select exists (select from cases where case_id = subject)
          or exists (select from applications where application_id = subject) $$;
      comment on function subject_is_visible is 'Whose clocks a user by placement sees: those of the cases and applications that it sees.';`,
    down: ({ providerRole }) => `
      create or replace function subject_is_visible(subject uuid) returns boolean language sql stable as $$
        select exists (select from cases where case_id = subject) $$;
      revoke all on cards, persons, applications, application_steps from ${providerRole};
      ${[
        'card_imports',
        'applied_card_rows',
        'application_steps',
        'applications',
        'card_events',
        'cards',
        'persons',
      ]
        .map(unprotect)
        .join('')}
      drop index applied_card_rows_card, applications_person;
      alter table applications drop unit_id;
      drop index applications_card;`,
  },
  {
    id: 202611302201,
    name: 'say-who-acted-for-the-holder',
    up: () => `
      alter table card_events add on_behalf uuid;
      comment on column card_events.on_behalf is 'Who acted for the holder: their entry in registry; null: the holder, or the office.';`,
    down: () => 'alter table card_events drop on_behalf;',
  },
];
