#!/usr/bin/env node
/** `npm start`, `npm run onething -- <command>`: installs and builds what is missing, the portal too before `up`, then is the command line itself. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePortalBuilt } from './lib/portal.mjs';
import { ensureBuilt, ensureInstalled, requireNode, root } from './lib/project.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
// What only asks or repairs needs no screens.
if (process.argv.slice(2).includes('up')) await ensurePortalBuilt();

// npm runs this below a shell, and not every shell hands a signal on: the end of npm is the end of us.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 1_000).unref();
}

const main = join(root, 'dist', 'apps', 'cli', 'src', 'main.js');
process.argv[1] = main;
await import(pathToFileURL(main).href);
