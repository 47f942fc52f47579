import { ActorTokenSigner, roles, type Actor } from '@app/access';
import { testActor } from '@app/testing';
import { exportJWK, generateKeyPair } from 'jose';
import { nameOf, type Who } from './matrix.js';
import { NEIGHBOUR, TOWN } from './places.js';

/** A unit with which nothing on the stage is placed. */
export const OTHER_UNIT = '5b1e7a52-7a43-4f0e-9b57-2f3f2b1f6c02';

/**
 * A user in the town of the stage, or one of the same role in the village beside; by placement, of another unit.
 * @param here what the one of the stage reaches
 */
export function userOf(
  who: Who,
  where: 'here' | 'elsewhere',
  here: { readonly from: string; readonly to: string } = TOWN,
): Actor {
  const { role, department } = who;
  const placed = roles[role].reach === 'placement';
  return testActor(role, {
    id: `matrix:${nameOf(who)}:${where === 'here' ? here.to : where}`,
    department,
    ...(where === 'here' ? here : NEIGHBOUR),
    ...(placed && where === 'elsewhere' ? { unit: OTHER_UNIT } : {}),
  });
}

/** How a request says who it is from. */
export type Bearer = 'own' | 'nobody' | 'expired' | 'forged' | 'unsigned';

/** Makes tokens that are good, and such as must not be. */
export class Tokens {
  private readonly held = new Map<string, string>();

  private constructor(
    private readonly signer: ActorTokenSigner,
    private readonly stranger: ActorTokenSigner,
  ) {}

  static async of(signer: ActorTokenSigner): Promise<Tokens> {
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    return new Tokens(signer, new ActorTokenSigner({ ...(await exportJWK(privateKey)), kid: 'test' }));
  }

  /** @returns null for nobody */
  async bearing(actor: Actor, bearer: Bearer): Promise<string | null> {
    if (bearer === 'nobody') return null;
    const key = `${bearer} ${actor.id}`;
    let token = this.held.get(key);
    if (!token) this.held.set(key, (token = await this.make(actor, bearer)));
    return token;
  }

  private async make(actor: Actor, bearer: Exclude<Bearer, 'nobody'>): Promise<string> {
    if (bearer === 'expired') return this.signer.sign(actor, -1);
    if (bearer === 'forged') return this.stranger.sign(actor);
    const token = await this.signer.sign(actor);
    if (bearer === 'own') return token;
    // The same claims under a header that says that no signature is needed.
    const header = Buffer.from(JSON.stringify({ alg: 'none', kid: 'test' })).toString('base64url');
    return `${header}.${token.split('.')[1]}.`;
  }
}
