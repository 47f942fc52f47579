export interface Figures {
  readonly chains: number;
  /** From the first intended start to the last durable completion. */
  readonly seconds: number;
  /** Milliseconds from the intended start to the durable completion. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** @param latencies of each chain, in milliseconds, in any order */
export function figuresOf(latencies: readonly number[], seconds: number): Figures {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  return { chains: sorted.length, seconds, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
