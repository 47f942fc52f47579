import { messagingMigrations } from '@app/messaging';
import { migrate, type Migration } from '@app/platform';

/** W12, the work of one chain: issue, twelve steps in twelve schemas, join. Every arm writes these tables. */
export const STEPS = 12;

export function serviceName(step: number): string {
  return `svc-${String(step).padStart(2, '0')}`;
}

export function stepTable(step: number): string {
  return `svc_${String(step).padStart(2, '0')}.step`;
}

/** About 180 bytes, like a step's own data. */
export const STEP_PAYLOAD = JSON.stringify({ note: 'x'.repeat(150), ok: true });

const chainMigrations: Migration[] = [
  {
    id: 209901010001,
    name: 'create-chain',
    up: ({ appRole }) => `
      create table chain (
        id uuid primary key, person_id uuid not null, card_no text not null unique,
        status text not null default 'open', mask int not null default 0,
        intended_at timestamptz not null, completed_at timestamptz
      ) with (fillfactor = 60);
      grant select, insert, update on chain to ${appRole};`,
    down: () => 'drop table chain',
  },
];

const stepMigrations: Migration[] = [
  {
    id: 209901010001,
    name: 'create-step',
    up: ({ appRole }) => `
      create table step (
        chain_id uuid not null, step_no int not null, person_id uuid not null, status text not null,
        payload jsonb not null, done_at timestamptz not null default clock_timestamp(), primary key (chain_id, step_no));
      grant select, insert on step to ${appRole};`,
    down: () => 'drop table step',
  },
];

export async function migrateW12(url: string): Promise<void> {
  const servicePassword = new URL(url).password || undefined;
  await migrate({
    service: 'chain',
    url,
    servicePassword,
    migrations: [...messagingMigrations, ...chainMigrations],
  });
  for (let step = 1; step <= STEPS; step += 1) {
    await migrate({
      service: serviceName(step),
      url,
      servicePassword,
      migrations: [...messagingMigrations, ...stepMigrations],
    });
  }
}
