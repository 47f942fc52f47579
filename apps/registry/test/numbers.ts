import { checkCharacter } from '@app/access';

/** An identity number of the invented demo county. @param sequence three digits, odd for a man */
export function demoNumber(birthDate: string, sequence: number, region = '338801'): string {
  const seventeen = region + birthDate.replaceAll('-', '') + String(sequence).padStart(3, '0');
  return seventeen + checkCharacter(seventeen);
}
