import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of the package `onething`, from sources and from dist alike. */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(directory, 'package.json');
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
      if (name === 'onething') return directory;
    }
    const parent = dirname(directory);
    if (parent === directory) throw new Error('not inside the package "onething"');
    directory = parent;
  }
}

/** Where an installation keeps everything that it makes: data, keys, logs, pids. */
export function homeDirectory(): string {
  return join(packageRoot(), '.onething');
}

/** Downloaded programs; shared by all installations of this package, since they hold no data. */
export function toolsDirectory(): string {
  return join(homeDirectory(), 'tools');
}
