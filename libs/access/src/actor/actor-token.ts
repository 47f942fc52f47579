import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  importJWK,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';
import { z } from 'zod';
import { roleGrantsSchema, type Actor } from './actor.js';

const ISSUER = 'onething';
const AUDIENCE = 'onething-services';
const ALGORITHM = 'EdDSA';

/** How long a token is good for. Short, because taking a right away works only when the token ends. */
export const ACTOR_TOKEN_SECONDS = 15 * 60;

const claims = z.object({
  sub: z.string().min(1),
  grants: roleGrantsSchema,
  address: z.string().max(64).nullable().default(null),
});

/** Signs tokens that carry an actor to the services. Only the portal's server (and `up`, for demos) holds this key. */
export class ActorTokenSigner {
  constructor(private readonly privateKey: JWK) {}

  async sign(actor: Actor, seconds: number = ACTOR_TOKEN_SECONDS): Promise<string> {
    return new SignJWT({ grants: actor.grants, address: actor.address ?? null })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.privateKey.kid ?? '' })
      .setSubject(actor.id)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(`${seconds}s`)
      .sign(await importJWK(this.privateKey, ALGORITHM));
  }
}

/** Where the public keys come from that sign tokens. */
export interface ActorKeySources {
  /** Keys of the installation itself (operators' commands), read once. */
  readonly file: JSONWebKeySet;
  /** The portal's server publishes its rotating keys here; a key that is not known yet is fetched at once, at most every 5 s. */
  readonly url?: string | undefined;
}

const REFETCH_MS = 5_000;
/** A key that was taken back must not be believed for longer. */
const KEYS_GOOD_FOR_MS = 60_000;

/** Reads the actor out of a token; services trust nothing else. */
export class ActorTokenVerifier {
  private readonly sources: readonly JWTVerifyGetKey[];

  constructor({ file, url }: ActorKeySources) {
    this.sources = [
      createLocalJWKSet(file),
      ...(url
        ? [
            createRemoteJWKSet(new URL(url), {
              cooldownDuration: REFETCH_MS,
              cacheMaxAge: KEYS_GOOD_FOR_MS,
              timeoutDuration: 3_000,
            }),
          ]
        : []),
    ];
  }

  /**
   * @returns null for a token that is not ours, has ended, or carries an unknown role
   * @throws KeysUnreachable if the key that signed it may exist and cannot be asked for now
   */
  async verify(token: string): Promise<Actor | null> {
    for (const keys of this.sources) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer: ISSUER,
          audience: AUDIENCE,
          algorithms: [ALGORITHM],
          requiredClaims: ['exp', 'sub'],
        });
        const parsed = claims.parse(payload);
        return { id: parsed.sub, grants: parsed.grants, address: parsed.address };
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey) continue;
        if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return null;
        if (error instanceof z.ZodError) return null;
        throw new KeysUnreachable();
      }
    }
    return null;
  }
}

/** The keys that check tokens cannot be had: nobody is refused as a forger for it, and nobody is let in. */
export class KeysUnreachable extends Error {
  constructor() {
    super('the keys that check tokens cannot be fetched');
    this.name = 'KeysUnreachable';
  }
}
