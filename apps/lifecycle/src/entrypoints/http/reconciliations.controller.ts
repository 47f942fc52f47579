import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers, givenId } from '@app/platform';
import { z } from 'zod';
import { FindReconciliations } from '../../app/find-reconciliations.js';
import {
  runsView,
  startedView,
  trendView,
  type RunsView,
  type StartedView,
  type TrendView,
} from '../../app/gap-views.js';
import { StartReconciliation } from '../../app/start-reconciliation.js';

const region = z
  .string()
  .regex(/^\d{6}(\d{3}(\d{3})?)?$/, '应为 6、9 或 12 位行政区划代码')
  .describe('县、镇（街道）或村（社区）的行政区划代码，6、9 或 12 位。');
const startBody = z.strictObject({ region: region.optional() }).meta({ id: 'StartReconciliation' });
const runsQuery = z.object({
  run: givenId().optional(),
  region: region.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
const trendQuery = z.object({
  region: region.optional(),
  level: z.enum(['county', 'township', 'village']).default('county'),
  limit: z.coerce.number().int().min(1).max(100).default(30).describe('How many runs.'),
});

/** Runs of the reconciliation (对账): what each person should have against what they have. */
@Controller('lifecycle/reconciliations')
@ApiTags('lifecycle: reconciliation')
@ApiBearerAuth()
export class ReconciliationsController {
  constructor(
    private readonly start: StartReconciliation,
    private readonly find: FindReconciliations,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('reconciliation:run')
  @ApiOperation({ summary: 'Begins a run, or names the one that is under way; it goes on by itself' })
  @Answers(startedView)
  begin(
    @Body({ schema: startBody }) body: z.infer<typeof startBody>,
    @CurrentActor() actor: Actor,
  ): Promise<StartedView> {
    return this.start.run(actor, body.region);
  }

  @Get()
  @Needs('gap:read')
  @ApiOperation({
    summary: 'Runs, newest first, with what they saw in your reach and what they could not trust',
  })
  @Answers(runsView)
  list(
    @Query({ schema: runsQuery }) query: z.infer<typeof runsQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<RunsView> {
    return this.find.list(actor, {
      runId: query.run ?? null,
      region: query.region ?? null,
      limit: query.limit,
    });
  }

  @Get('trend')
  @Needs('gap:read')
  @ApiOperation({ summary: 'How the gaps of your reach went from run to run' })
  @Answers(trendView)
  trend(
    @Query({ schema: trendQuery }) query: z.infer<typeof trendQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<TrendView> {
    return this.find.trend(actor, { region: query.region ?? null, level: query.level, limit: query.limit });
  }
}
