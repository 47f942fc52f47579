import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { STEP_PAYLOAD, STEPS, stepTable } from '../w12/schema.js';
import type { Arm } from './arm.js';

export const INSERT_CHAIN =
  'insert into chain.chain (id, person_id, card_no, intended_at) values ($1, $2, $3, $4)';
export const COMPLETE_CHAIN = `update chain.chain set status = 'done', completed_at = clock_timestamp() where id = $1`;
export const insertStep = (step: number) =>
  `insert into ${stepTable(step)} (chain_id, step_no, person_id, status, payload)
   values ($1, ${step}, $2, 'done', $3) on conflict do nothing`;

/** The work with nothing that survives a crash: start, then twelve inserts at once over a pool, then the join. */
export const raw: Arm = {
  name: 'raw',
  title: 'node-postgres alone (not crash-safe)',
  processes: 1,
  start: async ({ url }, _index, onCompleted) => {
    const pool = new pg.Pool({ connectionString: url, max: 20 });
    const running = new Set<Promise<void>>();
    const goOn = async (id: string, personId: string, intendedAt: Date) => {
      await Promise.all(
        Array.from({ length: STEPS }, (_, index) =>
          pool.query(insertStep(index + 1), [id, personId, STEP_PAYLOAD]),
        ),
      );
      await pool.query(COMPLETE_CHAIN, [id]);
      onCompleted([intendedAt.getTime()]);
    };
    return {
      issue: async (intendedAt) => {
        const [id, personId] = [randomUUID(), randomUUID()];
        await pool.query(INSERT_CHAIN, [id, personId, id, intendedAt]);
        const rest = goOn(id, personId, intendedAt).finally(() => running.delete(rest));
        running.add(rest);
      },
      stop: async () => {
        await Promise.all(running);
        await pool.end();
      },
    };
  },
};
