import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '@app/jobs';
import { FindDuplicates } from '../../app/find-duplicates.js';

const QUEUE = 'duplicates';
const EVERY_MS = 24 * 60 * 60 * 1000;

/** Looks for duplicates once a day; without the queue the list stays as it was. */
@Injectable()
export class FindDuplicatesNightly implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly jobs: Jobs,
    private readonly duplicates: FindDuplicates,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.process(QUEUE, async () => {
      await this.duplicates.run();
    });
    this.jobs.queue(QUEUE).repeat('find-duplicates', { everyMs: EVERY_MS }, {});
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.duplicates.stop();
  }
}
