import { Injectable } from '@nestjs/common';
import { lookingWith, permissions, reachOf, roles, type Actor, type Role } from '@app/access';
import { Catalogue } from '@app/catalogue';
import { Clock } from '@app/kernel';
import type { Caller, Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { ChainQueries, type Reach } from '../adapters/postgres/chain-queries.js';
import {
  STUCK_COUNTED,
  StuckChains,
  type Gives,
  type StuckPage,
  type UnansweredItem,
  type WaitingForBenefit,
  type WaitingForFacts,
  type WaitingForMessages,
} from '../adapters/postgres/stuck-chains.js';
import { Trust } from '../adapters/postgres/trust.js';
import { StuckCursorNotValid } from '../domain/errors.js';
import { readStuckCursor, stuckCursorText, type StuckCursor, type StuckKind } from '../domain/stuck.js';
import { Look } from './look.js';
import type { StuckCountsView, StuckItemView, StuckView } from './stuck-views.js';
import { besidePerson, officers, waitsFor } from './waits-for.js';
import { missingInChinese } from './wording.js';

/** What is asked of one list. */
export interface StuckQuestion {
  readonly kind: StuckKind;
  /** A range of division codes; of it, what the reader reaches. */
  readonly from: string;
  readonly to: string;
  readonly after: string | null;
  readonly limit: number;
}

/** A fact that waits longer than this to be taken in makes what is shown past. */
const STALE_AFTER_MS = 30_000;

interface Found {
  readonly view: StuckItemView;
  readonly keys: StuckCursor;
}

/** What in the chains of a place does not move: why, since when, and who must act. */
@Injectable()
export class FindStuck {
  private readonly gives: readonly Gives[];

  constructor(
    private readonly queries: ChainQueries,
    private readonly stuck: StuckChains,
    private readonly look: Look,
    private readonly trust: Trust,
    private readonly clock: Clock,
    catalogue: Catalogue,
    @InjectServiceActor() private readonly service: Caller,
  ) {
    this.gives = catalogue.items.flatMap(({ id, gives = [] }) => gives.map((fact) => ({ itemId: id, fact })));
  }

  /** @throws StuckCursorNotValid */
  async list(actor: Actor, { kind, from, to, after, limit }: StuckQuestion): Promise<StuckView> {
    const cursor = after === null ? null : readStuckCursor(kind, after);
    if (after !== null && cursor === null) throw new StuckCursorNotValid();
    const page = { after: cursor, limit };
    const [found, freshness] = await Promise.all([
      this.queries.look(lookingWith(actor, 'chain:read'), (tx) =>
        this.find(tx, kind, within(actor, { from, to }), page),
      ),
      this.freshness(),
    ]);
    const last = found.at(-1);
    return {
      rows: found.map(({ view }) => view),
      next: last && found.length === limit ? stuckCursorText(kind, last.keys) : null,
      ...freshness,
    };
  }

  async counts(
    actor: Actor,
    asked: { readonly from: string; readonly to: string },
  ): Promise<StuckCountsView> {
    const [counts, freshness] = await Promise.all([
      this.queries.look(lookingWith(actor, 'chain:read'), (tx) =>
        this.stuck.counts(tx, within(actor, asked), this.today(), this.gives),
      ),
      this.freshness(),
    ]);
    const told = (kind: StuckKind) => ({
      value: Math.min(counts[kind], STUCK_COUNTED),
      atLeast: counts[kind] > STUCK_COUNTED,
    });
    return {
      unanswered: told('unanswered'),
      'missing-fact': told('missing-fact'),
      'other-benefit': told('other-benefit'),
      parked: told('parked'),
      ...freshness,
    };
  }

  private async find(tx: Tx, kind: StuckKind, reach: Reach, page: StuckPage): Promise<Found[]> {
    switch (kind) {
      case 'unanswered':
        return (await this.stuck.unanswered(tx, reach, this.today(), page)).map((row) =>
          this.unanswered(row),
        );
      case 'missing-fact':
        return (await this.stuck.missing(tx, reach, page)).map((row) => this.missing(row));
      case 'other-benefit':
        return (await this.stuck.otherBenefit(tx, reach, this.gives, page)).map((row) =>
          this.otherBenefit(row),
        );
      case 'parked':
        return (await this.stuck.parked(tx, reach, page)).map((row) => this.parked(row));
    }
  }

  private unanswered(row: UnansweredItem): Found {
    const { itemId, owner, action, caseId } = row;
    const title = this.titleOf(row);
    const what = action === 'open' ? '建立事项并答复' : '决定停发或撤回';
    return {
      keys: [row.roundId, itemId, action],
      view: {
        ...about(row, 'unanswered'),
        item: { itemId, title },
        action,
        period: row.period,
        since: row.since.toISOString(),
        owner,
        case: caseId === null ? null : { owner, caseId, title },
        must: mustDo(what, [officers[owner]]),
      },
    };
  }

  private missing(row: WaitingForFacts): Found {
    return {
      keys: [row.divisionCode, row.personId],
      view: {
        ...about(row, 'missing-fact'),
        since: row.since?.toISOString() ?? null,
        must: mustDo(`向本人或知情人问清 ${row.facts.length} 项情况`, besidePerson),
        facts: row.facts.map(missingInChinese),
      },
    };
  }

  private otherBenefit(row: WaitingForBenefit): Found {
    const { after, divisionCode } = row;
    const item = this.look.itemOf(after.itemId, after.itemVersion, divisionCode);
    const title = this.titleOf({ ...after, divisionCode });
    const waits = waitsFor(after.status, after.nextStep, after.owner, item);
    return {
      keys: [divisionCode, row.personId, row.itemId],
      view: {
        ...about(row, 'other-benefit'),
        item: { itemId: row.itemId, title: this.titleOf(row) },
        since: row.since.toISOString(),
        owner: after.owner,
        case: after.caseId === null ? null : { owner: after.owner, caseId: after.caseId, title },
        must: {
          zh: `先办结“${title.zh}”${waits ? `：${waits.zh}` : ''}`,
          roles: waits?.roles ?? [],
          department: waits?.department ?? null,
        },
        facts: [missingInChinese(row.fact)],
      },
    };
  }

  private parked(row: WaitingForMessages): Found {
    return {
      keys: [row.personId],
      view: {
        ...about(row, 'parked'),
        since: row.since.toISOString(),
        must: mustDo('查明原因并重放消息', ['operator']),
        messages: row.messages,
      },
    };
  }

  private titleOf(item: {
    readonly itemId: string;
    readonly itemVersion: string;
    readonly divisionCode: string;
  }) {
    const { itemId, itemVersion, divisionCode } = item;
    return this.look.itemOf(itemId, itemVersion, divisionCode)?.title ?? { zh: itemId, en: itemId };
  }

  /** The first moment of today, in Asia/Shanghai. */
  private today(): Date {
    return new Date(`${this.clock.today()}T00:00:00+08:00`);
  }

  /** Up to when the facts of the others have been taken in. */
  private async freshness(): Promise<{ asOf: string | null; stale: boolean }> {
    const now = this.clock.now();
    const { lag, handledAt } = await this.trust.delivery(this.service);
    if (lag === 0) return { asOf: now.toISOString(), stale: false };
    const stale = handledAt === null || now.getTime() - Date.parse(handledAt) > STALE_AFTER_MS;
    return { asOf: handledAt, stale };
  }
}

/** Within the range asked for, what the reader's roles reach. */
function within(actor: Actor, asked: { readonly from: string; readonly to: string }): Reach {
  return reachOf(actor, permissions['chain:read'])
    .map(({ from, to }) => ({
      from: from > asked.from ? from : asked.from,
      to: to < asked.to ? to : asked.to,
    }))
    .filter(({ from, to }) => from <= to);
}

function about({ personId, divisionCode }: { personId: string; divisionCode: string }, kind: StuckKind) {
  return {
    ...{ personId, divisionCode, kind },
    ...{ item: null, action: null, period: null, owner: null, case: null, facts: [], messages: null },
  };
}

function mustDo(what: string, who: readonly Role[]): StuckItemView['must'] {
  return {
    zh: `${what}（${who.map((role) => roles[role].title).join('、')}）`,
    roles: [...who],
    department: null,
  };
}
