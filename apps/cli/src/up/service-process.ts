import { endLeftovers, PrivateProcess, type Backing, type BackingState } from '@app/backing';
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { serviceUrl } from '@app/platform';
import { anchorFileOf } from '../installation/audit-logs.js';
import { databasePasswordIn, type KeyFiles } from '../installation/keys.js';
import { services, urlVariable, type ServiceInfo } from '../services.js';

const EXECUTABLE = basename(process.execPath);

/**
 * What a slice of facts loads lives longer than the young generation's default of 16 MB lasts, so it would be copied again and again:
 * with 64 MB a county's import spends half the time in the collector.
 */
export const NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=64'];

/** An account of the demo county as the sign-in page shows it. */
export interface ShownAccount {
  readonly userId: string;
  readonly title: string;
}

/** What all service processes of an installation have in common. */
export interface ServiceSurroundings {
  readonly home: string;
  readonly keys: KeyFiles;
  readonly backing: Backing;
  /** Base address by service. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly observe: (service: string, state: BackingState, text: string) => void;
  readonly shownAccounts: readonly ShownAccount[];
}

/** Marks our processes, so that those of a killed `up` are known again. */
export function marker(home: string): string {
  return `--onething-home=${home}`;
}

/** Ends services that a killed `up` of this installation left running. */
export async function endLeftServices(home: string): Promise<number> {
  return (await endLeftovers({ executable: EXECUTABLE, argument: marker(home) }, [])).length;
}

/** The environment of a migration run: it works as the owner of the schemas, and sets the password of the services' role. */
export function migrationEnvironmentOf(
  surroundings: Omit<ServiceSurroundings, 'observe' | 'home' | 'shownAccounts'>,
) {
  return {
    ...environmentOf(surroundings),
    DATABASE_URL: surroundings.backing.postgres.url,
    SERVICE_DATABASE_PASSWORD: databasePasswordIn(surroundings.keys),
  };
}

/** The environment of a service; our own passes through, so that its settings can be tried. */
export function environmentOf({
  backing,
  keys,
  addresses,
}: Omit<ServiceSurroundings, 'observe' | 'home' | 'shownAccounts'>) {
  const neighbours = services.flatMap(({ name }) => {
    const url = addresses[name];
    return url ? [[urlVariable(name), url]] : [];
  });
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    ...(Object.fromEntries(neighbours) as Record<string, string>),
    HOST: '127.0.0.1',
    DATABASE_URL: serviceUrl(backing.postgres.url, databasePasswordIn(keys)),
    ACTOR_JWKS_FILE: keys.actorJwks,
    ...signingIn(addresses),
    DATA_KEYS_FILE: keys.dataKeys,
    // A private installation keeps its files beside its keys and has no scanner, unless our own environment names others.
    ...(process.env['FILES_S3_BUCKET'] ? {} : { FILES_DIR: join(dirname(keys.directory), 'files') }),
    FILES_SCANNER: process.env['FILES_SCANNER'] ?? 'none',
    AUDIT_ANCHOR_FILE: anchorFileOf(keys),
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
    EVENT_LOG: backing.kafka.brokers ? 'kafka' : 'postgres',
    QUEUE_BACKEND: backing.redis.url ? 'redis' : 'postgres',
  };
  // Where nothing serves, a variable of our own environment must not say otherwise.
  delete environment['KAFKA_BROKERS'];
  delete environment['REDIS_URL'];
  if (backing.kafka.brokers) environment['KAFKA_BROKERS'] = backing.kafka.brokers;
  if (backing.redis.url) environment['REDIS_URL'] = backing.redis.url;
  return environment;
}

/**
 * Where the portal's server publishes its keys and finds the services. A private installation is for trying out: nobody is made to have an
 * authenticator, and one machine may sign everybody in; our own environment may say otherwise.
 */
function signingIn(addresses: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return {
    ...(addresses['workbench']
      ? { ACTOR_JWKS_URL: `${addresses['workbench']}/workbench/.well-known/jwks.json` }
      : {}),
    SERVICE_ADDRESSES: Object.entries(addresses)
      .map(([name, url]) => `${name}=${url}`)
      .join(','),
    SECOND_FACTOR: process.env['SECOND_FACTOR'] ?? 'optional',
    SIGN_IN_PER_MINUTE: process.env['SIGN_IN_PER_MINUTE'] ?? '5000',
    GATEWAY_PER_MINUTE: process.env['GATEWAY_PER_MINUTE'] ?? '60000',
  };
}

function shown(accounts: readonly ShownAccount[]): NodeJS.ProcessEnv {
  return { DEMO_ACCOUNTS: accounts.map(({ userId, title }) => `${userId}=${title}`).join(',') };
}

/** One service as a process of its own, watched and started again when it ends by itself. */
export function serviceProcess(
  service: ServiceInfo,
  entry: string,
  port: number,
  surroundings: ServiceSurroundings,
): PrivateProcess {
  const { home } = surroundings;
  const logs = join(home, 'logs');
  mkdirSync(logs, { recursive: true });
  return new PrivateProcess({
    name: service.name,
    source: 'binary',
    detail: `http://127.0.0.1:${port}`,
    command: process.execPath,
    args: [...NODE_OPTIONS, entry, marker(home)],
    logFile: join(logs, `${service.name}.log`),
    pidFile: join(home, 'pids', `${service.name}.pid`),
    env: { ...environmentOf(surroundings), ...shown(surroundings.shownAccounts), PORT: String(port) },
    gentle: 'SIGTERM',
    stopWithinMs: 20_000,
    readyWithinMs: 90_000,
    ready: () => isReady(port),
    supervised: true,
    observe: (state, text) => surroundings.observe(service.name, state, text),
  });
}

async function isReady(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(5_000) });
  await response.body?.cancel();
  return response.ok;
}
