import { isSameHand, type Hand } from '@app/access';
import {
  DeathMatchFourEyes,
  DeathMatchNotOpen,
  DeathMatchNotProposed,
  NotAmongCandidates,
} from './death-match-errors.js';

/** Why somebody on file may be the one whom a row of a death list names. */
export const matchReasons = {
  'same-number': '身份证号相同，姓名不同',
  'same-name': '姓名相同（同名）',
  'near-number': '身份证号相近：只差一位、相邻两位颠倒、漏写或多写一位',
  'old-number': '名单上的旧版15位号码与档案中的号码相符',
  'same-birth-date': '出生日期相同',
  'same-place': '户籍区划相同',
  'dead-that-day': '档案中已登记同一天死亡',
} as const;
export type MatchReason = keyof typeof matchReasons;

/** What a row of a death list says, as far as a person may be known by it. */
export interface ListedDeath {
  readonly name: string;
  /** How the name is read: names that sound alike have the same. */
  readonly reading: string;
  /** Digits and X as they were written; null: no number. */
  readonly number: string | null;
  /** Null: neither stated, nor to be read from the number. */
  readonly birthDate: string | null;
  /** Division code of the village, or of what it belongs to (zeros at the end); null: not stated. */
  readonly divisionCode: string | null;
  readonly diedOn: string;
}

/** Of a file, what it may be the one of the row by. */
export interface PersonOnFile {
  readonly personId: string;
  readonly name: string;
  readonly reading: string;
  readonly birthDate: string;
  readonly divisionCode: string;
  /** Null: there is none yet. */
  readonly number: string | null;
  readonly diedOn: string | null;
}

export interface Candidate {
  readonly personId: string;
  readonly reasons: readonly MatchReason[];
}

/**
 * Who of these people a row may mean. A row with a right number that nobody has means nobody but a person whose number is a slip
 * away, or a namesake who was born on that day: the lists name the dead of a whole county. Without a readable number a namesake is
 * enough, unless birth date or place are stated and differ.
 */
export function possibleMatches(row: ListedDeath, people: readonly PersonOnFile[]): Candidate[] {
  return people.flatMap((person) => {
    const reasons = reasonsFor(row, person);
    return reasons.length > 0 ? [{ personId: person.personId, reasons }] : [];
  });
}

function reasonsFor(row: ListedDeath, person: PersonOnFile): MatchReason[] {
  // Who died on another day is not the one; the file says so already.
  if (person.diedOn !== null && person.diedOn !== row.diedOn) return [];
  if (row.diedOn < person.birthDate) return [];
  const isNamesake = person.name === row.name;
  const soundsAlike = person.reading === row.reading;
  const likeness = row.number && person.number ? numbersAlike(row.number, person.number) : null;
  const bornThen = row.birthDate !== null && row.birthDate === person.birthDate;
  const livesThere = row.divisionCode !== null && lies(person.divisionCode, row.divisionCode);
  const byNumber = likeness === 'same-number' || (likeness !== null && soundsAlike);
  const byBirth = isNamesake && bornThen;
  const byName =
    isNamesake &&
    row.number === null &&
    (row.birthDate === null || bornThen) &&
    (row.divisionCode === null || livesThere);
  if (!byNumber && !byBirth && !byName) return [];
  return [
    ...(likeness ? [likeness] : []),
    ...(isNamesake ? (['same-name'] as const) : []),
    ...(bornThen && likeness !== 'same-number' ? (['same-birth-date'] as const) : []),
    ...(livesThere ? (['same-place'] as const) : []),
    ...(person.diedOn === row.diedOn ? (['dead-that-day'] as const) : []),
  ];
}

/**
 * How a number as it was written is like one on file.
 * @param written digits and X, of any length
 * @param onFile eighteen characters
 */
export function numbersAlike(
  written: string,
  onFile: string,
): 'same-number' | 'old-number' | 'near-number' | null {
  if (written === onFile) return 'same-number';
  if (written.length === 15) {
    return onFile.slice(0, 6) + onFile.slice(8, 17) === written && onFile.slice(6, 8) === '19'
      ? 'old-number'
      : null;
  }
  // The last character follows from the others, so one slip changes two characters.
  if (written.length === 18) return isSlip(written.slice(0, 17), onFile.slice(0, 17)) ? 'near-number' : null;
  if (written.length === 17) return lacksOne(written, onFile) ? 'near-number' : null;
  if (written.length === 19) return lacksOne(onFile, written) ? 'near-number' : null;
  return null;
}

/** Equal, one character differs, or two neighbouring ones are swapped. */
function isSlip(one: string, other: string): boolean {
  const differs = [...one].flatMap((character, at) => (character === other[at] ? [] : [at]));
  const [first, second] = differs;
  if (first === undefined || second === undefined) return true;
  return (
    differs.length === 2 &&
    second === first + 1 &&
    one[first] === other[second] &&
    one[second] === other[first]
  );
}

/** Whether the short text is the long one without one character. */
function lacksOne(short: string, long: string): boolean {
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  return short.slice(at) === long.slice(at + 1);
}

/** Whether a place is the other one, or lies in it: a township's code ends in zeros. */
function lies(place: string, within: string): boolean {
  return place.startsWith(within.replace(/(000){1,2}$/, ''));
}

/** The smallest place that all of these lie in: village, township or county, as a division code. */
export function placeAround(divisionCodes: readonly string[]): string {
  const [first = '', ...others] = divisionCodes;
  const length = [12, 9, 6, 4, 2].find((width) =>
    others.every((code) => code.startsWith(first.slice(0, width))),
  );
  return first.slice(0, length ?? 0).padEnd(12, '0');
}

/** `asked`: the sender was asked about it; `proposed`: one user says who it is. */
export const openStatuses = ['open', 'asked', 'proposed'] as const;
export type MatchStatus = (typeof openStatuses)[number] | 'matched' | 'nobody';

/** A row of a death list that may mean somebody on file, as it stands. */
export interface DeathMatch {
  readonly status: MatchStatus;
  readonly candidates: readonly string[];
  readonly chosenId: string | null;
  readonly proposedBy: Hand | null;
}

/** This one is it: waits for a second person. @throws DeathMatchNotOpen, NotAmongCandidates */
export function checkChoice(match: DeathMatch, personId: string): void {
  checkUndecided(match);
  if (!match.candidates.includes(personId)) throw new NotAmongCandidates();
}

/** None of these, or the sender is asked. What somebody has proposed is refused first. @throws DeathMatchNotOpen */
export function checkUndecided({ status }: Pick<DeathMatch, 'status'>): void {
  if (status !== 'open' && status !== 'asked') throw new DeathMatchNotOpen();
}

/** A second person says so too, or not. @returns who it is @throws DeathMatchNotOpen, DeathMatchNotProposed, DeathMatchFourEyes */
export function checkSecond({ status, chosenId, proposedBy }: DeathMatch, by: Hand): string {
  if (status === 'open' || status === 'asked') throw new DeathMatchNotProposed();
  if (status !== 'proposed' || chosenId === null || proposedBy === null) throw new DeathMatchNotOpen();
  if (isSameHand(proposedBy, by)) throw new DeathMatchFourEyes();
  return chosenId;
}
