import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
}

const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<string, unknown>;
const manifest = read('package.json') as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
};
const locked = Object.entries((read('package-lock.json') as { packages: Record<string, Locked> }).packages)
  .filter(([path]) => path !== '')
  .map(([path, each]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 13), ...each }));

/** Licences under which what we deliver may stand; LGPL only as a library that is loaded, which sharp's is. */
const LICENCES =
  /^\(?(MIT|MIT\/X11|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|Unlicense|Python-2\.0|Zlib|CC0-1\.0|CC-BY-4\.0)\b/;
const LOADED_LIBRARIES = /^@img\/sharp-/;
/** Packages that do not name their licence where it is looked for; read by hand. */
const READ_BY_HAND: Readonly<Record<string, string>> = {
  busboy: 'MIT',
  streamsearch: 'MIT',
  // Names none at all in this version; its author publishes it as MIT/X11. It comes with exceljs (unzipper, binary).
  buffers: 'MIT/X11',
};

describe('what the house is built from', () => {
  it('is named to the version, in the manifest and in the lock', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('is checked against its hash, and comes from wherever the registry is', () => {
    expect(locked.filter(({ integrity, link }) => !integrity && !link).map(({ name }) => name)).toEqual([]);
    expect(locked.filter(({ resolved }) => resolved).map(({ name }) => name)).toEqual([]);
  });

  it('runs nothing when it is installed that nobody decided about', () => {
    const undecided = locked
      .filter(({ hasInstallScript, name }) => hasInstallScript && !(name in manifest.allowScripts))
      .map(({ name }) => name);
    expect(undecided).toEqual([]);
    // A decision about a package that is gone would let its namesake in later.
    const known = new Set(locked.map(({ name }) => name));
    expect(Object.keys(manifest.allowScripts).filter((name) => !known.has(name))).toEqual([]);
  });

  it('may be delivered: every package that runs has a licence that allows it', () => {
    const doubtful = locked
      .filter(({ dev }) => !dev)
      .filter(
        ({ name, license }) =>
          !LICENCES.test(license ?? READ_BY_HAND[name] ?? '') && !LOADED_LIBRARIES.test(name),
      )
      .map(({ name, license }) => `${name}: ${license ?? 'none named'}`);
    expect(doubtful).toEqual([]);
  });
});
