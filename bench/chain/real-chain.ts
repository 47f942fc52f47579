import type pg from 'pg';
import { caseOwners } from '../../apps/cli/src/demo/office.js';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import type { RunningSystem } from '../../apps/cli/src/installation/running-system.js';
import { services } from '../../apps/cli/src/services.js';
import { figuresOf, type Figures } from '../measure/figures.js';
import type { Measured } from '../measure/measured.js';
import { together, until, type Waiting } from './county.js';
import { TWELVE } from './newcomers.js';

const APPROVE_LIMIT_MS = 60_000;

/** An approval, and the instant (epoch ms) at which it should have been sent. */
interface Issued extends Waiting {
  readonly intendedAt: number;
}

/**
 * From the approval of a card over public HTTP until lifecycle has heard of all twelve cases. The end is the instant of the commit,
 * as PostgreSQL tracks it for the rows' transactions: nobody asks while the clock runs.
 */
export class RealChain implements Measured {
  private taken = 0;

  constructor(
    private readonly system: RunningSystem,
    private readonly database: pg.Client,
    private readonly waiting: readonly Waiting[],
  ) {}

  async burst(count: number): Promise<Figures> {
    const start = Date.now();
    const issued: Issued[] = [];
    await together(this.take(count), async (each) => {
      issued.push({ ...each, intendedAt: Date.now() });
      await this.approve(each);
    });
    return this.completed(issued, start);
  }

  /** Open loop: a card has its instant, and its latency counts from there even if it was approved late. */
  async rate(perSecond: number, seconds: number): Promise<Figures> {
    const start = Date.now() + 50;
    const issued = this.take(perSecond * seconds).map((each, n) => ({
      ...each,
      intendedAt: start + (n * 1000) / perSecond,
    }));
    const pending: Promise<void>[] = [];
    for (const each of issued) {
      const early = each.intendedAt - Date.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      pending.push(this.approve(each));
    }
    await Promise.all(pending);
    return this.completed(issued, start);
  }

  /** Every newcomer whose card was issued has the twelve, once each, in one round; nobody else has anything; nothing is parked. */
  async check(): Promise<string> {
    const issued = this.waiting.slice(0, this.taken).map(({ personId }) => personId);
    const cases = await this.rows<{ person_id: string; item_id: string }>(
      caseOwners
        .map((owner) => `select person_id, item_id from ${schemaOf(owner)}.cases`)
        .join(' union all '),
    );
    const owned = new Map<string, string[]>();
    for (const { person_id: personId, item_id: itemId } of cases) {
      owned.set(personId, [...(owned.get(personId) ?? []), itemId]);
    }
    const twelve = [...TWELVE].sort().join();
    const wrong = issued.filter((personId) => owned.get(personId)?.sort().join() !== twelve);
    if (wrong.length > 0 || owned.size !== issued.length) {
      throw new Error(
        `${issued.length} cards were issued; ${owned.size} people have cases, ${wrong.length} others than the twelve`,
      );
    }
    const [rounds] = await this.rows<{ rounds: number; persons: number; items: number; heard: number }>(
      `select count(distinct r.round_id)::int as rounds, count(distinct r.person_id)::int as persons, count(*)::int as items,
              count(i.case_id)::int as heard
       from lifecycle.rounds r join lifecycle.round_items i using (round_id)`,
    );
    const all = issued.length * TWELVE.length;
    const { rounds: count, persons, items, heard } = rounds!;
    if (count !== issued.length || persons !== issued.length || items !== all || heard !== all) {
      throw new Error(`${issued.length} cards were issued; lifecycle has ${JSON.stringify(rounds)}`);
    }
    const parked = await this.rows<{ consumer: string; error: string | null }>(
      services
        .map(({ name }) => `select consumer, error from ${schemaOf(name)}.parked_messages`)
        .join(' union all '),
    );
    if (parked.length > 0) {
      throw new Error(`${parked.length} messages are parked, the first by ${parked[0]!.consumer}`);
    }
    return `${issued.length} chains, ${cases.length} cases, ${heard} of them heard of by lifecycle, nothing parked`;
  }

  private take(count: number): readonly Waiting[] {
    const taken = this.waiting.slice(this.taken, this.taken + count);
    if (taken.length < count) throw new Error('nobody is left whose card could be issued');
    this.taken += count;
    return taken;
  }

  private async approve({ applicationId }: Waiting): Promise<void> {
    await this.system.call('certification', 'POST', `/certification/applications/${applicationId}/approve`, {
      actor: demoActor('federation-lead'),
      body: {},
      timeoutMs: APPROVE_LIMIT_MS,
    });
  }

  private async completed(issued: readonly Issued[], start: number): Promise<Figures> {
    const ids = issued.map(({ personId }) => personId);
    let ends: { person_id: string; ended: number }[] = [];
    await until(`${issued.length} chains complete`, async () => {
      ends = await this.rows(
        `select r.person_id, max(extract(epoch from pg_xact_commit_timestamp(i.xmin)))::float8 * 1000 as ended
         from lifecycle.rounds r join lifecycle.round_items i using (round_id)
         where r.person_id = any($1::uuid[]) group by r.person_id having count(i.case_id) = $2`,
        [ids, TWELVE.length],
      );
      return ends.length === issued.length;
    });
    const endOf = new Map(ends.map(({ person_id: personId, ended }) => [personId, ended]));
    const latencies = issued.map(({ personId, intendedAt }) => endOf.get(personId)! - intendedAt);
    return figuresOf(latencies, (Math.max(...endOf.values()) - start) / 1000);
  }

  private async rows<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.database.query<Row>(sql, values)).rows;
  }
}

function schemaOf(service: string): string {
  return service.replaceAll('-', '_');
}
