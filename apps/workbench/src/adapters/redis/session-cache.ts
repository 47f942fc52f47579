import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Session } from '../../domain/session-terms.js';
import { WorkbenchRedis } from './workbench-redis.js';

const CACHED_SECONDS = 60;
/** A mark outlives every copy that could have been read before it was set. */
const MARKED_SECONDS = 2 * CACHED_SECONDS;
const MARK = 'ended';

const copy = z.object({
  era: z.string(),
  session: z.object({
    sessionId: z.string(),
    accountId: z.string(),
    userId: z.string(),
    startedAt: z.coerce.date(),
    lastSeenAt: z.coerce.date(),
    endsAt: z.coerce.date(),
  }),
});

/** Writes a copy unless the session has been marked as ended. */
const WRITE = `if redis.call('get', KEYS[1]) ~= '${MARK}' then redis.call('set', KEYS[1], ARGV[1], 'EX', ARGV[2]) end`;

/** What a look into the cache gave; `era` null: do not write either. */
export interface Look {
  readonly session: Session | null;
  readonly era: string | null;
}

const AWAY: Look = { session: null, era: null };

/**
 * Copies of open sessions. PostgreSQL alone decides; losing Redis, or what is in it, signs nobody out. That an ended session is dead at
 * once rests on three things:
 * - it is marked before its end commits, so that no reader writes a copy made before; a mark means "ask PostgreSQL", so one that was
 *   set for an end that rolled back does no harm, and a crash after the commit leaves none out;
 * - every copy belongs to an era, a random word in Redis: emptying Redis begins a new one, so that a copy read before is worthless;
 * - a process that was cut off from Redis, and so may owe marks, begins a new era before it uses Redis again.
 * What is left: a process that is cut off while another is not. Then a copy is believed for at most a minute.
 */
@Injectable()
export class SessionCache {
  private readonly redis: Redis | null;
  private readonly eraKey: string;
  private usable = false;

  constructor(private readonly connection: WorkbenchRedis) {
    this.redis = connection.client;
    this.eraKey = `${connection.prefix}:session-era`;
    this.redis?.on('ready', () => void this.beginEra());
    this.redis?.on('close', () => (this.usable = false));
    if (this.redis?.status === 'ready') void this.beginEra();
  }

  async look(secretHash: string): Promise<Look> {
    return this.orAway(AWAY, async (redis) => {
      const [era, text] = await redis.mget(this.eraKey, this.keyOf(secretHash));
      if (!era) return { session: null, era: await this.newEraUnlessSet(redis) };
      if (!text) return { session: null, era };
      if (text === MARK) return AWAY;
      const found = copy.parse(JSON.parse(text));
      return { session: found.era === era ? found.session : null, era };
    });
  }

  /** @param era of the look that came before PostgreSQL was read */
  async keep(secretHash: string, era: string, session: Session): Promise<void> {
    await this.orAway(undefined, async (redis) => {
      await redis.eval(WRITE, 1, this.keyOf(secretHash), JSON.stringify({ era, session }), CACHED_SECONDS);
    });
  }

  /** Before the transaction that ends these sessions commits. */
  async mark(secretHashes: readonly string[]): Promise<void> {
    if (secretHashes.length === 0) return;
    await this.orAway(undefined, async (redis) => {
      const pipeline = redis.pipeline();
      for (const hash of secretHashes) pipeline.set(this.keyOf(hash), MARK, 'EX', MARKED_SECONDS);
      for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
    });
  }

  private async beginEra(): Promise<void> {
    const redis = this.redis;
    if (!redis) return;
    try {
      await redis.set(this.eraKey, freshEra());
      this.usable = true;
    } catch {
      // Without it nothing may be believed; the next connection tries again.
      redis.disconnect(true);
    }
  }

  private async newEraUnlessSet(redis: Redis): Promise<string | null> {
    await redis.set(this.eraKey, freshEra(), 'NX');
    return redis.get(this.eraKey);
  }

  /** A command that failed may be a mark that is owed: Redis is left alone until a new connection has begun a new era. */
  private async orAway<Result>(away: Result, work: (redis: Redis) => Promise<Result>): Promise<Result> {
    if (!this.redis || !this.usable) return away;
    try {
      return await work(this.redis);
    } catch {
      this.usable = false;
      if (this.redis.status === 'ready') this.redis.disconnect(true);
      return away;
    }
  }

  private keyOf(secretHash: string): string {
    return `${this.connection.prefix}:session:${secretHash}`;
  }
}

function freshEra(): string {
  return randomBytes(12).toString('base64url');
}
