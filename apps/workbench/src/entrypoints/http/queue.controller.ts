import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers, givenId } from '@app/platform';
import type { Response } from 'express';
import type { z } from 'zod';
import { FindColleagues } from '../../app/find-colleagues.js';
import { FindVisits, type VisitPage } from '../../app/find-visits.js';
import { FindWork, type WorkCounts, type WorkLine, type WorkPage } from '../../app/find-work.js';
import { TakeNext } from '../../app/take-next.js';
import {
  colleagueList,
  countsQuery,
  queueQuery,
  queueSearchRequest,
  takeNextRequest,
  visitPage,
  visitsQuery,
  workCounts,
  workLine,
  workPage,
  type ColleagueList,
} from './queue-schemas.js';

/** The work queue: cases of every owner that the caller may see, as facts have told them. */
@Controller('workbench/queue')
@ApiTags('workbench: queue')
@ApiBearerAuth()
@Needs('case:read')
export class QueueController {
  constructor(
    private readonly findWork: FindWork,
    private readonly findVisits: FindVisits,
    private readonly takeNext: TakeNext,
    private readonly findColleagues: FindColleagues,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Work, the nearest term first' })
  @Answers(workPage)
  list(
    @Query({ schema: queueQuery }) query: z.infer<typeof queueQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<WorkPage> {
    return this.findWork.list(actor, query);
  }

  @Post('search')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Work of whoever has this name, or one that is read so; or the case of this number',
  })
  @Answers(workPage)
  search(
    @Body({ schema: queueSearchRequest }) query: z.infer<typeof queueSearchRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<WorkPage> {
    return this.findWork.list(actor, query);
  }

  @Get('counts')
  @ApiOperation({ summary: 'How much each view has, counted to a thousand' })
  @Answers(workCounts)
  counts(
    @Query({ schema: countsQuery }) query: z.infer<typeof countsQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<WorkCounts> {
    return this.findWork.counts(actor, query);
  }

  @Get('visits')
  @Needs('case:work')
  @ApiOperation({ summary: 'Whom you have to visit at home, each with every matter that waits for it' })
  @Answers(visitPage)
  visits(
    @Query({ schema: visitsQuery }) query: z.infer<typeof visitsQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<VisitPage> {
    return this.findVisits.list(actor, query);
  }

  @Post('take-next')
  @HttpCode(200)
  @Needs('case:work')
  @ApiOperation({ summary: 'Take the next case that waits for you (取下一件)' })
  @ApiNoContentResponse({ description: 'Nothing waits' })
  @Answers(workLine)
  async next(
    @Body({ schema: takeNextRequest }) filter: z.infer<typeof takeNextRequest>,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WorkLine | undefined> {
    const line = await this.takeNext.run(actor, filter);
    if (line) return line;
    response.status(204);
    return undefined;
  }

  @Get(':caseId/colleagues')
  @ApiOperation({ summary: 'Who else may do what a case waits for; of a case that is none of yours, nobody' })
  @Answers(colleagueList)
  async colleagues(
    @Param('caseId', { schema: givenId() }) caseId: string,
    @CurrentActor() actor: Actor,
  ): Promise<ColleagueList> {
    return { colleagues: await this.findColleagues.run(actor, caseId) };
  }
}
