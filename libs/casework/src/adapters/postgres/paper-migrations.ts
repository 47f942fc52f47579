import { protectVia, unprotect, type Migration } from '@app/platform';
import { obliged, obligationStates, supplementStates } from '../../domain/paper-records.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');
const cases = { table: 'cases', column: 'case_id' };

/** What persons were asked to bring afterwards, and without which papers cases were accepted. */
export const paperMigrations: readonly Migration[] = [
  {
    id: 202611290120,
    name: 'create-case-supplements',
    up: (names) => `
      create table case_supplements (
        case_id uuid not null references cases,
        number int not null check (number > 0),
        papers jsonb not null,
        note text,
        time_limit jsonb not null,
        effect jsonb,
        state text not null check (state in (${list(supplementStates)})),
        asked_by text not null,
        asked_by_role text not null,
        asked_at timestamptz not null,
        ended_at timestamptz,
        primary key (case_id, number),
        check ((state = 'open') = (ended_at is null))
      );
      comment on table case_supplements is
        'Notices of what is missing (一次性告知、补正通知): everything at once; a second one only of what could not be seen at the first.';
      comment on column case_supplements.time_limit is
        'Within what time the papers come, as the item said it then: number or null, unit, kind, basis.';
      comment on column case_supplements.effect is 'What it does to the terms of which steps, with the article; null: nothing.';
      grant select, insert, update on case_supplements to ${names.appRole};
      ${protectVia(names, 'case_supplements', cases, 'select, insert, update')}`,
    down: ({ providerRole }) => `
      revoke all on case_supplements from ${providerRole};
      ${unprotect('case_supplements')}
      drop table case_supplements;`,
  },
  {
    id: 202611290121,
    name: 'create-case-obligations',
    up: (names) => `
      create table case_obligations (
        case_id uuid not null references cases,
        material text not null,
        who text not null check (who in (${list(obliged)})),
        from_body text,
        time_limit jsonb not null,
        basis text not null,
        reason text not null,
        suspends jsonb,
        blocks text not null check (blocks in ('decision', 'nothing')),
        state text not null check (state in (${list(obligationStates)})),
        accepted_at timestamptz not null,
        changed_by text not null,
        changed_by_role text not null,
        changed_at timestamptz not null,
        primary key (case_id, material),
        check ((who = 'fetched-from') = (from_body is not null))
      );
      comment on table case_obligations is
        'Papers without which a case was accepted all the same (容缺受理), who brings each by when; or that need not come, and why.';
      grant select, insert, update on case_obligations to ${names.appRole};
      ${protectVia(names, 'case_obligations', cases, 'select, insert, update')}

      alter table cases add column waits_for_papers boolean not null default false;
      comment on column cases.waits_for_papers is
        'Papers were asked for, or it was accepted without some, and they are still to come.';
      create index cases_wait_for_papers on cases (created_at, case_id) where waits_for_papers;`,
    down: ({ providerRole }) => `
      drop index cases_wait_for_papers;
      alter table cases drop column waits_for_papers;
      revoke all on case_obligations from ${providerRole};
      ${unprotect('case_obligations')}
      drop table case_obligations;`,
  },
];
