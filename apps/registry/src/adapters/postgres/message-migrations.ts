import { messageChannels, messageFailures, messageTemplates } from '@app/contracts';
import { protect, protectVia, unprotect, type Migration } from '@app/platform';
import { deliveryStates } from '../../domain/delivery.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/** How people want to be told, and what is on its way to them. */
export const messageMigrations: readonly Migration[] = [
  {
    id: 202611291001,
    name: 'create-contact-preferences',
    up: (names) => `
      create table contact_preferences (
        person_id uuid primary key references persons,
        channel text not null check (channel in (${list(messageChannels)})),
        language text not null default 'zh' check (language in ('zh')),
        guardian_id uuid references guardians,
        changed_by text not null,
        changed_role text not null,
        changed_at timestamptz not null
      );
      comment on table contact_preferences is
        'By which channel a person is told something, and whom to tell. Without a row: a text message where a telephone is on file, else a letter.';
      comment on column contact_preferences.guardian_id is 'Who is told in the person''s place; null: the person.';
      grant select, insert, update on contact_preferences to ${names.appRole};
      ${protectVia(names, 'contact_preferences', { table: 'persons', column: 'person_id' })}`,
    down: () => `
      ${unprotect('contact_preferences')}
      drop table contact_preferences;`,
  },
  {
    id: 202611291002,
    name: 'create-message-deliveries',
    up: (names) => `
      create table message_deliveries (
        message_id uuid primary key,
        owner text not null,
        case_id uuid not null,
        person_id uuid not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        readers jsonb not null,
        template text not null check (template in (${list(messageTemplates)})),
        params jsonb not null,
        useful_until date,
        state text not null check (state in (${list(deliveryStates)})),
        channel text check (channel in (${list(messageChannels)})),
        guardian_id uuid,
        tries int not null default 0,
        polls int not null default 0,
        next_at timestamptz,
        reason text check (reason in (${list(messageFailures)})),
        receipt text,
        version int not null default 0,
        requested_at timestamptz not null,
        sent_at timestamptz,
        state_at timestamptz not null,
        handled_by text,
        handled_by_role text,
        handled_on date,
        note text,
        check ((handled_by is null) = (handled_by_role is null)),
        check ((handled_by is null) = (handled_on is null))
      );
      comment on table message_deliveries is
        'Messages to people as the owners of the cases ask for them, and how far each is. Neither telephone nor address stands here: they are '
        'read from the file when it is sent.';
      comment on column message_deliveries.readers is 'Roles (with department) that may look at the case, and so at the message, in its place.';
      comment on column message_deliveries.receipt is 'What the gateway calls it.';
      comment on column message_deliveries.version is 'Grows with every fact that is told about it.';
      comment on column message_deliveries.handled_by is 'Who handed the letter over, or could not.';
      create index message_deliveries_due on message_deliveries (next_at, message_id) where next_at is not null;
      create index message_deliveries_person on message_deliveries (person_id, requested_at desc, message_id);
      create index message_deliveries_letters on message_deliveries (division_code, message_id) where state = 'letter';
      create index message_deliveries_open on message_deliveries (state)
        where state in ('waiting', 'no-gateway', 'sending', 'sent', 'letter');
      grant select, update on message_deliveries to ${names.appRole};
      grant insert on message_deliveries to ${names.workerRole};
      ${protect(names, 'message_deliveries', { place: 'division_code', readers: 'readers' })}`,
    down: () => `
      ${unprotect('message_deliveries')}
      drop table message_deliveries;`,
  },
  {
    id: 202611302364,
    name: 'let-deliveries-end',
    up: ({ workerRole }) => `grant delete on message_deliveries to ${workerRole};`,
    down: ({ workerRole }) => `revoke delete on message_deliveries from ${workerRole};`,
  },
];
