import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { FindStuck } from '../../app/find-stuck.js';
import { stuckCountsView, stuckView, type StuckCountsView, type StuckView } from '../../app/stuck-views.js';
import { stuckCountsQuery, stuckQuery } from './requests.js';

/** What does not move in the chains of a place, for whoever may look at them. */
@Controller('lifecycle/stuck')
@ApiTags('lifecycle')
@ApiBearerAuth()
@Needs('chain:read')
export class StuckController {
  constructor(private readonly findStuck: FindStuck) {}

  @Get()
  @ApiOperation({
    summary: 'What does not move in your reach, for one reason, with since when and who must act',
  })
  @Answers(stuckView)
  list(
    @Query({ schema: stuckQuery }) query: z.infer<typeof stuckQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<StuckView> {
    return this.findStuck.list(actor, { ...query, after: query.after ?? null });
  }

  @Get('counts')
  @ApiOperation({ summary: 'How much does not move for each reason, counted to a thousand' })
  @Answers(stuckCountsView)
  counts(
    @Query({ schema: stuckCountsQuery }) query: z.infer<typeof stuckCountsQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<StuckCountsView> {
    return this.findStuck.counts(actor, query);
  }
}
