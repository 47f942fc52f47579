import type { Migration } from './migration.js';

/** Tables that the platform's own doors need in every service's schema. */
export const platformMigrations: readonly Migration[] = [
  {
    id: 202611240001,
    name: 'create-idempotent-requests',
    up: ({ appRole }) => `
      create table idempotent_requests (
        actor_id text not null,
        key text not null,
        request_hash text not null,
        result jsonb,
        created_at timestamptz not null default now(),
        primary key (actor_id, key)
      );
      comment on table idempotent_requests is
        'What a command with an Idempotency-Key returned, so that a client may repeat it after a lost answer.';
      create index idempotent_requests_created_at on idempotent_requests (created_at);
      grant select, insert, update, delete on idempotent_requests to ${appRole};`,
    down: () => 'drop table idempotent_requests;',
  },
];
