import { DockerEngine } from './docker/docker-engine.js';
import { NotHere } from './context.js';
import { installedJava, KAFKA_VERSION } from './kafka/kafka-jars.js';
import { toolsDirectory } from './places.js';
import { installedPostgres } from './postgres/postgres-binaries.js';
import { unprivilegedUser } from './postgres/unprivileged.js';
import { installedRedis } from './redis/redis.js';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from './run-command.js';

/** One thing that this machine has, or what to do to have it. */
export interface Finding {
  readonly found: boolean;
  readonly detail: string;
  readonly remedy: string | null;
}

/** What backing services could be brought up from here; looks, and starts or fetches nothing. */
export interface Machine {
  readonly docker: Finding;
  readonly postgres: Finding;
  readonly redis: Finding;
  readonly java: Finding;
  /** Fetched already, or Maven to fetch it with. */
  readonly kafka: Finding;
}

export async function inspectMachine(tools = toolsDirectory()): Promise<Machine> {
  const [docker, postgres, redis, java, kafka] = await Promise.all([
    finding(async () => `Docker ${(await DockerEngine.find()).version}`),
    finding(async () => {
      const { version, directory } = await installedPostgres(unprivilegedUser());
      return `PostgreSQL ${version}, ${directory}`;
    }),
    finding(async () => {
      const { name, version, command } = await installedRedis();
      return `${name} ${version}, ${command}`;
    }),
    finding(async () => {
      const { version, command } = await installedJava();
      return `Java ${version}, ${command}`;
    }),
    finding(async () => {
      const jars = join(tools, `kafka-${KAFKA_VERSION}`);
      if (existsSync(jars)) return `Apache Kafka ${KAFKA_VERSION}, ${jars}`;
      const maven = onPath('mvn');
      if (maven) return `${maven}, which fetches Apache Kafka ${KAFKA_VERSION} on first use`;
      throw new NotHere('no mvn on the PATH', 'install Maven (Debian: apt-get install maven)');
    }),
  ]);
  return { docker, postgres, redis, java, kafka };
}

async function finding(look: () => Promise<string>): Promise<Finding> {
  try {
    return { found: true, detail: await look(), remedy: null };
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    return { found: false, detail: error.why, remedy: error.remedy };
  }
}
