import type { Migration } from '@app/platform';

/** What is to be deleted, who approved it, and the proof that it was. Ids, counts and days; nothing of a person. */
export const retentionMigrations: readonly Migration[] = [
  {
    id: 202611290401,
    name: 'create-retention',
    up: ({ workerRole }) => `
      create table retention_proposals (
        proposal_id uuid primary key,
        class text not null,
        years int not null,
        archive boolean not null,
        basis text not null,
        as_of date not null,
        status text not null check (status in ('gathering', 'proposed', 'superseded', 'approved', 'done')),
        files int not null default 0,
        bytes bigint not null default 0,
        ids_hash text,
        oldest date,
        newest date,
        wrapped_key text,
        proposed_at timestamptz not null,
        approved_by text,
        approved_by_role text,
        approved_at timestamptz,
        reason text,
        done_at timestamptz,
        check ((status in ('approved', 'done')) = (approved_by is not null and reason is not null)),
        check (not archive or wrapped_key is not null)
      );
      comment on table retention_proposals is
        'Files whose time is over, gathered by the nightly job; deleted only when a named person has approved exactly this set.';
      comment on column retention_proposals.years is 'As the place had settled it on that day; a later change begins a new proposal.';
      comment on column retention_proposals.ids_hash is 'SHA-256 over the file ids in order, joined by commas.';
      comment on column retention_proposals.oldest is 'The earliest day on which one of the cases ended; newest: the latest.';
      comment on column retention_proposals.wrapped_key is 'Key of the archive bundle, encrypted; null where the class is not archived.';
      create unique index retention_proposals_open on retention_proposals (class) where status in ('proposed', 'approved');

      create table retention_proposal_files (
        proposal_id uuid not null references retention_proposals on delete cascade,
        file_id uuid not null,
        object_id uuid not null,
        ended_on date not null,
        bytes int not null,
        archived_sha256 text,
        kept_because text check (kept_because in ('held', 'unreadable')),
        deleted_at timestamptz,
        primary key (proposal_id, file_id)
      );
      comment on table retention_proposal_files is 'The set of a proposal, and how far each of it is.';
      comment on column retention_proposal_files.kept_because is
        'Why it was not deleted after all: held again since it was proposed, or it could not be archived.';

      create table retention_proofs (
        proof_id uuid primary key,
        proposal_id uuid not null references retention_proposals,
        what text not null check (what in ('archived', 'deleted', 'contents-removed')),
        class text not null,
        years int not null,
        basis text not null,
        count int not null,
        bytes bigint not null,
        ids_hash text not null,
        oldest date,
        newest date,
        detail jsonb not null,
        approved_by text not null,
        approved_by_role text not null,
        approved_at timestamptz not null,
        at timestamptz not null
      );
      comment on table retention_proofs is
        'Append-only: what was archived and deleted, by which rule, on whose approval. Written in the transaction that deletes.';
      comment on column retention_proofs.ids_hash is 'SHA-256 over the ids in order, joined by commas: of files, for contents-removed of contents.';
      create index retention_proofs_in_order on retention_proofs (at, proof_id);

      create table retention_nights (night date primary key, done_at timestamptz not null);
      comment on table retention_nights is 'Nights (Asia/Shanghai) whose proposals have been made.';

      ${['retention_proposals', 'retention_proposal_files', 'retention_proofs', 'retention_nights']
        .map(
          (table) => `
      alter table ${table} enable row level security, force row level security;
      create policy migrating on ${table} to current_user using (true) with check (true);
      create policy own_work on ${table} to ${workerRole} using (true) with check (true);`,
        )
        .join('')}
      grant select, insert, update, delete on retention_proposals, retention_proposal_files to ${workerRole};
      grant select, insert on retention_proofs, retention_nights to ${workerRole};`,
    down: () =>
      'drop table retention_nights; drop table retention_proofs; drop table retention_proposal_files; drop table retention_proposals;',
  },
];
