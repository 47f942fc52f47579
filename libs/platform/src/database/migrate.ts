import pg from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { Migration, MigrationNames } from './migration.js';
import { LOG_READER_ROLE, LOGIN_ROLE, rolesOf, schemaOf } from './roles.js';

export interface MigrateOptions {
  readonly service: string;
  /** Address of the owner of the schema. */
  readonly url: string;
  readonly migrations: readonly Migration[];
  /** Set for the role under which services log in; absent: as it is. */
  readonly servicePassword?: string | undefined;
  /** Services keep their queues in a schema of their own of this database, and may make it. */
  readonly queuesHere?: boolean;
}

/**
 * Brings a service's schema up to date, as its owner; safe to run from several places at once.
 * @returns the names of the migrations that ran now.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  return withOwner(options, async (dataSource) => {
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map((migration) => migration.name);
  });
}

/** Takes back the newest migration. For development and for the test that every `down` works. */
export async function revertLast(options: MigrateOptions): Promise<void> {
  await withOwner(options, (dataSource) => dataSource.undoLastMigration({ transaction: 'each' }));
}

async function withOwner<Result>(
  options: MigrateOptions,
  work: (dataSource: DataSource) => Promise<Result>,
): Promise<Result> {
  const names: MigrationNames = { schema: schemaOf(options.service), ...rolesOf(options.service) };
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
    await guard.query(prepare(names, options));
    return await work(dataSource);
  } finally {
    await guard
      .query(`select pg_advisory_unlock(hashtextextended('onething:migrate', 0))`)
      .catch(() => undefined);
    await guard.release();
    await dataSource.destroy();
  }
}

/** Roles are the cluster's, so they are made here and not by a migration; all of it may be run again. */
function prepare(names: MigrationNames, { servicePassword, queuesHere }: MigrateOptions): string {
  const { schema, appRole, providerRole, workerRole, relayRole } = names;
  const role = (name: string, attributes = 'nologin') => `
    do $$ begin
      create role ${name} ${attributes};
    exception when duplicate_object or unique_violation then null;
    end $$;`;
  const own = [appRole, providerRole, workerRole, relayRole];
  // Other databases of the cluster may be migrated at the same moment, and have the same roles.
  const agreed = (statement: string) => `
    do $agreed$ begin
      for attempt in 1..20 loop
        begin
          execute ${pg.escapeLiteral(statement)};
          exit;
        exception when unique_violation or internal_error then
          if attempt = 20 then raise; end if;
          perform pg_sleep(0.05 * random());
        end;
      end loop;
    end $agreed$;`;
  const member = (of: string, who: string) => `
    do $$ begin
      if not exists (select from pg_auth_members where roleid = '${of}'::regrole and member = '${who}'::regrole) then
        grant ${of} to ${who};
      end if;
    end $$;`;
  return `
    ${role(LOG_READER_ROLE)}
    ${role(LOGIN_ROLE, 'login noinherit')}
    ${own.map((name) => role(name)).join('')}
    ${servicePassword ? agreed(`alter role ${LOGIN_ROLE} password ${pg.escapeLiteral(servicePassword)}`) : ''}
    ${own.map((name) => agreed(member(name, LOGIN_ROLE))).join('')}
    ${agreed(member(appRole, workerRole))}
    ${[workerRole, relayRole].map((name) => agreed(member(LOG_READER_ROLE, name))).join('')}
    ${
      queuesHere
        ? `do $$ begin execute format('grant create on database %I to ${LOGIN_ROLE}', current_database()); end $$;`
        : ''
    }
    create schema if not exists ${schema};
    grant usage on schema ${schema} to ${own.join(', ')}, ${LOG_READER_ROLE};`;
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
