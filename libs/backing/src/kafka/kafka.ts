import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackingContext } from '../context.js';
import { freePort, stablePort } from '../ports.js';
import { placesOf, PrivateProcess, StartFailed } from '../private-process.js';
import type { Program } from '../processes.js';
import { lastLines, runCommand } from '../run-command.js';
import { installedJava, KAFKA_VERSION, kafkaJars } from './kafka-jars.js';
import { coordinatorAnswers } from './kafka-wire.js';

export interface RunningKafka {
  readonly service: PrivateProcess;
  readonly brokers: string;
}

/** One node that is broker and controller, as small and as quick to come back as one machine needs. */
export function brokerSettings(ports: { broker: number; controller: number }): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.broker}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // A broker that was killed is let in again only when its own old registration has run out.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'auto.create.topics.enable': 'false',
  };
}

// Quick to start and small rather than fast for weeks: the first compiler stage is enough.
const JVM = ['-Xms256m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

function configFileIn(data: string): string {
  return join(data, 'server.properties');
}

/** How a broker of this installation is known again. */
export function kafkaPrograms(data: string): Program[] {
  return [{ executable: 'java', argument: configFileIn(data) }];
}

/** Starts a private Apache Kafka (KRaft, no ZooKeeper); its storage is formatted on the first start. */
export async function startKafka(context: BackingContext): Promise<RunningKafka> {
  const java = await installedJava();
  const jars = await kafkaJars(context);
  const places = placesOf(context.directory, 'kafka');
  const storage = join(places.data, 'data');
  const configFile = configFileIn(places.data);
  if (context.fresh) rmSync(storage, { recursive: true, force: true });
  const broker = await stablePort(context.directory, 'kafka');
  const controller = await freePort();
  const settings = { ...brokerSettings({ broker, controller }), 'log.dirs': storage };
  writeFileSync(
    configFile,
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  writeFileSync(join(places.data, 'log4j2.properties'), LOGGING);
  const classPath = join(jars, '*');
  const logging = `-Dlog4j2.configurationFile=${join(places.data, 'log4j2.properties')}`;
  if (!existsSync(join(storage, 'meta.properties'))) {
    context.observe('starting', 'formatting the storage');
    rmSync(storage, { recursive: true, force: true });
    await format(java.command, [...JVM, logging, '-cp', classPath], configFile);
  }
  const service = new PrivateProcess({
    name: 'Kafka',
    source: 'binary',
    detail: `Apache Kafka ${KAFKA_VERSION} from Maven Central, Java ${java.version}`,
    command: java.command,
    args: [...JVM, logging, '-cp', classPath, 'kafka.Kafka', configFile],
    ...places,
    cwd: places.data,
    gentle: 'SIGTERM',
    stopWithinMs: 30_000,
    readyWithinMs: 120_000,
    ready: () => coordinatorAnswers(broker),
    supervised: context.supervised,
    observe: context.observe,
  });
  context.observe('starting', `Apache Kafka ${KAFKA_VERSION}`);
  await service.start();
  return { service, brokers: `127.0.0.1:${broker}` };
}

const LOGGING = `rootLogger.level=INFO
rootLogger.appenderRef.out.ref=OUT
appender.out.type=Console
appender.out.name=OUT
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c{1}: %m%n
logger.config.name=org.apache.kafka.common.config
logger.config.level=WARN
logger.kafkaConfig.name=kafka.server.KafkaConfig
logger.kafkaConfig.level=WARN
`;

async function format(java: string, options: readonly string[], configFile: string): Promise<void> {
  const { code, stdout, stderr } = await runCommand(
    java,
    [
      ...options,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      clusterId(),
      '-c',
      configFile,
      '--ignore-formatted',
    ],
    { timeoutMs: 60_000 },
  );
  if (code !== 0) {
    throw new StartFailed(
      'Kafka',
      `its storage could not be formatted:\n${lastLines(stdout + stderr)}`,
      configFile,
    );
  }
}

/** As the broker's own tool makes one: 16 random bytes; a leading dash would be read as an option. */
function clusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
}
