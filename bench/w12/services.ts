import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { serviceActor } from '@app/access';
import { causedBy, defineEvent, type Envelope } from '@app/contracts';
import { MessagingRuntime, Outbox, type ConsumerDefinition, type EventLog } from '@app/messaging';
import { Database, serviceUrl } from '@app/platform';
import { z } from 'zod';
import type { ArmProcess, OnCompleted } from '../arms/arm.js';
import { serviceName, STEP_PAYLOAD, STEPS } from './schema.js';

const ALL_DONE = (1 << STEPS) - 1;
const DIVISION = '338801000000';

const chain = { personId: z.uuid(), divisionCode: z.string(), chainId: z.uuid() };

export const cardIssued = defineEvent({
  type: 'chain.card.issued.v1',
  title: 'W12: a card was issued',
  data: z.object(chain),
  key: (data) => data.chainId,
});
export const stepDone = defineEvent({
  type: 'step.step.done.v1',
  title: 'W12: a step is done',
  data: z.object({ ...chain, step: z.int() }),
  key: (data) => data.chainId,
});

function stepConsumer(step: number, outbox: Outbox): ConsumerDefinition {
  return {
    name: `${serviceName(step)}/do-step-on-card-issued`,
    service: serviceName(step),
    events: [cardIssued],
    stopFacts: [],
    run: async (events, { tx }) => {
      const issued = events as Envelope<z.infer<typeof cardIssued.schema>>[];
      outbox.append(
        tx,
        issued.map((event) => causedBy(event, stepDone.of({ ...event.data, step }))),
      );
      await tx.query(
        `insert into step (chain_id, step_no, person_id, status, payload)
         select chain_id, $3, person_id, 'done', $4::jsonb from unnest($1::uuid[], $2::uuid[]) as u (chain_id, person_id)
         on conflict do nothing`,
        [issued.map(({ data }) => data.chainId), issued.map(({ data }) => data.personId), step, STEP_PAYLOAD],
      );
    },
  };
}

function joinConsumer(onCompleted: OnCompleted): ConsumerDefinition {
  return {
    name: 'chain/join-on-step-done',
    service: 'chain',
    events: [stepDone],
    stopFacts: [],
    run: async (events, { tx }) => {
      const masks = new Map<string, number>();
      for (const { data } of events as Envelope<z.infer<typeof stepDone.schema>>[]) {
        masks.set(data.chainId, (masks.get(data.chainId) ?? 0) | (1 << (data.step - 1)));
      }
      const ids = [...masks.keys()].sort();
      const rows = await tx.query<{ done: boolean; intended: number }>(
        `update chain c set mask = c.mask | u.mask,
           status = case when (c.mask | u.mask) = $3 then 'done' else c.status end,
           completed_at = case when (c.mask | u.mask) = $3 then clock_timestamp() else c.completed_at end
         from unnest($1::uuid[], $2::int[]) as u (id, mask) where c.id = u.id
         returning c.status = 'done' as done, extract(epoch from c.intended_at)::float8 * 1000 as intended`,
        [ids, ids.map((id) => masks.get(id)), ALL_DONE],
      );
      const intended = rows.filter(({ done }) => done).map((row) => row.intended);
      if (intended.length > 0) tx.afterCommit(() => onCompleted(intended));
    },
  };
}

/** Runs some of the thirteen services in this process, on the released delivery; `chain` issues and joins. */
export async function startServices(
  url: string,
  log: EventLog,
  services: readonly string[],
  onCompleted: OnCompleted,
): Promise<ArmProcess> {
  const runtime = new MessagingRuntime(log);
  const consumers: ConsumerDefinition[] = [];
  const databases: Database[] = [];
  let issue: ArmProcess['issue'] = () => Promise.reject(new Error('this process does not issue'));
  for (const service of services) {
    const poolSize = service === 'chain' ? 24 : 3;
    const database = new Database({
      service,
      url: serviceUrl(url, new URL(url).password || undefined),
      poolSize,
      logger: new Logger(service),
    });
    await database.open();
    databases.push(database);
    const outbox = new Outbox();
    const actor = serviceActor(service);
    const publishes = service === 'chain' ? ['chain.card'] : ['step.step'];
    runtime.register({ service, database, actor, outbox, publishes });
    if (service === 'chain') {
      consumers.push(joinConsumer(onCompleted));
      issue = (intendedAt) =>
        database.transaction(actor, async (tx) => {
          const data = { chainId: randomUUID(), personId: randomUUID(), divisionCode: DIVISION };
          outbox.append(tx, [cardIssued.of(data)]);
          // Not awaited: it travels with the begin before it and the commit after it, and its error fails the commit.
          tx.query('insert into chain (id, person_id, card_no, intended_at) values ($1, $2, $3, $4)', [
            data.chainId,
            data.personId,
            data.chainId,
            intendedAt,
          ]).catch(() => undefined);
        });
    } else {
      consumers.push(stepConsumer(Number(service.slice(-2)), outbox));
    }
  }
  await runtime.start(consumers);
  await log.ready();
  return {
    issue,
    stop: async () => {
      await runtime.stop();
      await Promise.all(databases.map((database) => database.close()));
    },
  };
}
