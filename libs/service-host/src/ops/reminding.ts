/** Whether a service still reminds people of its terms. */
export interface Reminding {
  /** Null: nobody has ever looked for what is late. */
  readonly secondsSinceSweep: number | null;
  /** Rungs that should have fired by now. */
  readonly late: number;
  readonly latestSeconds: number;
  /** The clock of no case that goes the way of every clock; null: none has been armed yet. */
  readonly heartbeat: {
    /** Null: it has not beaten yet. */
    readonly beatAt: Date | null;
    /** By the real clock; since it was armed where it has not beaten yet. */
    readonly secondsSinceBeat: number;
    readonly periodSeconds: number;
    readonly alarm: boolean;
  } | null;
  readonly healthy: boolean;
}

/** The same, with how long ago the watcher last looked; null: not since this process runs. */
export interface WatchedReminding extends Reminding {
  readonly secondsSinceWatched: number | null;
}

/** As whom the workbench looks at every service. */
export const WATCHER_ID = 'service:workbench';

/** Without a look of the watcher for so many periods of the heartbeat, nobody watches. */
const UNWATCHED_PERIODS = 2;

/** What the services of this process say of their reminding: a service that has terms tells here how to ask it. */
export class RemindingOfServices {
  private readonly probes = new Map<string, () => Promise<Reminding>>();

  private watchedAt: number | null = null;

  /** Somebody asked how the services are: the watcher, in the workbench's process, or an operator. */
  askedBy(userId: string): void {
    if (userId === WATCHER_ID) this.watchedAt = performance.now();
  }

  /** Whether the watcher itself has stopped: those whom it visits notice that it does not come any more. */
  isUnwatched(periodSeconds: number): boolean {
    return (this.secondsSinceWatched ?? process.uptime()) > UNWATCHED_PERIODS * periodSeconds;
  }

  private get secondsSinceWatched(): number | null {
    return this.watchedAt === null ? null : (performance.now() - this.watchedAt) / 1000;
  }

  watch(service: string, probe: () => Promise<Reminding>): void {
    this.probes.set(service, probe);
  }

  /** Undefined: the service has no terms. Null: it cannot be known now. */
  async of(service: string): Promise<WatchedReminding | null | undefined> {
    const probe = this.probes.get(service);
    const { secondsSinceWatched } = this;
    return (
      probe &&
      probe().then(
        (reminding) => ({ ...reminding, secondsSinceWatched }),
        () => null,
      )
    );
  }
}
