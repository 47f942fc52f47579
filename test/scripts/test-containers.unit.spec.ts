import { startContainers } from '../../scripts/lib/test-containers.mjs';

class Image {
  static fromString(image: string): string {
    return image;
  }
}

/** As much of testcontainers as is asked, on an engine that has these images or can pull them. */
function engine(has: readonly string[], pulls: readonly string[]) {
  const events: string[] = [];
  class GenericContainer {
    constructor(private readonly image: string) {}
    withEnvironment = () => this;
    withCommand = () => this;
    withExposedPorts = () => this;
    withWaitStrategy = () => this;
    start = async () => {
      events.push(`start ${this.image}`);
      return {
        getHost: () => 'localhost',
        getMappedPort: (port: number) => port + 40_000,
        stop: async () => void events.push(`stop ${this.image}`),
      };
    };
  }
  const image = {
    exists: async (name: string) => has.some((each) => name.startsWith(each)),
    pull: async (name: string) => {
      events.push(`pull ${name}`);
      if (!pulls.some((each) => name.startsWith(each))) throw new Error(`no such image ${name}`);
    },
  };
  return {
    events,
    library: {
      ImageName: Image,
      GenericContainer,
      Wait: { forLogMessage: () => null },
      getContainerRuntimeClient: async () => ({ image }),
    },
  };
}

describe('containers for the tests', () => {
  it('serve all three where the engine has the images or can pull them, and are stopped afterwards', async () => {
    const { library, events } = engine(['postgres', 'redis'], ['apache/kafka']);
    const { services, reason } = await startContainers(library);
    expect(reason).toBeNull();
    expect(services!.postgres.url).toBe('postgres://postgres@localhost:45432/postgres');
    expect(services!.redis.url).toBe('redis://localhost:46379');
    expect(services!.kafka.brokers).toMatch(/^127\.0\.0\.1:\d+$/);
    await services!.stop();
    expect(events.filter((event) => event.startsWith('start'))).toHaveLength(3);
    expect(events.filter((event) => event.startsWith('stop'))).toHaveLength(3);
  });

  it('an engine that cannot have an image counts as none, and the reason is said', async () => {
    const { library, events } = engine(['postgres', 'redis'], []);
    const { services, reason } = await startContainers(library);
    expect(services).toBeNull();
    expect(reason).toContain('apache/kafka');
    expect(events.filter((event) => event.startsWith('start'))).toEqual([]);
  });

  it('no engine is said too', async () => {
    const { library } = engine([], []);
    const none = {
      ...library,
      getContainerRuntimeClient: () => Promise.reject(new Error('no container runtime')),
    };
    expect(await startContainers(none)).toEqual({ services: null, reason: 'no container runtime' });
  });
});
