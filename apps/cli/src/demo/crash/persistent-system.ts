import { randomUUID } from 'node:crypto';
import {
  RunningSystem,
  ServiceRefused,
  ServiceSilent,
  type CallOptions,
} from '../../installation/running-system.js';
import type { Ledger } from './ledger.js';

const GIVE_UP_MS = 180_000;
const IDS = ['personId', 'householdId', 'applicationId', 'cardId', 'caseId', 'status', 'version'];

/**
 * A client that does not give up: a command without an answer is sent again under the same Idempotency-Key until it is
 * acknowledged, and what is acknowledged is on disk before the client goes on.
 */
export class PersistentSystem extends RunningSystem {
  ledger: Ledger | null = null;

  override async call<Result>(
    service: string,
    method: string,
    path: string,
    options: CallOptions,
  ): Promise<Result> {
    const idempotencyKey = randomUUID();
    const deadline = performance.now() + GIVE_UP_MS;
    for (let tries = 1; ; tries += 1) {
      try {
        const headers: Record<string, string> =
          method === 'POST' ? { 'idempotency-key': idempotencyKey } : {};
        const answer = await super.call<Result>(service, method, path, {
          ...options,
          headers: { ...options.headers, ...headers },
          timeoutMs: 10_000,
        });
        if (method === 'POST') this.acknowledge(service, path, idempotencyKey, tries, answer);
        return answer;
      } catch (error) {
        const passing =
          error instanceof ServiceSilent ||
          (error instanceof ServiceRefused && (error.status >= 500 || error.status === 429));
        if (!passing || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * tries, 1000)));
      }
    }
  }

  private acknowledge(
    service: string,
    path: string,
    idempotencyKey: string,
    tries: number,
    answer: unknown,
  ): void {
    const fields = (answer ?? {}) as Record<string, string | number | null>;
    const ids = Object.fromEntries(
      IDS.filter((id) => fields[id] !== undefined).map((id) => [id, fields[id] ?? null]),
    );
    this.ledger?.write({ service, path, idempotencyKey, tries, answer: ids });
  }
}
