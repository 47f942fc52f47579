import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, permissions, type Actor, type Role } from '@app/access';
import { divisionCode } from '@app/contracts';
import { Answers, freeText, givenId } from '@app/platform';
import { z } from 'zod';
import { GapTasks } from '../../app/gap-tasks.js';
import {
  answeredView,
  gapsView,
  gapVillagesView,
  releasedView,
  type AnsweredView,
  type GapsView,
  type GapVillagesView,
  type ReleasedView,
} from '../../app/gap-views.js';
import { gapKinds } from '../../domain/reconcile.js';

const kind = z.enum(gapKinds);
const itemId = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, '应为事项编号，如 subsidies/living-subsidy');
const ownerRole = z.enum(permissions['gap:answer'] as [Role, ...Role[]]);
const place = {
  from: divisionCode.default('000000000000'),
  to: divisionCode.default('999999999999'),
};
const gapsQuery = z.object({
  ...place,
  kind: kind.optional(),
  item: itemId.optional(),
  state: z
    .enum(['found', 'released', 'answered', 'closed'])
    .optional()
    .describe('Absent: whatever is not closed.'),
  owner: ownerRole.optional(),
  after: z
    .string()
    .regex(/^\d{12}\.[0-9a-f-]{36}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
const villagesQuery = z.object({
  ...place,
  after: divisionCode.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const releaseBody = z
  .strictObject({
    divisionCode: divisionCode.describe('村（社区）· The village.'),
    kind: kind.optional(),
    itemId: itemId.optional(),
    ownerRole: ownerRole.optional().describe('Who looks after them; absent: the officer of each item.'),
    withDistrusted: z
      .boolean()
      .default(false)
      .describe('Also those that rest on a source which the run did not trust.'),
  })
  .meta({ id: 'ReleaseGaps' });
const answerBody = z
  .strictObject({
    gapId: givenId(),
    answer: freeText(2, 500).describe('核实结果和理由 · What was found, and why it is so.'),
  })
  .meta({ id: 'AnswerGap' });

/** Gaps (缺口) of the reconciliation, and who looks after them. */
@Controller('lifecycle/gaps')
@ApiTags('lifecycle: gaps')
@ApiBearerAuth()
export class GapsController {
  constructor(private readonly tasks: GapTasks) {}

  @Get()
  @Needs('gap:read')
  @ApiOperation({ summary: 'Gaps in your reach, village by village, each with its task' })
  @Answers(gapsView)
  list(
    @Query({ schema: gapsQuery }) query: z.infer<typeof gapsQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<GapsView> {
    const [at, gapId] = query.after?.split('.') ?? [];
    return this.tasks.list(actor, {
      from: query.from,
      to: query.to,
      kind: query.kind ?? null,
      itemId: query.item ?? null,
      state: query.state ?? null,
      ownerRole: query.owner ?? null,
      after: at && gapId ? { divisionCode: at, gapId } : null,
      limit: query.limit,
    });
  }

  @Get('villages')
  @Needs('gap:read')
  @ApiOperation({ summary: 'Open gaps of your reach by village, kind and item, to be released' })
  @Answers(gapVillagesView)
  villages(
    @Query({ schema: villagesQuery }) { from, to, after, limit }: z.infer<typeof villagesQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<GapVillagesView> {
    return this.tasks.villages(actor, { from, to, after: after ?? null, limit });
  }

  @Post('release')
  @HttpCode(200)
  @Needs('gap:release')
  @ApiOperation({ summary: 'Makes the open gaps of a village tasks, each with an owner and a clock' })
  @Answers(releasedView)
  release(
    @Body({ schema: releaseBody }) body: z.infer<typeof releaseBody>,
    @CurrentActor() actor: Actor,
  ): Promise<ReleasedView> {
    return this.tasks.release(actor, {
      divisionCode: body.divisionCode,
      kind: body.kind ?? null,
      itemId: body.itemId ?? null,
      ownerRole: body.ownerRole ?? null,
      withDistrusted: body.withDistrusted,
    });
  }

  @Post('answer')
  @HttpCode(200)
  @Needs('gap:answer')
  @ApiOperation({ summary: 'Says what became of a gap that you look after' })
  @Answers(answeredView)
  answer(
    @Body({ schema: answerBody }) { gapId, answer }: z.infer<typeof answerBody>,
    @CurrentActor() actor: Actor,
  ): Promise<AnsweredView> {
    return this.tasks.answer(actor, gapId, answer);
  }
}
