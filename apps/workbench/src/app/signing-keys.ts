import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ActorTokenSigner, callerOf, permissions, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { Database, type Tx } from '@app/platform';
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';
import { SigningKeyRepository, type StoredSigningKey } from '../adapters/postgres/signing-key-repository.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../config.js';
import {
  GATEWAY_TOKEN_SECONDS,
  publishedKeysAt,
  rotationAt,
  rotationIsDue,
  signingKeyAt,
} from '../domain/signing-key.js';

/** Another process may have rotated; far less than the time for which a key is published before it signs. */
const READ_AGAIN_MS = 5_000;

/** When a new key begins to sign. */
export interface Rotated {
  readonly kid: string;
  readonly signsFrom: Date;
}

/** The keys that sign users' tokens between services: made here, rotated by age and on command, published for the services. */
@Injectable()
export class SigningKeys {
  private known: { readonly keys: StoredSigningKey[]; readonly readAt: number } | null = null;
  private readonly signers = new Map<string, ActorTokenSigner>();

  constructor(
    private readonly database: Database,
    private readonly repository: SigningKeyRepository,
    private readonly clock: Clock,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  /** A token for one request to a service. */
  async sign(actor: Actor): Promise<string> {
    const key = signingKeyAt(await this.current(), this.clock.now());
    if (!key?.privateKey) throw new Error('no key signs now');
    let signer = this.signers.get(key.kid);
    if (!signer) this.signers.set(key.kid, (signer = new ActorTokenSigner(key.privateKey)));
    return signer.sign(actor, GATEWAY_TOKEN_SECONDS);
  }

  /** What services may believe now. */
  async published(): Promise<JSONWebKeySet> {
    return {
      keys: publishedKeysAt(await this.current(), this.clock.now()).map(({ publicKey }) => publicKey),
    };
  }

  /** @param compromised the keys before are believed no longer, and the new one signs at once */
  async rotate(actor: Actor, compromised: boolean, reason: string): Promise<Rotated> {
    const grant = actor.grants.find(({ role }) => permissions['signing-key:rotate'].includes(role));
    const rotated = await this.database.transaction(callerOf(actor, grant), async (tx) => {
      await this.repository.lock(tx);
      const done = await this.add(tx, await this.repository.all(tx), compromised, actor.id);
      tx.audit({ what: 'signing-key.rotated', why: reason, detail: { kid: done.kid, compromised } });
      return done;
    });
    this.known = null;
    return rotated;
  }

  private async current(): Promise<StoredSigningKey[]> {
    if (this.known && performance.now() - this.known.readAt < READ_AGAIN_MS) {
      if (!this.isDue(this.known.keys)) return this.known.keys;
    }
    let keys = await this.repository.all();
    if (this.isDue(keys)) keys = await this.rotateByAge();
    this.known = { keys, readAt: performance.now() };
    return keys;
  }

  private rotateByAge(): Promise<StoredSigningKey[]> {
    return this.repository.transaction(async (tx) => {
      await this.repository.lock(tx);
      const keys = await this.repository.all(tx);
      // Somebody else was faster.
      if (!this.isDue(keys)) return keys;
      await this.add(tx, keys, false, tx.actor.id);
      return this.repository.all(tx);
    });
  }

  private isDue(keys: readonly StoredSigningKey[]): boolean {
    return rotationIsDue(keys, this.clock.now(), this.config.SIGNING_KEY_DAYS);
  }

  private async add(
    tx: Tx,
    keys: readonly StoredSigningKey[],
    compromised: boolean,
    by: string,
  ): Promise<Rotated> {
    const now = this.clock.now();
    const { signsFrom, othersUntil } = rotationAt(keys, now, compromised);
    const kid = randomBytes(9).toString('base64url');
    const { publicKey, privateKey } = await newKeyPair(kid);
    await this.repository.add(tx, { kid, publicKey, privateKey, signsFrom }, othersUntil, by, now);
    return { kid, signsFrom };
  }
}

async function newKeyPair(kid: string): Promise<{ publicKey: JWK; privateKey: JWK }> {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  return {
    publicKey: { ...(await exportJWK(pair.publicKey)), kid, alg: 'EdDSA', use: 'sig' },
    privateKey: { ...(await exportJWK(pair.privateKey)), kid },
  };
}
