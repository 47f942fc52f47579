import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v5 as uuidv5 } from 'uuid';
import {
  ActorTokenSigner,
  generateDataKeys,
  roles,
  type Actor,
  type Department,
  type Role,
} from '@app/access';

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
  /** The unit of a role that sees by placement; absent: the one that every test user of the role works in. */
  readonly unit?: string;
  /** The user for whom this one is deputy. */
  readonly onBehalfOf?: string;
}

/** The unit in which test users of a role by placement work. */
export function testUnit(role: Role): string {
  return uuidv5(`unit of ${role}`, '7d0f6f0e-3c1b-4f4e-9f5e-1d7d5f0a3c11');
}

/** A user with one role in the demo county, unless another reach is given. */
export function testActor(role: Role, options: ActorOptions = {}): Actor {
  const department = options.department ?? null;
  return {
    id: options.id ?? `${role}${department ? `.${department}` : ''}`,
    grants: [
      {
        role,
        department,
        from: options.from ?? '338801000000',
        to: options.to ?? '338801999999',
        unit: roles[role].reach === 'placement' ? (options.unit ?? testUnit(role)) : null,
        onBehalfOf: options.onBehalfOf ?? null,
      },
    ],
  };
}
