import { startService, testServices, type ServiceUnderTest } from '@app/testing';
import { join } from 'node:path';
import { allMigrations, allModules } from '../../apps/all-in-one/src/services.js';
import { runStory, stories } from '../../apps/cli/src/demo/run-story.js';
import { RunningSystem } from '../../apps/cli/src/installation/running-system.js';
import { services } from '../../apps/cli/src/services.js';

const ROOT = join(import.meta.dirname, '..', '..');
const logs = testServices().kafkaBrokers ? (['kafka', 'postgres'] as const) : (['postgres'] as const);

describe.each(logs)('the stories, on the event log of %s', (log) => {
  let house: ServiceUnderTest;
  let system: RunningSystem;

  beforeAll(async () => {
    house = await startService({ name: 'all-in-one', modules: allModules, migrated: allMigrations, log });
    system = new RunningSystem(
      {
        pid: process.pid,
        startedAt: new Date().toISOString(),
        mode: 'all-in-one',
        pids: {},
        services: Object.fromEntries(services.map(({ name }) => [name, house.url])),
        databaseUrl: house.config.DATABASE_URL,
        redisUrl: house.config.REDIS_URL ?? null,
        kafkaBrokers: log === 'kafka' ? (house.config.KAFKA_BROKERS ?? null) : null,
        keys: '',
        logs: '',
        backing: {
          postgres: { source: 'environment', detail: '' },
          redis: { source: 'environment', detail: '' },
          kafka: { source: 'environment', detail: '' },
        },
      },
      house.signer,
    );
  }, 120_000);
  afterAll(() => house.stop(), 60_000);

  it.each(stories)(
    '$name: $summary',
    async (story) => {
      const lines: string[] = [];
      const report = await runStory({
        system,
        story,
        seed: 20_261_125,
        root: ROOT,
        print: ({ atMs, text }) => lines.push(`${atMs} ${text}`),
      });
      if (!report.ok) throw new Error(`${JSON.stringify(report.failure)}\n${lines.join('\n')}`);
    },
    120_000,
  );
});
