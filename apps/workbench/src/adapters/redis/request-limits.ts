import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { TooManyRequests } from '../../domain/sign-in-errors.js';
import { WorkbenchRedis } from './workbench-redis.js';

const MINUTE = 60;

/** How many requests somebody may send in a minute. Counted in Redis for all processes; while it is away, by each for itself. */
@Injectable()
export class RequestLimits {
  private readonly signIn: RateLimiterAbstract;
  private readonly gateway: RateLimiterAbstract;

  constructor(redis: WorkbenchRedis, @Inject(WORKBENCH_CONFIG) config: WorkbenchConfig) {
    this.signIn = limiter(redis, 'sign-in', config.SIGN_IN_PER_MINUTE);
    this.gateway = limiter(redis, 'gateway', config.GATEWAY_PER_MINUTE);
  }

  /** @throws TooManyRequests @param address as the connection shows it */
  ofSignIn(address: string): Promise<void> {
    return take(this.signIn, address);
  }

  /** @throws TooManyRequests */
  ofGateway(sessionId: string): Promise<void> {
    return take(this.gateway, sessionId);
  }
}

function limiter({ client, prefix }: WorkbenchRedis, name: string, points: number): RateLimiterAbstract {
  const options = { keyPrefix: `${prefix}:limit:${name}`, points, duration: MINUTE };
  const own = new RateLimiterMemory(options);
  if (!client) return own;
  return new RateLimiterRedis({
    ...options,
    storeClient: client,
    rejectIfRedisNotReady: true,
    insuranceLimiter: own,
  });
}

async function take(limit: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limit.consume(key);
  } catch (refused) {
    if (refused instanceof Error) throw refused;
    const { msBeforeNext } = refused as { msBeforeNext: number };
    throw new TooManyRequests(Math.max(1, Math.ceil(msBeforeNext / 1000)));
  }
}
