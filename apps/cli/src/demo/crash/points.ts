/**
 * Preloaded (`node --import`) into a service by the crash story: counts every call to PostgreSQL, Kafka and Redis, and dies at the
 * one it is told. The service itself is the released one and knows nothing of it.
 */
import { createRequire } from 'node:module';

export type CallKind = 'postgres' | 'kafka' | 'redis';
export type Side = 'before' | 'after';

/** From the story: count from now on; and, if `at` is given, strike at that call. */
export interface Arm {
  readonly arm: {
    readonly at: number;
    readonly side: Side;
    readonly victim: 'self' | 'postgres' | 'kafka';
  } | null;
}

/** To the story: what was counted since the last `arm`, or that the point is reached and a backing service is to be killed. */
export type Told =
  | { readonly counted: Readonly<Record<CallKind, number>> }
  | { readonly reached: CallKind; readonly kill: 'postgres' | 'kafka' };

const require = createRequire(import.meta.url);
let armed: Arm['arm'] = null;
let calls = 0;
const counted: Record<CallKind, number> = { postgres: 0, kafka: 0, redis: 0 };

process.on('message', (message: Arm | { count: true }) => {
  if ('count' in message) {
    process.send?.({ counted: { ...counted } } satisfies Told);
    return;
  }
  armed = message.arm;
  calls = 0;
  counted.postgres = counted.kafka = counted.redis = 0;
});
// The channel to the story must not keep the service alive, and its end must not end the service.
process.channel?.unref();
process.on('disconnect', () => undefined);

function strike(kind: CallKind, number: number, side: Side): void {
  if (armed?.at !== number || armed.side !== side) return;
  const { victim } = armed;
  armed = null;
  if (victim === 'self') process.kill(process.pid, 'SIGKILL');
  else process.send?.({ reached: kind, kill: victim } satisfies Told);
}

/** Wraps a method that answers with a promise: strikes before the call goes out, and when its answer is there. */
function watch(
  kind: CallKind,
  target: Record<string, unknown>,
  method: string,
  counts: (call: unknown) => boolean,
): void {
  const original = target[method] as (...args: unknown[]) => unknown;
  target[method] = function (this: unknown, ...args: unknown[]) {
    if (!counts(args[0])) return original.apply(this, args);
    counted[kind] += 1;
    const number = (calls += 1);
    strike(kind, number, 'before');
    const result = original.apply(this, args);
    if (result instanceof Promise) result.then(() => strike(kind, number, 'after')).catch(() => undefined);
    return result;
  };
}

const pg = require('pg') as { Client: { prototype: Record<string, unknown> } };
watch('postgres', pg.Client.prototype, 'query', () => true);

const kafkaConnection = require('kafkajs/src/network/connection.js') as {
  prototype: Record<string, unknown>;
};
const KAFKA_CALLS = new Set(['Produce', 'Fetch', 'OffsetCommit']);
watch('kafka', kafkaConnection.prototype, 'send', (call) =>
  KAFKA_CALLS.has((call as { request?: { apiName?: string } }).request?.apiName ?? ''),
);

const redis = require('ioredis') as { Redis: { prototype: Record<string, unknown> } };
watch('redis', redis.Redis.prototype, 'sendCommand', () => true);
