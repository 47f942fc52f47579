import type { RepresentativeKind, RepresentedAct } from '@app/contracts';

/** Somebody who may act for a person, without name and number. */
export interface Representative {
  readonly representativeId: string;
  readonly kind: RepresentativeKind;
  readonly acts: readonly RepresentedAct[];
  readonly from: string;
  /** Last day; null: until it is ended. */
  readonly until: string | null;
  readonly nameToken: string;
  /** Of who acts for an organisation; absent: a person acts. */
  readonly officerToken?: string | undefined;
}

/**
 * Who wants to sign, by the name that they sign by, or by their entry on file. `isAgent`: by a power of attorney, or as a guardian; absent:
 * either.
 */
export type Signer =
  { readonly nameToken: string; readonly isAgent?: boolean } | { readonly representativeId: string };

/** How somebody stands who wants to sign: they may, until that day; or why not. */
export type Authority =
  | { readonly may: true; readonly until: string | null; readonly representativeId: string }
  | {
      readonly may: false;
      readonly why: 'not-on-file' | 'not-yet' | 'expired' | 'other-act';
      readonly until: string | null;
    };

/**
 * Whether somebody may sign for the person on a day (民法典 23, 165, 173). Of several entries the one that lets them sign for the longest time
 * counts.
 */
export function authorityOf(
  representatives: readonly Representative[],
  who: Signer,
  act: Exclude<RepresentedAct, 'all'>,
  on: string,
): Authority {
  const own = representatives.filter((one) => isOf(one, who, act));
  const holds = own.filter(({ acts }) => acts.includes('all') || acts.includes(act)).toSorted(longestFirst);
  const [acting] = holds.filter(({ from, until }) => from <= on && (until === null || until >= on));
  if (acting) return { may: true, until: acting.until, representativeId: acting.representativeId };
  if (own.length === 0) return { may: false, why: 'not-on-file', until: null };
  if (holds.length === 0) return { may: false, why: 'other-act', until: null };
  const [over] = holds.filter(({ from }) => from <= on);
  return over
    ? { may: false, why: 'expired', until: over.until }
    : { may: false, why: 'not-yet', until: null };
}

/** Whether somebody is the person's guardian for this act on that day; an agent is asked by the person and takes nothing from them. */
export function hasGuardian(
  representatives: readonly Representative[],
  act: Exclude<RepresentedAct, 'all'>,
  on: string,
): boolean {
  return representatives.some(
    ({ kind, acts, from, until }) =>
      kind !== 'agent' &&
      (acts.includes('all') || acts.includes(act)) &&
      from <= on &&
      (until === null || until >= on),
  );
}

/** An organisation signs by its own name or by that of its officer; money is the organisation's, and never its officer's. */
function isOf(
  { representativeId, nameToken, officerToken, kind }: Representative,
  who: Signer,
  act: RepresentedAct,
): boolean {
  if ('representativeId' in who) return representativeId === who.representativeId;
  const names = act === 'account' ? [nameToken] : [nameToken, officerToken];
  return names.includes(who.nameToken) && (who.isAgent === undefined || (kind === 'agent') === who.isAgent);
}

function longestFirst({ until: one }: Representative, { until: other }: Representative): number {
  const last = '9999-12-31';
  return (one ?? last) < (other ?? last) ? 1 : -1;
}
