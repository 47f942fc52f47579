import { nextChunkSize } from '@app/platform';

/** Benefits of one transaction. */
export const CHUNK = { first: 500, least: 100, most: 2_000, wantedMs: 150 };

/**
 * Does chunk after chunk.
 * @param chunk does one of this size; returns whether there is more to do
 * @param goesOn asked before each
 * @param room what each waits for first; none of its time is the chunk's
 */
export async function inPace(
  chunk: (size: number) => Promise<boolean>,
  goesOn: () => boolean = () => true,
  room: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (let size = CHUNK.first; goesOn();) {
    await room();
    const began = performance.now();
    if (!(await chunk(size))) return;
    size = nextChunkSize(size, performance.now() - began, CHUNK);
  }
}
