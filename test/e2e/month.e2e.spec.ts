import { Office } from '../../apps/cli/src/demo/office.js';
import { Teller } from '../../apps/cli/src/demo/story.js';
import { tellMonths } from '../../apps/cli/src/demo/stories/month.story.js';
import { parked, startHouse, type House } from './house.js';

let house: House;

beforeAll(async () => {
  house = await startHouse('postgres');
}, 180_000);
afterAll(() => house?.stop(), 60_000);

it('a county pays two months from plan to return file, and net paid equals entitled to the 分 for everybody', async () => {
  const lines: string[] = [];
  const teller = new Teller(({ atMs, text }) => lines.push(`${atMs} ${text}`), 60);
  const dayOf = (day: string) => {
    house.service.clock.set(day);
    return Promise.resolve({
      ...house.scene,
      teller,
      office: new Office(house.system, teller, day),
      today: day,
    });
  };
  await tellMonths(dayOf).catch(async (error: unknown) => {
    const left = (await parked(house)).map(({ consumer, error: why }) => `parked by ${consumer}: ${why}`);
    throw new Error([...lines, ...left].join('\n'), { cause: error });
  });
}, 600_000);
