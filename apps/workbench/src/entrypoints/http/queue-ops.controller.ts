import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { caseStatuses, instant, owners } from '@app/contracts';
import { Answers, givenId } from '@app/platform';
import { z } from 'zod';
import { CheckWork, type WorkCheck } from '../../app/check-work.js';

const checkRequest = z
  .object({
    owner: z.enum(owners),
    after: givenId().nullable().default(null).describe('`next` of the answer before.'),
    repair: z.boolean().default(false).describe('Take the owner’s word where the queue says otherwise.'),
  })
  .meta({ id: 'QueueCheckRequest' });

const side = z
  .object({ version: z.int(), status: z.enum(caseStatuses), dueAt: instant.nullable() })
  .nullable();

const check = z
  .object({
    owner: z.enum(owners),
    compared: z.int(),
    missing: z.int(),
    extra: z.int(),
    different: z.int(),
    repaired: z.int(),
    drift: z
      .array(
        z.object({
          caseId: z.uuid(),
          kind: z.enum(['missing', 'extra', 'different']),
          owner: side,
          queue: side,
        }),
      )
      .readonly()
      .describe('The first of them, one by one.'),
    next: z.uuid().nullable().describe('Cases are left: give it as `after`. Null: every case was compared.'),
  })
  .meta({ id: 'QueueCheck' });

/** Whether the work queue says what the owners of the cases say. */
@Controller('workbench/queue')
@ApiTags('ops')
@ApiBearerAuth()
@Needs('delivery:operate')
export class QueueOpsController {
  constructor(private readonly checkWork: CheckWork) {}

  @Post('checks')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Compare the work queue with an owner’s cases, and take the owner’s word if asked to',
  })
  @Answers(check)
  check(
    @Body({ schema: checkRequest }) { owner, after, repair }: z.infer<typeof checkRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<WorkCheck> {
    return this.checkWork.run(actor, owner, after, repair);
  }
}
