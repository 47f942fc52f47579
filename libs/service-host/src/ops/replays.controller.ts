import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { MessagingRuntime, type Replay } from '@app/messaging';
import { Answers, freeText, givenId } from '@app/platform';
import { z } from 'zod';
import { operator } from './operator.js';
import { parkedId, replay } from './parked-schemas.js';
import { ServiceNotHere } from './service-not-here.js';

const proposal = z
  .object({
    id: parkedId.optional().describe('Only the key of this message; absent: everything that is parked.'),
    reason: freeText(5, 1000),
  })
  .meta({ id: 'ReplayProposal' });

/** Replays that change something: one operator proposes, another approves. */
@Controller('ops/services/:service/replays')
@ApiTags('ops')
@ApiBearerAuth()
@Needs('delivery:operate')
export class ReplaysController {
  constructor(private readonly runtime: MessagingRuntime) {}

  @Get()
  @ApiOperation({ summary: 'Replays of a service, the latest first, with what became of each message' })
  @Answers(z.array(replay))
  list(@Param('service') service: string): Promise<Replay[]> {
    return this.replaysIn(service).list();
  }

  @Get(':replayId')
  @ApiOperation({ summary: 'A replay with what was expected of it and what became of it' })
  @Answers(replay)
  show(
    @Param('service') service: string,
    @Param('replayId', { schema: givenId() }) replayId: string,
  ): Promise<Replay> {
    return this.replaysIn(service).show(replayId);
  }

  @Post()
  @ApiOperation({ summary: 'Propose to handle again what is parked, unedited and in order' })
  @Answers(replay, 201)
  propose(
    @Param('service') service: string,
    @Body({ schema: proposal }) { id, reason }: z.infer<typeof proposal>,
    @CurrentActor() actor: Actor,
  ): Promise<Replay> {
    return this.replaysIn(service).propose(operator(actor), id ?? null, reason);
  }

  @Post(':replayId/approve')
  @HttpCode(200)
  @ApiOperation({ summary: 'As a second person, have a proposed replay done' })
  @Answers(replay)
  approve(
    @Param('service') service: string,
    @Param('replayId', { schema: givenId() }) replayId: string,
    @CurrentActor() actor: Actor,
  ): Promise<Replay> {
    return this.replaysIn(service).approve(operator(actor), replayId);
  }

  private replaysIn(service: string) {
    const replays = this.runtime.replaysIn(service);
    if (!replays) throw new ServiceNotHere(service);
    return replays;
  }
}
