import { isRole, roles } from '@app/access';
import type { FiredRung } from '../new-term.js';
import { placeAt, type PlaceRange } from './place.js';
import { tokenOfAddressee, type RuleAddressee } from './rule.js';

/** What decides who is told of a rung of this subject, as its owner knows it. */
export interface NoticeSubject {
  readonly subjectId: string;
  /** Null: no case of an item. */
  readonly item: string | null;
  /** Roles, with department (`member-unit:civil-affairs`), that can do what it waits for; none: nothing is open. */
  readonly doers: readonly string[];
  /** The office's own role for this service: is told where nobody else would be. */
  readonly officer: string;
  /** The user who holds the task. */
  readonly claimedBy: string | null;
  /** The institution that it is placed with. */
  readonly unitId: string | null;
}

/**
 * To whom a notice goes: one user, the users of one institution, or whoever holds a role whose reach covers the place of the case and
 * lies within `place` (the chair of the township, and not everybody above who could look).
 */
export type Addressee =
  | { readonly user: string }
  | { readonly unit: string }
  | { readonly token: string; readonly place: PlaceRange };

const EVERYWHERE: PlaceRange = { from: '000000000000', to: '999999999999' };

/** Who works under the chair of the township (`libs/access` roles: 镇（街道）残联理事长). */
const UNDER_TOWNSHIP: readonly string[] = [
  'village-liaison',
  'commissioner',
  'rehab-coordinator',
  'access-inspector',
];

function isByPlacement(token: string): boolean {
  return isRole(token) && roles[token].reach === 'placement';
}

/**
 * Who is told of a rung, in the order of the ladder, each once.
 * - `doer`: who has claimed the case; else the institution that it is placed with, and the roles that can do the open task;
 * - `supervisor`: of village and township line the chair of the township, of institutions the officer who placed the case with them, of
 *   everybody else, departments included, the lead of the county's federation, who answers for the whole chain (残工委 is set by a rule);
 * - `lead`: the lead of the county's federation.
 * `person` gets a message of their own, not a notice.
 */
export function addresseesOf(
  { to, divisionCode }: Pick<FiredRung, 'to' | 'divisionCode'>,
  subject: NoticeSubject,
): Addressee[] {
  const doers = subject.doers.length > 0 ? subject.doers : [subject.officer];
  const lead: Addressee = { token: 'federation-lead', place: placeAt(divisionCode, 'county') };
  const found = to.flatMap((recipient): Addressee[] => {
    switch (recipient) {
      case 'doer':
        return doersOf(subject, doers);
      case 'supervisor':
        return doers.map((token) => supervisorOf(token, divisionCode, subject.officer, lead));
      case 'lead':
        return [lead];
      case 'person':
        return [];
    }
  });
  return eachOnce(found);
}

function doersOf({ claimedBy, unitId, officer }: NoticeSubject, doers: readonly string[]): Addressee[] {
  if (claimedBy) return [{ user: claimedBy }];
  const byPlace = doers.filter((token) => !isByPlacement(token));
  const placed = byPlace.length < doers.length;
  return [
    ...(placed && unitId ? [{ unit: unitId }] : []),
    // What is to be placed yet is the officer's to place.
    ...(placed && !unitId && byPlace.length === 0 ? [officer] : byPlace).map((token) => ({
      token,
      place: EVERYWHERE,
    })),
  ];
}

function supervisorOf(token: string, divisionCode: string, officer: string, lead: Addressee): Addressee {
  if (UNDER_TOWNSHIP.includes(token)) {
    return { token: 'township-chair', place: placeAt(divisionCode, 'township') };
  }
  return isByPlacement(token) ? { token: officer, place: placeAt(divisionCode, 'county') } : lead;
}

/** Whom a rule adds. */
export function addresseesOfRule(to: readonly RuleAddressee[], divisionCode: string): Addressee[] {
  return eachOnce(
    to.map((one) => ({ token: tokenOfAddressee(one), place: placeAt(divisionCode, one.level) })),
  );
}

/** Tells addressees apart; the same word for the same addressee, ever: it is part of the notice's id. */
export function keyOf(addressee: Addressee): string {
  if ('user' in addressee) return `user ${addressee.user}`;
  if ('unit' in addressee) return `unit ${addressee.unit}`;
  return `role ${addressee.token} ${addressee.place.from} ${addressee.place.to}`;
}

function eachOnce(addressees: readonly Addressee[]): Addressee[] {
  return [...new Map(addressees.map((one) => [keyOf(one), one])).values()];
}
