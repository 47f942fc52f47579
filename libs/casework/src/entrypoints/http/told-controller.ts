import { Controller, Get, Query, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '@app/access';
import type { Owner } from '@app/contracts';
import { Answers, givenId } from '@app/platform';
import { z } from 'zod';
import { TellCases, toldCases, type ToldCases } from '../../app/tell-cases.js';
import { named } from './named.js';

const toldQuery = z.object({
  after: givenId().optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(500).default(500),
});

/** What the facts of one service's cases come to, for operators who compare a copy with it. */
export function toldController(service: Owner): Type {
  @Controller(service)
  @ApiTags('ops')
  @ApiBearerAuth()
  class ToldController {
    constructor(private readonly tellCases: TellCases) {}

    @Get('told-cases')
    @Needs('delivery:operate')
    @ApiOperation({ summary: 'Every case as its newest fact tells it, by id: ids and codes, no name' })
    @Answers(toldCases)
    told(@Query({ schema: toldQuery }) { after, limit }: z.infer<typeof toldQuery>): Promise<ToldCases> {
      return this.tellCases.run(after ?? null, limit);
    }
  }
  return named(service, ToldController, 'ToldController');
}
