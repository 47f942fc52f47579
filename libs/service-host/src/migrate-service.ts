import { auditMigrations, type EncryptedTable } from '@app/access';
import { messagingMigrations } from '@app/messaging';
import {
  migrate,
  migrationConfig,
  platformMigrations,
  type Migration,
  type MigrationConfig,
} from '@app/platform';

/** A service and the migrations of its own tables and of the libraries that it uses. */
export interface MigratedService {
  readonly service: string;
  readonly migrations: readonly Migration[];
  /** Columns that hold ciphertext: what is encrypted anew when the key changes. */
  readonly encrypted?: readonly EncryptedTable[];
}

/** Every migration that a service's schema needs, in order. */
export function migrationsOf({ migrations }: MigratedService): Migration[] {
  return [...platformMigrations, ...messagingMigrations, ...auditMigrations, ...migrations].sort(
    (a, b) => a.id - b.id,
  );
}

/**
 * Brings the schemas of these services up to date: `src/migrate.ts` of every app is this call.
 * @param tell is given one JSON line per service
 */
export async function migrateServices(
  services: readonly MigratedService[],
  config: MigrationConfig = migrationConfig(),
  tell: (line: string) => void = (line) => void process.stdout.write(line),
): Promise<void> {
  for (const service of services) {
    const done = await migrate({
      service: service.service,
      url: config.DATABASE_URL,
      servicePassword: config.SERVICE_DATABASE_PASSWORD,
      queuesHere: config.QUEUE_BACKEND === 'postgres',
      migrations: migrationsOf(service),
    });
    tell(`${JSON.stringify({ service: service.service, migrated: done })}\n`);
  }
}
