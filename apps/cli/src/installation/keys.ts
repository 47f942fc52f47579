import { generateDataKeys } from '@app/access';
import { exportJWK, generateKeyPair } from 'jose';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The key files of an installation. */
export interface KeyFiles {
  readonly directory: string;
  /** Opens the encrypted columns: without it the data cannot be read. */
  readonly dataKeys: string;
  /** Signs tokens; nobody but `up` and the commands beside it read it. */
  readonly actorPrivateKey: string;
  /** Public: every service checks tokens with it. */
  readonly actorJwks: string;
  /** With it services log in to the database, as a role that owns nothing. */
  readonly databasePassword: string;
  /** Password of every account of the demo county. */
  readonly demoPassword: string;
}

/** The key files of an installation that keeps everything below one directory. */
export function keyFilesIn(home: string): KeyFiles {
  return keyFilesAt(join(home, 'keys'));
}

export function keyFilesAt(directory: string): KeyFiles {
  return {
    directory,
    dataKeys: join(directory, 'data-keys.json'),
    actorPrivateKey: join(directory, 'actor-private.jwk.json'),
    actorJwks: join(directory, 'actor-jwks.json'),
    databasePassword: join(directory, 'database-password.json'),
    demoPassword: join(directory, 'demo-password.json'),
  };
}

/** Makes the keys that are missing; those that are there stay, since the data depend on them. @returns whether any was made */
export async function ensureKeys(files: KeyFiles): Promise<boolean> {
  // In two steps: the mode would close the directory above as well, and PostgreSQL must be able to reach its data in there.
  mkdirSync(dirname(files.directory), { recursive: true });
  mkdirSync(files.directory, { recursive: true, mode: 0o700 });
  let made = false;
  if (!existsSync(files.dataKeys)) {
    writeWhole(files.dataKeys, generateDataKeys(), 0o600);
    made = true;
  }
  for (const [file, bytes] of [
    [files.databasePassword, 24],
    // Typed by hand at the sign-in page.
    [files.demoPassword, 9],
  ] as const) {
    if (existsSync(file)) continue;
    writeWhole(file, randomBytes(bytes).toString('base64url'), 0o600);
    made = true;
  }
  if (!existsSync(files.actorPrivateKey) || !existsSync(files.actorJwks)) {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const kid = `up-${Date.now().toString(36)}`;
    writeWhole(
      files.actorJwks,
      { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' }] },
      0o644,
    );
    writeWhole(files.actorPrivateKey, { ...(await exportJWK(privateKey)), kid, alg: 'EdDSA' }, 0o600);
    made = true;
  }
  return made;
}

/** The password under which services log in to the database. */
export function databasePasswordIn(files: KeyFiles): string {
  return JSON.parse(readFileSync(files.databasePassword, 'utf8')) as string;
}

/** The password of every account of the demo county; made for this installation, since the county may be shown to others. */
export function demoPasswordIn(files: KeyFiles): string {
  return JSON.parse(readFileSync(files.demoPassword, 'utf8')) as string;
}

/** Never half a key, whenever we are stopped. */
function writeWhole(path: string, content: unknown, mode: number): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode });
  renameSync(unfinished, path);
}
