/** Benefits of one transaction: it holds back every relay of the cluster for as long as it takes. */
export const CHUNK = { first: 500, least: 100, most: 2_000 };
/** Aimed at, so that a slower moment stays below the 300 ms that a mass write may take. */
const WANTED_MS = 150;

/**
 * Does chunk after chunk, each as large as the one before showed to be done in time, whatever the machine does beside.
 * @param chunk does one of this size; returns whether there is more to do
 * @param goesOn asked before each
 */
export async function inPace(
  chunk: (size: number) => Promise<boolean>,
  goesOn: () => boolean = () => true,
): Promise<void> {
  for (let size = CHUNK.first; goesOn();) {
    const began = performance.now();
    if (!(await chunk(size))) return;
    const wanted = (size * WANTED_MS) / Math.max(1, performance.now() - began);
    size = Math.round(Math.min(CHUNK.most, size * 2, Math.max(CHUNK.least, wanted)));
  }
}
