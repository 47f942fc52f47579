import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, version } from '../values.js';

/**
 * One file was of two persons (拆分), or a merge was wrong: part of what `personId` had belongs to `newPersonId`. A named user said
 * which part: ids of cases, cards, applications, benefits and files. What is not named stays.
 */
export const personSplitV1 = defineEvent({
  type: 'registry.person.split.v1',
  title: 'One file was of two persons: what is named belongs to a new one from now on',
  data: z.object({
    ...aboutPerson,
    version,
    newPersonId: z.uuid(),
    /** The id that had been merged into `personId` and stands for the new person from now on; null: none had. */
    aliasId: z.uuid().nullable(),
    /** Whatever a service keeps under one of these ids goes with it: cases, cards, applications, benefits, files, accounts. */
    subjects: z.array(z.uuid()),
  }),
});
