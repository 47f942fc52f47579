import { createRequire } from 'node:module';
import { SliceQueue } from '../consumers/slice-queue.js';
import { Delivery } from '../consumers/delivery.js';
import { patchIdleTimer } from './idle-patch.js';
import { ProgressWatchdog, type Watched } from './watchdog.js';

const delivery = (position: string) => new Delivery('mill.sack', position, 'key', {}, null);
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('ProgressWatchdog', () => {
  async function stuck(group: Partial<Watched>): Promise<string[]> {
    const found: string[] = [];
    const watched: Watched = { name: 'bakery', lastProgress: -Infinity, lag: async () => 5, ...group };
    await new ProgressWatchdog([watched], (name) => found.push(name)).look();
    return found;
  }

  it('reports a group that has messages waiting and finishes none', async () => {
    expect(await stuck({})).toContain('bakery');
  });
  it('leaves a group alone that has nothing to do, or goes on, or whose lag nobody knows', async () => {
    expect(await stuck({ lag: async () => 0 })).toEqual([]);
    expect(await stuck({ lastProgress: Infinity })).toEqual([]);
    expect(await stuck({ lag: () => Promise.reject(new Error('no broker')) })).toEqual([]);
  });
});

describe('SliceQueue', () => {
  it('merges what comes in one turn, and what comes while a slice is in hand, up to its limit', async () => {
    const slices: string[][] = [];
    let finish: () => void = () => undefined;
    const queue = new SliceQueue(async (deliveries) => {
      slices.push(deliveries.map(({ position }) => position));
      if (slices.length === 1) await new Promise<void>((resolve) => (finish = resolve));
    }, 3);
    const first = [queue.submit([delivery('a')]), queue.submit([delivery('b')])];
    await turn();
    await turn();
    const later = [
      queue.submit([delivery('c'), delivery('d')]),
      queue.submit([delivery('e')]),
      queue.submit([delivery('f')]),
    ];
    finish();
    await Promise.all([...first, ...later]);
    await queue.idle();
    expect(slices).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f']]);
  });

  it('fails only those whose slice failed', async () => {
    const queue = new SliceQueue(async ([one]) => {
      if (one!.position === 'bad') throw new Error('bad slice');
    }, 1);
    const results = await Promise.allSettled([
      queue.submit([delivery('bad')]),
      queue.submit([delivery('good')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});

describe('the idle patch of kafkajs', () => {
  it('sets no timer on a connection that has nothing waiting, and still does when something waits', () => {
    patchIdleTimer();
    const Queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as new (
      options: object,
    ) => {
      checkPendingRequests(): void;
      push(request: object): void;
      destroy(): void;
      throttleCheckTimeoutId: unknown;
    };
    const logger = { debug: () => undefined };
    const queue = new Queue({ maxInFlightRequests: 1, requestTimeout: 1000, logger });
    queue.checkPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
    for (const correlationId of [1, 2]) {
      queue.push({ entry: { correlationId }, expectResponse: true, sendRequest: () => undefined });
    }
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    queue.destroy();
  });
});
