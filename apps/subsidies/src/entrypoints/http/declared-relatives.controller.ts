import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, sensitive, type Actor } from '@app/access';
import { calendarDay } from '@app/contracts';
import { Answers, freeText, givenId } from '@app/platform';
import { bytesWithin, DEFAULT_LIMITS } from '@app/tabular';
import type { Request } from 'express';
import { z } from 'zod';
import { DeclareRelatives, type DeclarationReport } from '../../app/declare-relatives.js';

const county = z
  .string()
  .regex(/^\d{6}$/)
  .describe('县（市、区）六位代码 · Six digits.');
const listQuery = z.object({
  county: county.optional(),
  after: givenId().optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const fileQuery = z.object({ county });
const declare = z
  .strictObject({
    county,
    name: freeText(1, 50).describe('姓名'),
    identityNumber: z.string().min(1).max(64).describe('身份证号；加密保存 · Kept encrypted.'),
    relation: freeText(1, 20).describe(
      '与工作人员的关系；工作人员本人填“本人” · What they are to the member of the staff.',
    ),
    staffName: freeText(1, 50).describe('工作人员姓名'),
    declaredOn: calendarDay.describe('申报日期'),
  })
  .meta({ id: 'DeclareRelative' });
const withdraw = z
  .strictObject({ version: z.int().min(1), reason: freeText(2, 200).describe('理由 · Why.') })
  .meta({ id: 'WithdrawDeclaration' });

const counts = { entered: z.int(), changed: z.int(), unchanged: z.int() };
const declared = z.object(counts).meta({ id: 'DeclarationCounts' });
const report = z
  .object({
    rows: z.int(),
    ...counts,
    problems: z
      .array(
        z.object({
          row: z.int(),
          column: z.string().nullable(),
          reason: z.string(),
          suggestion: z.string(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'DeclarationReport' }) satisfies z.ZodType<DeclarationReport>;
const page = z
  .object({
    declarations: z.array(
      z
        .object({
          entryId: z.uuid(),
          county,
          name: sensitive('name'),
          identityNumber: sensitive('identity'),
          relation: z.string(),
          staffName: sensitive('name'),
          declaredOn: calendarDay,
          withdrawnReason: z.string().nullable(),
          version: z.int(),
          by: z.string(),
        })
        .meta({ id: 'Declaration' }),
    ),
    next: z.uuid().nullable(),
  })
  .meta({ id: 'DeclarationPage' });
const withdrawn = z.object({ entryId: z.uuid() }).meta({ id: 'DeclarationWithdrawn' });

const id = givenId();

/** Staff and their relatives as they were declared (工作人员及近亲属申报名单): held against those whom a run is about to pay. */
@Controller('subsidies/declared-relatives')
@ApiTags('subsidies: pay runs')
@ApiBearerAuth()
export class DeclaredRelativesController {
  constructor(private readonly relatives: DeclareRelatives) {}

  @Get()
  @Needs('declaration:read')
  @ApiOperation({ summary: 'The list of your county, masked, with what was withdrawn' })
  @Answers(page)
  list(@Query({ schema: listQuery }) query: z.infer<typeof listQuery>, @CurrentActor() actor: Actor) {
    return this.relatives.list(actor, query);
  }

  @Post()
  @Needs('declaration:keep')
  @ApiOperation({ summary: 'Declare one person; declared again as before changes nothing' })
  @Answers(declared, 201)
  enter(
    @Body({ schema: declare }) { county: of, ...declaration }: z.infer<typeof declare>,
    @CurrentActor() actor: Actor,
  ) {
    return this.relatives.enter(actor, of, declaration);
  }

  /** The file is the body, so that no name of a file (which may be a person's) is written down. */
  @Post('file')
  @HttpCode(200)
  @Needs('declaration:keep')
  @ApiConsumes('application/octet-stream', 'text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({
    summary: 'Declare by a file (.xlsx, .csv): the right rows once, the others with what is wrong',
  })
  @Answers(report)
  async enterFile(
    @Query({ schema: fileQuery }) { county: of }: z.infer<typeof fileQuery>,
    @Req() request: Request,
    @CurrentActor() actor: Actor,
  ): Promise<DeclarationReport> {
    return this.relatives.enterFile(actor, of, await bytesWithin(request, DEFAULT_LIMITS.bytes));
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Needs('declaration:keep')
  @ApiOperation({ summary: 'Take a declaration off the list, with the reason; it stays to be read' })
  @Answers(withdrawn)
  async withdraw(
    @Param('id', { schema: id }) entryId: string,
    @Body({ schema: withdraw }) body: z.infer<typeof withdraw>,
    @CurrentActor() actor: Actor,
  ) {
    await this.relatives.withdraw(actor, entryId, body);
    return { entryId };
  }
}
