import { testServices } from '@app/testing';
import { join } from 'node:path';
import { runStory, stories } from '../../apps/cli/src/demo/run-story.js';
import type { RunningSystem } from '../../apps/cli/src/installation/running-system.js';
import { startHouse, type House } from './house.js';

const ROOT = join(import.meta.dirname, '..', '..');
const logs = testServices().kafkaBrokers ? (['kafka', 'postgres'] as const) : (['postgres'] as const);

describe.each(logs)('the stories, on the event log of %s', (log) => {
  let house: House;
  let system: RunningSystem;

  beforeAll(async () => {
    house = await startHouse(log);
    system = house.system;
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
