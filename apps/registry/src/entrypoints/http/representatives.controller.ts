import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { FindRepresentatives } from '../../app/find-representatives.js';
import * as answers from './answers.js';
import * as requests from './requests.js';

type Request<Schema extends z.ZodType> = z.infer<Schema>;

/** Who may sign what for a person, until when, and with what proof. */
@Controller('registry')
@ApiTags('registry: who may sign')
@ApiBearerAuth()
export class RepresentativesController {
  constructor(private readonly representatives: FindRepresentatives) {}

  /** A POST, because an identity number must not stand in a URL. */
  @Post('persons/:id/may-sign')
  @HttpCode(200)
  @Needs('person:read')
  @ApiOperation({ summary: 'May this person sign that for the person on that day, and why (not)' })
  @Answers(answers.signingAnswer)
  maySign(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.maySignRequest }) question: Request<typeof requests.maySignRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.representatives.maySign(actor, id, question);
  }

  @Get('representatives/expiring')
  @Needs('guardian:record')
  @ApiOperation({ summary: 'Guardians and agents in your reach whose authority is over within so many days' })
  @Answers(answers.expiringPage)
  async expiring(
    @Query({ schema: requests.expiringRequest }) page: Request<typeof requests.expiringRequest>,
    @CurrentActor() actor: Actor,
  ) {
    const representatives = await this.representatives.expiring(actor, page);
    const last = representatives.length === page.limit ? representatives.at(-1) : undefined;
    return { representatives, next: last?.representativeId ?? null };
  }

  @Get('representatives/contradictions')
  @Needs('guardian:record')
  @ApiOperation({
    summary: 'What does not go together in who acts for persons in your reach, with the reason',
  })
  @Answers(answers.contradictionPage)
  async contradictions(
    @Query({ schema: requests.contradictionsRequest }) page: Request<typeof requests.contradictionsRequest>,
    @CurrentActor() actor: Actor,
  ) {
    const [, representativeId, finding] = (page.after && requests.CONTRADICTION.exec(page.after)) || [];
    const findings = await this.representatives.contradictions(actor, {
      limit: page.limit,
      after: representativeId && finding ? { representativeId, finding } : null,
    });
    const last = findings.length === page.limit ? findings.at(-1) : undefined;
    return { findings, next: last ? `${last.representativeId}.${last.finding}` : null };
  }
}
