import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { IdentityDecisions } from '../../adapters/postgres/identity-decisions.js';
import { TemporaryRegistrations } from '../../adapters/postgres/temporary-registrations.js';
import { ChangeNumber } from '../../app/change-number.js';
import { RegisterTemporarily } from '../../app/register-temporarily.js';
import { MergePersons, type Decided } from '../../app/merge-persons.js';
import { SuspectedDuplicates } from '../../adapters/postgres/suspected-duplicates.js';
import * as answers from './answers.js';
import * as requests from './requests.js';

type Request<Schema extends z.ZodType> = z.infer<Schema>;

/** Who is whom: two files of one person, one file of two, another identity number, or none yet. */
@Controller('registry')
@ApiTags('registry: who is whom')
@ApiBearerAuth()
export class IdentityController {
  constructor(
    private readonly merging: MergePersons,
    private readonly decisions: IdentityDecisions,
    private readonly suspected: SuspectedDuplicates,
    private readonly numbers: ChangeNumber,
    private readonly temporarily: RegisterTemporarily,
    private readonly registrations: TemporaryRegistrations,
  ) {}

  @Get('duplicates')
  @Needs('person:correct')
  @ApiOperation({ summary: 'Files that may be of one person, with the reason; both in your reach' })
  @Answers(answers.duplicatePage)
  async duplicates(
    @Query({ schema: requests.decisionsRequest }) page: Request<typeof requests.decisionsRequest>,
    @CurrentActor() actor: Actor,
  ) {
    const duplicates = await this.suspected.page(actor, { after: page.after ?? null, limit: page.limit });
    const last = duplicates.length === page.limit ? duplicates.at(-1) : undefined;
    return { duplicates, next: last?.duplicateId ?? null };
  }

  @Post('duplicates/:id/set-aside')
  @HttpCode(204)
  @Needs('person:correct')
  @ApiOperation({ summary: 'They are different persons, with the reason: it does not come back' })
  async setAside(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.withdrawRequest }) { reason }: Request<typeof requests.withdrawRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.suspected.setAside(actor, id, reason);
  }

  @Post('persons/:id/merges')
  @Needs('person:correct')
  @ApiOperation({ summary: 'This file and another are of one person; a second person decides' })
  @Answers(answers.decisionProposed, 201)
  merge(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.proposeMergeRequest }) proposal: Request<typeof requests.proposeMergeRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<{ decisionId: string }> {
    return this.merging.proposeMerge(actor, id, proposal);
  }

  @Post('persons/:id/splits')
  @Needs('person:correct')
  @ApiOperation({ summary: 'This file is of two persons, or a merge was wrong; a second person decides' })
  @Answers(answers.decisionProposed, 201)
  split(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.proposeSplitRequest }) proposal: Request<typeof requests.proposeSplitRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<{ decisionId: string }> {
    return this.merging.proposeSplit(actor, id, proposal);
  }

  @Post('persons/:id/number-changes')
  @Needs('person:correct')
  @ApiOperation({ summary: 'The identity number is another one, with the proof; a second person decides' })
  @Answers(answers.decisionProposed, 201)
  number(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.proposeNumberRequest }) proposal: Request<typeof requests.proposeNumberRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<{ decisionId: string }> {
    return this.numbers.propose(actor, id, proposal);
  }

  @Post('temporary-registrations')
  @Needs('person:register')
  @ApiOperation({
    summary: 'Open a file for somebody without an identity number, under a reference issued here',
  })
  @Answers(answers.temporaryRegistered, 201)
  registerTemporarily(
    @Body({ schema: requests.registerTemporarilyRequest })
    person: Request<typeof requests.registerTemporarilyRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<{ personId: string; version: number; reference: string }> {
    return this.temporarily.run(actor, person);
  }

  @Get('temporary-registrations')
  @Needs('person:read')
  @ApiOperation({
    summary: 'Who is on file without an identity number, by their day of review; `dueBy` only up to that day',
  })
  @Answers(answers.temporaryPage)
  async withoutNumber(
    @Query({ schema: requests.temporaryListRequest }) page: Request<typeof requests.temporaryListRequest>,
    @CurrentActor() actor: Actor,
  ) {
    const persons = await this.registrations.open(actor, {
      dueBy: page.dueBy ?? null,
      after: page.after ?? null,
      limit: page.limit,
    });
    const last = persons.length === page.limit ? persons.at(-1) : undefined;
    return { persons, next: last?.reference ?? null };
  }

  @Post('persons/:id/temporary-registration/review')
  @HttpCode(204)
  @Needs('person:register')
  @ApiOperation({ summary: 'Looked at again: there is still no identity number; the next day of review' })
  async reviewTemporary(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.temporaryReviewRequest }) next: Request<typeof requests.temporaryReviewRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.temporarily.review(actor, id, next);
  }

  @Get('identity-decisions')
  @Needs('person:correct')
  @ApiOperation({ summary: 'Merges, splits and numbers that wait for a second person, oldest first' })
  @Answers(answers.decisionPage)
  async open(
    @Query({ schema: requests.decisionsRequest }) page: Request<typeof requests.decisionsRequest>,
    @CurrentActor() actor: Actor,
  ) {
    const decisions = await this.decisions.open(actor, { after: page.after ?? null, limit: page.limit });
    const last = decisions.length === page.limit ? decisions.at(-1) : undefined;
    return { decisions, next: last?.decisionId ?? null };
  }

  @Post('identity-decisions/:id/approve')
  @HttpCode(200)
  @Needs('person:correct')
  @ApiOperation({ summary: 'So be it: by somebody else than who proposed it' })
  @Answers(answers.decisionMade)
  approve(
    @Param('id', { schema: requests.personId }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<Decided> {
    return this.merging.approve(actor, id);
  }

  @Post('identity-decisions/:id/refuse')
  @HttpCode(204)
  @Needs('person:correct')
  @ApiOperation({ summary: 'Not so: by somebody else than who proposed it, with the reason' })
  async refuse(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.withdrawRequest }) { reason }: Request<typeof requests.withdrawRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.merging.refuse(actor, id, reason);
  }
}
