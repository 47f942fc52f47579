import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackingContext } from '../context.js';
import { brokerSettings } from '../kafka/kafka.js';
import { KAFKA_VERSION } from '../kafka/kafka-jars.js';
import { coordinatorAnswers } from '../kafka/kafka-wire.js';
import { stablePort } from '../ports.js';
import { DATABASE, ensureDatabase, POSTGRES_SETTINGS } from '../postgres/postgres.js';
import { placesOf } from '../private-process.js';
import { answersPing } from '../redis/redis.js';
import { PrivateContainer, type DockerEngine } from './docker-engine.js';

const POSTGRES_IMAGE = 'postgres:17-alpine';
const REDIS_IMAGE = 'redis:7-alpine';
const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;
const KAFKA_CONTROLLER_PORT = 9093;

export async function postgresContainer(context: BackingContext, engine: DockerEngine) {
  await engine.obtain(POSTGRES_IMAGE, context.observe);
  const { data } = placesOf(context.directory, 'postgres');
  const passwordFile = join(data, 'container-password');
  if (!existsSync(passwordFile))
    writeFileSync(passwordFile, randomBytes(18).toString('hex'), { mode: 0o600 });
  const password = readFileSync(passwordFile, 'utf8');
  const port = await stablePort(context.directory, 'postgres');
  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  const settings = { ...POSTGRES_SETTINGS, listen_addresses: '*' };
  const service = new PrivateContainer(engine, {
    name: 'PostgreSQL',
    image: POSTGRES_IMAGE,
    directory: context.directory,
    port,
    containerPort: 5432,
    env: { POSTGRES_PASSWORD: password, POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C' },
    command: ['postgres', ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    data: '/var/lib/postgresql/data',
    readyWithinMs: 120_000,
    ready: () => ensureDatabase(urlOf('postgres')),
  });
  context.observe('starting', POSTGRES_IMAGE);
  await service.start();
  return { service, url: urlOf(DATABASE) };
}

export async function redisContainer(context: BackingContext, engine: DockerEngine) {
  await engine.obtain(REDIS_IMAGE, context.observe);
  const port = await stablePort(context.directory, 'redis');
  const service = new PrivateContainer(engine, {
    name: 'Redis',
    image: REDIS_IMAGE,
    directory: context.directory,
    port,
    containerPort: 6379,
    env: {},
    command: ['redis-server', '--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'],
    data: '/data',
    readyWithinMs: 60_000,
    ready: () => answersPing(port),
  });
  context.observe('starting', REDIS_IMAGE);
  await service.start();
  return { service, url: `redis://127.0.0.1:${port}` };
}

export async function kafkaContainer(context: BackingContext, engine: DockerEngine) {
  await engine.obtain(KAFKA_IMAGE, context.observe);
  const port = await stablePort(context.directory, 'kafka');
  const settings = {
    ...brokerSettings({ broker: port, controller: KAFKA_CONTROLLER_PORT }),
    listeners: `PLAINTEXT://:${port},CONTROLLER://127.0.0.1:${KAFKA_CONTROLLER_PORT}`,
    'log.dirs': '/var/lib/kafka/data',
  };
  const service = new PrivateContainer(engine, {
    name: 'Kafka',
    image: KAFKA_IMAGE,
    directory: context.directory,
    port,
    containerPort: port,
    env: Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [
        `KAFKA_${key.toUpperCase().replaceAll('.', '_')}`,
        value,
      ]),
    ),
    command: [],
    data: '/var/lib/kafka/data',
    readyWithinMs: 120_000,
    ready: () => coordinatorAnswers(port),
  });
  context.observe('starting', KAFKA_IMAGE);
  await service.start();
  return { service, brokers: `127.0.0.1:${port}` };
}
