import type { Logger } from '@nestjs/common';
import pg from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { ListenedClient } from './listened-client.js';
import { schemaOf } from './roles.js';

// A calendar day has no time zone and money has no float: nothing may turn them into a Date or a number on the way.
const types = { ...pg.types, getTypeParser: typeParser } as unknown as typeof pg.types;
function typeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === pg.types.builtins.DATE) return (value: string) => value;
  return pg.types.getTypeParser(oid, format as 'text');
}

/** The role of a pool could pass row-level security by, or owns what it should only use. */
export class UnsafeRole extends Error {
  constructor(role: string, why: string) {
    super(
      `the database role ${role} ${why}: services log in as a role that owns nothing and has no BYPASSRLS (see docs/data-scope.md)`,
    );
    this.name = 'UnsafeRole';
  }
}

/** Connections that all work as one role of a service, in its schema, in Asia/Shanghai; opened at first use. */
export class RolePool {
  private readonly dataSource: DataSource;
  private opening: Promise<unknown> | null = null;

  constructor(
    readonly role: string,
    options: { service: string; url: string; size: number; logger: Logger },
  ) {
    this.dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      entities: [],
      synchronize: false,
      poolSize: options.size,
      applicationName: `onething-${options.service}`,
      poolErrorHandler: (error: Error) => options.logger.warn(`database connection lost: ${error.message}`),
      extra: {
        Client: ListenedClient,
        pipeline: true,
        types,
        // A frozen process inside a transaction holds back every relay of the cluster: PostgreSQL ends it after 5 s.
        options: [
          `-c role=${role}`,
          `-c search_path=${schemaOf(options.service)}`,
          '-c timezone=Asia/Shanghai',
          '-c idle_in_transaction_session_timeout=5000',
          '-c statement_timeout=30000',
          '-c lock_timeout=10000',
        ].join(' '),
      },
    });
  }

  async connect(): Promise<{ runner: QueryRunner; client: pg.PoolClient }> {
    if (!this.dataSource.isInitialized) await (this.opening ??= this.open());
    const runner = this.dataSource.createQueryRunner();
    return { runner, client: (await runner.connect()) as pg.PoolClient };
  }

  async close(): Promise<void> {
    await this.opening?.catch(() => undefined);
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async open(): Promise<void> {
    try {
      await this.dataSource.initialize();
      await this.checkRole();
    } catch (error) {
      this.opening = null;
      if (this.dataSource.isInitialized) await this.dataSource.destroy();
      throw error;
    }
  }

  /** Row-level security holds nobody who owns the tables or may pass it by: neither the role of the pool, nor who logs in. */
  private async checkRole(): Promise<void> {
    const unsafe = await this.dataSource.query<{ rolname: string; bypasses: boolean }[]>(
      `select rolname, rolsuper or rolbypassrls as bypasses from pg_roles r
       where rolname in (current_user, session_user)
         and (rolsuper or rolbypassrls
              or exists (select from pg_class c where c.relowner = r.oid and c.relnamespace = current_schema()::regnamespace))`,
    );
    const [first] = unsafe;
    if (first) throw new UnsafeRole(first.rolname, first.bypasses ? 'has BYPASSRLS' : 'owns tables');
  }
}
