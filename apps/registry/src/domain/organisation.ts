import { GuardianNotValid } from './errors.js';

/**
 * Organisations that may be guardian: civil affairs, and the residents' or villagers' committee of the ward's place of residence (民法典 32);
 * others that are willing, with the consent of one of these (27, 28).
 */
export const organisationKinds = {
  'civil-affairs': '民政部门',
  'residents-committee': '居民委员会',
  'villagers-committee': '村民委员会',
  other: '其他组织',
} as const;
export type OrganisationKind = keyof typeof organisationKinds;

/** That an organisation acts, and through whom. */
export interface Organisation {
  readonly kind: OrganisationKind;
  /** Name of who acts for it. */
  readonly officer: string;
}

/** Whoever is willing needs the consent of those who know the ward, and that is on paper. @throws GuardianNotValid */
export function checkOrganisation({ kind }: Organisation, proof: string | null): void {
  if (kind === 'other' && proof === null) {
    throw new GuardianNotValid(
      '其他组织担任监护人，须经被监护人住所地的居民委员会、村民委员会或者民政部门同意。请填写同意文件的名称及文号。',
    );
  }
}

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/**
 * A unified social credit code (统一社会信用代码) as GB 32100 writes it: eighteen characters, the last of which proves the others.
 * @throws GuardianNotValid, which never quotes the code
 */
export function readOrganisationCode(text: string): string {
  const code = text.normalize('NFKC').replaceAll(/\s/gu, '').toUpperCase();
  const values = [...code].map((character) => ALPHABET.indexOf(character));
  if (values.length !== 18 || values.includes(-1)) {
    throw new GuardianNotValid('统一社会信用代码应为18位数字和大写字母，请对照登记证书重新填写。');
  }
  let weight = 1;
  let sum = 0;
  for (const value of values.slice(0, 17)) {
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  if ((31 - (sum % 31)) % 31 !== values[17]) {
    throw new GuardianNotValid('统一社会信用代码的校验位不对，可能抄错了一位，请对照登记证书重新填写。');
  }
  return code;
}
