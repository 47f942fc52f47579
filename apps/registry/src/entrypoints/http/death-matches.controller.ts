import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { DeathMatches } from '../../adapters/postgres/death-matches.js';
import { DecideDeathMatch } from '../../app/decide-death-match.js';
import * as answers from './answers.js';
import * as requests from './requests.js';

type Request<Schema extends z.ZodType> = z.infer<Schema>;

/** Rows of death lists that may mean somebody on file: who it is, users decide. */
@Controller('registry/death-matches')
@ApiTags('registry: who is whom')
@ApiBearerAuth()
export class DeathMatchesController {
  constructor(
    private readonly matches: DeathMatches,
    private readonly decideMatch: DecideDeathMatch,
  ) {}

  @Get()
  @Needs('person:record-death', 'person:withdraw-death')
  @ApiOperation({ summary: 'Rows that may mean somebody in your reach, with the candidates and why' })
  @Answers(answers.deathMatchPage)
  async list(
    @Query({ schema: requests.deathMatchesRequest }) page: Request<typeof requests.deathMatchesRequest>,
    @CurrentActor() actor: Actor,
  ) {
    const matches = await this.matches.page(actor, { after: page.after ?? null, limit: page.limit });
    const last = matches.length === page.limit ? matches.at(-1) : undefined;
    return { matches, next: last?.matchId ?? null };
  }

  @Post(':id/propose')
  @HttpCode(204)
  @Needs('person:record-death')
  @ApiOperation({ summary: 'This one is it, with the reason; a second person decides' })
  async propose(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.proposeDeathRequest }) choice: Request<typeof requests.proposeDeathRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.decideMatch.propose(actor, id, choice);
  }

  @Post(':id/nobody')
  @HttpCode(204)
  @Needs('person:record-death')
  @ApiOperation({ summary: 'None of these, with the reason: the same row is not asked about again' })
  async nobody(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.withdrawRequest }) { reason }: Request<typeof requests.withdrawRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.decideMatch.nobody(actor, id, reason);
  }

  @Post(':id/ask')
  @HttpCode(204)
  @Needs('person:record-death')
  @ApiOperation({ summary: 'The sender of the list is asked; it waits for the answer' })
  async ask(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.withdrawRequest }) { reason }: Request<typeof requests.withdrawRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.decideMatch.ask(actor, id, reason);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Needs('person:withdraw-death')
  @ApiOperation({ summary: 'So be it: the death is recorded, by somebody else than who proposed it' })
  @Answers(answers.deathRecorded)
  approve(
    @Param('id', { schema: requests.personId }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<{ personId: string; version: number; factId: string }> {
    return this.decideMatch.approve(actor, id);
  }

  @Post(':id/refuse')
  @HttpCode(204)
  @Needs('person:withdraw-death')
  @ApiOperation({ summary: 'Not so: by somebody else than who proposed it, with the reason; it waits again' })
  async refuse(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.withdrawRequest }) { reason }: Request<typeof requests.withdrawRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.decideMatch.refuse(actor, id, reason);
  }
}
