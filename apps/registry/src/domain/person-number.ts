import { personNumberChangedV1 } from '@app/contracts';
import { DayNotPossible, PersonContradicted } from './errors.js';
import type { IdentityNumber } from './identity-number.js';
import { NumberBasisDiffers, NumberUnchanged } from './number-errors.js';
import { registeredEvent, type FileDecision, type Person, type PersonFile } from './person.js';

/** Why another number is on file: theirs was changed (公安机关变更、更正), it was written down wrongly here, or there was none before (补登). */
export const numberBases = ['changed', 'mistaken', 'first'] as const;
export type NumberBasis = (typeof numberBases)[number];
export type FormerNumberBasis = Exclude<NumberBasis, 'first'>;
export const formerNumberBases: readonly FormerNumberBasis[] = ['changed', 'mistaken'];

/** Why somebody is on file without a number. */
export const temporaryReasons = ['newborn', 'no-household-registration', 'unidentified'] as const;
export type TemporaryReason = (typeof temporaryReasons)[number];

/** Which paper says so, and where it lies: never what it says. */
export interface NumberProof {
  readonly kind: string;
  readonly reference: string;
}

/** A number that holds from a day on, and why. */
export interface NumberChange {
  readonly basis: NumberBasis;
  readonly since: string;
  readonly proof: NumberProof;
}

const NONE = 'temporary:';

/** What stands in the place of a search token for somebody without a number: no number has it. */
export function tokenWithoutNumber(personId: string): string {
  return `${NONE}${personId}`;
}

/** Whether an identity number is on file, or the person is there under a temporary registration. */
export function hasNumber({ identityToken }: Pick<Person, 'identityToken'>): boolean {
  return !identityToken.startsWith(NONE);
}

/** @throws NumberBasisDiffers */
export function checkBasis(person: Pick<Person, 'identityToken'>, basis: NumberBasis): void {
  if ((basis === 'first') === hasNumber(person)) throw new NumberBasisDiffers(hasNumber(person));
}

/**
 * Another identity number. Sex and birth date stand in it, so they follow. The former one, if there was one, is told before the new state.
 * @throws NumberBasisDiffers, NumberUnchanged, DayNotPossible
 */
export function changeNumber(
  file: PersonFile,
  number: Omit<IdentityNumber, 'number'> & { readonly token: string },
  { basis, since }: Pick<NumberChange, 'basis' | 'since'>,
  today: string,
): FileDecision {
  const { person } = file;
  checkBasis(person, basis);
  if (number.token === person.identityToken) throw new NumberUnchanged();
  if (since > today) throw new DayNotPossible('新号码的启用日期晚于今天，请在启用后登记。');
  const { token: identityToken, sex, birthDate } = number;
  if (basis === 'first') {
    const known = { ...person, identityToken, sex, birthDate, version: person.version + 1 };
    return { state: { ...file, person: known }, events: [registeredEvent(known)] };
  }
  const changed: Person = { ...person, identityToken, sex, birthDate, version: person.version + 2 };
  const { personId, divisionCode } = changed;
  const told = personNumberChangedV1.of({
    personId,
    divisionCode,
    version: person.version + 1,
    formerToken: person.identityToken,
    because: basis,
    since,
  });
  return { state: { ...file, person: changed }, events: [told, registeredEvent(changed)] };
}

/** @throws PersonContradicted, DayNotPossible if a temporary registration cannot be so */
export function checkTemporary(
  stated: { readonly birthDate: string; readonly reviewOn: string },
  today: string,
): void {
  if (stated.birthDate > today) throw new PersonContradicted('出生日期晚于今天，请核对后重新填写。');
  checkReviewDay(stated.reviewOn, today);
}

/** @throws DayNotPossible */
export function checkReviewDay(reviewOn: string, today: string): void {
  if (reviewOn <= today) throw new DayNotPossible('复核日期须晚于今天，请填写计划再次核实身份的日期。');
}
