import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { ChangeUnits } from '../../app/change-units.js';
import { FindUnits } from '../../app/find-units.js';
import { ReorganiseDivisions } from '../../app/reorganise-divisions.js';
import { codeView, reorganised, unitHistory, unitPage, unitView } from './organisation-answers.js';
import {
  addUnitRequest,
  code,
  codeQuery,
  endUnitRequest,
  renameUnitRequest,
  reorganiseRequest,
  unitQuery,
  uuid,
} from './organisation-requests.js';

/** The tree of divisions, offices and institutions. */
@Controller('workbench')
@ApiTags('workbench: units')
@ApiBearerAuth()
export class UnitsController {
  constructor(
    private readonly changeUnits: ChangeUnits,
    private readonly reorganiseDivisions: ReorganiseDivisions,
    private readonly findUnits: FindUnits,
  ) {}

  @Get('units')
  @Needs('unit:read')
  @ApiOperation({ summary: 'Units as they stand today' })
  @Answers(unitPage)
  list(@Query({ schema: unitQuery }) question: z.infer<typeof unitQuery>, @CurrentActor() actor: Actor) {
    return this.findUnits.list(actor, question);
  }

  @Get('units/:id/history')
  @Needs('unit:read')
  @ApiOperation({ summary: 'What a unit was called and where it stood, from its first day on' })
  @Answers(unitHistory)
  history(@Param('id', { schema: uuid }) id: string, @CurrentActor() actor: Actor) {
    return this.findUnits.history(actor, id);
  }

  @Get('divisions/:code')
  @Needs('unit:read')
  @ApiOperation({ summary: 'What a division code of one day is on another day' })
  @Answers(codeView)
  code(
    @Param('code', { schema: code }) divisionCode: string,
    @Query({ schema: codeQuery }) days: z.infer<typeof codeQuery>,
    @CurrentActor() actor: Actor,
  ) {
    return this.findUnits.code(actor, divisionCode, days);
  }

  @Post('units')
  @Needs('unit:keep')
  @ApiOperation({ summary: 'A new division, office or institution' })
  @Answers(unitView, 201)
  add(
    @Body({ schema: addUnitRequest }) wanted: z.infer<typeof addUnitRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeUnits.add(actor, wanted);
  }

  @Post('units/reorganisations')
  @Needs('unit:keep')
  @ApiOperation({
    summary: 'A merger, split or re-coding of divisions, with the mapping of codes, as one act',
  })
  @Answers(reorganised, 201)
  reorganise(
    @Body({ schema: reorganiseRequest }) act: z.infer<typeof reorganiseRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.reorganiseDivisions.run(actor, act);
  }

  @Post('units/:id/rename')
  @HttpCode(200)
  @Needs('unit:keep')
  @ApiOperation({ summary: 'Another name from a day on' })
  @Answers(unitView)
  rename(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: renameUnitRequest }) wanted: z.infer<typeof renameUnitRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeUnits.rename(actor, id, wanted);
  }

  @Post('units/:id/end')
  @HttpCode(200)
  @Needs('unit:keep')
  @ApiOperation({ summary: 'A unit is no more from a day on; its history stays' })
  @Answers(unitView)
  end(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: endUnitRequest }) wanted: z.infer<typeof endUnitRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeUnits.end(actor, id, wanted);
  }
}
