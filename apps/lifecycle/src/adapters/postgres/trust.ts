import { Injectable } from '@nestjs/common';
import { allTopics } from '@app/contracts';
import { MessagingRuntime } from '@app/messaging';
import { type Caller, Database, type Tx } from '@app/platform';
import { rosterFacts, type DeliverySeen, type Distrusted, type RostersSeen } from '../../domain/trust.js';

const SERVICE = 'lifecycle';

/** Services that publish facts. */
const producers = [...new Set(allTopics.map((topic) => topic.split('.', 1)[0]!))].filter(
  (name) => name !== SERVICE,
);

/** What can be read here of whether the facts on file are all there are. */
@Injectable()
export class Trust {
  constructor(
    private readonly database: Database,
    private readonly runtime: MessagingRuntime,
  ) {}

  /** Consumers of this service that have messages which they could not handle, or that nobody reads the event log for. */
  async ofDelivery(actor: Caller): Promise<Distrusted[]> {
    const [parked, readers] = await Promise.all([
      this.database.query<{ consumer: string; messages: number; keys: number; since: Date }>(
        actor,
        `select consumer, count(*)::int as messages, count(distinct key)::int as keys,
                min(parked_at) as since from parked_messages
         where state in ('failed', 'waiting') group by consumer order by consumer`,
      ),
      // Cursors stand only where this log is PostgreSQL's; with Kafka it is the broker that knows.
      this.database.query<{ since: Date | null }>(
        actor,
        `select case when isfinite(lease_until) then lease_until end as since from log_readers where exists (select from log_cursors) and lease_until < clock_timestamp()`,
      ),
    ]);
    return [
      ...parked.map(({ consumer, messages, keys, since }) => ({
        source: `parked:${consumer}`,
        reason: `有 ${messages} 条消息（涉及 ${keys} 人）未能处理：请运维人员重放后重新对账，相关人员的结果仅供参考。`,
        since: since.toISOString(),
        messages,
        persons: keys,
      })),
      ...(readers[0]
        ? [
            {
              source: 'event-log',
              reason: '目前没有进程在读取事件日志：事实可能尚未全部到达，请检查服务是否运行后重新对账。',
              since: readers[0].since?.toISOString() ?? null,
            },
          ]
        : []),
    ];
  }

  /** How far delivery to this service is now. Over PostgreSQL the outboxes are the log, and nothing waits to be published. */
  async delivery(actor: Caller): Promise<DeliverySeen> {
    const status = await this.runtime.status();
    const lag = status.find(({ service }) => service === SERVICE)?.lag ?? null;
    const here = new Set(status.map(({ service }) => service));
    const kafka = status.some(({ eventLog }) => eventLog === 'kafka');
    const [handled] = await this.database.query<{ at: Date | null; now: Date }>(
      actor,
      `select max(handled_at) as at, clock_timestamp() as now from inbox_messages where handled_at > now() - interval '1 hour'`,
    );
    const now = handled!.now.getTime();
    return {
      lag,
      handledAt: handled!.at?.toISOString() ?? null,
      relays: status
        .filter(({ service }) => kafka && service !== SERVICE)
        .map(({ service, unpublished }) => ({
          service,
          waiting: unpublished && {
            messages: unpublished.count,
            oldestSeconds: unpublished.oldestSeconds,
            since: new Date(now - unpublished.oldestSeconds * 1000).toISOString(),
          },
        })),
      elsewhere: kafka ? producers.filter((service) => !here.has(service)) : [],
    };
  }

  /** Of these persons those of whom something waits unhandled, with the sources. */
  async parkedOf(tx: Tx, personIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await tx.query<{ key: string; consumers: string[] }>(
      `select key, array_agg(distinct consumer order by consumer) as consumers from parked_messages
       where state in ('failed', 'waiting') and key = any($1::text[]) group by key`,
      [personIds],
      'lifecycle-parked-of',
    );
    return new Map(rows.map(({ key, consumers }) => [key, consumers.map((name) => `parked:${name}`)]));
  }

  /** What rosters say of these persons. */
  async rostersOf(tx: Tx, personIds: readonly string[], day: string): Promise<RostersSeen> {
    const rows = await tx.query<{ kind: string; as_of: string; current: number }>(
      `select source ->> 'kind' as kind, max(source ->> 'asOf') as as_of,
              count(*) filter (where not withdrawn and (valid_to is null or valid_to >= $2))::int as current
       from facts where person_id = any($1::uuid[]) and name = any($3::text[]) and source ->> 'kind' like 'roster:%' group by 1`,
      [personIds, day, Object.values(rosterFacts)],
      'lifecycle-rosters-of',
    );
    return Object.fromEntries(rows.map(({ kind, as_of, current }) => [kind, { asOf: as_of, current }]));
  }
}
