import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '@app/access';
import { Answers, givenId } from '@app/platform';
import { z } from 'zod';
import { TellMoneyAgain, type MoneyToldAgain } from '../../app/tell-money-again.js';

const page = z
  .object({
    after: givenId()
      .nullable()
      .default(null)
      .describe('`next` of the call before; absent: from the first benefit on.'),
    limit: z.int().min(1).max(500).default(500),
  })
  .meta({ id: 'TellMoneyAgain' });

const told = z
  .object({
    benefits: z.int(),
    facts: z.int(),
    next: z.uuid().nullable().describe('Give it as `after` for the next page; null: nothing is left.'),
  })
  .meta({ id: 'MoneyToldAgain' });

/** For operators who let a consumer in that came later than the outbox remembers. */
@Controller('subsidies')
@ApiTags('ops')
@ApiBearerAuth()
export class MoneyToldAgainController {
  constructor(private readonly tellAgain: TellMoneyAgain) {}

  @Post('told-again')
  @HttpCode(200)
  @Needs('delivery:operate')
  @ApiOperation({ summary: 'Tell others once more what was paid, returned and recovered, a page at a time' })
  @Answers(told)
  told(@Body({ schema: page }) { after, limit }: z.infer<typeof page>): Promise<MoneyToldAgain> {
    return this.tellAgain.run(after, limit);
  }
}
