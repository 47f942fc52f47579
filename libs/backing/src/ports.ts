import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

// Below every system's range of outgoing ports: else a client that dials a server which is down may be given the server's
// own port, connect to itself, and keep the server from coming back.
const FIRST = 20_000;
const LAST = 30_000;

const given = new Set<number>();

/** A port of 127.0.0.1 that nobody uses: the preferred one if it is free. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return take(preferred);
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (!given.has(port) && (await isPortFree(port))) return take(port);
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`);
}

/** A free port that stays the same from one start to the next where it can. */
export async function stablePort(directory: string, name: string): Promise<number> {
  const file = join(directory, 'ports.json');
  const port = await freePort(readPorts(file)[name]);
  mkdirSync(directory, { recursive: true });
  // Read again: another service may have written its own in the meantime.
  writeFileSync(file, JSON.stringify({ ...readPorts(file), [name]: port }, null, 2));
  return port;
}

function take(port: number): number {
  given.add(port);
  return port;
}

function readPorts(file: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
