import type { Jobs } from './jobs.js';
import type { QueueView } from './queue-view.js';

/** A queue, with the service whose it is. */
export interface QueueOfService extends QueueView {
  readonly service: string;
}

/** The queues of all services of this process, for whoever operates them. */
export class QueuesOfServices {
  private readonly services = new Map<string, Jobs>();

  watch(service: string, jobs: Jobs): void {
    this.services.set(service, jobs);
  }

  /** Undefined: the service has no queues in this process. */
  of(service: string): Jobs | undefined {
    return this.services.get(service);
  }

  async look(): Promise<QueueOfService[]> {
    const views = await Promise.all(
      [...this.services].map(async ([service, jobs]) =>
        (await jobs.look()).map((view) => ({ service, ...view })),
      ),
    );
    return views.flat();
  }
}
