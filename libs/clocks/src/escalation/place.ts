/** Division codes from the first to the last, both included, 12 digits. */
export interface PlaceRange {
  readonly from: string;
  readonly to: string;
}

/** How far up somebody stands who is told. */
export const placeLevels = ['township', 'county', 'city'] as const;
export type PlaceLevel = (typeof placeLevels)[number];

/** Digits of a statistical division code that name province, city, county, township, village. */
const DIGITS = [2, 4, 6, 9, 12] as const;
const DIGITS_AT: Readonly<Record<PlaceLevel, number>> = { township: 9, county: 6, city: 4 };

function range(prefix: string): PlaceRange {
  return { from: prefix.padEnd(12, '0'), to: prefix.padEnd(12, '9') };
}

/** A division with everything below it. */
export function divisionRange(code: string): PlaceRange {
  const digits = DIGITS.find((count) => /^0*$/.test(code.slice(count))) ?? 12;
  return range(code.slice(0, digits));
}

/** The township, county or city that a place lies in. */
export function placeAt(code: string, level: PlaceLevel): PlaceRange {
  return range(code.slice(0, DIGITS_AT[level]));
}

export function covers(outer: PlaceRange, inner: PlaceRange): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}

export function contains({ from, to }: PlaceRange, code: string): boolean {
  return from <= code && code <= to;
}

export function meet(one: PlaceRange, other: PlaceRange): boolean {
  return one.from <= other.to && other.from <= one.to;
}
