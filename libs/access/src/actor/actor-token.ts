import { createLocalJWKSet, jwtVerify, SignJWT, type JSONWebKeySet, type JWK, importJWK } from 'jose';
import { z } from 'zod';
import { roleGrantSchema, type Actor } from './actor.js';

const ISSUER = 'onething';
const AUDIENCE = 'onething-services';
const ALGORITHM = 'EdDSA';

/** How long a token is good for. Short, because taking a right away works only when the token ends. */
export const ACTOR_TOKEN_SECONDS = 15 * 60;

const claims = z.object({ sub: z.string().min(1), grants: z.array(roleGrantSchema) });

/** Signs tokens that carry an actor to the services. Only the portal's server (and `up`, for demos) holds this key. */
export class ActorTokenSigner {
  constructor(private readonly privateKey: JWK) {}

  async sign(actor: Actor, seconds: number = ACTOR_TOKEN_SECONDS): Promise<string> {
    return new SignJWT({ grants: actor.grants })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.privateKey.kid ?? '' })
      .setSubject(actor.id)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(`${seconds}s`)
      .sign(await importJWK(this.privateKey, ALGORITHM));
  }
}

/** Reads the actor out of a token; services trust nothing else. */
export class ActorTokenVerifier {
  private readonly keys: ReturnType<typeof createLocalJWKSet>;

  constructor(jwks: JSONWebKeySet) {
    this.keys = createLocalJWKSet(jwks);
  }

  /** @returns null for a token that is not ours, has ended, or carries an unknown role. */
  async verify(token: string): Promise<Actor | null> {
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        issuer: ISSUER,
        audience: AUDIENCE,
        algorithms: [ALGORITHM],
        requiredClaims: ['exp', 'sub'],
      });
      const parsed = claims.parse(payload);
      return { id: parsed.sub, grants: parsed.grants };
    } catch {
      return null;
    }
  }
}
