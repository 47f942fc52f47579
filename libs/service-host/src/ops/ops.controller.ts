import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { actingAs, CurrentActor, NeedsRole, type Actor } from '@app/access';
import type { ActorRef } from '@app/contracts';
import { DomainError } from '@app/kernel';
import { MessagingRuntime, type ParkedMessage, type ReplayResult, type ServiceStatus } from '@app/messaging';
import { z } from 'zod';
import { RemindingOfServices, type Reminding } from './reminding.js';

const replayRequest = z
  .object({
    /** Only the key of this message; absent: everything that is parked. */
    id: z.string().regex(/^\d+$/).optional(),
    dryRun: z.boolean().default(false),
  })
  .meta({ id: 'ReplayRequest' });

const dismissRequest = z.object({ reason: z.string().trim().min(5) }).meta({ id: 'DismissRequest' });

const republishRequest = z
  .object({
    from: z.iso.datetime({ offset: true }),
    to: z.iso.datetime({ offset: true }),
    topic: z.string().optional(),
  })
  .refine((window) => window.from < window.to, { path: ['to'], message: '结束时间应晚于开始时间' })
  .meta({ id: 'RepublishRequest' });

/** How far a service's delivery is, and whether it still reminds. */
export interface StatusOfService extends ServiceStatus {
  /** Absent where the service has no terms; null where it cannot be known. */
  readonly reminding?: Reminding | null;
}

/** A service that this process does not run. */
export class ServiceNotHere extends DomainError {
  readonly slug = 'service-not-here';
  readonly kind = 'not-found';
  constructor(service: string) {
    super('这个进程不运行该服务，请向运行它的进程发出请求。', { service });
  }
}

/** Delivery as operators see and steer it: lag, outbox age, parked messages, replay, publishing a window again. */
@Controller('ops')
@ApiTags('ops')
@ApiBearerAuth()
@NeedsRole('operator')
export class OpsController {
  constructor(
    private readonly runtime: MessagingRuntime,
    private readonly reminding: RemindingOfServices,
  ) {}

  @Get('status')
  @ApiOperation({ summary: 'Lag, outbox, parked messages and reminding of every service of this process' })
  async status(): Promise<StatusOfService[]> {
    const delivery = await this.runtime.status();
    return Promise.all(
      delivery.map(async (each) => {
        const reminding = await this.reminding.of(each.service);
        return reminding === undefined ? each : { ...each, reminding };
      }),
    );
  }

  @Get('services/:service/parked')
  @ApiOperation({ summary: 'What a service could not handle, and what waits behind it' })
  list(@Param('service') service: string): Promise<ParkedMessage[]> {
    return this.parkedIn(service).list();
  }

  @Get('services/:service/parked/:id')
  @ApiOperation({ summary: 'A parked message with its error' })
  show(@Param('service') service: string, @Param('id', { schema: z.string().regex(/^\d+$/) }) id: string) {
    return this.parkedIn(service).show(id);
  }

  @Post('services/:service/parked/replay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Handle again what is parked, unedited and in order' })
  replay(
    @Param('service') service: string,
    @Body({ schema: replayRequest }) request: z.infer<typeof replayRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<ReplayResult[]> {
    return this.parkedIn(service).replay(operator(actor), {
      dryRun: request.dryRun,
      ...(request.id === undefined ? {} : { id: request.id }),
    });
  }

  @Post('services/:service/parked/:id/dismiss')
  @HttpCode(204)
  @ApiOperation({ summary: 'Give a parked message up, with the reason' })
  async dismiss(
    @Param('service') service: string,
    @Param('id', { schema: z.string().regex(/^\d+$/) }) id: string,
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

/** An operator acts on the machine, not on a place. */
function operator(actor: Actor): ActorRef {
  const grant = actor.grants.find(({ role }) => role === 'operator');
  return actingAs(actor, ['operator'], grant?.from ?? '');
}
