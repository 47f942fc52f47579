/** A county of 20 towns of 9 villages. */
export const COUNTY = '338801000000';
export const TOWNS = Array.from({ length: 20 }, (_, no) => `3388010${10 + no}000`);
export const VILLAGES = TOWNS.flatMap((town) =>
  Array.from({ length: 9 }, (_, no) => `${town.slice(0, 9)}00${no + 1}`),
);

/** Where the n-th person lives. */
export function villageOf(n: number): string {
  return VILLAGES[n % VILLAGES.length]!;
}

/** SQL: where the n-th task stands; it is where its person lives, as long as the persons are a multiple of the villages. */
export const PLACE = `'3388010' || (10 + (n % 180) / 9)::text || '00' || (1 + (n % 180) % 9)::text`;
