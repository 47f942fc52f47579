/** Kinds of divisions, from the digits of their code. */
export type DivisionLevel = 'city' | 'county' | 'town' | 'village';

/** A range of 12-digit division codes, inclusive. */
export interface Reach {
  readonly from: string;
  readonly to: string;
}

/** Digits that name a division: 4 a city, 6 a county, 9 a town, 12 a village (统计用区划代码, GB/T 2260 and 国家统计局). */
const DIGITS: Readonly<Record<DivisionLevel, number>> = { city: 4, county: 6, town: 9, village: 12 };

export function levelOf(divisionCode: string): DivisionLevel {
  if (divisionCode.endsWith('00000000')) return 'city';
  if (divisionCode.endsWith('000000')) return 'county';
  return divisionCode.endsWith('000') ? 'town' : 'village';
}

/** Everything that lies in a division. */
export function reachOfDivision(divisionCode: string): Reach {
  const head = divisionCode.slice(0, DIGITS[levelOf(divisionCode)]);
  return { from: head.padEnd(12, '0'), to: head.padEnd(12, '9') };
}

export function within(divisionCode: string, { from, to }: Reach): boolean {
  return from <= divisionCode && divisionCode <= to;
}

/** The county, or the city, in which a place lies: as far as an institution there works. */
export function countyReachOf(divisionCode: string): Reach {
  return reachOfDivision(
    levelOf(divisionCode) === 'city' ? divisionCode : divisionCode.slice(0, DIGITS.county).padEnd(12, '0'),
  );
}

/** Whether one division lies in the other, or is it. */
export function inLine(one: string, other: string): boolean {
  return within(one, reachOfDivision(other)) || within(other, reachOfDivision(one));
}

/** Code of the division above by the code itself; null for a city. */
export function divisionAbove(divisionCode: string): string | null {
  const above: Readonly<Record<DivisionLevel, DivisionLevel | null>> = {
    city: null,
    county: 'city',
    town: 'county',
    village: 'town',
  };
  const level = above[levelOf(divisionCode)];
  return level && divisionCode.slice(0, DIGITS[level]).padEnd(12, '0');
}
