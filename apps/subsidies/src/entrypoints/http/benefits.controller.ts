import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { divisionCode } from '@app/contracts';
import { Answers, givenId } from '@app/platform';
import { z } from 'zod';
import type { BenefitDetail, BenefitPage, BenefitSummary } from '../../app/benefit-view.js';
import { FindBenefits } from '../../app/find-benefits.js';
import { FindPayRuns } from '../../app/find-pay-runs.js';
import { booksView } from './pay-run-schemas.js';

const benefitQuery = z.object({
  personId: givenId().optional(),
  after: givenId().optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const month = z.string().describe('`YYYY-MM`');
const benefitSummary = z
  .object({
    benefitId: z.uuid(),
    caseId: z.uuid(),
    personId: z.uuid(),
    divisionCode,
    itemId: z.string(),
    status: z.enum(['running', 'held', 'stopped']),
    fromMonth: month,
    toMonth: month.nullable(),
    heldFrom: month.nullable(),
    rates: z
      .array(z.object({ fromMonth: month, fen: z.int().describe('分') }))
      .readonly()
      .nullable()
      .describe('A month’s amount from a month on; null: see `unpayable`.'),
    unpayable: z.string().nullable().describe('Why nothing can be paid though it runs; null: it can.'),
    version: z.int(),
  })
  .meta({ id: 'Benefit' }) satisfies z.ZodType<BenefitSummary>;
const benefitPage = z
  .object({ benefits: z.array(benefitSummary).readonly(), next: z.uuid().nullable() })
  .meta({ id: 'BenefitPage' }) satisfies z.ZodType<BenefitPage>;

/** What persons are paid month by month. */
@Controller('subsidies/benefits')
@ApiTags('subsidies: benefits')
@ApiBearerAuth()
@Needs('benefit:read')
export class BenefitsController {
  constructor(
    private readonly findBenefits: FindBenefits,
    private readonly findPayRuns: FindPayRuns,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Benefits in your place, of one person or page by page' })
  @Answers(benefitPage)
  list(
    @Query({ schema: benefitQuery }) query: z.infer<typeof benefitQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<BenefitPage> {
    return this.findBenefits.list(actor, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A benefit with its months and its history' })
  one(@Param('id', { schema: givenId() }) id: string, @CurrentActor() actor: Actor): Promise<BenefitDetail> {
    return this.findBenefits.one(actor, id);
  }

  @Get(':id/books')
  @ApiOperation({ summary: 'What is owed and what was paid, month by month, with every entry' })
  @Answers(booksView)
  books(@Param('id', { schema: givenId() }) id: string, @CurrentActor() actor: Actor) {
    return this.findPayRuns.books(actor, id);
  }
}
