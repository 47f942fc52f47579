import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { NotHere, type BackingContext } from '../context.js';
import { lastLines, onPath, runCommand } from '../run-command.js';

export const KAFKA_VERSION = '4.3.1';
const LOG4J_VERSION = '2.25.3';
const OLDEST_JAVA = 17;
const FETCH_LIMIT_MS = 5 * 60_000;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>onething</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>${LOG4J_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** A Java that can run the broker. */
export async function installedJava(): Promise<{ command: string; version: number }> {
  const home = process.env['JAVA_HOME'];
  const fromHome = home ? join(home, 'bin', 'java') : null;
  const command = fromHome && existsSync(fromHome) ? fromHome : onPath('java');
  const remedy = `install Java ${OLDEST_JAVA} or newer (Debian: apt-get install default-jre-headless) or set KAFKA_BROKERS`;
  if (!command) throw new NotHere('no java on the PATH', remedy);
  const { stderr } = await runCommand(command, ['-version'], { timeoutMs: 10_000 });
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  if (version < OLDEST_JAVA) throw new NotHere(`${command} is Java ${version || 'of unknown age'}`, remedy);
  return { command, version };
}

/** Apache Kafka from Maven Central. @returns the directory of its jars */
export async function kafkaJars(context: BackingContext): Promise<string> {
  const home = join(context.tools, `kafka-${KAFKA_VERSION}`);
  if (existsSync(home)) return home;
  const maven = onPath('mvn');
  if (!maven) {
    throw new NotHere(
      'no mvn on the PATH, which fetches Apache Kafka',
      'install Maven (Debian: apt-get install maven) or set KAFKA_BROKERS',
    );
  }
  context.observe('fetching', `Apache Kafka ${KAFKA_VERSION} from Maven Central`);
  mkdirSync(context.tools, { recursive: true });
  // Made beside and then moved: a fetch that was interrupted leaves nothing that looks whole.
  const unfinished = await mkdtemp(join(context.tools, 'fetching-'));
  try {
    writeFileSync(join(unfinished, 'pom.xml'), POM);
    const { code, stdout, stderr } = await runCommand(
      maven,
      ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=libs'],
      { timeoutMs: FETCH_LIMIT_MS, cwd: unfinished },
    );
    if (code !== 0) {
      throw new NotHere(
        `mvn could not fetch Apache Kafka ${KAFKA_VERSION}: ${lastLines(stdout + stderr, 2)}`,
        'check the network and the Maven settings, or set KAFKA_BROKERS',
      );
    }
    await rename(join(unfinished, 'libs'), home).catch((error: unknown) => {
      if (!existsSync(home)) throw error;
    });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return home;
}
