import { isPortFree } from '@app/backing';
import { CliError } from '../cli-error.js';
import type { ServiceInfo } from '../services.js';

const STEP = 10;
const TRIES = 50;

/** Ports for these services: their own, or, if any of them is taken, the next block of ten in which all are free. */
export async function portBlock(wanted: readonly ServiceInfo[]): Promise<ReadonlyMap<string, number>> {
  for (let shift = 0; shift < STEP * TRIES; shift += STEP) {
    const free = await Promise.all(wanted.map(({ port }) => isPortFree(port + shift)));
    if (free.every(Boolean)) return new Map(wanted.map(({ name, port }) => [name, port + shift]));
  }
  throw new CliError('no-ports', '找不到空闲的端口 · no free ports from 7300 on', 'npx onething doctor');
}
