import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay } from '../values.js';

/**
 * A row of a death list may mean this person (同名、号码相近), and users have not decided yet whom it means. It stops nothing; who pays money looks
 * first. One fact for each person whom the row may mean, and later one `cleared` for each.
 */
export const deathSuspectedV1 = defineEvent({
  type: 'registry.death.suspected.v1',
  title: 'A row of a death list may mean a person; whom it means is not decided yet',
  data: z.object({ ...aboutPerson, matchId: z.uuid(), diedOn: calendarDay }),
});

/** It is decided whom the row means. `recorded`: this person, whose death is told for itself; `another`: one of the others; `nobody`: none of them. */
export const deathClearedV1 = defineEvent({
  type: 'registry.death.cleared.v1',
  title: 'Whom a row of a death list means is decided: the person is not suspected by it any more',
  data: z.object({ ...aboutPerson, matchId: z.uuid(), because: z.enum(['recorded', 'another', 'nobody']) }),
});
