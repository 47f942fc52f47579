import { Injectable } from '@nestjs/common';
import { permissions, type Actor } from '@app/access';
import { parkedMessage, replay, WATCHER_ID, type StatusOfService } from '@app/service-host';
import type { z } from 'zod';
import { SigningKeys } from '../../app/signing-keys.js';
import type { Look } from '../../domain/watch.js';

/** As whom the workbench looks: its own identity, with what an operator may see and nothing else. */
export const WATCHER: Actor = {
  id: WATCHER_ID,
  grants: [
    {
      role: permissions['delivery:operate'][0]!,
      department: null,
      from: '000000000000',
      to: '999999999999',
      unit: null,
      onBehalfOf: null,
    },
  ],
};

/** A parked message, and a replay, as a service writes it. */
export type ToldParked = z.output<typeof parkedMessage>;
export type ToldReplay = z.output<typeof replay>;

/** The service answers, but not what it was asked. */
class ServiceRefuses extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

/** How services say that they are, asked as any operator would ask. */
@Injectable()
export class ServiceStatus {
  constructor(private readonly keys: SigningKeys) {}

  /** One look at a process, by service; of every service that it was to run and did not tell of: nothing. */
  async of(base: URL, services: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, Look>> {
    try {
      const status = await this.told(WATCHER, base, timeoutMs);
      return new Map(
        services.map((service) => [service, lookOf(status.find((each) => each.service === service))]),
      );
    } catch (error) {
      return nothingOf(services, reasonOf(error));
    }
  }

  /** How the services of a process are. @throws Error if it does not say */
  told(actor: Actor, base: URL, timeoutMs: number): Promise<StatusOfService[]> {
    return this.get<StatusOfService[]>(actor, new URL('/ops/status', base), timeoutMs);
  }

  /** What a service could not handle. @throws Error if it does not say */
  parked(actor: Actor, base: URL, service: string, timeoutMs: number): Promise<ToldParked[]> {
    return this.get<ToldParked[]>(actor, new URL(`/ops/services/${service}/parked`, base), timeoutMs);
  }

  /** What was proposed to be handled again. @throws Error if it does not say */
  replays(actor: Actor, base: URL, service: string, timeoutMs: number): Promise<ToldReplay[]> {
    return this.get<ToldReplay[]>(actor, new URL(`/ops/services/${service}/replays`, base), timeoutMs);
  }

  private async get<Answer>(actor: Actor, address: URL, timeoutMs: number): Promise<Answer> {
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${await this.keys.sign(actor)}` },
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    if (response.ok) return (await response.json()) as Answer;
    await response.body?.cancel();
    throw new ServiceRefuses(response.status);
  }
}

function lookOf(status: StatusOfService | undefined): Look {
  if (!status) return { heard: 'nothing', why: 'the process does not run it' };
  const { reminding } = status;
  if (reminding === undefined) return { heard: 'answer' };
  if (reminding === null) return { heard: 'silence', why: 'its database does not say how its terms stand' };
  const { heartbeat } = reminding;
  return heartbeat
    ? { heard: 'beat', secondsSinceBeat: heartbeat.secondsSinceBeat, periodSeconds: heartbeat.periodSeconds }
    : { heard: 'silence', why: 'its heartbeat has not been armed' };
}

function nothingOf(services: readonly string[], why: string): ReadonlyMap<string, Look> {
  return new Map(services.map((service) => [service, { heard: 'nothing', why }]));
}

function reasonOf(error: unknown): string {
  if (error instanceof ServiceRefuses) return error.message;
  const { cause, name } = error as { cause?: { code?: unknown }; name?: string };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'no answer');
}
