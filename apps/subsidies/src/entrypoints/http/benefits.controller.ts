import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers, givenId } from '@app/platform';
import { z } from 'zod';
import type { BenefitDetail, BenefitPage } from '../../app/benefit-view.js';
import { FindBenefits } from '../../app/find-benefits.js';
import { FindPayRuns } from '../../app/find-pay-runs.js';
import { booksView } from './pay-run-schemas.js';

const benefitQuery = z.object({
  personId: givenId().optional(),
  after: givenId().optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

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
