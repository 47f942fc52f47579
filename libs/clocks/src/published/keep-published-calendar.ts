import { Controller, type Type } from '@nestjs/common';
import { calendarPublishedV1, type Envelope } from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { checkLocal, checkYear } from '../calendar-files.js';
import { keepPublished, type PublishedCalendar } from './calendar-in-force.js';

type Published = Parameters<typeof calendarPublishedV1.of>[0];

/** The consumer by which a service keeps what calendars were published. */
export function keepPublishedCalendar(service: string): Type {
  @Controller()
  class KeepCalendarOnPublished {
    @OnEvents({ service, name: 'keep-calendar-on-published', events: [calendarPublishedV1] })
    async handle(events: readonly Envelope<Published>[], { tx }: Slice): Promise<void> {
      await keepPublished(
        tx,
        events.map(({ data }) => publishedOf(data)),
      );
    }
  }
  return KeepCalendarOnPublished;
}

/** The calendar of a fact, as a file has it. @throws CalendarMalformed */
export function publishedOf({ number, kind, key, basis, days, officeHours }: Published): PublishedCalendar {
  const content =
    kind === 'year'
      ? checkYear(
          {
            year: Number(key),
            source: { basis },
            days: Object.fromEntries(days.map(({ day, type, name }) => [day, { type, name }])),
          },
          key,
        )
      : checkLocal(
          {
            division: key,
            days: Object.fromEntries(days.map(({ day, name, source }) => [day, { name, source }])),
            ...(officeHours ? { officeHours } : {}),
          },
          key,
        );
  return { number, kind, key, content };
}
