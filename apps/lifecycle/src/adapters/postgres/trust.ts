import { Injectable } from '@nestjs/common';
import { type Caller, Database, type Tx } from '@app/platform';
import { rosterFacts, type Distrusted, type RostersSeen } from '../../domain/trust.js';

/** What can be read here of whether the facts on file are all there are. */
@Injectable()
export class Trust {
  constructor(private readonly database: Database) {}

  /** Consumers of this service that have messages which they could not handle, or that nobody reads the event log for. */
  async ofDelivery(actor: Caller): Promise<Distrusted[]> {
    const [parked, readers] = await Promise.all([
      this.database.query<{ consumer: string; messages: number; keys: number }>(
        actor,
        `select consumer, count(*)::int as messages, count(distinct key)::int as keys from parked_messages
         where state in ('failed', 'waiting') group by consumer order by consumer`,
      ),
      // Cursors stand only where this log is PostgreSQL's; with Kafka it is the broker that knows.
      this.database.query(
        actor,
        `select 1 from log_readers where exists (select from log_cursors) and lease_until < clock_timestamp()`,
      ),
    ]);
    return [
      ...parked.map(({ consumer, messages, keys }) => ({
        source: `parked:${consumer}`,
        reason: `有 ${messages} 条消息（涉及 ${keys} 人）未能处理：请运维人员重放后重新对账，相关人员的结果仅供参考。`,
      })),
      ...(readers.length > 0
        ? [
            {
              source: 'event-log',
              reason: '目前没有进程在读取事件日志：事实可能尚未全部到达，请检查服务是否运行后重新对账。',
            },
          ]
        : []),
    ];
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
