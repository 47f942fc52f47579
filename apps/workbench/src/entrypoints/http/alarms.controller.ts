import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '@app/access';
import { instant } from '@app/contracts';
import { Answers } from '@app/platform';
import { z } from 'zod';
import { AlarmRepository } from '../../adapters/postgres/alarm-repository.js';

const alarm = z.object({
  alarmId: z.uuid(),
  service: z.string(),
  what: z.enum(['reminding-stopped', 'unreachable']),
  why: z.string().nullable(),
  lastProofAt: instant,
  periodSeconds: z.number(),
  raisedAt: instant,
  clearedAt: instant.nullable(),
});
const alarms = z
  .object({
    open: z.int().describe('Alarms that stand now.'),
    alarms: z.array(alarm).readonly(),
    counts: z
      .array(z.object({ service: z.string(), raised: z.int() }))
      .readonly()
      .describe('How many were ever raised, by service: a counter for monitoring.'),
  })
  .meta({ id: 'Alarms' });

/** Alarms as operators see them. */
@Controller('workbench')
@ApiTags('ops')
@ApiBearerAuth()
@Needs('delivery:operate')
export class AlarmsController {
  constructor(private readonly repository: AlarmRepository) {}

  @Get('alarms')
  @ApiOperation({ summary: 'Services whose reminding has stopped, now and before' })
  @Answers(alarms)
  async list(): Promise<z.infer<typeof alarms>> {
    const [latest, counts] = await Promise.all([this.repository.latest(), this.repository.counts()]);
    return {
      open: latest.filter(({ clearedAt }) => clearedAt === null).length,
      alarms: latest.map(({ lastProofAt, raisedAt, clearedAt, ...rest }) => ({
        ...rest,
        lastProofAt: lastProofAt.toISOString(),
        raisedAt: raisedAt.toISOString(),
        clearedAt: clearedAt?.toISOString() ?? null,
      })),
      counts,
    };
  }
}
