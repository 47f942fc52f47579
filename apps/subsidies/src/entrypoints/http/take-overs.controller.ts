import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { CheckTakeOver } from '../../app/check-take-over.js';
import { FindTakeOvers } from '../../app/find-take-overs.js';
import { FirstRunDifference } from '../../app/first-run-difference.js';
import { LoadTakeOver } from '../../app/load-take-over.js';
import { ReleaseTakeOver } from '../../app/release-take-over.js';
import { StageTakeOver } from '../../app/stage-take-over.js';
import { UndoTakeOver } from '../../app/undo-take-over.js';
import { runNo } from './pay-run-schemas.js';
import * as schemas from './take-over-schemas.js';

type Of<Schema extends z.ZodType> = z.infer<Schema>;

/** A county goes live: its lists are sent, compared, loaded, released by village, and the first run's difference is signed. */
@Controller('subsidies')
@ApiTags('subsidies: take-over')
@ApiBearerAuth()
export class TakeOversController {
  constructor(
    private readonly found: FindTakeOvers,
    private readonly stage: StageTakeOver,
    private readonly check: CheckTakeOver,
    private readonly load: LoadTakeOver,
    private readonly release: ReleaseTakeOver,
    private readonly undo: UndoTakeOver,
    private readonly difference: FirstRunDifference,
  ) {}

  @Get('take-overs')
  @Needs('take-over:read')
  @ApiOperation({ summary: 'Take-overs of your county, the newest first' })
  @Answers(schemas.takeOverPage)
  async list(
    @Query({ schema: schemas.takeOverQuery }) { county }: Of<typeof schemas.takeOverQuery>,
    @CurrentActor() actor: Actor,
  ) {
    return { takeOvers: await this.found.list(actor, county ?? null) };
  }

  @Get('take-overs/:id')
  @Needs('take-over:read')
  @ApiOperation({
    summary: 'A take-over: its lists, what was found in them, and which villages are released',
  })
  @Answers(schemas.takeOverDetail)
  one(@Param('id', { schema: schemas.takeOverId }) id: string, @CurrentActor() actor: Actor) {
    return this.found.one(actor, id);
  }

  @Get('take-overs/:id/findings')
  @Needs('take-over:read')
  @ApiOperation({
    summary: 'What is missing or contradictory, with row and column, by village, list and kind',
  })
  @Answers(schemas.findingPage)
  findings(
    @Param('id', { schema: schemas.takeOverId }) id: string,
    @Query({ schema: schemas.findingQuery }) query: Of<typeof schemas.findingQuery>,
    @CurrentActor() actor: Actor,
  ) {
    return this.found.findings(actor, id, query);
  }

  @Post('take-overs')
  @HttpCode(200)
  @Needs('take-over:load')
  @ApiOperation({ summary: 'The take-over of a county at a day that is under way, or a new one' })
  @Answers(schemas.takeOver)
  open(
    @Body({ schema: schemas.openTakeOver }) form: Of<typeof schemas.openTakeOver>,
    @CurrentActor() actor: Actor,
  ) {
    return this.stage.open(actor, form);
  }

  @Post('take-overs/:id/rows')
  @HttpCode(200)
  @Needs('take-over:load')
  @ApiOperation({ summary: 'Rows of a list, part by part; the same file again changes nothing' })
  @Answers(schemas.rowsTaken)
  rows(
    @Param('id', { schema: schemas.takeOverId }) id: string,
    @Body({ schema: schemas.takeRows }) rows: Of<typeof schemas.takeRows>,
    @CurrentActor() actor: Actor,
  ) {
    return this.stage.take(actor, id, rows);
  }

  @Post('take-overs/:id/check')
  @HttpCode(200)
  @Needs('take-over:load')
  @ApiOperation({ summary: 'Compare the lists with each other and with what is on file; nothing is loaded' })
  @Answers(schemas.checked)
  compare(@Param('id', { schema: schemas.takeOverId }) id: string, @CurrentActor() actor: Actor) {
    return this.check.run(actor, id);
  }

  @Post('take-overs/:id/load')
  @HttpCode(200)
  @Needs('take-over:load')
  @ApiOperation({ summary: 'Load what is certain, some thousand rows at a time' })
  @Answers(schemas.loaded)
  bring(@Param('id', { schema: schemas.takeOverId }) id: string, @CurrentActor() actor: Actor) {
    return this.load.run(actor, id);
  }

  @Post('take-overs/:id/villages')
  @HttpCode(200)
  @Needs('take-over:release')
  @ApiOperation({ summary: 'Release the list of a village that you have seen' })
  @Answers(schemas.loaded)
  village(
    @Param('id', { schema: schemas.takeOverId }) id: string,
    @Body({ schema: schemas.releaseVillage })
    { divisionCode, ...seen }: Of<typeof schemas.releaseVillage>,
    @CurrentActor() actor: Actor,
  ) {
    return this.release.village(actor, id, divisionCode, seen);
  }

  @Post('take-overs/:id/cases/:caseId/looked-at')
  @HttpCode(200)
  @Needs('take-over:look')
  @ApiOperation({
    summary: 'You have looked at an open case that was taken over: its terms count from now on',
  })
  @Answers(schemas.lookedAt)
  lookedAt(
    @Param('id', { schema: schemas.takeOverId }) id: string,
    @Param('caseId', { schema: schemas.caseId }) caseId: string,
    @CurrentActor() actor: Actor,
  ) {
    return this.release.lookedAt(actor, id, caseId);
  }

  @Post('take-overs/:id/undo')
  @HttpCode(200)
  @Needs('take-over:load')
  @ApiOperation({ summary: 'Take the whole take-over back, while nothing was decided on it' })
  @Answers(schemas.undone)
  takeBack(
    @Param('id', { schema: schemas.takeOverId }) id: string,
    @Body({ schema: schemas.undoTakeOver }) { reason }: Of<typeof schemas.undoTakeOver>,
    @CurrentActor() actor: Actor,
  ) {
    return this.undo.whole(actor, id, reason);
  }

  @Get('pay-runs/:runNo/difference')
  @Needs('pay-run:read')
  @ApiOperation({
    summary: 'Line by line what the first run after a take-over pays otherwise than the old list',
  })
  @Answers(schemas.difference)
  differs(@Param('runNo', { schema: runNo }) no: number, @CurrentActor() actor: Actor) {
    return this.difference.of(actor, no);
  }

  @Post('pay-runs/:runNo/difference/signatures')
  @HttpCode(200)
  @Needs('take-over:sign')
  @ApiOperation({ summary: 'Sign the difference that you saw; two persons do, before the run is exported' })
  @Answers(schemas.signed)
  sign(
    @Param('runNo', { schema: runNo }) no: number,
    @Body({ schema: schemas.signDifference }) { sha256 }: Of<typeof schemas.signDifference>,
    @CurrentActor() actor: Actor,
  ) {
    return this.difference.sign(actor, no, sha256);
  }
}
