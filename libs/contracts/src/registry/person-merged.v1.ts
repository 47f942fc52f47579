import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, version } from '../values.js';

/**
 * Two files were of one person (合并): `absorbedId` stands for `personId` from now on, in every service, also in facts that were told
 * before and arrive later. `version` is above every version that either of the two had; what is known of the person follows with
 * higher ones, as a whole.
 */
export const personMergedV1 = defineEvent({
  type: 'registry.person.merged.v1',
  title: 'Two files were of one person: the one id stands for the other from now on',
  data: z.object({
    ...aboutPerson,
    version,
    absorbedId: z.uuid(),
  }),
});
