import { Injectable } from '@nestjs/common';
import { LegalClocks, type NewTerm } from '@app/clocks';
import { causedBy, type ActorRef, type Cause } from '@app/contracts';
import { shanghaiDay, Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { Database, type Tx } from '@app/platform';
import { CaseEffects, type CaseChange } from '../../case-effects.js';
import { endedStatuses, runningStepOf, type Case, type CaseDecision } from '../../domain/case.js';
import { CaseNotFound } from '../../domain/errors.js';
import type { Reach } from '../../domain/place.js';
import { CaseItems } from '../case-items.js';
import { caseColumns, insertCases, toCase, updateCases, type CaseRow } from './case-row.js';

/** What a case is unique by while it lives. */
export interface CaseKey {
  readonly personId: string;
  readonly itemId: string;
  readonly period: string;
}

/** A case that may be new: what to do if it is, and what if one lives already. */
export interface Opening {
  readonly opened: CaseDecision;
  adopt(live: Case): CaseDecision;
  readonly cause: Cause;
}

/** A fact about one case, by its key. */
export interface Reaction {
  readonly key: CaseKey;
  readonly cause: Cause;
  decide(state: Case): CaseDecision;
}

/** What a list is asked for. */
export interface CaseQuery {
  readonly reaches: readonly Reach[];
  readonly status?: string | undefined;
  readonly itemId?: string | undefined;
  readonly personId?: string | undefined;
  /** The last case of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

const ENDED: readonly string[] = endedStatuses;
const LIVE = `c.status not in (${endedStatuses.map((status) => `'${status}'`).join(', ')})`;

interface Saved {
  readonly before: Case | null;
  readonly decision: CaseDecision;
  readonly cause: Cause | null;
}

/** The cases of one service. `change`, `changeMany` and `open` are the only ways to write one. */
@Injectable()
export class CaseRepository {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly items: CaseItems,
    private readonly clocks: LegalClocks,
    private readonly effects: CaseEffects,
    private readonly clock: Clock,
  ) {}

  /** A user's command on one case. The result is plain JSON, so that a repeated request can be answered with it. */
  async change<Result>(
    actor: ActorRef,
    caseId: string,
    decide: (state: Case) => CaseDecision,
    view: (state: Case) => Result,
  ): Promise<Result> {
    return this.database.command(actor, async (tx) => {
      const [row] = await tx.query<CaseRow>(
        `select ${caseColumns} from cases c where c.case_id = $1 for update of c`,
        [caseId],
      );
      if (!row) throw new CaseNotFound(caseId);
      const before = this.toState(row);
      const decision = decide(before);
      await this.save(tx, [{ before, decision, cause: null }]);
      return view(decision.state);
    });
  }

  /**
   * A user's command that opens a case, unless one lives: then that one is changed instead.
   * @param onLive what to do with a live one; it may refuse
   */
  async openOrChange<Result>(
    actor: ActorRef,
    opened: CaseDecision,
    onLive: (live: Case) => CaseDecision,
    view: (state: Case) => Result,
  ): Promise<Result> {
    return this.database.command(actor, async (tx) => {
      const [inserted] = await tx.query(insertCases.sql, insertCases.params([opened.state], actor));
      if (inserted) {
        await this.afterWrite(tx, [{ before: null, decision: opened, cause: null }]);
        return view(opened.state);
      }
      const [live] = await this.lockByKeys(tx, [keyOf(opened.state)], LIVE);
      if (!live) throw new Error('a live case vanished in its own transaction');
      const decision = onLive(live);
      await this.save(tx, [{ before: live, decision, cause: null }]);
      return view(decision.state);
    });
  }

  /** Opens the cases of a slice in one insert. Where one lives already it is adopted, in the order of the slice. */
  async open(tx: Tx, openings: readonly Opening[]): Promise<void> {
    const inserting = await this.withoutLive(tx, openings);
    const inserted = new Set(
      (
        await tx.query<{ case_id: string }>(
          insertCases.sql,
          insertCases.params(
            inserting.map(({ opened }) => opened.state),
            tx.actor,
          ),
          'cases-insert',
        )
      ).map((row) => row.case_id),
    );
    // Of two openings of the same case in one slice the first one makes it.
    const fresh = new Set(inserting.filter(({ opened }) => inserted.delete(opened.state.id)));
    await this.afterWrite(
      tx,
      [...fresh].map(({ opened, cause }) => ({ before: null, decision: opened, cause })),
    );
    await this.changeMany(
      tx,
      openings
        .filter((opening) => !fresh.has(opening))
        .map(({ opened, adopt, cause }) => ({ key: keyOf(opened.state), decide: adopt, cause })),
    );
  }

  /** A case that begins as ended would not be stopped by the index from standing beside a live one. */
  private async withoutLive(tx: Tx, openings: readonly Opening[]): Promise<readonly Opening[]> {
    const ended = openings.filter(({ opened }) => ENDED.includes(opened.state.state.status));
    if (ended.length === 0) return openings;
    const live = await this.lockByKeys(
      tx,
      ended.map(({ opened }) => keyOf(opened.state)),
      LIVE,
    );
    const keys = new Set(live.map((state) => textOf(keyOf(state))));
    return openings.filter(
      (opening) => !ended.includes(opening) || !keys.has(textOf(keyOf(opening.opened.state))),
    );
  }

  /**
   * Decides each fact on its live case, in their order, and writes all of it in set-based SQL. A key without a live case is passed over.
   * @param alsoStopped a key without a live case falls back to its stopped ones
   */
  async changeMany(
    tx: Tx,
    reactions: readonly Reaction[],
    { alsoStopped = false }: { alsoStopped?: boolean } = {},
  ): Promise<void> {
    if (reactions.length === 0) return;
    const found = await this.lockByKeys(
      tx,
      reactions.map(({ key }) => key),
      alsoStopped ? `(${LIVE} or c.status = 'stopped')` : LIVE,
    );
    const candidates = new Map<string, Case[]>();
    for (const state of found) {
      const key = textOf(keyOf(state));
      const list = candidates.get(key);
      if (list) list.push(state);
      else candidates.set(key, [state]);
    }
    const saved: Saved[] = [];
    for (const { key, decide, cause } of reactions) {
      const list = candidates.get(textOf(key));
      if (!list) continue;
      const live = list.findIndex(({ state }) => !ENDED.includes(state.status));
      // Of several that were stopped, the one that this fact concerns.
      for (const place of live >= 0 ? [live] : list.keys()) {
        const before = list[place]!;
        const decision = decide(before);
        if (decision.state === before) continue;
        saved.push({ before, decision, cause });
        list[place] = decision.state;
        break;
      }
    }
    await this.save(tx, saved);
  }

  async find(actor: ActorRef, caseId: string): Promise<Case | null> {
    const [row] = await this.database.query<CaseRow>(
      actor,
      `select ${caseColumns} from cases c where c.case_id = $1`,
      [caseId],
    );
    return row ? this.toState(row) : null;
  }

  /** Cases that the caller may look at, oldest first. */
  async findReadable(actor: ActorRef, query: CaseQuery): Promise<Case[]> {
    return this.page(actor, query, 'c.readers', 'created_at', 'true');
  }

  /** Cases that wait for the caller, longest first. */
  async findWaitingFor(actor: ActorRef, query: CaseQuery): Promise<Case[]> {
    return this.page(actor, query, 'c.task_doers', 'changed_at', 'c.task is not null');
  }

  private async page(
    actor: ActorRef,
    { reaches, status, itemId, personId, after, limit }: CaseQuery,
    tokens: 'c.readers' | 'c.task_doers',
    order: 'created_at' | 'changed_at',
    where: string,
  ): Promise<Case[]> {
    const rows = await this.database.query<CaseRow>(
      actor,
      `select ${caseColumns} from cases c
       where ${where}
         and exists (select from unnest($1::text[], $2::text[], $3::text[]) as r (first, last, token)
                     where c.division_code between r.first and r.last and ${tokens} ? r.token)
         and ($4::text is null or c.status = $4)
         and ($5::text is null or c.item_id = $5)
         and ($6::uuid is null or c.person_id = $6)
         and ($7::uuid is null or (c.${order}, c.case_id) > (select a.${order}, a.case_id from cases a where a.case_id = $7))
       order by c.${order}, c.case_id limit $8`,
      [
        reaches.map(({ from }) => from),
        reaches.map(({ to }) => to),
        reaches.map(({ token }) => token),
        status ?? null,
        itemId ?? null,
        personId ?? null,
        after ?? null,
        limit,
      ],
    );
    return rows.map((row) => this.toState(row));
  }

  private async lockByKeys(tx: Tx, keys: readonly CaseKey[], where: string): Promise<Case[]> {
    const rows = await tx.query<CaseRow>(
      `select ${caseColumns} from cases c
       where (c.person_id, c.item_id, c.period) in (select * from unnest($1::uuid[], $2::text[], $3::text[])) and ${where}
       order by c.case_id for update of c`,
      [
        keys.map(({ personId }) => personId),
        keys.map(({ itemId }) => itemId),
        keys.map(({ period }) => period),
      ],
    );
    return rows.map((row) => this.toState(row));
  }

  private async save(tx: Tx, saved: readonly Saved[]): Promise<void> {
    // Several facts of a slice may concern one case: its last state is written, each of its facts is published.
    const last = new Map<string, Case>();
    for (const { before, decision } of saved) {
      if (decision.state !== before) last.set(decision.state.id, decision.state);
    }
    if (last.size === 0) return;
    await tx.query(updateCases.sql, updateCases.params([...last.values()], tx.actor), 'cases-update');
    await this.afterWrite(tx, saved);
  }

  /** What belongs to a written case: its done steps, its terms, the service's own effects, its facts. */
  private async afterWrite(tx: Tx, saved: readonly Saved[]): Promise<void> {
    if (saved.length === 0) return;
    const day = this.clock.today();
    const changes: CaseChange[] = saved.map(({ before, decision, cause }) => ({
      kind: decision.kind,
      before,
      after: decision.state,
      reasons: decision.reasons ?? [],
      actor: tx.actor,
      day,
      cause,
    }));
    await Promise.all([this.insertSteps(tx, changes), this.moveTerms(tx, changes, day)]);
    for (const { decision, cause } of saved) {
      this.outbox.append(
        tx,
        cause ? decision.events.map((event) => causedBy(cause, event)) : decision.events,
      );
    }
    this.outbox.append(tx, await this.effects.apply(tx, changes));
  }

  private async insertSteps(tx: Tx, changes: readonly CaseChange[]): Promise<void> {
    const steps = changes.flatMap(({ before, after }) =>
      after.done
        .map((step, place) => ({ ...step, place, caseId: after.id, divisionCode: after.divisionCode }))
        .slice(before?.done.length ?? 0),
    );
    if (steps.length === 0) return;
    await tx.query(
      `insert into case_steps (case_id, place, division_code, step, note, done_at, done_by, done_by_role)
       select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[])`,
      [
        steps.map((step) => step.caseId),
        steps.map((step) => step.place),
        steps.map((step) => step.divisionCode),
        steps.map((step) => step.step),
        steps.map((step) => step.note),
        steps.map((step) => step.at),
        steps.map((step) => step.by.id),
        steps.map((step) => step.by.role),
      ],
    );
  }

  /** Entering a step arms its term, leaving it stops it. */
  private async moveTerms(tx: Tx, changes: readonly CaseChange[], day: string): Promise<void> {
    const stopped = new Set<string>();
    const terms = new Map<string, NewTerm>();
    for (const { before, after } of changes) {
      const [left, entered] = [before && runningStepOf(before), runningStepOf(after)];
      if (left === entered) continue;
      if (left !== null) stopped.add(after.id);
      const term = entered === null ? null : termOf(after, entered, day);
      if (term) terms.set(after.id, term);
      else terms.delete(after.id);
    }
    await Promise.all([this.clocks.stop(tx, [...stopped]), this.clocks.arm(tx, [...terms.values()])]);
  }

  private toState(row: CaseRow): Case {
    return toCase(row, this.items.of(row.item_id, row.item_version, row.division_code));
  }
}

function termOf(state: Case, stepId: string, day: string): NewTerm | null {
  const limit = state.item.steps.find(({ id }) => id === stepId)?.limit;
  if (!limit) return null;
  return {
    subjectId: state.id,
    step: stepId,
    personId: state.personId,
    divisionCode: state.divisionCode,
    roundId: state.roundId,
    kind: limit.kind,
    value: limit.value,
    unit: limit.unit,
    basis: limit.basis,
    anchorDay: anchorOf(state, day),
  };
}

/** A term runs from the day the step before was done, or the person applied; from today where nothing came before. */
function anchorOf({ done, appliedOn }: Case, day: string): string {
  const last = done.at(-1);
  return last ? shanghaiDay(new Date(last.at)) : (appliedOn ?? day);
}

function keyOf({ personId, item, period }: Case): CaseKey {
  return { personId, itemId: item.id, period };
}

function textOf({ personId, itemId, period }: CaseKey): string {
  return `${personId} ${itemId} ${period}`;
}
