import { transformFile } from '@swc/core';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

export async function resolve(specifier, context, next) {
  const lib = /^@app\/([^/]+)$/.exec(specifier);
  if (lib) return { url: pathToFileURL(join(root, 'libs', lib[1], 'src/index.ts')).href, shortCircuit: true };
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return { url: source.href, shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const { code } = await transformFile(fileURLToPath(url), {
    cwd: root,
    swcrc: true,
    sourceMaps: 'inline',
    // Paths are resolved here, and a baseUrl would make swc write them into the code.
    jsc: { baseUrl: undefined, paths: {} },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
