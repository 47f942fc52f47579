import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { calendarDay, divisionCode } from '../values.js';

/**
 * A year's calendar, or what holds in one place, was published; the newest of its key is in force. Every day that differs from its
 * weekday is named; a day that is missing is an ordinary one again. `divisionCode`: where it holds; all zeros: in the whole country.
 */
export const calendarPublishedV1 = defineEvent({
  type: 'workbench.calendar.published.v1',
  title: 'A calendar of a year or of a place is in force',
  data: z.object({
    /** One more with every publication, of whatever calendar. */
    number: z.int().min(1),
    divisionCode,
    kind: z.enum(['year', 'local']),
    /** The year, or the division. */
    key: z.string().min(1),
    /** Title of the notice. */
    basis: z.string().min(1),
    publishedOn: calendarDay,
    days: z.array(
      z.object({
        day: calendarDay,
        type: z.enum(['法定休', '调休休', '调休班', '地方']),
        name: z.string().min(1),
        source: z.string().min(1),
      }),
    ),
    /** When offices close (HH:MM) in the place, by season of the year (MM-DD); null: not said. */
    officeHours: z
      .array(
        z.object({
          from: z.string().min(1),
          to: z.string().min(1),
          close: z.string().min(1),
          source: z.string().min(1),
        }),
      )
      .nullable(),
  }),
  key: ({ key }) => key,
});
