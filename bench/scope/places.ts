/** Five counties of 20 townships of 9 villages; the first is the demo county, whose users ask. */
export const COUNTY = { from: '338801000000', to: '338801999999' };

export function township(no: number): { from: string; to: string } {
  const code = `338801${String(no).padStart(3, '0')}`;
  return { from: `${code}000`, to: `${code}999` };
}

export function village(townshipNo: number, no: number): { from: string; to: string } {
  const code = township(townshipNo).from.slice(0, 9) + String(no).padStart(3, '0');
  return { from: code, to: code };
}

/** SQL: where the n-th person lives. Neighbouring numbers live apart, as those of a county's files do. */
export const PLACE_OF = `'33880' || (1 + n % 5) || lpad((1 + n / 5 % 20)::text, 3, '0') || lpad((1 + n / 100 % 9)::text, 3, '0')`;
