/** Real services for the tests from containers (testcontainers), where an engine answers and can have the images. */
import { createServer } from 'node:net';

const IMAGES = { postgres: 'postgres:17-alpine', redis: 'redis:7-alpine', kafka: 'apache/kafka:4.1.1' };
/** An engine that is there says so at once; one that cannot pull may hang for minutes and counts as none. */
const ANSWER_LIMIT_MS = 10_000;
const PULL_LIMIT_MS = 5 * 60_000;

/**
 * @param testcontainers the library; another one only in its test
 * @returns the services and how to stop them, or the reason why there are none
 */
export async function startContainers(testcontainers) {
  const { getContainerRuntimeClient, GenericContainer, Wait } = testcontainers;
  const started = [];
  const stop = () => Promise.all(started.map((container) => container.stop()));
  try {
    const client = await within(ANSWER_LIMIT_MS, getContainerRuntimeClient(), 'the engine does not answer');
    for (const image of Object.values(IMAGES)) await haveImage(testcontainers, client, image);
    const keep = async (container) => {
      const running = await container.start();
      started.push(running);
      return running;
    };
    const kafkaPort = await freePort();
    const [postgres, redis] = await Promise.all([
      keep(
        new GenericContainer(IMAGES.postgres)
          .withEnvironment({ POSTGRES_HOST_AUTH_METHOD: 'trust' })
          .withCommand(['postgres', '-c', 'max_connections=400'])
          .withExposedPorts(5432)
          .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2)),
      ),
      keep(new GenericContainer(IMAGES.redis).withExposedPorts(6379)),
      keep(
        new GenericContainer(IMAGES.kafka)
          .withEnvironment(kafkaEnvironment(kafkaPort))
          // A client is sent to the advertised address, so the port outside is the same and known before.
          .withExposedPorts({ container: kafkaPort, host: kafkaPort })
          .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/)),
      ),
    ]);
    const service = (image) => ({ source: 'testcontainers', detail: image });
    return {
      services: {
        postgres: {
          ...service(IMAGES.postgres),
          url: `postgres://postgres@${postgres.getHost()}:${postgres.getMappedPort(5432)}/postgres`,
        },
        redis: { ...service(IMAGES.redis), url: `redis://${redis.getHost()}:${redis.getMappedPort(6379)}` },
        kafka: { ...service(IMAGES.kafka), brokers: `127.0.0.1:${kafkaPort}` },
        stop,
      },
      reason: null,
    };
  } catch (error) {
    await stop();
    return { services: null, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function haveImage({ ImageName }, client, image) {
  const name = ImageName.fromString(image);
  if (
    await within(
      ANSWER_LIMIT_MS,
      client.image.exists(name),
      `the engine does not say whether it has ${image}`,
    )
  )
    return;
  await within(PULL_LIMIT_MS, client.image.pull(name), `the engine cannot get ${image}`);
}

function kafkaEnvironment(port) {
  return {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:9093`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  };
}

async function within(milliseconds, promise, otherwise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
