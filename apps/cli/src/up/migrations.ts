import pg from 'pg';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import { buildStamp } from './build-place.js';

/** Runs a compiled `migrate.js`, until the signal ends it. @throws CliError with what it said */
export function runMigration(
  name: string,
  entry: string,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const reason = said.trim().split('\n').slice(0, 12).join('\n');
      reject(
        new CliError(
          'migration-failed',
          `${name} 的数据库结构没有更新成功 · its migrations failed:\n${reason}`,
        ),
      );
    });
  });
}

/**
 * Remembers for which build and which database the migrations have run, so that a second start does not pay for nine
 * processes that find nothing to do.
 */
export class MigrationMemory {
  private constructor(
    private readonly file: string,
    private readonly fingerprint: string | null,
  ) {}

  static async of(home: string, databaseUrl: string): Promise<MigrationMemory> {
    const build = buildStamp();
    const database = build ? await databaseIdentity(databaseUrl) : null;
    const fingerprint =
      build && database ? createHash('sha256').update(`${build} ${database}`).digest('hex') : null;
    return new MigrationMemory(join(home, 'migrated'), fingerprint);
  }

  get upToDate(): boolean {
    try {
      return this.fingerprint !== null && readFileSync(this.file, 'utf8') === this.fingerprint;
    } catch {
      return false;
    }
  }

  remember(): void {
    if (this.fingerprint) writeFileSync(this.file, this.fingerprint);
  }
}

/** Differs for every cluster and every database in it; null where the server does not tell. */
async function databaseIdentity(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ identity: string }>(
      `select system_identifier || '.' || (select oid from pg_database where datname = current_database()) as identity
       from pg_control_system()`,
    );
    return rows[0]?.identity ?? null;
  } catch {
    return null;
  } finally {
    await client.end();
  }
}
