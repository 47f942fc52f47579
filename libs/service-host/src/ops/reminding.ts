/** Whether a service still reminds people of its terms. */
export interface Reminding {
  /** Null: nobody has ever looked for what is late. */
  readonly secondsSinceSweep: number | null;
  /** Rungs that should have fired by now. */
  readonly late: number;
  readonly latestSeconds: number;
  readonly healthy: boolean;
}

/** What the services of this process say of their reminding: a service that has terms tells here how to ask it. */
export class RemindingOfServices {
  private readonly probes = new Map<string, () => Promise<Reminding>>();

  watch(service: string, probe: () => Promise<Reminding>): void {
    this.probes.set(service, probe);
  }

  /** Undefined: the service has no terms. Null: it cannot be known now. */
  async of(service: string): Promise<Reminding | null | undefined> {
    const probe = this.probes.get(service);
    return probe && probe().catch(() => null);
  }
}
