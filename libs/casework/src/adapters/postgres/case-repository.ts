import { Injectable } from '@nestjs/common';
import { causedBy, type Cause } from '@app/contracts';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { type Caller, currentLookedAt, Database, inReach, type Tx } from '@app/platform';
import { CaseEffects, type CaseChange } from '../../case-effects.js';
import { endedStatuses, type Case, type CaseDecision, type ListedCase } from '../../domain/case.js';
import { CaseNotFound } from '../../domain/errors.js';
import type { CaseItem } from '../../domain/item.js';
import { assertLookedAt } from '../../domain/looked-at.js';
import type { Reach } from '../../domain/place.js';
import { termFactsOf } from '../../domain/term-facts.js';
import { CaseItems } from '../case-items.js';
import { CaseClocks } from './case-clocks.js';
import { CaseDocuments, type MadeDocument } from './case-documents.js';
import { CaseFiles } from './case-files.js';
import { CaseMaterials } from './case-materials.js';
import { CasePapers } from './case-papers.js';
import {
  caseColumns,
  insertCases,
  listedCaseColumns,
  toCase,
  toListedCase,
  updateCases,
  type CaseRow,
  type ListedCaseRow,
} from './case-row.js';

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
  readonly status?: string | undefined;
  readonly itemId?: string | undefined;
  readonly personId?: string | undefined;
  /** Only cases that wait for papers of the person. */
  readonly waitingForPapers?: boolean | undefined;
  /** The last case of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What a command does in its transaction beside the case: look whether it may, tie a file to it. */
export interface Beside {
  before?(tx: Tx): Promise<void>;
  after?(tx: Tx, state: Case): Promise<void>;
}

