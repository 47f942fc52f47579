import { lagOf, type EventLog, type Lag, type LogMember } from '../event-log.js';
import { appendAgain, readWindow } from '../outbox/republish.js';
import { PostgresLogReader } from './postgres-log-reader.js';

export interface PostgresEventLogOptions {
  /** How often a reader looks when nobody in its own process woke it. */
  readonly sweepMs?: number;
}

/** Facts are read from the producers' outboxes: for a machine with Node alone, all services in one database. */
export class PostgresEventLog implements EventLog {
  readonly name = 'postgres';
  private members: readonly LogMember[] = [];
  private readers: { service: string; reader: PostgresLogReader }[] = [];

  constructor(private readonly options: PostgresEventLogOptions = {}) {}

  async start(members: readonly LogMember[]): Promise<void> {
    this.members = members;
    this.readers = members
      .filter((member) => member.consumers.topics.length > 0)
      .map((member) => ({
        service: member.service,
        reader: new PostgresLogReader(member, this.options.sweepMs ?? 250),
      }));
    for (const member of members) {
      const waiting = this.readers.filter(({ reader }) => reader.producers.includes(member.service));
      member.outbox.onAppended(() => {
        for (const { reader } of waiting) reader.wake();
      });
    }
    for (const { reader } of this.readers) reader.start();
  }

  async ready(): Promise<void> {
    await Promise.all(this.readers.map(({ reader }) => reader.ready));
  }

  async stop(): Promise<void> {
    await Promise.all(this.readers.map(({ reader }) => reader.stop()));
  }

  lag(): Promise<Lag[]> {
    return Promise.all(this.readers.map(async ({ service, reader }) => lagOf(service, await reader.lags())));
  }

  /** The outboxes are the log, so publishing again is appending again, under the message ids that the facts have. */
  async republish(service: string, from: Date, to: Date, topic: string | null): Promise<number> {
    const member = this.members.find((candidate) => candidate.service === service);
    if (!member) throw new Error(`${service} does not run in this process`);
    // What is appended here must not be found again by the same window; the database's clock stamped the rows.
    const [now] = await member.database.query<{ at: Date }>(member.actor, 'select clock_timestamp() as at');
    const end = new Date(Math.min(to.getTime(), now!.at.getTime()));
    let count = 0;
    for await (const rows of readWindow(member.database, member.actor, from, end, topic)) {
      await appendAgain(member.database, member.actor, rows);
      count += rows.length;
    }
    for (const { reader } of this.readers) if (reader.producers.includes(service)) reader.wake();
    return count;
  }
}
