import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { appRoleOf, schemaOf } from './database.js';
import type { Migration, MigrationNames } from './migration.js';

/** May read every service's outbox: the PostgreSQL event log needs it, and nothing else. */
export const LOG_READER_ROLE = 'onething_log_reader';

/**
 * Brings a service's schema up to date, as its owner; safe to run from several places at once.
 * @returns the names of the migrations that ran now.
 */
export async function migrate(options: {
  service: string;
  url: string;
  migrations: readonly Migration[];
}): Promise<string[]> {
  return withOwner(options, async (dataSource) => {
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map((migration) => migration.name);
  });
}

/** Takes back the newest migration. For development and for the test that every `down` works. */
export async function revertLast(options: {
  service: string;
  url: string;
  migrations: readonly Migration[];
}): Promise<void> {
  await withOwner(options, (dataSource) => dataSource.undoLastMigration({ transaction: 'each' }));
}

async function withOwner<Result>(
  options: { service: string; url: string; migrations: readonly Migration[] },
  work: (dataSource: DataSource) => Promise<Result>,
): Promise<Result> {
  const names = { schema: schemaOf(options.service), appRole: appRoleOf(options.service) };
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    schema: names.schema,
    migrations: options.migrations.map((migration) => toTypeOrm(migration, names)),
    migrationsTableName: 'schema_migrations',
    applicationName: `onething-${options.service}-migrate`,
    poolSize: 2,
    // A migration that waits for a lock would stop the service behind it: better to fail and be run again.
    extra: { options: `-c search_path=${names.schema} -c timezone=Asia/Shanghai -c lock_timeout=10000` },
  });
  await dataSource.initialize();
  const guard = dataSource.createQueryRunner();
  try {
    // Roles are cluster-wide, so one lock for all services and databases of a run.
    await guard.query(`select pg_advisory_lock(hashtextextended('onething:migrate', 0))`);
    await guard.query(prepare(names));
    return await work(dataSource);
  } finally {
    await guard
      .query(`select pg_advisory_unlock(hashtextextended('onething:migrate', 0))`)
      .catch(() => undefined);
    await guard.release();
    await dataSource.destroy();
  }
}

function prepare({ schema, appRole }: MigrationNames): string {
  const role = (name: string) => `
    do $$ begin
      create role ${name} nologin;
    exception when duplicate_object or unique_violation then null;
    end $$;`;
  return `
    ${role(LOG_READER_ROLE)}
    ${role(appRole)}
    do $$ begin
      execute format('grant %I to current_user', '${appRole}');
    exception when others then
      -- A superuser needs no membership, and a plain owner already has it.
      if not (select rolsuper from pg_roles where rolname = current_user)
        and not pg_has_role(current_user, '${appRole}', 'member') then raise; end if;
    end $$;
    grant ${LOG_READER_ROLE} to ${appRole};
    create schema if not exists ${schema};
    grant usage on schema ${schema} to ${appRole}, ${LOG_READER_ROLE};`;
}

/** TypeORM orders migrations by the number at the end of the class name, which must have 13 digits. */
function toTypeOrm(migration: Migration, names: MigrationNames): new () => MigrationInterface {
  const typeOrmName = `${migration.name}-${String(migration.id).padStart(13, '0')}`;
  return class implements MigrationInterface {
    name = typeOrmName;
    async up(runner: QueryRunner): Promise<void> {
      await runner.query(migration.up(names));
    }
    async down(runner: QueryRunner): Promise<void> {
      await runner.query(migration.down(names));
    }
  };
}
