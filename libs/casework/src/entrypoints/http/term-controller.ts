import { Body, Controller, Get, HttpCode, Param, Post, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import type { Owner } from '@app/contracts';
import { Answers, givenId } from '@app/platform';
import { z } from 'zod';
import { explainedTermsAnswer, type ExplainedTerms } from '../../app/explained-terms.js';
import { MoveTerm } from '../../app/move-term.js';
import { named } from './named.js';

const caseId = givenId();
const stepId = z.string().regex(/^[a-z0-9-]{1,60}$/);
const words = z.string().trim().min(2).max(500);

const pauseRequest = z
  .object({
    reason: z
      .string()
      .regex(/^[a-z0-9-]{1,60}$/)
      .describe('One of the reasons that the item names for this step.'),
    note: words.describe('What happened, for the record.'),
  })
  .meta({ id: 'PauseTermRequest' });

const extendRequest = z
  .object({
    value: z.int().min(1).max(5000).describe('In the unit of the term.'),
    reason: words.describe('Why more time is needed; the person is told.'),
  })
  .meta({ id: 'ExtendTermRequest' });

/** The legal terms of a case: why they end when they end, and what a named person does with them. */
export function termController(service: Owner): Type {
  @Controller(service)
  @ApiTags(`${service}: terms`)
  @ApiBearerAuth()
  @Needs('case:work')
  class TermController {
    constructor(private readonly terms: MoveTerm) {}

    @Get('cases/:id/terms')
    @ApiOperation({ summary: 'Why each term of the case ends when it ends, day by day with the articles' })
    @Answers(explainedTermsAnswer)
    explain(
      @Param('id', { schema: caseId }) id: string,
      @CurrentActor() actor: Actor,
    ): Promise<ExplainedTerms> {
      return this.terms.explain(actor, id);
    }

    @Post('cases/:id/terms/:step/pause')
    @HttpCode(200)
    @ApiOperation({ summary: 'The term of a step stands still, for a reason that its item names' })
    @Answers(explainedTermsAnswer)
    pause(
      @Param('id', { schema: caseId }) id: string,
      @Param('step', { schema: stepId }) step: string,
      @Body({ schema: pauseRequest }) request: z.infer<typeof pauseRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<ExplainedTerms> {
      return this.terms.pause(actor, id, step, request);
    }

    @Post('cases/:id/terms/:step/resume')
    @HttpCode(200)
    @ApiOperation({ summary: 'The reason is gone: the term of a step goes on' })
    @Answers(explainedTermsAnswer)
    resume(
      @Param('id', { schema: caseId }) id: string,
      @Param('step', { schema: stepId }) step: string,
      @Body({ schema: pauseRequest }) request: z.infer<typeof pauseRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<ExplainedTerms> {
      return this.terms.resume(actor, id, step, request);
    }

    @Post('cases/:id/terms/:step/extend')
    @HttpCode(200)
    @ApiOperation({
      summary: 'More time for a step, where its item allows it, approved by whom the article names',
    })
    @Answers(explainedTermsAnswer)
    extend(
      @Param('id', { schema: caseId }) id: string,
      @Param('step', { schema: stepId }) step: string,
      @Body({ schema: extendRequest }) request: z.infer<typeof extendRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<ExplainedTerms> {
      return this.terms.extend(actor, id, step, request);
    }
  }
  return named(service, TermController, 'TermController');
}
