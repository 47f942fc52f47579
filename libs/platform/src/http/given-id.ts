import { z } from 'zod';

/** An id that somebody asks for or names: letters of either case are taken, and it is read as everything here is kept, in lower case. */
export function givenId() {
  return z.uuid().toLowerCase();
}
