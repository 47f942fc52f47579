import { Controller, Get, Inject, Query, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { divisionCode, type Owner } from '@app/contracts';
import { PersonFollower } from '@app/messaging';
import { Answers } from '@app/platform';
import { z } from 'zod';
import type { CasePersonFollower, Twin } from '../../app/follow-persons.js';
import { named } from './named.js';

const twin = z
  .object({
    kind: z.string().describe('What it is: cases, benefits, cards, applications.'),
    id: z.uuid().describe('The younger, which waits.'),
    twinOf: z.uuid().describe('The older, which goes on.'),
    personId: z.uuid(),
    divisionCode,
  })
  .meta({ id: 'Twin' }) satisfies z.ZodType<Twin>;

const twinsAnswer = z.object({ twins: z.array(twin).readonly() }).meta({ id: 'Twins' });
const twinsRequest = z.object({ limit: z.coerce.number().int().min(1).max(500).default(200) });

/** What a merge of two files left to be decided by a named person. */
export function twinController(service: Owner): Type {
  @Controller(service)
  @ApiTags(`${service}: twins`)
  @ApiBearerAuth()
  class TwinController {
    constructor(@Inject(PersonFollower) private readonly persons: CasePersonFollower) {}

    @Get('twins')
    @Needs('person:correct')
    @ApiOperation({
      summary: 'Of what a person may have once, the second since files were merged; a named person decides',
    })
    @Answers(twinsAnswer)
    async twins(
      @Query({ schema: twinsRequest }) { limit }: z.infer<typeof twinsRequest>,
      @CurrentActor() actor: Actor,
    ) {
      return { twins: await this.persons.twins(actor, limit) };
    }
  }
  return named(service, TwinController, 'TwinController');
}
