import { takeoverStory } from '../../apps/cli/src/demo/stories/takeover.story.js';
import { startHouse, type House } from './house.js';

/** Small enough for every run; the whole county is told by `npx onething demo takeover`. */
const PEOPLE = 500;

let house: House;

beforeAll(async () => {
  house = await startHouse('postgres');
}, 180_000);
afterAll(() => house?.stop(), 60_000);

it('a county goes live, and its first run differs from the old list in what was planted and nothing else', async () => {
  await takeoverStory(PEOPLE).run(house.scene);
}, 600_000);
