import { generateDataKeys } from '@app/access';
import { exportJWK, generateKeyPair } from 'jose';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
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

/** Never half a key, whenever we are stopped. */
function writeWhole(path: string, content: unknown, mode: number): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode });
  renameSync(unfinished, path);
}
