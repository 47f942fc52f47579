import { Logger } from '@nestjs/common';
import type { Servers } from './arm.js';
import { ARMS } from './arms.js';
import { figuresOf, type Figures } from '../measure/figures.js';

/** What the bench tells a process of an arm, and what it is told. */
export type Order =
  | { readonly do: 'burst'; readonly count: number }
  | { readonly do: 'rate'; readonly perSecond: number; readonly seconds: number }
  | { readonly do: 'stop' };

export interface ArmProcessArguments {
  readonly arm: string;
  readonly index: number;
  readonly servers: Servers;
}

const ISSUERS = 20;

async function main({ arm: name, index, servers }: ArmProcessArguments): Promise<void> {
  Logger.overrideLogger(['error', 'fatal', 'warn']);
  const arm = ARMS.find((candidate) => candidate.name === name)!;
  let latencies: number[] = [];
  let lastCompleted = 0;
  let awaited: { count: number; resolve: () => void } | null = null;
  const process_ = await arm.start(servers, index, (intended) => {
    lastCompleted = Date.now();
    for (const at of intended) latencies.push(lastCompleted - at);
    if (awaited && latencies.length >= awaited.count) awaited.resolve();
  });

  async function measure(count: number, issueAll: (start: number) => Promise<void>): Promise<Figures> {
    latencies = [];
    const completed = new Promise<void>((resolve) => (awaited = { count, resolve }));
    const start = Date.now() + 50;
    await issueAll(start);
    await completed;
    return figuresOf(latencies, (lastCompleted - start) / 1000);
  }

  /** Every issuer goes on as soon as its last card is committed. */
  const burst = (count: number) =>
    measure(count, async () => {
      let left = count;
      const issuer = async () => {
        while (left-- > 0) await process_.issue(new Date());
      };
      await Promise.all(Array.from({ length: ISSUERS }, issuer));
    });

  /** Open loop: a card has its instant, and its latency counts from there even if it was issued late. */
  const rate = (perSecond: number, seconds: number) =>
    measure(perSecond * seconds, async (start) => {
      const pending: Promise<void>[] = [];
      for (let n = 0; n < perSecond * seconds; n += 1) {
        const at = start + (n * 1000) / perSecond;
        const early = at - Date.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
        pending.push(process_.issue(new Date(at)));
      }
      await Promise.all(pending);
    });

  process.on('message', (order: Order) => {
    void (async () => {
      switch (order.do) {
        case 'burst':
          return process.send!(await burst(order.count));
        case 'rate':
          return process.send!(await rate(order.perSecond, order.seconds));
        case 'stop':
          await process_.stop();
          return process.disconnect();
      }
    })();
  });
  // Without its bench, nobody would ever stop it.
  process.on('disconnect', () => process.exit(0));
  process.send!('ready');
}

await main(JSON.parse(process.argv[2]!) as ArmProcessArguments);
