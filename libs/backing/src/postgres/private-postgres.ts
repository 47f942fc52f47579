import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { claimDirectory } from '../directory-lock.js';
import { toolsDirectory } from '../places.js';
import { placesOf } from '../private-process.js';
import { embeddedPostgres, installedPostgres, type PostgresBinaries } from './postgres-binaries.js';
import { startPostgres } from './postgres.js';
import { canReach, reachable, unprivilegedUser, type User } from './unprivileged.js';

/** Where the private PostgreSQL of an installation lies, whether or not it runs. */
export interface PostgresPlace {
  /** Holds the data directories and the password. */
  readonly home: string;
  readonly passwordFile: string;
  readonly binaries: PostgresBinaries;
  /** Of these programs' major version; it need not exist yet. */
  readonly data: string;
  /** As whom it works; null: as ourselves. */
  readonly user: User | null;
}

/** Finds programs and places without starting anything. @throws NotHere */
export async function postgresPlace(directory: string): Promise<PostgresPlace> {
  const user = unprivilegedUser();
  const home = reachable(user, placesOf(directory, 'postgres').data);
  const context = { ...QUIET, directory, tools: toolsDirectory(), postgresSettings: {} };
  const binaries =
    process.env['ONETHING_BACKING_FORCE_EMBEDDED'] === '1'
      ? await embeddedPostgres(context, user)
      : await installedPostgres(user).catch(() => embeddedPostgres(context, user));
  return {
    home,
    user,
    binaries,
    passwordFile: join(home, 'password'),
    data: join(home, `data-${Number.parseInt(binaries.version)}`),
  };
}

/** Whether PostgreSQL, as whoever it works, can walk down to a directory and read in it. */
export function postgresCanReach({ user }: PostgresPlace, directory: string): boolean {
  return user === null || canReach(user, directory);
}

/** Major versions of the data that are there. */
export function postgresDataIn(home: string): number[] {
  if (!existsSync(home)) return [];
  return readdirSync(home).flatMap((name) => (/^data-\d+$/.test(name) ? [Number(name.slice(5))] : []));
}

/**
 * Runs PostgreSQL alone on the data of a directory, does the work, and ends it in good order.
 * @param directory of an installation; nobody else may be working in it
 * @throws DirectoryInUse, StartFailed
 */
export async function withPrivatePostgres<Result>(
  directory: string,
  settings: Readonly<Record<string, string>>,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const whole = resolve(directory);
  const release = claimDirectory(whole);
  try {
    const { binaries, user } = await postgresPlace(whole);
    const context = { ...QUIET, directory: whole, tools: toolsDirectory(), postgresSettings: settings };
    const { service, url } = await startPostgres(context, binaries, 'binary', user);
    try {
      return await work(url);
    } finally {
      await service.stop();
    }
  } finally {
    release();
  }
}

const QUIET = { fresh: false, supervised: false, observe: () => undefined };
