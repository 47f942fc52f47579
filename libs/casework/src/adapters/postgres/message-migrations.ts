import { messageChannels, messageFailures, messageTemplates } from '@app/contracts';
import { protectVia, unprotect, type Migration } from '@app/platform';
import { messageStates } from '../../domain/message.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/** What people were told about their cases, and when they are to come: the kept record. */
export const messageMigrations: readonly Migration[] = [
  {
    id: 202611290161,
    name: 'create-case-messages',
    up: (names) => `
      create table case_messages (
        message_id uuid primary key,
        case_id uuid not null references cases,
        person_id uuid not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        template text not null check (template in (${list(messageTemplates)})),
        params jsonb not null,
        text text not null,
        not_before timestamptz,
        useful_until date,
        state text not null default 'requested' check (state in (${list(messageStates)})),
        channel text check (channel in (${list(messageChannels)})),
        reason text check (reason in (${list(messageFailures)})),
        tries int not null default 0,
        delivery_version int not null default 0,
        state_at timestamptz not null,
        requested_at timestamptz not null,
        requested_by text not null,
        requested_by_role text not null
      );
      comment on table case_messages is
        'What a person was told about a case, in which words, and what became of it; the kept record. Neither telephone nor address: registry '
        'has these, and sends.';
      comment on column case_messages.delivery_version is 'Of the last fact of registry about it: what is older is passed over.';
      create index case_messages_case on case_messages (case_id, requested_at);
      grant select, insert, update on case_messages to ${names.appRole};
      ${protectVia(names, 'case_messages', { table: 'cases', column: 'case_id' }, 'select, insert, update')}`,
    down: ({ providerRole }) => `
      revoke all on case_messages from ${providerRole};
      ${unprotect('case_messages')}
      drop table case_messages;`,
  },
  {
    id: 202611290162,
    name: 'create-case-appointments',
    up: (names) => `
      create table case_appointments (
        appointment_id uuid primary key,
        case_id uuid not null references cases,
        day date not null,
        time text not null check (time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
        place text not null,
        purpose text not null,
        set_by text not null,
        set_by_role text not null,
        set_at timestamptz not null,
        cancelled_by text,
        cancelled_by_role text,
        cancelled_at timestamptz,
        cancel_reason text,
        check ((cancelled_at is null) = (cancelled_by is null)),
        check ((cancelled_at is null) = (cancel_reason is null))
      );
      comment on table case_appointments is 'When and where somebody is to come about a case (预约), and what for; cancelled ones stay.';
      create index case_appointments_case on case_appointments (case_id, day, time);
      grant select, insert, update on case_appointments to ${names.appRole};
      ${protectVia(names, 'case_appointments', { table: 'cases', column: 'case_id' }, 'select, insert, update')}`,
    down: ({ providerRole }) => `
      revoke all on case_appointments from ${providerRole};
      ${unprotect('case_appointments')}
      drop table case_appointments;`,
  },
  {
    id: 202611302363,
    name: 'let-messages-end',
    up: ({ workerRole }) => `grant delete on case_messages to ${workerRole};`,
    down: ({ workerRole }) => `revoke delete on case_messages from ${workerRole};`,
  },
];
