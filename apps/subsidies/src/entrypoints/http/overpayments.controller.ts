import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { calendarDay } from '@app/contracts';
import { Answers, freeText, givenId } from '@app/platform';
import { z } from 'zod';
import { ChangeOverpayments } from '../../app/change-overpayments.js';
import type { ShownOverpayment } from '../../adapters/postgres/overpayments.js';

const state = z.enum(['open', 'agreed', 'waiver-asked', 'waived', 'settled']);
const method = z.enum(['repay', 'set-off']);
const fen = z.int().min(1).max(2_000_000_000).describe('分');
const version = z.int().min(1).max(2_147_483_647).describe('The version that you saw.');

const overpaymentQuery = z.object({
  state: state.optional(),
  personId: givenId().optional(),
  after: givenId().optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const agree = z
  .strictObject({
    version,
    method: method.describe('退还，或从以后的发放中抵扣 · Paid back, or set off.'),
    instalment: fen.describe('每期金额（分） · One instalment; of a set-off the most that one run keeps.'),
    note: freeText(2, 200).describe('协议情况 · What was agreed, with the paper that shows it.'),
  })
  .meta({ id: 'AgreeRecovery' });
const receive = z
  .strictObject({
    version,
    fen,
    receivedOn: calendarDay,
    proof: freeText(2, 100).describe('收款凭证号 · Number of the receipt.'),
  })
  .meta({ id: 'ReceiveRecovery' });
const ask = z
  .strictObject({ version, reason: freeText(2, 200).describe('理由 · Why.') })
  .meta({ id: 'AskWaiver' });
const decide = z
  .strictObject({
    version,
    grants: z.boolean().describe('同意免于追回 · Let it be.'),
    reason: freeText(2, 200).describe('理由 · Why.'),
  })
  .meta({ id: 'DecideWaiver' });

const changed = z
  .object({ overpaymentId: z.uuid(), state, openFen: z.int(), version: z.int() })
  .meta({ id: 'OverpaymentChanged' });
const page = z
  .object({
    overpayments: z.array(
      z
        .object({
          overpaymentId: z.uuid(),
          benefitId: z.uuid(),
          personId: z.uuid(),
          state,
          months: z.array(z.object({ month: z.string(), fen: z.int() })).readonly(),
          foundFen: z.int(),
          foundInRun: z.int(),
          benefitVersion: z.int().describe('State of the benefit by which it shows: in its history.'),
          method: method.nullable(),
          instalment: z.int().nullable(),
          version: z.int(),
        })
        .meta({ id: 'Overpayment' }),
    ),
    next: z.uuid().nullable(),
  })
  .meta({ id: 'OverpaymentPage' });

const id = givenId();

/** Money that was paid and is not owed: found by the monthly comparison, decided by persons. */
@Controller('subsidies/overpayments')
@ApiTags('subsidies: overpayments')
@ApiBearerAuth()
export class OverpaymentsController {
  constructor(private readonly overpayments: ChangeOverpayments) {}

  @Get()
  @Needs('overpayment:read')
  @ApiOperation({ summary: 'Overpayments in your place, by state or of one person' })
  @Answers(page)
  async list(
    @Query({ schema: overpaymentQuery }) query: z.infer<typeof overpaymentQuery>,
    @CurrentActor() actor: Actor,
  ) {
    const { overpayments, next } = await this.overpayments.list(actor, query);
    return { overpayments: overpayments.map(viewOf), next };
  }

  @Post(':id/agree')
  @HttpCode(200)
  @Needs('overpayment:recover')
  @ApiOperation({ summary: 'How it comes back, as agreed with the person' })
  @Answers(changed)
  agree(
    @Param('id', { schema: id }) one: string,
    @Body({ schema: agree }) body: z.infer<typeof agree>,
    @CurrentActor() actor: Actor,
  ) {
    return this.overpayments.agree(actor, one, body);
  }

  @Post(':id/receipts')
  @HttpCode(200)
  @Needs('overpayment:recover')
  @ApiOperation({ summary: 'What the person has paid back, with its receipt' })
  @Answers(changed)
  receive(
    @Param('id', { schema: id }) one: string,
    @Body({ schema: receive }) body: z.infer<typeof receive>,
    @CurrentActor() actor: Actor,
  ) {
    return this.overpayments.receive(actor, one, body);
  }

  @Post(':id/waiver')
  @HttpCode(200)
  @Needs('overpayment:recover')
  @ApiOperation({ summary: 'Propose to let it be; a second person decides' })
  @Answers(changed)
  ask(
    @Param('id', { schema: id }) one: string,
    @Body({ schema: ask }) body: z.infer<typeof ask>,
    @CurrentActor() actor: Actor,
  ) {
    return this.overpayments.askWaiver(actor, one, body);
  }

  @Post(':id/waiver/decide')
  @HttpCode(200)
  @Needs('overpayment:waive')
  @ApiOperation({ summary: 'Let it be, or not, as a second person' })
  @Answers(changed)
  decide(
    @Param('id', { schema: id }) one: string,
    @Body({ schema: decide }) body: z.infer<typeof decide>,
    @CurrentActor() actor: Actor,
  ) {
    return this.overpayments.decideWaiver(actor, one, body);
  }
}

function viewOf({ id: overpaymentId, waiverAskedBy: _, ...shown }: ShownOverpayment) {
  return { ...shown, overpaymentId };
}
