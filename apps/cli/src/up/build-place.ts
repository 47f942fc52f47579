import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `dist/apps`, from inside of it: this very program was built together with the services it starts. */
function appsDirectory(): string {
  return dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
}

/** The compiled `main.js`, `migrate.js`, `keys.js` or `told.js` of an app, or null where the app has none. */
export function entryOf(app: string, entry: 'main' | 'migrate' | 'keys' | 'told'): string | null {
  const file = join(appsDirectory(), app, 'src', `${entry}.js`);
  return existsSync(file) ? file : null;
}

/** Names the build; null when it was made by hand and nobody knows from which sources. */
export function buildStamp(): string | null {
  try {
    return readFileSync(join(dirname(appsDirectory()), '.build-stamp'), 'utf8');
  } catch {
    return null;
  }
}
