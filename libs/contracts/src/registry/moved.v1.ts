import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, divisionCode, version } from '../values.js';

const move = { ...aboutPerson, version, from: divisionCode, to: divisionCode, movedOn: calendarDay };

/** Household registration left the region served here. A stop fact. `divisionCode` is still the old place. */
export const movedAwayV1 = defineEvent({
  type: 'registry.fact.moved-away.v1',
  title: 'A person moved their household registration out of the region (stop fact)',
  data: z.object(move),
});

/** Household registration came into, or moved inside, the region. `divisionCode` is the new place. */
export const movedInV1 = defineEvent({
  type: 'registry.fact.moved-in.v1',
  title: 'A person moved their household registration into or inside the region',
  data: z.object(move),
});
