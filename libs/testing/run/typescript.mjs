import { register } from 'node:module';

/** `node --import <this file> some.ts` runs TypeScript of this tree as jest does: for tests that need a process to kill. */
register('./typescript-hooks.mjs', import.meta.url);
