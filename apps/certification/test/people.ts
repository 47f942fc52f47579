import { randomUUID } from 'node:crypto';
import { personRegisteredV1 } from '@app/contracts';
import { ColumnCipher } from '@app/access';
import type { ServiceUnderTest } from '@app/testing';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** An identity number of the invented county. */
export function identityNumber(serial: number, birthDate = '1980-05-17'): string {
  const body = `338801${birthDate.replaceAll('-', '')}${String(serial).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(body[place]), 0);
  return body + '10X98765432'[sum % 11]!;
}

export interface TestPerson {
  readonly personId: string;
  readonly identityNumber: string;
  readonly divisionCode: string;
  readonly birthDate: string;
}

export const VILLAGE = '338801001001';
let serial = 0;

/** A person of whom registry is about to tell; every number only once. */
export function newPerson(options: { birthDate?: string; divisionCode?: string } = {}): TestPerson {
  serial += 1;
  // A thousand serial numbers per birth date: the date moves on with every further thousand.
  const birthDate = options.birthDate ?? `19${60 + Math.floor(serial / 1000)}-05-17`;
  return {
    personId: randomUUID(),
    identityNumber: identityNumber(serial % 1000, birthDate),
    divisionCode: options.divisionCode ?? VILLAGE,
    birthDate,
  };
}

export function registered(service: ServiceUnderTest, person: TestPerson, version = 1) {
  const cipher = service.get(ColumnCipher);
  return personRegisteredV1.of({
    personId: person.personId,
    divisionCode: person.divisionCode,
    version,
    name: '张三丰',
    sex: 'male',
    birthDate: person.birthDate,
    householdId: null,
    identityToken: cipher.blindIndex('identity', person.identityNumber),
  });
}

/** Registers people with the service under test, as registry's facts would. */
export async function onFile(service: ServiceUnderTest, ...people: TestPerson[]): Promise<void> {
  for (let at = 0; at < people.length; at += 200) {
    await service.deliver(
      'certification',
      ...people.slice(at, at + 200).map((person) => registered(service, person)),
    );
  }
}
