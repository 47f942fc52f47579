import type { Owner } from '@app/contracts';

/** What a number begins with: whose document it is. */
const codes: Readonly<Record<Owner, string>> = {
  certification: 'ZJ',
  subsidies: 'BT',
  rehabilitation: 'KF',
  employment: 'JY',
  'legal-aid': 'FY',
  accessibility: 'WZ',
  community: 'SQ',
};

/** Place of a document in its service's register (文书登记): one series per service and year, without gaps. */
export interface RegisterPlace {
  readonly year: number;
  readonly number: number;
}

/** The number that stands on a document and is asked for on the telephone (文书编号): `BT-2026-000012`. */
export function documentNumberOf(owner: Owner, { year, number }: RegisterPlace): string {
  return `${codes[owner]}-${year}-${String(number).padStart(6, '0')}`;
}

/** @returns null for what is no number of a document of this service */
export function placeInRegister(owner: Owner, text: string): RegisterPlace | null {
  const [, code, year, number] = /^([A-Z]{2})-(\d{4})-(\d{1,9})$/.exec(text) ?? [];
  return code === codes[owner] ? { year: Number(year), number: Number(number) } : null;
}
