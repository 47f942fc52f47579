import { protectVia, unprotect, type Migration } from '@app/platform';
import { formerNumberBases, numberBases, temporaryReasons } from '../../domain/person-number.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');
const ofPerson = { table: 'persons', column: 'person_id' };

/** Identity numbers that are no longer, and people who have none yet. */
export const numberMigrations: readonly Migration[] = [
  {
    id: 202611301101,
    name: 'create-former-numbers',
    up: (names) => `
      alter table identity_decisions drop constraint identity_decisions_kind_check,
        add constraint identity_decisions_kind_check check (kind in ('merge', 'split', 'number')),
        add new_number text, add number_change jsonb,
        add check ((kind = 'number') = (number_change is not null)),
        add check ((kind = 'number' and status = 'proposed') = (new_number is not null)),
        add check (number_change ->> 'basis' in (${list(numberBases)}));
      comment on table identity_decisions is
        'That two files are of one person (merge), one is of two (split), or the identity number is another one (number): proposed by one '
        'user, decided by another, and what came of it.';
      comment on column identity_decisions.new_number is 'Encrypted; the proposed number, until the decision.';
      comment on column identity_decisions.number_change is 'Number: {basis, since, proof: {kind, reference}}.';

      create table former_numbers (
        person_id uuid not null references persons,
        identity_token text not null,
        identity_number text not null,
        basis text not null check (basis in (${list(formerNumberBases)})),
        until date not null,
        proof_kind text not null,
        proof_reference text not null,
        reason text not null,
        decision_id uuid not null references identity_decisions,
        recorded_by text not null,
        recorded_role text not null,
        recorded_at timestamptz not null default now(),
        primary key (person_id, identity_token)
      );
      comment on table former_numbers is
        'Identity numbers that were on file before: changed (it was theirs, and a list that has it means them) or mistaken (never theirs).';
      comment on column former_numbers.identity_number is 'Encrypted; found by identity_token, a keyed blind index.';
      comment on column former_numbers.until is 'From this day on another number holds.';
      create unique index former_numbers_theirs on former_numbers (identity_token) where basis = 'changed';
      create index former_numbers_token on former_numbers (identity_token);
      create index former_numbers_decision on former_numbers (decision_id);
      grant select, insert, update on former_numbers to ${names.appRole};
      ${protectVia(names, 'former_numbers', ofPerson)}`,
    down: () => `
      ${unprotect('former_numbers')}
      drop table former_numbers;
      delete from identity_decisions where kind = 'number';
      alter table identity_decisions drop new_number, drop number_change, drop constraint identity_decisions_kind_check,
        add constraint identity_decisions_kind_check check (kind in ('merge', 'split'));`,
  },
  {
    id: 202611301102,
    name: 'create-temporary-registrations',
    up: (names) => `
      alter table persons alter identity_number drop not null,
        add constraint persons_number_or_none check (identity_number is not null or identity_token like 'temporary:%' or identity_token like 'merged:%');
      comment on column persons.identity_number is
        'Encrypted; found by identity_token, a keyed blind index. Null: there is none yet, and the token says so; see temporary_registrations.';

      create sequence temporary_reference_seq as int;
      grant usage on sequence temporary_reference_seq to ${names.appRole};
      create table temporary_registrations (
        person_id uuid primary key references persons,
        reference text not null unique check (reference ~ '^LS\\d{4}-\\d{6,}$'),
        reason text not null check (reason in (${list(temporaryReasons)})),
        vouched_by text not null,
        vouched_as text not null,
        proof_reference text,
        birth_date_estimated boolean not null,
        review_on date not null,
        reviewed_reason text,
        registered_on date not null,
        registered_by text not null,
        registered_role text not null,
        changed_by text not null,
        changed_role text not null,
        changed_at timestamptz not null default now()
      );
      comment on table temporary_registrations is
        'Under which reference somebody is on file who has, or had, no identity number yet (临时登记): why, who vouches, and when to look again. '
        'It is open while the person''s file has no number; the row stays.';
      create index temporary_registrations_review on temporary_registrations (review_on, person_id);
      grant select, insert, update on temporary_registrations to ${names.appRole};
      ${protectVia(names, 'temporary_registrations', ofPerson)}`,
    down: () => `
      ${unprotect('temporary_registrations')}
      drop table temporary_registrations;
      drop sequence temporary_reference_seq;
      update persons set identity_number = '' where identity_number is null;
      alter table persons drop constraint persons_number_or_none, alter identity_number set not null;`,
  },
];
