/** How far a service that sends messages to people is with it. */
export interface Sending {
  /** Whether there is a gateway to send text messages and calls with. */
  readonly gateway: boolean;
  readonly waiting: number;
  /** Text messages and calls that nothing sends, because no gateway is configured (未配置网关). */
  readonly noGateway: number;
  readonly sending: number;
  /** Taken by the gateway, which has not said yet whether they arrived. */
  readonly awaitingReceipt: number;
  /** Letters to be printed and handed over. */
  readonly letters: number;
  /** Did not arrive, in the last seven days. */
  readonly failed: number;
  readonly oldestWaitingSeconds: number | null;
}

/** What the services of this process say of their messages to people: one that sends any tells here how to ask it. */
export class SendingOfServices {
  private readonly probes = new Map<string, () => Promise<Sending>>();

  watch(service: string, probe: () => Promise<Sending>): void {
    this.probes.set(service, probe);
  }

  /** Undefined: the service sends none. Null: it cannot be known now. */
  async of(service: string): Promise<Sending | null | undefined> {
    const probe = this.probes.get(service);
    return probe && probe().catch(() => null);
  }
}
