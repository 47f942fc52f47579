import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@app/access';
import { MessagingRuntime } from '@app/messaging';

/** Probes for a supervisor or Kubernetes. An outage of a neighbour never kills the process: that is readiness, not liveness. */
@Controller()
@ApiExcludeController()
export class ProbesController {
  constructor(private readonly runtime: MessagingRuntime) {}

  /** The process turns its event loop. */
  @Get('live')
  @Public()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The databases answer and consumers have been started. */
  @Get('ready')
  @Public()
  async ready(): Promise<{ status: 'ok' }> {
    if (!(await this.runtime.reachable())) throw new ServiceUnavailableException('数据库没有应答');
    return { status: 'ok' };
  }
}
