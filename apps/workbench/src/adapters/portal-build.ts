import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** One file of the built portal, as it goes to a browser. */
export interface PortalFile {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
  /** Its name holds a hash of its content: a copy is good for ever. */
  readonly immutable: boolean;
  /** The same, compressed; null where that would save nothing. */
  compressed(): Promise<Buffer | null>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

const COMPRESSED = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest']);
const compress = promisify(gzip);

/**
 * The built portal, read once: it is small, and what a process serves does not change under it.
 * @param directory where it was built to; by default `apps/portal/dist` of the tree that this code runs in
 * @returns every file by its path from `/`; none where the portal is not built
 */
export function portalFiles(directory: string | undefined): ReadonlyMap<string, PortalFile> {
  const root = directory ?? builtBeside(import.meta.dirname);
  if (!root || !existsSync(join(root, 'index.html'))) return new Map();
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return new Map(
    names
      .map((name) => join(root, name))
      .filter((file) => TYPES[extname(file)] !== undefined && statSync(file).isFile())
      .map((file) => [`/${relative(root, file).split(sep).join('/')}`, portalFile(file)]),
  );
}

/** The same from sources and from `dist/`: the first directory above us that has the portal. */
function builtBeside(start: string): string | null {
  for (let at = start; dirname(at) !== at; at = dirname(at)) {
    const built = join(at, 'apps', 'portal', 'dist');
    if (existsSync(built)) return built;
  }
  return null;
}

function portalFile(file: string): PortalFile {
  const body = readFileSync(file);
  const extension = extname(file);
  let compressed: Promise<Buffer | null> | null = null;
  return {
    body,
    type: TYPES[extension]!,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    immutable: file.includes(`${sep}assets${sep}`),
    compressed: () => (compressed ??= COMPRESSED.has(extension) ? compress(body) : Promise.resolve(null)),
  };
}
