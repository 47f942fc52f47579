import type { ActorRef, Owner, RepresentativeKind, RepresentedAct } from '@app/contracts';

/** What a person signs: that they apply, that they take an offer up or do not, that what they applied for is taken back. */
export const signedThings = ['application', 'consent', 'decline', 'withdrawal'] as const;
export type SignedThing = (typeof signedThings)[number];

/** Who acts for a person, as registry had them on file when they did: by their entry there, without name and number. */
export interface OnBehalf {
  readonly representativeId: string;
  readonly kind: RepresentativeKind;
  /** Last day of their authority; null: until it is ended. */
  readonly until: string | null;
}

/** What a guardian or agent signed in a case for the person; never changed afterwards. */
export interface Signature extends OnBehalf {
  readonly what: SignedThing;
  /** `YYYY-MM-DD`: the day on which they signed. */
  readonly on: string;
  /** Who took it down. */
  readonly by: ActorRef;
  /** The user for whom a deputy took it down. */
  readonly onBehalfOf: string | null;
  /** Instant, ISO 8601. */
  readonly at: string;
}

/** The acts any of which lets somebody sign this: who was asked to see to legal aid may apply for it, and give it up. */
export function actsFor(what: SignedThing, owner: Owner): readonly Exclude<RepresentedAct, 'all'>[] {
  const act = what === 'application' || what === 'consent' ? 'apply' : 'decline';
  return owner === 'legal-aid' ? [act, 'legal-aid'] : [act];
}

/** On whose word the case was begun, as its documents name them: null: the person's own, or nobody had to ask for it. */
export function appliedBy(signatures: readonly Signature[]): Signature | null {
  return signatures.findLast(({ what }) => what === 'application' || what === 'consent') ?? null;
}
