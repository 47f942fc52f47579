/** Rows of one transaction of a mass write, at least and at most. */
export interface ChunkLimits {
  readonly least: number;
  readonly most: number;
  /** Aimed at, so that a slower moment stays below the 300 ms that such a transaction may take: it holds back every relay of the cluster. */
  readonly wantedMs: number;
}

/**
 * How many rows the next transaction takes: as many as the one before showed to be done in time, whatever the machine does beside, and not
 * more than double at a time, since one piece says little of the next.
 * @param ms what `size` rows took
 */
export function nextChunkSize(size: number, ms: number, { least, most, wantedMs }: ChunkLimits): number {
  const fits = Math.round((size * wantedMs) / Math.max(1, ms));
  return Math.min(most, 2 * size, Math.max(least, fits));
}
