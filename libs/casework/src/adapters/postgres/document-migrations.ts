import { remedyKinds } from '@app/contracts';
import { protectVia, unprotect, type Migration } from '@app/platform';
import { challengeOutcomes } from '../../domain/challenge.js';
import { documentKinds, receivers, serviceMethods } from '../../domain/document.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');
const cases = { table: 'cases', column: 'case_id' };

/** What goes to the person on paper, how it was served, and what the person had looked at again. */
export const documentMigrations: readonly Migration[] = [
  {
    id: 202611290150,
    name: 'create-case-documents',
    up: (names) => `
      create table case_documents (
        document_id uuid primary key,
        case_id uuid not null references cases,
        kind text not null check (kind in (${list(documentKinds)})),
        step text,
        challenge_id uuid,
        reason text,
        remedy text,
        made_on date not null,
        made_by text not null,
        made_by_role text not null,
        made_on_behalf_of text,
        served_on date,
        made_at timestamptz not null default now(),
        check ((kind = 'challenge-decision') = (challenge_id is not null))
      );
      comment on table case_documents is 'Documents of cases (文书) that go to the person: by whom, why, and the remedies that each names.';
      comment on column case_documents.served_on is 'The day that counts as service by the record that stands; null: not served.';
      create index case_documents_case on case_documents (case_id, made_at, document_id);
      create index case_documents_unserved on case_documents (made_at, document_id) where served_on is null;

      create table document_services (
        document_id uuid not null references case_documents,
        place int not null,
        method text not null check (method in (${list(serviceMethods)})),
        on_day date not null,
        served_on date not null,
        received_by text check (received_by in (${list(receivers)})),
        witness text,
        recorded boolean not null,
        reference text,
        note text,
        correction text,
        proof_file_id uuid,
        served_by text not null,
        served_by_role text not null,
        served_on_behalf_of text,
        recorded_at timestamptz not null,
        primary key (document_id, place),
        check ((place = 0) = (correction is null))
      );
      comment on table document_services is
        'How a document was served (送达). The last record stands; one that was wrong stays, and the next says why.';

      create table electronic_consents (
        case_id uuid primary key references cases,
        since date,
        taken_by text not null,
        taken_by_role text not null,
        taken_at timestamptz not null
      );
      comment on table electronic_consents is
        'Persons who agreed to be served electronically in a case, and since when; null: the person took it back.';

      ${protectVia(names, 'case_documents', cases, 'select, insert')}
      ${protectVia(names, 'document_services', { table: 'case_documents', column: 'document_id' }, 'select')}
      ${protectVia(names, 'electronic_consents', cases, 'select')}
      grant select, insert, update on case_documents, document_services, electronic_consents to ${names.appRole};`,
    down: ({ providerRole }) => `
      revoke all on case_documents, document_services, electronic_consents from ${providerRole};
      ${['electronic_consents', 'document_services', 'case_documents'].map(unprotect).join('')}
      drop table electronic_consents; drop table document_services; drop table case_documents;`,
  },
  {
    id: 202611290151,
    name: 'create-case-challenges',
    up: (names) => `
      create table case_challenges (
        challenge_id uuid primary key,
        case_id uuid not null references cases,
        person_id uuid not null,
        kind text not null check (kind in (${list(remedyKinds)})),
        document_id uuid references case_documents,
        body text not null,
        filed_on date not null,
        last_day date,
        grounds text not null,
        taken_by text not null,
        taken_by_role text not null,
        status text not null check (status in ('received', 'accepted', 'not-admitted', 'decided')),
        outcome text check (outcome in (${list(challengeOutcomes)})),
        state jsonb not null,
        changed_by text not null,
        changed_by_role text not null,
        created_at timestamptz not null default now(),
        changed_at timestamptz not null default now(),
        check ((status = 'decided') = (outcome is not null))
      );
      comment on table case_challenges is 'Decisions that persons had looked at again (异议、复查、复核、行政复议、行政诉讼), and what became of it.';
      comment on column case_challenges.document_id is 'What it is against; null: that nothing was done (不作为).';
      comment on column case_challenges.last_day is 'Last day on which it could be filed; null: no term ran.';
      comment on column case_challenges.state is 'When it was accepted, late reason, evidence, stay, and what belongs to the status alone.';
      create index case_challenges_case on case_challenges (case_id, created_at, challenge_id);
      create unique index case_challenges_one_pending on case_challenges (case_id, kind) where status in ('received', 'accepted');
      ${protectVia(names, 'case_challenges', cases)}
      grant select, insert, update on case_challenges to ${names.appRole};
      -- An institution sees the case that is placed with it, and not what the person objects to: it is granted the look and shown no row.
      grant select on case_challenges to ${names.providerRole};
      create policy placed on case_challenges to ${names.providerRole} using (false);`,
    down: ({ providerRole }) => `
      revoke all on case_challenges from ${providerRole};
      ${unprotect('case_challenges')}
      drop table case_challenges;`,
  },
  {
    id: 202611302401,
    name: 'number-case-documents',
    up: ({ appRole, providerRole }) => `
      create table document_numbers (
        year int primary key,
        last int not null check (last > 0)
      );
      comment on table document_numbers is 'The last number of each year in the register of documents (文书登记).';
      grant select, insert, update on document_numbers to ${appRole}, ${providerRole};
      alter table case_documents add number_year int, add number int;
      update case_documents d set number_year = n.year, number = n.number
      from (select document_id, extract(year from made_on)::int as year,
              row_number() over (partition by extract(year from made_on) order by made_at, document_id)::int as number
            from case_documents) as n
      where d.document_id = n.document_id;
      insert into document_numbers select number_year, max(number) from case_documents group by 1;
      alter table case_documents alter number_year set not null, alter number set not null, add unique (number_year, number);
      comment on column case_documents.number is 'Its place in the register of its year: without gaps, since it is taken in the transaction that makes the document.';`,
    down: ({ appRole, providerRole }) => `
      alter table case_documents drop number_year, drop number;
      revoke all on document_numbers from ${appRole}, ${providerRole};
      drop table document_numbers;`,
  },
];
