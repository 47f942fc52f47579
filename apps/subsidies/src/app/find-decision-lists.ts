import { Injectable } from '@nestjs/common';
import { lookingWith, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import {
  DecisionListQueries,
  type ShownList,
  type ShownReturn,
  type ShownRow,
} from '../adapters/postgres/decision-list-queries.js';
import { daysFrom, DecisionListNotFound } from '../domain/decision-list.js';

/** A list with how long it has been waited for. */
export interface SeenList extends ShownList {
  /** Natural days since it went out; null: nobody waits on it any more. */
  readonly daysWaiting: number | null;
}

/** Lists that went out from the caller's places, with who has not answered. */
@Injectable()
export class FindDecisionLists {
  constructor(
    private readonly queries: DecisionListQueries,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: Parameters<DecisionListQueries['lists']>[1]): Promise<SeenList[]> {
    const lists = await this.queries.lists(lookingWith(actor, 'decision-list:read'), query);
    return lists.map((list) => this.seen(list));
  }

  /** @throws DecisionListNotFound */
  async one(actor: Actor, listNo: number): Promise<SeenList & { readonly returns: readonly ShownReturn[] }> {
    const reader = lookingWith(actor, 'decision-list:read');
    const [list] = await this.queries.lists(reader, { listNo });
    if (!list) throw new DecisionListNotFound();
    return { ...this.seen(list), returns: await this.queries.returns(reader, listNo) };
  }

  /** @throws DecisionListNotFound */
  async rows(
    actor: Actor,
    listNo: number,
    query: Parameters<DecisionListQueries['rows']>[2],
  ): Promise<{ readonly rows: readonly ShownRow[]; readonly next: number | null }> {
    const reader = lookingWith(actor, 'decision-list:read');
    const [list] = await this.queries.lists(reader, { listNo });
    if (!list) throw new DecisionListNotFound();
    const rows = await this.queries.rows(reader, listNo, query);
    return { rows, next: rows.length === query.limit ? (rows.at(-1)?.lineNo ?? null) : null };
  }

  private seen(list: ShownList): SeenList {
    const isOpen = list.states.sent + list.states['to-settle'] > 0;
    return { ...list, daysWaiting: isOpen ? daysFrom(list.day, this.clock.today()) : null };
  }
}
