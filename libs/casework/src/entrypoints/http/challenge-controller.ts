import { Body, Controller, HttpCode, Param, Post, UseInterceptors, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import type { Owner } from '@app/contracts';
import { Answers, givenId } from '@app/platform';
import { z } from 'zod';
import { caseSummary, type CaseSummary } from '../../app/case-view.js';
import { ChallengeCase } from '../../app/challenge-case.js';
import {
  acceptRequest,
  challengeRequest,
  evidenceRequest,
  notAdmitRequest,
  pauseRequest,
  rulingRequest,
  stayRequest,
} from './document-requests.js';
import { named } from './named.js';
import { TellVersion } from './tell-version.js';

const id = givenId();

/** Decisions of one service's cases that persons have looked at again (复查、复核、行政复议、行政诉讼). */
export function challengeController(service: Owner): Type {
  @Controller(`${service}/cases/:id/challenges`)
  @ApiTags(`${service}: challenges`)
  @ApiBearerAuth()
  @Needs('case:work')
  @UseInterceptors(TellVersion)
  class ChallengeController {
    constructor(private readonly challenges: ChallengeCase) {}

    @Post()
    @ApiOperation({
      summary: 'The person asks that a decision is looked at again, or that something is done',
    })
    @Answers(caseSummary, 201)
    file(
      @Param('id', { schema: id }) caseId: string,
      @Body({ schema: challengeRequest }) request: z.infer<typeof challengeRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      const { documentId, body, ...filing } = request;
      return this.challenges.file(actor, caseId, documentId, { ...filing, body: body ?? null });
    }

    @Post(':challengeId/accept')
    @HttpCode(200)
    @ApiOperation({
      summary: 'The body takes it up; what was filed late only with the reason for which it counts',
    })
    @Answers(caseSummary)
    accept(
      @Param('id', { schema: id }) caseId: string,
      @Param('challengeId', { schema: id }) challengeId: string,
      @Body({ schema: acceptRequest }) { on, lateReason }: z.infer<typeof acceptRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.challenges.accept(actor, caseId, challengeId, { on, lateReason: lateReason ?? null });
    }

    @Post(':challengeId/not-admit')
    @HttpCode(200)
    @ApiOperation({ summary: 'The body does not take it up' })
    @Answers(caseSummary)
    notAdmit(
      @Param('id', { schema: id }) caseId: string,
      @Param('challengeId', { schema: id }) challengeId: string,
      @Body({ schema: notAdmitRequest }) { handedTo, ...saying }: z.infer<typeof notAdmitRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.challenges.refuse(actor, caseId, challengeId, { ...saying, handedTo: handedTo ?? null });
    }

    @Post(':challengeId/evidence')
    @HttpCode(200)
    @ApiOperation({ summary: 'The respondent’s copy came, or its answer with the evidence went' })
    @Answers(caseSummary)
    evidence(
      @Param('id', { schema: id }) caseId: string,
      @Param('challengeId', { schema: id }) challengeId: string,
      @Body({ schema: evidenceRequest }) request: z.infer<typeof evidenceRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.challenges.evidence(actor, caseId, challengeId, {
        copyReceivedOn: request.copyReceivedOn ?? null,
        answeredOn: request.answeredOn ?? null,
      });
    }

    @Post(':challengeId/pause')
    @HttpCode(200)
    @ApiOperation({ summary: 'The body’s term stands still, for what its text lets it' })
    @Answers(caseSummary)
    pause(
      @Param('id', { schema: id }) caseId: string,
      @Param('challengeId', { schema: id }) challengeId: string,
      @Body({ schema: pauseRequest }) { reason }: z.infer<typeof pauseRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.challenges.pause(actor, caseId, challengeId, reason);
    }

    @Post(':challengeId/resume')
    @HttpCode(200)
    @ApiOperation({ summary: 'The body’s term goes on' })
    @Answers(caseSummary)
    resume(
      @Param('id', { schema: id }) caseId: string,
      @Param('challengeId', { schema: id }) challengeId: string,
      @Body({ schema: pauseRequest }) { reason }: z.infer<typeof pauseRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.challenges.resume(actor, caseId, challengeId, reason);
    }

    @Post(':challengeId/stay')
    @HttpCode(200)
    @ApiOperation({ summary: 'The body orders that the decision is not carried out meanwhile' })
    @Answers(caseSummary)
    stay(
      @Param('id', { schema: id }) caseId: string,
      @Param('challengeId', { schema: id }) challengeId: string,
      @Body({ schema: stayRequest }) request: z.infer<typeof stayRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.challenges.stay(actor, caseId, challengeId, request);
    }

    @Post(':challengeId/decide')
    @HttpCode(200)
    @ApiOperation({ summary: 'What the body said; where the decision does not stand the case comes back' })
    @Answers(caseSummary)
    decide(
      @Param('id', { schema: id }) caseId: string,
      @Param('challengeId', { schema: id }) challengeId: string,
      @Body({ schema: rulingRequest }) request: z.infer<typeof rulingRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.challenges.decide(actor, caseId, challengeId, request);
    }
  }
  return named(service, ChallengeController, 'ChallengeController');
}
