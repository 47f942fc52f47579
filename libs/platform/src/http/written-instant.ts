import { z } from 'zod';

/** A moment that the database gives as a Date, as an answer says it: ISO 8601 in UTC. OpenAPI has no word for a Date. */
export const writtenInstant = z
  .date()
  .transform((date) => date.toISOString())
  .pipe(z.iso.datetime());
