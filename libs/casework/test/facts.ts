import { randomUUID } from 'node:crypto';
import { personRegisteredV1, type NewEvent } from '@app/contracts';

/** Registry has somebody on file. */
export function registeredFact(
  personId: string = randomUUID(),
  divisionCode = '338801001001',
  version = 1,
): NewEvent {
  return personRegisteredV1.of({
    personId,
    divisionCode,
    version,
    name: '某人',
    sex: 'female',
    birthDate: '1970-01-01',
    householdId: null,
    identityToken: `token-of-${personId}`,
  });
}
