import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '@app/access';
import { QueueNotHere, QueuesOfServices, type FailedJob, type QueueOfService } from '@app/jobs';
import { Answers, writtenInstant } from '@app/platform';
import { z } from 'zod';

const failedJob = z
  .object({
    id: z.string(),
    attempts: z.int(),
    failedAt: writtenInstant.nullable(),
    reason: z.string(),
  })
  .meta({ id: 'FailedJob' });

const retried = z.object({ retried: z.int() }).meta({ id: 'Retried' });

const retryRequest = z
  .object({
    /** Only this job; absent: everything in the queue that failed. */
    id: z.string().min(1).max(200).optional(),
  })
  .meta({ id: 'RetryRequest' });

/** Queues as operators see and steer them: what waits, what failed and why, and another try. */
@Controller('ops')
@ApiTags('ops')
@ApiBearerAuth()
@Needs('delivery:operate')
export class QueuesController {
  constructor(private readonly queues: QueuesOfServices) {}

  @Get('queues')
  @ApiOperation({ summary: 'Jobs of every queue of this process by state, and how long the oldest waits' })
  look(): Promise<QueueOfService[]> {
    return this.queues.look();
  }

  @Get('services/:service/queues/:queue/failed')
  @ApiOperation({ summary: 'The latest jobs of a queue that failed for good, with the reason' })
  @Answers(z.array(failedJob))
  failed(@Param('service') service: string, @Param('queue') queue: string): Promise<FailedJob[]> {
    return this.jobsOf(service).failed(queue);
  }

  @Post('services/:service/queues/:queue/retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Try again one job that failed for good, or all of the queue' })
  @Answers(retried)
  async retry(
    @Param('service') service: string,
    @Param('queue') queue: string,
    @Body({ schema: retryRequest }) request: z.infer<typeof retryRequest>,
  ): Promise<{ retried: number }> {
    return { retried: await this.jobsOf(service).retry(queue, request.id ?? null) };
  }

  private jobsOf(service: string) {
    const jobs = this.queues.of(service);
    if (!jobs) throw new QueueNotHere();
    return jobs;
  }
}
