/**
 * Loaded by the process that uploads: counts every call to PostgreSQL and to the file system, and dies at the
 * one that its first argument names, before it is made. The library itself knows nothing of it.
 */
import fs from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';

type Call = (this: unknown, ...args: unknown[]) => unknown;

const dieAt = Number(process.argv[2]);
let armed = false;
let calls = 0;

/** From here on calls count: opening the pools is no part of an upload. */
export function arm(): void {
  armed = true;
}

export function counted(): number {
  return calls;
}

function watch(target: object, method: string): void {
  const methods = target as Record<string, Call>;
  const original = methods[method]!;
  methods[method] = function (this: unknown, ...args: unknown[]) {
    if (armed) {
      calls += 1;
      if (calls === dieAt) process.kill(process.pid, 'SIGKILL');
    }
    return original.apply(this, args);
  };
}

const pg = createRequire(import.meta.url)('pg') as { Client: { prototype: object } };
watch(pg.Client.prototype, 'query');

const handle = await fs.open(new URL(import.meta.url), 'r');
for (const method of ['writeFile', 'sync', 'close']) watch(Object.getPrototypeOf(handle) as object, method);
await handle.close();
for (const method of ['open', 'mkdir', 'rename', 'unlink']) watch(fs, method);
syncBuiltinESMExports();
