import type { Actor } from '@app/access';
import type { ServiceUnderTest } from '@app/testing';
import { sendAs } from './requests.js';

export interface Latency {
  readonly atATime: number;
  readonly searches: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Searches over HTTP, some at a time, each from being sent to the last byte of its answer; milliseconds. */
export async function searchLatency(
  service: ServiceUnderTest,
  actor: Actor,
  words: readonly string[],
  { searches, atATime }: { searches: number; atATime: number },
): Promise<Latency> {
  const token = await service.signer.sign(actor);
  const times: number[] = [];
  let next = 0;
  const client = async () => {
    while (next < searches) {
      const text = words[next++ % words.length]!;
      const from = performance.now();
      const { status, body } = await sendAs(service, token, 'POST', '/registry/persons/search', { text });
      times.push(performance.now() - from);
      if (status !== 200) throw new Error(`a search was answered ${status}: ${JSON.stringify(body)}`);
    }
  };
  await Promise.all(Array.from({ length: atATime }, client));
  times.sort((a, b) => a - b);
  const quantile = (q: number) => times[Math.min(times.length - 1, Math.floor(times.length * q))]!;
  return { atATime, searches: times.length, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
}