const ENDED: readonly string[] = endedStatuses;
/** One that waits beside an older twin is found by its id alone. */
const LIVE = `c.status not in (${endedStatuses.map((status) => `'${status}'`).join(', ')}) and c.twin_of is null`;

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
    private readonly clocks: CaseClocks,
    private readonly effects: CaseEffects,
    private readonly materials: CaseMaterials,
    private readonly papers: CasePapers,
    private readonly files: CaseFiles,
    private readonly documents: CaseDocuments,
    private readonly clock: Clock,
  ) {}

  /** A user's command on one case, as they have looked at it. The result is plain JSON, so that a repeated request can be answered with it. */
  async change<Result>(
    actor: Caller,
    caseId: string,
    decide: (state: Case) => CaseDecision,
    view: (state: Case) => Result,
    beside: Beside = {},
  ): Promise<Result> {
    return this.database.command(actor, async (tx) => {
      await beside.before?.(tx);
      const [row] = await this.lockAndRead(tx, 'c.case_id = $1', [caseId]);
      if (!row) throw new CaseNotFound(caseId);
      const before = this.toState(row);
      const decision = decide(before);
      // After it: that a colleague holds the task says more than that something has changed.
      assertLookedAt(before, currentLookedAt());
      await this.save(tx, [{ before, decision, cause: null }]);
      this.writeDown(tx, decision);
      await beside.after?.(tx, decision.state);
      return view(decision.state);
    });
  }

  /**
   * A user's command that opens a case, unless one lives: then that one is changed instead.
   * @param onLive what to do with a live one; it may refuse. Null: it is out of the user's reach
   */
  async openOrChange<Result>(
    actor: Caller,
    opened: CaseDecision,
    onLive: (live: Case | null) => CaseDecision,
    view: (state: Case) => Result,
    beside: Beside = {},
  ): Promise<Result> {
    return this.database.command(actor, async (tx) => {
      await beside.before?.(tx);
      const [inserted] = await tx.query(insertCases.sql, insertCases.params([opened.state], actor));
      if (inserted) {
        await this.afterWrite(tx, [{ before: null, decision: opened, cause: null }]);
        this.writeDown(tx, opened);
        await beside.after?.(tx, opened.state);
        return view(opened.state);
      }
      const [live] = await this.lockByKeys(tx, [keyOf(opened.state)], LIVE);
      const decision = onLive(live ?? null);
      await this.save(tx, [{ before: live ?? null, decision, cause: null }]);
      this.writeDown(tx, decision);
      await beside.after?.(tx, decision.state);
      return view(decision.state);
    });
  }

  /** No command can forget to say what it did. */
  private writeDown(tx: Tx, { kind, state, events, why }: CaseDecision): void {
    const [told] = events.map(({ data }) => (data as { reason?: string | null }).reason ?? null);
    tx.audit({
      what: `case.${kind}`,
      personIds: [state.personId],
      caseIds: [state.id],
      why: told ?? why ?? null,
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

  /** Decides one fact on each of these cases. */
  async changeEach(
    tx: Tx,
    caseIds: readonly string[],
    cause: Cause | null,
    decide: (state: Case) => CaseDecision,
  ): Promise<void> {
    if (caseIds.length === 0) return;
    const rows = await this.lockAndRead(tx, 'c.case_id = any($1::uuid[])', [caseIds]);
    const saved = rows.map((row) => {
      const before = this.toState(row);
      return { before, decision: decide(before), cause };
    });
    await this.save(
      tx,
      saved.filter(({ before, decision }) => decision.state !== before),
    );
  }

  /**
   * Cases that are taken over as they stand, in one insert and without clocks. One that lives already for the same person, item and period
   * keeps its place. @returns ids of those that came in
   */
  async bring(tx: Tx, decisions: readonly CaseDecision[]): Promise<ReadonlySet<string>> {
    if (decisions.length === 0) return new Set();
    const rows = await tx.query<{ case_id: string }>(
      insertCases.sql,
      insertCases.params(
        decisions.map(({ state }) => state),
        tx.actor,
      ),
      'cases-insert',
    );
    const inserted = new Set(rows.map((row) => row.case_id));
    await this.afterWrite(
      tx,
      decisions
        .filter(({ state }) => inserted.has(state.id))
        .map((decision) => ({ before: null, decision, cause: null })),
      { withClocks: false },
    );
    return inserted;
  }

  /** Takes back those of these cases that no person has touched. @returns their ids */
  async takeBack(
    tx: Tx,
    caseIds: readonly string[],
    decide: (state: Case) => CaseDecision,
  ): Promise<ReadonlySet<string>> {
    if (caseIds.length === 0) return new Set();
    const rows = await tx.query<{ case_id: string }>(
      `select c.case_id from cases c
       where c.case_id = any($1::uuid[]) and c.changed_by_role = 'service'
         and c.status in ('listed', 'open', 'deciding', 'granted', 'held')
         and not exists (select from case_steps s where s.case_id = c.case_id)
       order by c.case_id for update`,
      [caseIds],
    );
    const untouched = rows.map((row) => row.case_id);
    await this.changeEach(tx, untouched, null, decide);
    return new Set(untouched);
  }

  /** The terms that the case has where it stands begin to count, from what they count from. @throws CaseNotFound */
  async beginClocks(tx: Tx, caseId: string): Promise<void> {
    const [row] = await this.lockAndRead(tx, 'c.case_id = $1', [caseId]);
    if (!row) throw new CaseNotFound(caseId);
    const after = this.toState(row);
    const moved = await this.clocks.move(tx, [{ before: null, after }], this.clock.today());
    this.outbox.append(
      tx,
      termFactsOf(moved, () => after),
    );
  }

  async find(actor: Caller, caseId: string): Promise<Case | null> {
    const [row] = await this.database.query<CaseRow>(
      actor,
      `select ${caseColumns} from cases c where c.case_id = $1`,
      [caseId],
    );
    return row ? this.toState(row) : null;
  }

  /** Every case in the order of their ids, with when it was opened and changed last: for who compares a copy with it. */
  async inOrder(
    caller: Caller,
    after: string | null,
    limit: number,
  ): Promise<{ state: Case; createdAt: Date; changedAt: Date }[]> {
    const rows = await this.database.query<CaseRow & { created_at: Date; changed_at: Date }>(
      caller,
      `select ${caseColumns}, c.created_at, c.changed_at from cases c
       where $1::uuid is null or c.case_id > $1 order by c.case_id limit $2`,
      [after, limit],
    );
    return rows.map((row) => ({
      state: this.toState(row),
      createdAt: row.created_at,
      changedAt: row.changed_at,
    }));
  }

  /** Whoever reads what belongs to a case in order to change it takes the case's lock first, as every command does. */
  async lock(tx: Tx, caseId: string): Promise<void> {
    await tx.query('select 1 from cases where case_id = $1 for update', [caseId]);
  }

  /** Whether another case of the same person, item and period lives: an ended one cannot live again beside it. */
  async anotherLives(tx: Tx, state: Case): Promise<boolean> {
    const { personId, itemId, period } = keyOf(state);
    // Also one out of the user's reach: two would live.
    const rows = await tx.asService(() =>
      tx.query(
        `select 1 from cases c where c.person_id = $1 and c.item_id = $2 and c.period = $3 and c.case_id <> $4 and ${LIVE} limit 1`,
        [personId, itemId, period, state.id],
      ),
    );
    return rows.length > 0;
  }

  /** Cases that the caller may look at, oldest first. Which these are is decided by row-level security. */
  async findReadable(actor: Caller, query: CaseQuery): Promise<ListedCase[]> {
    return this.page(actor, query, 'created_at', 'true', []);
  }

  /** Of the cases that the caller may look at, those that wait for one of these roles in its place, longest first. */
  async findWaitingFor(actor: Caller, query: CaseQuery, reaches: readonly Reach[]): Promise<ListedCase[]> {
    if (reaches.length === 0) return [];
    // Each said by itself: of a join with a list of them the planner knows neither how many cases wait nor where.
    const each = reaches.map((_, at) => {
      const first = 6 + 3 * at;
      return `c.division_code between $${first} and $${first + 1} and c.task_doers ? $${first + 2}`;
    });
    return this.page(
      actor,
      query,
      'changed_at',
      `c.task is not null and (${each.join(' or ')})`,
      reaches.flatMap(({ from, to, token }) => [from, to, token]),
    );
  }

  private async page(
    actor: Caller,
    { status, itemId, personId, waitingForPapers, after, limit }: CaseQuery,
    order: 'created_at' | 'changed_at',
    where: string,
    params: readonly unknown[],
  ): Promise<ListedCase[]> {
    const place = inReach(actor, 'c.division_code', 6 + params.length);
    // The place of the last page is read first and by itself, so that the index begins there.
    const rows = await this.database.query<ListedCaseRow>(
      actor,
      `select ${listedCaseColumns} from cases c
       where ($1::text is null or c.status = $1)
         and ($2::text is null or c.item_id = $2)
         and ($3::uuid is null or c.person_id = coalesce((select a.person_id from person_aliases a where a.subject_id = $3), $3))
         and ($4::uuid is null or (c.${order}, c.case_id) > ((select a.${order} from cases a where a.case_id = $4), $4::uuid))
         and ${waitingForPapers ? 'c.waits_for_papers' : 'true'} and ${where} and ${place.sql}
       order by c.${order}, c.case_id limit $5`,
      [status ?? null, itemId ?? null, personId ?? null, after ?? null, limit, ...params, ...place.params],
    );
    return rows.map((row) => toListedCase(row, this.itemOf(row)));
  }

  private async lockByKeys(tx: Tx, keys: readonly CaseKey[], where: string): Promise<Case[]> {
    const rows = await this.lockAndRead(
      tx,
      `(c.person_id, c.item_id, c.period) in (select * from unnest($1::uuid[], $2::text[], $3::text[])) and ${where}`,
      [
        keys.map(({ personId }) => personId),
        keys.map(({ itemId }) => itemId),
        keys.map(({ period }) => period),
      ],
    );
    return rows.map((row) => this.toState(row));
  }

  /**
   * Locks first, and reads in a statement of its own. Of a case that is waited for PostgreSQL reads the row anew, but not the steps beside it:
   * those were read before the wait, and two users at one case would not know of each other.
   */
  private async lockAndRead(tx: Tx, condition: string, params: readonly unknown[]): Promise<CaseRow[]> {
    const rows = (columns: string) =>
      tx.query<CaseRow>(
        `select ${columns} from cases c where ${condition} order by c.case_id for update of c`,
        params,
      );
    const [, read] = await Promise.all([rows('1'), rows(caseColumns)]);
    return read;
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
  private async afterWrite(
    tx: Tx,
    saved: readonly Saved[],
    { withClocks = true }: { withClocks?: boolean } = {},
  ): Promise<void> {
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
    const [moved] = await Promise.all([
      withClocks ? this.clocks.move(tx, changes, day) : [],
      this.insertSteps(tx, changes),
      this.materials.save(tx, changes),
      this.papers.save(tx, changes),
      this.documents.add(tx, madeBy(saved), day),
    ]);
    await this.files.follow(tx, changes);
    for (const { decision, cause } of saved) {
      this.outbox.append(
        tx,
        cause ? decision.events.map((event) => causedBy(cause, event)) : decision.events,
      );
    }
    const last = new Map(changes.map(({ after }) => [after.id, after]));
    this.outbox.append(
      tx,
      termFactsOf(moved, (caseId) => last.get(caseId)),
    );
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
      `insert into case_steps (case_id, place, division_code, step, note, done_at, done_by, done_by_role,
         done_on_behalf_of, reported)
       select case_id, place, division_code, step, note, done_at, done_by, done_by_role, done_on_behalf_of, reported::jsonb
       from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[],
         $10::text[])
         as done (case_id, place, division_code, step, note, done_at, done_by, done_by_role, done_on_behalf_of, reported)`,
      [
        steps.map((step) => step.caseId),
        steps.map((step) => step.place),
        steps.map((step) => step.divisionCode),
        steps.map((step) => step.step),
        steps.map((step) => step.note),
        steps.map((step) => step.at),
        steps.map((step) => step.by.id),
        steps.map((step) => step.by.role),
        steps.map((step) => step.onBehalfOf),
        steps.map(({ reported }) => (reported ? JSON.stringify(reported) : null)),
      ],
    );
  }

  private toState(row: CaseRow): Case {
    return toCase(row, this.itemOf(row));
  }

  private itemOf({ item_id, item_version, division_code, circumstances }: ListedCaseRow): CaseItem {
    return this.items.of(item_id, item_version, division_code, circumstances);
  }
}

/** What the decisions of a slice are told by, in order. */
function madeBy(saved: readonly Saved[]): MadeDocument[] {
  return saved.flatMap(({ decision: { state, document } }) =>
    document ? [{ caseId: state.id, document }] : [],
  );
}

function keyOf({ personId, item, period }: Case): CaseKey {
  return { personId, itemId: item.id, period };
}

function textOf({ personId, itemId, period }: CaseKey): string {
  return `${personId} ${itemId} ${period}`;
}
