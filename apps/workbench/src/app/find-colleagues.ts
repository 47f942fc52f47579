import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { Colleagues, type Colleague } from '../adapters/postgres/colleagues.js';
import { WorkQueue } from '../adapters/postgres/work-queue.js';

/** To whom the holder of a task may give it. */
@Injectable()
export class FindColleagues {
  constructor(
    private readonly queue: WorkQueue,
    private readonly colleagues: Colleagues,
    private readonly clock: Clock,
  ) {}

  /** @returns nobody also for a case that is none of the asker's, or waits for nobody */
  async run(actor: Actor, caseId: string): Promise<Colleague[]> {
    const row = await this.queue.find(actor, caseId);
    return row?.task ? this.colleagues.of(actor, row, this.clock.today()) : [];
  }
}
