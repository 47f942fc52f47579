import { testServices } from '@app/testing';
import { join } from 'node:path';
import { isDemoUser } from '../../apps/cli/src/demo/accounts.js';
import { runStory, stories } from '../../apps/cli/src/demo/run-story.js';
import { staffed } from '../../apps/cli/src/demo/seed-organisation.js';
import { startHouse, type House } from './house.js';
import { WrongRolesFirst } from './wrong-roles.js';

const ROOT = join(import.meta.dirname, '..', '..');
const PASSWORD = 'an invented office at work';
const logs = testServices().kafkaBrokers ? (['kafka', 'postgres'] as const) : (['postgres'] as const);

describe.each(logs)('the stories by signed-in users, on the event log of %s', (log) => {
  let house: House;
  let users: WrongRolesFirst;

  beforeAll(async () => {
    house = await startHouse(log);
    await staffed(house.system, PASSWORD);
    users = new WrongRolesFirst(house.system, (userId) => (isDemoUser(userId) ? PASSWORD : null));
  }, 180_000);
  afterAll(() => house.stop(), 60_000);

  it.each(stories)(
    '$name: $summary',
    async (story) => {
      const lines: string[] = [];
      const report = await runStory({
        system: users,
        story,
        seed: 20_261_125,
        root: ROOT,
        print: ({ atMs, text }) => lines.push(`${atMs} ${text}`),
      });
      if (!report.ok) throw new Error(`${JSON.stringify(report.failure)}\n${lines.join('\n')}`);
    },
    180_000,
  );

  it('refused every step to users of wrong roles, with what to do', () => {
    expect(users.tried).toBeGreaterThan(100);
    expect(users.lapses).toEqual([]);
  });
});
