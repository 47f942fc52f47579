import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { FindSupervision, type DeadlineOverview, type WorkloadOverview } from '../../app/find-supervision.js';
import type { WorkPage } from '../../app/find-work.js';
import { workPage } from './queue-schemas.js';
import {
  deadlineOverview,
  overviewQuery,
  supervisedRequest,
  workloadOverview,
} from './supervision-schemas.js';

/** The open work of a place, for whoever answers for it: counted among what they may see. */
@Controller('workbench/supervision')
@ApiTags('workbench: supervision')
@ApiBearerAuth()
@Needs('work:supervise')
export class SupervisionController {
  constructor(private readonly findSupervision: FindSupervision) {}

  @Get('deadlines')
  @ApiOperation({ summary: 'Open cases by division, item and how they stand with their terms' })
  @Answers(deadlineOverview)
  deadlines(
    @Query({ schema: overviewQuery }) { division }: z.infer<typeof overviewQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<DeadlineOverview> {
    return this.findSupervision.deadlines(actor, division);
  }

  @Get('workload')
  @ApiOperation({ summary: 'Who has what in hand, what nobody has taken, and who has done how much' })
  @Answers(workloadOverview)
  workload(
    @Query({ schema: overviewQuery }) { division }: z.infer<typeof overviewQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<WorkloadOverview> {
    return this.findSupervision.workload(actor, division);
  }

  @Post('cases')
  @HttpCode(200)
  @ApiOperation({ summary: 'The open cases behind the numbers, the nearest term first' })
  @Answers(workPage)
  cases(
    @Body({ schema: supervisedRequest }) request: z.infer<typeof supervisedRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<WorkPage> {
    return this.findSupervision.list(actor, request);
  }
}
