import {
  protect,
  protectOwn,
  protectVia,
  unprotect,
  type Migration,
  type MigrationNames,
} from '@app/platform';

const setting = (name: string) => `nullif(current_setting('onething.${name}', true), '')`;

/** Addressed to the user, or to somebody for whom the user is deputy today. */
const TO_ME = `(to_user is not null and (to_user = ${setting('actor_id')} or to_user = any(${setting('acting_for')}::text[])))`;

/**
 * A role's notice is for whoever holds the role here at that level: the place lies in the grant, and the grant within the range that is
 * meant. Several grants come as an array of (token, low, high), one in settings of its own; see `protect`.
 */
const TO_MY_ROLE = `(to_token is not null and (select case when current_setting('onething.grants', true) = ''
    then to_token = current_setting('onething.token', true)
      and division_code between current_setting('onething.place_from', true) and current_setting('onething.place_to', true)
      and current_setting('onething.place_from', true) >= to_from and current_setting('onething.place_to', true) <= to_to
    else addressed_to(division_code, to_token, to_from, to_to, ${setting('grants')}::text[]) end))`;

const TO_MY_UNIT = `(to_unit is not null and to_unit = any(${setting('units')}::uuid[]))`;

function protectNotices({ appRole, providerRole, workerRole }: MigrationNames): string {
  return `
    alter table clock_notices enable row level security, force row level security;
    create policy migrating on clock_notices to current_user using (true) with check (true);
    create policy own_work on clock_notices to ${workerRole} using (true) with check (true);
    create policy addressed on clock_notices for select to ${appRole} using (${TO_ME} or ${TO_MY_ROLE});
    create policy placed on clock_notices for select to ${providerRole} using (${TO_ME} or ${TO_MY_UNIT});
    grant select on clock_notices to ${appRole}, ${providerRole};
    grant insert, update on clock_notices to ${workerRole};`;
}

/** Who is told of a rung, who has read it, and the rules by which others are told too. */
export const escalationMigrations: readonly Migration[] = [
  {
    id: 202611290251,
    name: 'create-escalation-rules',
    up: (names) => `
      create table escalation_rules (
        rule_id uuid primary key,
        name_zh text not null,
        name_en text not null,
        match jsonb not null,
        addressees jsonb not null,
        place_from text not null check (place_from ~ '^\\d{12}$'),
        place_to text not null check (place_to ~ '^\\d{12}$'),
        active boolean not null,
        version int not null,
        changed_by text not null,
        changed_by_role text not null,
        changed_at timestamptz not null
      );
      comment on table escalation_rules is
        'Who is told of rungs beside those whom the item names. A rule says nothing beyond the reach of who wrote it (place_from to place_to).';
      create index escalation_rules_place on escalation_rules (place_from);
      grant select, insert, update on escalation_rules to ${names.appRole};
      ${protect(names, 'escalation_rules', { place: 'place_from' })}

      create table escalation_rule_marks (
        rule_id uuid primary key references escalation_rules,
        evaluated_at timestamptz not null,
        fired_at timestamptz,
        failed_at timestamptz,
        failure text,
        check ((failed_at is null) = (failure is null))
      );
      comment on table escalation_rule_marks is
        'When each rule was last tried and last told somebody, to the minute, and why it could not be; the heartbeat tries all of them.';
      grant select on escalation_rule_marks to ${names.appRole};
      grant insert, update on escalation_rule_marks to ${names.workerRole};
      ${protectVia(names, 'escalation_rule_marks', { table: 'escalation_rules', column: 'rule_id' })}

      create function item_of_subject(subject uuid) returns text language sql stable as $$ select null::text $$;
      comment on function item_of_subject is 'The item of a clock''s subject; the service replaces it.';
      -- Rungs come in the order of their firing: a few pages of index serve a week of them.
      create index clock_rungs_fired on clock_rungs using brin (fired_at) with (pages_per_range = 16);`,
    down: () => `
      drop index clock_rungs_fired;
      drop function item_of_subject(uuid);
      drop table escalation_rule_marks;
      drop table escalation_rules;`,
  },
  {
    id: 202611290252,
    name: 'create-clock-notices',
    up: (names) => `
      create function addressed_to(place text, token text, low text, high text, held text[]) returns boolean
        language plpgsql immutable parallel safe cost 1 as $$
      begin
        for at in 1 .. coalesce(cardinality(held), 0) by 3 loop
          if held[at] = token and place between held[at + 1] and held[at + 2]
            and held[at + 1] >= low and held[at + 2] <= high then
            return true;
          end if;
        end loop;
        return false;
      end $$;
      comment on function addressed_to is
        'Whether one of the grants held (token, low, high; and so on) is of this role, covers the place, and lies within low and high.';

      create table clock_notices (
        notice_id uuid primary key,
        clock_id uuid not null,
        subject_id uuid not null,
        item text,
        step text not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        rung text not null,
        level smallint not null,
        due_at timestamptz not null,
        to_user text,
        to_unit uuid,
        to_token text,
        to_from text,
        to_to text,
        rule_id uuid references escalation_rules,
        at timestamptz not null,
        check (num_nonnulls(to_user, to_unit, to_token) = 1),
        check (num_nonnulls(to_token, to_from, to_to) in (0, 3))
      );
      comment on table clock_notices is
        'Who is told of a rung that fired: written in the transaction that claims it, one per rung and addressee ever.';
      comment on column clock_notices.to_from is 'To whoever holds the role here with a reach within to_from and to_to.';
      create index clock_notices_user on clock_notices (to_user, at) where to_user is not null;
      create index clock_notices_unit on clock_notices (to_unit, at) where to_unit is not null;
      create index clock_notices_role on clock_notices (to_token, at) where to_token is not null;
      create index clock_notices_rule on clock_notices (rule_id, at) where rule_id is not null;
      ${protectNotices(names)}

      create table clock_notice_reads (
        notice_id uuid not null references clock_notices,
        user_id text not null,
        read_at timestamptz not null,
        primary key (user_id, notice_id)
      );
      comment on table clock_notice_reads is 'Who has read which notice: one to a role is read by each of its holders.';
      grant select, insert on clock_notice_reads to ${names.appRole}, ${names.providerRole};
      ${protectOwn(names, 'clock_notice_reads', 'user_id')}`,
    down: () => `
      ${unprotect('clock_notice_reads')}
      drop table clock_notice_reads;
      drop table clock_notices;
      drop function addressed_to(text, text, text, text, text[]);`,
  },
];
