import { Injectable } from '@nestjs/common';
import { permissions, type Actor } from '@app/access';
import { WATCHER_ID, type StatusOfService } from '@app/service-host';
import { SigningKeys } from '../../app/signing-keys.js';
import type { Look } from '../../domain/watch.js';

/** As whom the workbench looks: its own identity, with what an operator may see and nothing else. */
const WATCHER: Actor = {
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

/** How services say that they are, asked as any operator would ask. */
@Injectable()
export class ServiceStatus {
  constructor(private readonly keys: SigningKeys) {}

  /** One look at a process, by service; of every service that it was to run and did not tell of: nothing. */
  async of(base: URL, services: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, Look>> {
    try {
      const response = await fetch(new URL('/ops/status', base), {
        headers: { authorization: `Bearer ${await this.keys.sign(WATCHER)}` },
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      });
      if (!response.ok) {
        await response.body?.cancel();
        return nothingOf(services, `HTTP ${response.status}`);
      }
      const status = (await response.json()) as StatusOfService[];
      return new Map(
        services.map((service) => [service, lookOf(status.find((each) => each.service === service))]),
      );
    } catch (error) {
      return nothingOf(services, reasonOf(error));
    }
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
  const { cause, name } = error as { cause?: { code?: unknown }; name?: string };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'no answer');
}
