import { LOG_READER_ROLE, type Migration } from '@app/platform';

/** The tables of delivery, the same in every service's schema. */
export const messagingMigrations: readonly Migration[] = [
  {
    id: 202611240101,
    name: 'create-outbox',
    up: ({ appRole }) => `
      create function outbox_clock() returns timestamptz language plpgsql volatile as $$
      begin
        -- Readers skip partitions that are more than an hour older than their cursor. That is safe only while no
        -- transaction takes its xid and appends more than an hour after it began.
        if clock_timestamp() - transaction_timestamp() > interval '1 hour' then
          raise exception 'transaction is too old to append to the outbox' using errcode = '25000';
        end if;
        return clock_timestamp();
      end $$;

      create table outbox_messages (
        xid xid8 not null default pg_current_xact_id(),
        id bigint generated always as identity,
        message_id uuid not null,
        topic text not null,
        key text not null,
        type text not null,
        payload jsonb not null,
        division_code text not null,
        actor_id text not null,
        actor_role text not null,
        causation_id uuid,
        traceparent text,
        created_at timestamptz not null default outbox_clock(),
        primary key (xid, id, created_at)
      ) partition by range (created_at);
      comment on table outbox_messages is
        'Facts of this service, appended in the transaction that decided them; read by (xid, id) below the xmin horizon. '
        'Never updated; dropped by partition.';

      create function keep_outbox_partitions(retain interval, ahead interval) returns int
        language plpgsql security definer set search_path from current set timezone from current as $$
      declare
        day date;
        partition text;
        changed int := 0;
      begin
        for day in select generate_series(current_date - 1, current_date + ahead, interval '1 day')::date loop
          partition := 'outbox_messages_' || to_char(day, 'YYYYMMDD');
          if to_regclass(partition) is null then
            execute format('create table %I partition of outbox_messages for values from (%L) to (%L)', partition, day, day + 1);
            changed := changed + 1;
          end if;
        end loop;
        for partition in
          select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
          where i.inhparent = 'outbox_messages'::regclass
            and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - retain
        loop
          execute format('drop table %I', partition);
          changed := changed + 1;
        end loop;
        return changed;
      end $$;
      comment on function keep_outbox_partitions is
        'Makes the partitions of the coming days and drops those past retention; run by the relay every hour.';
      revoke execute on function keep_outbox_partitions from public;
      select keep_outbox_partitions(interval '14 days', interval '7 days');

      create table outbox_relays (
        name text primary key,
        holder uuid,
        epoch bigint not null default 0,
        lease_until timestamptz not null default '-infinity',
        cursor_xid xid8 not null default '0',
        cursor_id bigint not null default 0,
        cursor_at timestamptz not null default '-infinity'
      ) with (fillfactor = 50);
      comment on table outbox_relays is
        'Who publishes this outbox, until when, and how far. A frozen holder loses the lease by the clock.';
      insert into outbox_relays (name) values ('relay');

      grant select, insert on outbox_messages to ${appRole};
      grant select, update on outbox_relays to ${appRole};
      grant execute on function keep_outbox_partitions to ${appRole};
      grant select on outbox_messages to ${LOG_READER_ROLE};`,
    down: () => `
      drop table outbox_relays, outbox_messages;
      drop function keep_outbox_partitions, outbox_clock;`,
  },
  {
    id: 202611240102,
    name: 'create-inbox',
    up: ({ appRole }) => `
      create table inbox_messages (
        consumer text not null,
        message_id uuid not null,
        handled_at timestamptz not null default now(),
        primary key (consumer, message_id)
      );
      comment on table inbox_messages is
        'What each consumer has handled, written in the transaction of its effect: a redelivery does nothing.';
      create index inbox_messages_handled_at on inbox_messages using brin (handled_at);

      create table parked_messages (
        id bigint generated always as identity primary key,
        consumer text not null,
        message_id uuid not null,
        topic text not null,
        log_position text not null,
        key text not null,
        type text,
        headers jsonb not null,
        value text,
        state text not null check (state in ('failed', 'waiting', 'done', 'dismissed')),
        reason text not null,
        error text,
        attempts int not null default 0,
        case_id uuid,
        parked_at timestamptz not null default now(),
        done_at timestamptz,
        done_by text,
        note text,
        unique (consumer, message_id)
      );
      comment on table parked_messages is
        'Messages that a consumer could not handle (failed), and later ones of the same key behind them (waiting), in order.';
      create index parked_messages_open on parked_messages (consumer, key, id) where state in ('failed', 'waiting');

      create table log_cursors (
        source text primary key,
        cursor_xid xid8 not null default '0',
        cursor_id bigint not null default 0,
        cursor_at timestamptz not null default '-infinity'
      ) with (fillfactor = 50);
      comment on table log_cursors is
        'How far this service has read the outboxes of others; used only by the PostgreSQL event log.';
      create table log_readers (
        name text primary key,
        holder uuid,
        epoch bigint not null default 0,
        lease_until timestamptz not null default '-infinity'
      ) with (fillfactor = 50);
      comment on table log_readers is 'Which process of this service reads the PostgreSQL event log, and until when.';
      insert into log_readers (name) values ('reader');

      grant select, insert, delete on inbox_messages to ${appRole};
      grant select, insert, update on parked_messages to ${appRole};
      grant select, insert, update on log_cursors to ${appRole};
      grant select, update on log_readers to ${appRole};`,
    down: () => 'drop table log_readers, log_cursors, parked_messages, inbox_messages;',
  },
  {
    id: 202611240103,
    name: 'create-delivery-attempts',
    up: ({ appRole }) => `
      create table delivery_attempts (
        message_id uuid primary key,
        alone int not null,
        first_at timestamptz not null default now()
      );
      comment on table delivery_attempts is
        'Messages in the hands of a process, and how many processes died with this one alone in theirs; nearly always empty.';
      grant select, insert, update, delete on delivery_attempts to ${appRole};`,
    down: () => 'drop table delivery_attempts;',
  },
  {
    id: 202611280051,
    name: 'give-each-role-its-part-of-delivery',
    // Users append facts and see none: what is delivered to a service holds people of every place.
    up: ({ appRole, providerRole, workerRole, relayRole }) => `
      revoke select on outbox_messages from ${appRole};
      grant insert on outbox_messages to ${providerRole};
      grant select on outbox_messages to ${workerRole}, ${relayRole};

      revoke all on outbox_relays, inbox_messages, parked_messages, log_cursors, log_readers, delivery_attempts from ${appRole};
      revoke execute on function keep_outbox_partitions from ${appRole};
      grant select, update on outbox_relays to ${relayRole};
      grant execute on function keep_outbox_partitions to ${relayRole};
      grant select on outbox_relays to ${workerRole};
      grant select, insert, delete on inbox_messages to ${workerRole};
      grant select, insert, update on parked_messages, log_cursors to ${workerRole};
      grant select, update on log_readers to ${workerRole};
      grant select, insert, update, delete on delivery_attempts to ${workerRole};`,
    down: ({ appRole, providerRole, workerRole, relayRole }) => `
      revoke all on outbox_messages from ${providerRole}, ${relayRole};
      revoke select on outbox_messages from ${workerRole};
      revoke all on outbox_relays, inbox_messages, parked_messages, log_cursors, log_readers, delivery_attempts from ${workerRole}, ${relayRole};
      revoke execute on function keep_outbox_partitions from ${relayRole};
      grant select on outbox_messages to ${appRole};
      grant select, update on outbox_relays to ${appRole};
      grant execute on function keep_outbox_partitions to ${appRole};
      grant select, insert, delete on inbox_messages to ${appRole};
      grant select, insert, update on parked_messages, log_cursors to ${appRole};
      grant select, update on log_readers to ${appRole};
      grant select, insert, update, delete on delivery_attempts to ${appRole};`,
  },
  {
    id: 202611290061,
    name: 'create-person-aliases',
    up: ({ appRole, providerRole, workerRole }) => `
      create table person_aliases (
        subject_id uuid primary key,
        person_id uuid not null,
        version int not null,
        told_at timestamptz not null default now(),
        check (subject_id <> person_id)
      );
      comment on table person_aliases is
        'For whom an id stands: that of a person who was merged into another, or of a case, card or benefit that a split gave to somebody. '
        'Facts that come later are taken as theirs. It says who is whom, and nothing of either.';
      create index person_aliases_person on person_aliases (person_id);
      alter table person_aliases enable row level security, force row level security;
      create policy migrating on person_aliases to current_user using (true) with check (true);
      create policy own_work on person_aliases to ${workerRole} using (true) with check (true);
      create policy known on person_aliases for select to ${appRole}, ${providerRole} using (true);
      grant select on person_aliases to ${appRole}, ${providerRole};
      grant select, insert, update on person_aliases to ${workerRole};`,
    down: () => 'drop table person_aliases;',
  },
  {
    id: 202611300061,
    name: 'create-replays',
    up: ({ workerRole }) => `
      create table replays (
        replay_id uuid primary key default gen_random_uuid(),
        parked_id bigint,
        reason text not null,
        expected jsonb not null,
        proposed_by text not null,
        proposed_for text,
        proposed_at timestamptz not null default now(),
        expires_at timestamptz not null check (expires_at > proposed_at),
        approved_by text check (approved_by <> proposed_by),
        approved_at timestamptz,
        results jsonb,
        finished_at timestamptz,
        check ((approved_by is null) = (approved_at is null)),
        check (finished_at is null or approved_at is not null)
      );
      comment on table replays is
        'Replays of parked messages: proposed by one operator with what a dry run said, approved by another in time, and what became of each message.';
      create index replays_proposed on replays (proposed_at);
      alter table replays enable row level security, force row level security;
      create policy migrating on replays to current_user using (true) with check (true);
      create policy own_work on replays to ${workerRole} using (true) with check (true);
      grant select, insert, update on replays to ${workerRole};`,
    down: () => 'drop table replays;',
  },
];
