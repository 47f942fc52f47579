import type { NewEvent } from '@app/contracts';
import { send, type Sent, type ServiceUnderTest } from '@app/testing';
import { schemaOf } from '@app/platform';

interface OutboxRow {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly data: NewEvent['data'];
  readonly division: string;
}

const SLICE = 100;

/**
 * Carries facts from every outbox to every service of the house on the direct log, for as long as it runs. Once stopped, nothing
 * moves in the background: what changes in a table then was changed by a request.
 */
export class EventPump {
  private carried = new Set<string>();
  /** Every transaction before this one has ended, and what it appended is carried. */
  private horizon = '0';
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly service: ServiceUnderTest,
    private readonly services: readonly string[],
  ) {}

  /** Carries on in the background until `stop`. */
  start(everyMs = 20): void {
    this.stopped = false;
    this.running = (async () => {
      while (!this.stopped) {
        await this.drain();
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
    })();
    // Told by `stop`, where somebody waits for it.
    this.running.catch(() => undefined);
  }

  /** @throws what the carrying failed with */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    await this.drain();
  }

  /** Carries until no outbox has anything new, what follows from it included. */
  async drain(): Promise<void> {
    for (;;) {
      const sent = await this.fresh();
      if (sent.length === 0) return;
      for (let at = 0; at < sent.length; at += SLICE) {
        const slice = sent.slice(at, at + SLICE);
        for (const service of this.services) await this.service.direct.deliver(service, slice);
        for (const { id } of slice) this.carried.add(id);
      }
    }
  }

  private async fresh(): Promise<Sent[]> {
    const [now] = await this.service.database.query<{ horizon: string }>(
      'select pg_snapshot_xmin(pg_current_snapshot())::text as horizon',
    );
    const rows = await this.service.database.query<OutboxRow>(
      this.services
        .map(
          (service) =>
            `select message_id as id, topic, key, type, payload as data, division_code as division, xid as at, id as "within"
             from ${schemaOf(service)}.outbox_messages where xid >= $1::text::xid8`,
        )
        .join(' union all ') + ' order by at, "within"',
      [this.horizon],
    );
    this.horizon = now!.horizon;
    const known = new Set(rows.map(({ id }) => id));
    this.carried = new Set([...this.carried].filter((id) => known.has(id)));
    return rows
      .filter(({ id }) => !this.carried.has(id))
      .map(({ id, topic, key, type, data, division }) =>
        send({ topic, key, type, data, divisionCode: division } as NewEvent, id),
      );
  }
}
