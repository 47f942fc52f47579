import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '@app/jobs';
import { TellUntold } from '../../app/tell-untold.js';

const QUEUE = 'untold';
const EVERY_MS = 24 * 60 * 60 * 1000;

/** Once a day; after the first time there is nothing left. */
@Injectable()
export class TellUntoldNightly implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly untold: TellUntold,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.process(QUEUE, async () => {
      await this.untold.run();
    });
    this.jobs.queue(QUEUE).repeat('tell-untold', { everyMs: EVERY_MS }, {});
  }
}
