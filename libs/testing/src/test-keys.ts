import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActorTokenSigner, generateDataKeys, type Actor, type Department, type Role } from '@app/access';

/** Key files of one test, and the signer that belongs to them. */
export interface TestKeys {
  readonly dataKeysFile: string;
  readonly jwksFile: string;
  readonly signer: ActorTokenSigner;
}

export async function createTestKeys(): Promise<TestKeys> {
  const directory = mkdtempSync(join(tmpdir(), 'onething-keys-'));
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const kid = 'test';
  const jwks: JSONWebKeySet = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA' }] };
  const keys = {
    dataKeysFile: join(directory, 'data-keys.json'),
    jwksFile: join(directory, 'actors.jwks.json'),
    signer: new ActorTokenSigner({ ...(await exportJWK(privateKey)), kid }),
  };
  writeFileSync(keys.dataKeysFile, JSON.stringify(generateDataKeys()));
  writeFileSync(keys.jwksFile, JSON.stringify(jwks));
  return keys;
}

/** Reach of a test user. */
export interface ActorOptions {
  readonly id?: string;
  readonly department?: Department | null;
  readonly from?: string;
  readonly to?: string;
}

/** A user with one role in the demo county, unless another reach is given. */
export function testActor(role: Role, options: ActorOptions = {}): Actor {
  const department = options.department ?? null;
  return {
    id: options.id ?? `${role}${department ? `.${department}` : ''}`,
    grants: [{ role, department, from: options.from ?? '338801000000', to: options.to ?? '338801999999' }],
  };
}
