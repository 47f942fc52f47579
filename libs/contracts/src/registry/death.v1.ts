import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, version } from '../values.js';
import { factSource } from './fact-recorded.v1.js';

/** A person is recorded as dead. A stop fact: it overtakes what is parked of the same person. */
export const deathRecordedV1 = defineEvent({
  type: 'registry.fact.death-recorded.v1',
  title: 'A person is recorded as dead (stop fact)',
  data: z.object({ ...aboutPerson, version, factId: z.uuid(), diedOn: calendarDay, source: factSource }),
});

/** The record of a death was wrong (a namesake on the list): what it held or stopped is undone. */
export const deathWithdrawnV1 = defineEvent({
  type: 'registry.fact.death-withdrawn.v1',
  title: 'The record of a death was wrong; what it held is to be undone',
  data: z.object({ ...aboutPerson, version, factId: z.uuid(), reason: z.string().min(1) }),
});
