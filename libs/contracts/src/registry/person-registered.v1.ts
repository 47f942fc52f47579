import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, version } from '../values.js';

/**
 * A person is on file, or what is on file about who they are has changed: the whole state, each time.
 * Names and the search token of the identity number travel only in this topic. Its readers: `certification`
 * (to know an applicant by the number on the form), `workbench`, `lifecycle`, which takes birth date, sex, household and place,
 * the owners of cases, which take whether somebody is on file and where; neither keeps name or token; and `subsidies`, which keeps token and
 * household to hold those whom a pay run is about to pay against the list of staff and relatives and against each other, for no user to read.
 */
export const personRegisteredV1 = defineEvent({
  type: 'registry.person.registered.v1',
  title: 'A person is on file, with name and search token: the whole state at each change',
  data: z.object({
    ...aboutPerson,
    version,
    name: z.string().min(1),
    sex: z.enum(['male', 'female']),
    birthDate: calendarDay,
    householdId: z.uuid().nullable(),
    /** Keyed blind index of the identity number: equal for equal numbers, worthless without the key. */
    identityToken: z.string().min(1),
  }),
});
