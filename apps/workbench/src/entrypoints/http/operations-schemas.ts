import { instant } from '@app/contracts';
import { writtenInstant } from '@app/platform';
import { parkedMessage, replay } from '@app/service-host';
import { z } from 'zod';

/** As its service wrote it. */
const toldMessage = parkedMessage.extend({ parkedAt: instant }).meta({ id: 'ToldParkedMessage' });

const told = { proposedAt: instant, expiresAt: instant };
const toldReplay = replay
  .extend({ ...told, approvedAt: instant.nullable(), finishedAt: instant.nullable() })
  .meta({ id: 'ToldReplay' });

const silent = z.array(z.string()).readonly().describe('Services that did not say.');

const unknown = 'Null: unknown.';

const seenService = z
  .object({
    service: z.string(),
    answered: z.boolean().describe('False: nothing is known of it.'),
    relayed: z.boolean().nullable(),
    lag: z.int().nullable().describe(unknown),
    topics: z
      .array(z.object({ topic: z.string(), messages: z.int() }))
      .readonly()
      .nullable()
      .describe(unknown),
    parked: z.int().nullable().describe(unknown),
    unpublished: z
      .object({ count: z.int(), oldestSeconds: z.number() })
      .nullable()
      .describe('Facts that are not on the log yet. Null: unknown, or none is needed.'),
    queues: z
      .array(
        z.object({
          queue: z.string(),
          backend: z.enum(['redis', 'postgres']),
          counts: z
            .object({
              waiting: z.int(),
              delayed: z.int(),
              active: z.int(),
              failed: z.int(),
              completed: z.int(),
            })
            .nullable()
            .describe(unknown),
          oldestWaitingSeconds: z.number().nullable(),
        }),
      )
      .readonly(),
    reminding: z.enum(['healthy', 'troubled', 'unknown', 'none']),
  })
  .meta({ id: 'SeenService' });

export const operationsOverview = z
  .object({
    asOf: writtenInstant,
    services: z.array(seenService).readonly(),
    alarms: z
      .array(
        z.object({
          service: z.string(),
          what: z.enum(['reminding-stopped', 'unreachable']),
          raisedAt: writtenInstant,
        }),
      )
      .readonly(),
    hurt: z.object({
      persons: z.int(),
      today: z.int().describe('Persons whose next term by law or local rule ends today.'),
      overdue: z.int(),
      incomplete: z.boolean().describe('Not every service said what is parked with it.'),
    }),
    proposed: z.int().describe('Replays that wait for a second person.'),
  })
  .meta({ id: 'OperationsOverview' });

export const seenParked = z
  .object({
    rows: z
      .array(
        z.object({
          service: z.string(),
          message: toldMessage,
          nearest: z
            .object({
              owner: z.string(),
              caseId: z.uuid(),
              title: z.string(),
              term: z
                .object({
                  kind: z.enum(['statutory', 'local_rule', 'promised']),
                  dueAt: writtenInstant.nullable().describe('Null: it stands still.'),
                  provisional: z.boolean(),
                  paused: z.boolean(),
                })
                .nullable(),
            })
            .nullable()
            .describe('Of the case or the person that it is about, the case whose term ends first.'),
        }),
      )
      .readonly(),
    silent,
  })
  .meta({ id: 'SeenParked' });

export const seenReplays = z
  .object({ rows: z.array(z.object({ service: z.string(), replay: toldReplay })).readonly(), silent })
  .meta({ id: 'SeenReplays' });
