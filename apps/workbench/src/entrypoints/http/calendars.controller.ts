import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers, freeText } from '@app/platform';
import { z } from 'zod';
import { PublishCalendar, type CalendarChecked } from '../../app/publish-calendar.js';

const file = z
  .record(z.string(), z.unknown())
  .describe('As libs/clocks/calendar has them: of a year, or with a division of a place.')
  .meta({ id: 'PublishedCalendarFile' });
const publication = z
  .object({ calendar: file, basis: freeText(2, 500).describe('The notice, or why it is published.') })
  .meta({ id: 'CalendarPublication' });
const day = z.object({ working: z.boolean(), type: z.string().nullable(), name: z.string() });
const checked = z
  .object({
    kind: z.enum(['year', 'local']),
    key: z.string(),
    days: z.array(z.object({ day: z.iso.date(), division: z.string().nullable(), before: day, after: day })),
    officeHours: z.array(z.string()),
    coveredTo: z.iso.date(),
  })
  .meta({ id: 'CalendarChecked' });
const published = checked.extend({ number: z.int() }).meta({ id: 'CalendarPublished' });
const inForce = z
  .object({
    years: z.array(z.object({ year: z.int(), basis: z.string() })),
    coveredTo: z.iso.date(),
    settledTo: z.iso.date().describe('Ends beyond it are 暂定.'),
    local: z.array(
      z.object({
        division: z.string(),
        days: z.record(z.string(), z.object({ name: z.string(), source: z.string() })),
        officeHours: z
          .array(z.object({ from: z.string(), to: z.string(), close: z.string(), source: z.string() }))
          .nullable(),
      }),
    ),
    history: z.array(
      z.object({
        number: z.int(),
        kind: z.enum(['year', 'local']),
        key: z.string(),
        basis: z.string(),
        publishedBy: z.string(),
        publishedAt: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: 'CalendarInForce' });

/** Calendars of years and places. */
@Controller('workbench')
@ApiTags('workbench: calendars')
@ApiBearerAuth()
export class CalendarsController {
  constructor(private readonly calendars: PublishCalendar) {}

  @Get('calendars')
  @Needs('calendar:read')
  @ApiOperation({ summary: 'What is in force, and what was published when by whom' })
  @Answers(inForce)
  async list(): Promise<z.infer<typeof inForce>> {
    const { calendar, published: history } = await this.calendars.inForce();
    const { years, local } = calendar.files;
    return {
      years: years.map(({ year, source }) => ({ year, basis: source.basis })),
      coveredTo: calendar.coveredTo,
      settledTo: calendar.settledTo,
      local: local.map(({ division, days, officeHours }) => ({
        division,
        days,
        officeHours: officeHours ?? null,
      })),
      history: history.map(({ number, kind, key, basis, publishedBy, publishedAt }) => ({
        number,
        kind,
        key,
        basis,
        publishedBy,
        publishedAt: publishedAt.toISOString(),
      })),
    };
  }

  @Post('calendars/check')
  @HttpCode(200)
  @Needs('calendar:publish')
  @ApiOperation({ summary: 'Whether a calendar could be published, and which days it would change' })
  @Answers(checked)
  async check(
    @Body({ schema: file }) content: z.infer<typeof file>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof checked>> {
    return viewOf(await this.calendars.check(actor, content));
  }

  @Post('calendars')
  @Needs('calendar:publish')
  @ApiOperation({ summary: 'Publish a calendar: from now on every service reckons by it' })
  @Answers(published, 201)
  async publish(
    @Body({ schema: publication }) { calendar, basis }: z.infer<typeof publication>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof published>> {
    const { number, ...change } = await this.calendars.publish(actor, calendar, basis);
    return { ...viewOf(change), number };
  }
}

function viewOf({ days, officeHours, ...rest }: CalendarChecked): z.infer<typeof checked> {
  return { ...rest, days: [...days], officeHours: [...officeHours] };
}
