import { Body, Controller, Get, HttpCode, Post, Query, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, lookingWith, Needs, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { Answers, Database } from '@app/platform';
import { z } from 'zod';
import { RuleBook } from '../clock-rule.js';
import { checkCalendar } from './calendar-check.js';
import { CalendarInForce } from './calendar-in-force.js';
import { previewCalendar } from './preview-calendar.js';

const instant = z.iso.datetime().nullable();
const moveView = z.object({
  clockId: z.uuid(),
  subjectId: z.uuid().describe('The case or application.'),
  step: z.string(),
  before: instant.describe('Null: it stood still, or had no end.'),
  after: instant,
});
const dayView = z.object({ working: z.boolean(), type: z.string().nullable(), name: z.string() });
const previewView = z
  .object({
    days: z.array(
      z.object({ day: z.iso.date(), division: z.string().nullable(), before: dayView, after: dayView }),
    ),
    officeHours: z.array(z.string()).describe('Divisions whose offices would close at another time.'),
    coveredTo: z.iso.date(),
    looked: z.int(),
    moved: z.int(),
    settled: z.int().describe('Ends that were 暂定 and would be settled.'),
    bySteps: z.array(z.object({ step: z.string(), basis: z.string(), moved: z.int() })),
    cases: z.array(moveView.extend({ basis: z.string() })).describe('The first 200.'),
  })
  .meta({ id: 'CalendarPreview' });
const calendarFile = z
  .record(z.string(), z.unknown())
  .describe('As libs/clocks/calendar has them: of a year, or with a division of a place.')
  .meta({ id: 'CalendarFile' });
/** The largest that a number of a publication can be: PostgreSQL's integer. */
const MOST_NUMBER = 2_147_483_647;
const movesQuery = z.object({ number: z.coerce.number().int().min(0).max(MOST_NUMBER) });
const movesView = z.object({ moved: z.int(), moves: z.array(moveView) }).meta({ id: 'CalendarMoves' });

interface MoveRow {
  readonly clock_id: string;
  readonly subject_id: string;
  readonly step: string;
  readonly before_at: Date | null;
  readonly after_at: Date | null;
  readonly moved: number;
}

/** What another calendar would do to the terms of one service, and what one did. */
export function calendarController(service: string): Type {
  @Controller(service)
  @ApiTags(`${service}: calendar`)
  @ApiBearerAuth()
  class ClockCalendarController {
    constructor(
      private readonly database: Database,
      private readonly rules: RuleBook,
      private readonly inForce: CalendarInForce,
      private readonly clock: Clock,
    ) {}

    @Post('clocks/preview')
    @HttpCode(200)
    @Needs('calendar:publish')
    @ApiOperation({ summary: 'Which ends of terms this calendar would move; nothing is changed' })
    @Answers(previewView)
    async preview(
      @Body({ schema: calendarFile }) content: z.infer<typeof calendarFile>,
      @CurrentActor() actor: Actor,
    ): Promise<z.infer<typeof previewView>> {
      await this.inForce.refresh();
      const before = this.inForce.now;
      const { file } = checkCalendar(content, before);
      const preview = await previewCalendar(
        { database: this.database, rules: this.rules },
        lookingWith(actor, 'calendar:publish'),
        before,
        before.with(file),
        this.clock.now(),
      );
      return {
        ...preview,
        days: [...preview.days],
        officeHours: [...preview.officeHours],
        bySteps: [...preview.bySteps],
        cases: preview.cases.map(({ before: was, after: becomes, ...rest }) => ({
          ...rest,
          before: textOf(was),
          after: textOf(becomes),
        })),
      };
    }

    @Get('clocks/moves')
    @Needs('calendar:publish')
    @ApiOperation({ summary: 'Which ends a published calendar moved: how many, and the first 200' })
    @Answers(movesView)
    async moves(
      @Query({ schema: movesQuery }) { number }: z.infer<typeof movesQuery>,
      @CurrentActor() actor: Actor,
    ): Promise<z.infer<typeof movesView>> {
      const rows = await this.database.query<MoveRow>(
        lookingWith(actor, 'calendar:publish'),
        `select m.clock_id, c.subject_id, c.step, m.before_at, m.after_at, count(*) over ()::int as moved
         from clock_moves m join clocks c using (clock_id) where m.number = $1 order by m.clock_id, m.moved_at limit 200`,
        [number],
      );
      return {
        moved: rows[0]?.moved ?? 0,
        moves: rows.map((row) => ({
          clockId: row.clock_id,
          subjectId: row.subject_id,
          step: row.step,
          before: textOf(row.before_at),
          after: textOf(row.after_at),
        })),
      };
    }
  }
  // In all-in-one each service's operations have a name of their own in the API document.
  const prefix = service.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  Object.defineProperty(ClockCalendarController, 'name', { value: `${prefix}ClockCalendarController` });
  return ClockCalendarController;
}

function textOf(instantOf: Date | null): string | null {
  return instantOf?.toISOString() ?? null;
}
