import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor, type SealingHealth } from '@app/access';
import { QueuesOfServices, type QueueView } from '@app/jobs';
import {
  MessagingRuntime,
  type ParkedDetail,
  type ParkedMessage,
  type ReplayResult,
  type ServiceStatus,
} from '@app/messaging';
import { Answers } from '@app/platform';
import { z } from 'zod';
import { AuditOfServices } from '../audit/audit-of-services.js';
import { operator } from './operator.js';
import { parkedDetail, parkedId, parkedMessage, replayResult } from './parked-schemas.js';
import { RemindingOfServices, type WatchedReminding } from './reminding.js';
import { SendingOfServices, type Sending } from './sending.js';
import { ServiceNotHere } from './service-not-here.js';

const dryRunRequest = z
  .object({
    id: parkedId.optional().describe('Only the key of this message; absent: everything that is parked.'),
  })
  .meta({ id: 'DryRunRequest' });

const dismissRequest = z.object({ reason: z.string().trim().min(5) }).meta({ id: 'DismissRequest' });

const republishRequest = z
  .object({
    from: z.iso.datetime({ offset: true }),
    to: z.iso.datetime({ offset: true }),
    topic: z.string().optional(),
  })
  .refine((window) => window.from < window.to, { path: ['to'], message: '结束时间应晚于开始时间' })
  .meta({ id: 'RepublishRequest' });

/** How far a service's delivery is, whether it still reminds, what stands in its queues, and how far its audit log is sealed. */
export interface StatusOfService extends ServiceStatus {
  /** Absent where the service has no terms; null where it cannot be known. */
  readonly reminding?: WatchedReminding | null;
  /** Absent where the service sends no messages to people; null where it cannot be known. */
  readonly sending?: Sending | null;
  /** Its queues as this process sees them; none where it has none. */
  readonly queues: readonly QueueView[];
  /** Null where it cannot be known. */
  readonly audit: SealingHealth | null;
}

/** Delivery as operators see and steer it: lag, outbox age, parked messages, replay, publishing a window again. */
@Controller('ops')
@ApiTags('ops')
@ApiBearerAuth()
@Needs('delivery:operate')
export class OpsController {
  constructor(
    private readonly runtime: MessagingRuntime,
    private readonly reminding: RemindingOfServices,
    private readonly audit: AuditOfServices,
    private readonly queues: QueuesOfServices,
    private readonly sending: SendingOfServices,
  ) {}

  @Get('status')
  @ApiOperation({
    summary: 'Lag, outbox, parked messages, reminding, queues and sealing of every service of this process',
  })
  async status(@CurrentActor() actor: Actor): Promise<StatusOfService[]> {
    this.reminding.askedBy(actor.id);
    const delivery = await this.runtime.status();
    return Promise.all(
      delivery.map(async (each) => {
        const [reminding, sending, audit, queues] = await Promise.all([
          this.reminding.of(each.service),
          this.sending.of(each.service),
          this.audit.healthOf(each.service),
          this.queues.of(each.service)?.look() ?? [],
        ]);
        return {
          ...each,
          ...(reminding === undefined ? {} : { reminding }),
          ...(sending === undefined ? {} : { sending }),
          queues,
          audit,
        };
      }),
    );
  }

  @Get('services/:service/parked')
  @ApiOperation({ summary: 'What a service could not handle, and what waits behind it' })
  @Answers(z.array(parkedMessage))
  list(@Param('service') service: string): Promise<ParkedMessage[]> {
    return this.parkedIn(service).list();
  }

  @Get('services/:service/parked/:id')
  @ApiOperation({
    summary: 'A parked message with its error, its data without values, and what waits behind it',
  })
  @Answers(parkedDetail)
  show(
    @Param('service') service: string,
    @Param('id', { schema: parkedId }) id: string,
  ): Promise<ParkedDetail> {
    return this.parkedIn(service).show(id);
  }

  @Post('services/:service/parked/dry-run')
  @HttpCode(200)
  @ApiOperation({ summary: 'What would come of handling again what is parked; nothing is kept' })
  @Answers(z.array(replayResult))
  dryRun(
    @Param('service') service: string,
    @Body({ schema: dryRunRequest }) { id }: z.infer<typeof dryRunRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<ReplayResult[]> {
    return this.parkedIn(service).replay(operator(actor), {
      dryRun: true,
      ...(id === undefined ? {} : { id }),
    });
  }

  @Post('services/:service/parked/:id/dismiss')
  @HttpCode(204)
  @ApiOperation({ summary: 'Give a parked message up, with the reason' })
  async dismiss(
    @Param('service') service: string,
    @Param('id', { schema: parkedId }) id: string,
    @Body({ schema: dismissRequest }) request: z.infer<typeof dismissRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.parkedIn(service).dismiss(operator(actor), id, request.reason);
  }

  @Post('services/:service/republish')
  @HttpCode(200)
  @ApiOperation({ summary: 'Publish a window of time again' })
  async republish(
    @Param('service') service: string,
    @Body({ schema: republishRequest }) request: z.infer<typeof republishRequest>,
  ): Promise<{ published: number }> {
    this.parkedIn(service);
    const published = await this.runtime.log.republish(
      service,
      new Date(request.from),
      new Date(request.to),
      request.topic ?? null,
    );
    return { published };
  }

  private parkedIn(service: string) {
    const parked = this.runtime.parkedIn(service);
    if (!parked) throw new ServiceNotHere(service);
    return parked;
  }
}
