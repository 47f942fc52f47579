import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import {
  FindOperations,
  type Overview,
  type SeenParked,
  type SeenReplays,
} from '../../app/find-operations.js';
import { operationsOverview, seenParked, seenReplays } from './operations-schemas.js';

/**
 * The whole house as operators see it: every service is asked, and what does not answer is unknown. Not under `ops`: through the gateway
 * that is what every service says of itself.
 */
@Controller('workbench/operations')
@ApiTags('ops')
@ApiBearerAuth()
@Needs('delivery:operate')
export class OperationsController {
  constructor(private readonly found: FindOperations) {}

  @Get('overview')
  @ApiOperation({ summary: 'How every service is, which alarms stand, and how many persons wait' })
  @Answers(operationsOverview)
  overview(@CurrentActor() actor: Actor): Promise<Overview> {
    return this.found.overview(actor);
  }

  @Get('parked')
  @ApiOperation({
    summary: 'What could not be handled anywhere, with the term that ends first of whom it hurts',
  })
  @Answers(seenParked)
  parked(@CurrentActor() actor: Actor): Promise<SeenParked> {
    return this.found.parked(actor);
  }

  @Get('replays')
  @ApiOperation({ summary: 'Replays of every service, the latest first' })
  @Answers(seenReplays)
  replays(@CurrentActor() actor: Actor): Promise<SeenReplays> {
    return this.found.replays(actor);
  }
}
