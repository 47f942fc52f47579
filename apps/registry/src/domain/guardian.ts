import { GuardianNotValid } from './errors.js';
import { ageOn } from './identity-number.js';

/** Why somebody has a guardian: a minor, or an adult who cannot (fully) act for themselves (民法典 第二章第二节). */
export const guardianBases = { minor: '未成年人', mental: '精神残疾', intellectual: '智力残疾' } as const;
export type GuardianBasis = keyof typeof guardianBases;

/**
 * Refuses a guardianship, or an agency (without a basis), that the law does not know: who acts for others is of age.
 * @param guardian `birthDate` null: an organisation
 */
export function checkGuardian(
  ward: { readonly birthDate: string; readonly identityToken: string },
  guardian: { readonly birthDate: string | null; readonly identityToken: string },
  basis: GuardianBasis | null,
  today: string,
): void {
  if (ward.identityToken === guardian.identityToken) {
    throw new GuardianNotValid('监护人或代理人不能是本人，请填写监护人或代理人的身份证号。');
  }
  if (basis === 'minor' && ageOn(ward.birthDate, today) >= 18) {
    throw new GuardianNotValid('此人已满18周岁，不能以未成年人为由登记监护人。请核对监护事由。');
  }
  if (guardian.birthDate !== null && ageOn(guardian.birthDate, today) < 18) {
    throw new GuardianNotValid('监护人或代理人未满18周岁，不能代为办理。请核对其身份证号。');
  }
}
