import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { TellAgain, type ToldAgain } from '../../app/tell-again.js';
import * as answers from './answers.js';
import * as requests from './requests.js';

/** For operators who let a consumer in that came later than the outbox remembers. */
@Controller('registry')
@ApiTags('ops')
@ApiBearerAuth()
export class ToldAgainController {
  constructor(private readonly tellAgain: TellAgain) {}

  @Post('told-again')
  @HttpCode(200)
  @Needs('delivery:operate')
  @ApiOperation({
    summary: 'Tell others once more who is on file and who may act for whom, a page at a time',
  })
  @Answers(answers.toldAgain)
  told(
    @Body({ schema: requests.toldAgainRequest }) page: z.infer<typeof requests.toldAgainRequest>,
  ): Promise<ToldAgain> {
    return this.tellAgain.run(page.after, page.limit);
  }
}
