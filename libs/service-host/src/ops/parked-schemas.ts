import { writtenInstant } from '@app/platform';
import { z } from 'zod';

/** A bigint of PostgreSQL, and never one past it. */
export const parkedId = z.string().regex(/^\d{1,18}$/);

export const parkedMessage = z
  .object({
    id: parkedId,
    consumer: z.string(),
    messageId: z.uuid(),
    type: z.string().nullable(),
    key: z.string(),
    personId: z.uuid().nullable(),
    caseId: z.uuid().nullable(),
    topic: z.string(),
    position: z.string(),
    state: z.enum(['failed', 'waiting', 'done', 'dismissed']),
    reason: z.enum(['unreadable', 'handler-failed', 'behind-parked', 'ended-the-process']),
    error: z.string().nullable().describe('Its first line.'),
    attempts: z.int(),
    parkedAt: writtenInstant,
  })
  .meta({ id: 'ParkedMessage' });

export const parkedDetail = parkedMessage
  .extend({
    headers: z.record(z.string(), z.string().nullable()),
    fullError: z.string().nullable(),
    payload: z.string().nullable().describe('Its data with ids and codes only. Null: it is no JSON.'),
    doneAt: writtenInstant.nullable(),
    doneBy: z.string().nullable(),
    behind: z.array(parkedMessage).readonly(),
  })
  .meta({ id: 'ParkedDetail' });

const effect = z
  .object({
    added: z.int(),
    changed: z.int(),
    removed: z.int(),
    told: z.array(z.object({ type: z.string(), count: z.int() })).readonly(),
  })
  .nullable()
  .describe('Rows of its own tables, and facts that it tells. Null where it failed.');

export const replayResult = z
  .object({
    id: parkedId,
    messageId: z.uuid(),
    consumer: z.string(),
    outcome: z.enum(['applied', 'would-apply', 'failed', 'still-waiting']),
    error: z.string().nullable(),
    effect,
  })
  .meta({ id: 'ReplayResult' });

export const replay = z
  .object({
    replayId: z.uuid(),
    parkedId: parkedId.nullable(),
    reason: z.string(),
    state: z.enum(['proposed', 'expired', 'approved', 'finished']),
    expected: z.array(replayResult).readonly(),
    results: z
      .array(replayResult.extend({ delivered: z.boolean().nullable() }))
      .readonly()
      .nullable(),
    proposedBy: z.string(),
    proposedAt: writtenInstant,
    expiresAt: writtenInstant,
    approvedBy: z.string().nullable(),
    approvedAt: writtenInstant.nullable(),
    finishedAt: writtenInstant.nullable(),
  })
  .meta({ id: 'Replay' });
