import { FlowProducer, Worker, type Job } from 'bullmq';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { STEP_PAYLOAD, STEPS } from '../w12/schema.js';
import type { Arm } from './arm.js';
import { COMPLETE_CHAIN, INSERT_CHAIN, insertStep } from './raw.js';

interface ChainJob {
  readonly id: string;
  readonly personId: string;
  readonly intendedAt: number;
}

const CONCURRENCY = 20;

/** BullMQ's own way: a flow whose parent is the join and whose twelve children lie in twelve queues. */
export const bullmq: Arm = {
  name: 'bullmq',
  title: 'BullMQ flow on Redis (AOF every second)',
  processes: 1,
  start: async ({ url, redisUrl, prefix }, _index, onCompleted) => {
    const pool = new pg.Pool({ connectionString: url, max: 20 });
    const connection = () => new Redis(redisUrl, { maxRetriesPerRequest: null });
    const connections: Redis[] = [];
    const shared = () => {
      const one = connection();
      connections.push(one);
      return one;
    };
    const flows = new FlowProducer({ connection: shared(), prefix });
    const options = () => ({ connection: shared(), prefix, concurrency: CONCURRENCY });
    const workers = Array.from(
      { length: STEPS },
      (_, index) =>
        new Worker(
          `step-${index + 1}`,
          async ({ data }: Job<ChainJob>) => {
            await pool.query(insertStep(index + 1), [data.id, data.personId, STEP_PAYLOAD]);
          },
          options(),
        ),
    );
    workers.push(
      new Worker(
        'join',
        async ({ data }: Job<ChainJob>) => {
          await pool.query(COMPLETE_CHAIN, [data.id]);
          onCompleted([data.intendedAt]);
        },
        options(),
      ),
    );
    await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    const gone = { removeOnComplete: true, removeOnFail: true };
    return {
      issue: async (intendedAt) => {
        const data: ChainJob = { id: randomUUID(), personId: randomUUID(), intendedAt: intendedAt.getTime() };
        await pool.query(INSERT_CHAIN, [data.id, data.personId, data.id, intendedAt]);
        await flows.add({
          name: 'join',
          queueName: 'join',
          data,
          opts: gone,
          children: Array.from({ length: STEPS }, (_, index) => ({
            name: 'step',
            queueName: `step-${index + 1}`,
            data,
            opts: gone,
          })),
        });
      },
      stop: async () => {
        await Promise.all(workers.map((worker) => worker.close()));
        await flows.close();
        for (const one of connections) one.disconnect();
        await pool.end();
      },
    };
  },
};
