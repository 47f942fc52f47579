import { Injectable } from '@nestjs/common';
import { ColumnCipher, lookingAs, tokenOf, type Actor, type Sensitive } from '@app/access';
import type { CaseStatus, Owner } from '@app/contracts';
import { nameTokenOf } from '@app/names';
import { Database, inReach, spanOf, type Caller, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import type { VisitCursor, WorkCursor } from '../../domain/work-cursor.js';
import {
  divisionRange,
  handsOf,
  overdueKinds,
  type DueClass,
  type WorkFilter,
  type WorkSort,
  type WorkView,
} from '../../domain/work-view.js';
import type { HomeStep } from '../work-titles.js';
import { OPEN_WORK, standingOf } from './due-standing.js';
import { WORK_NAME_COLUMN } from './work-persons.js';

/** A case as the queue has it; of the names only those that are shown. */
export interface WorkRow {
  readonly caseId: string;
  readonly owner: Owner;
  readonly personId: string;
  /** Null: registry has not told of the person yet. */
  readonly personName: Sensitive | null;
  readonly divisionCode: string;
  readonly divisionName: string | null;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly period: string;
  readonly status: CaseStatus;
  readonly task: string | null;
  readonly taskDoers: readonly string[];
  readonly waitsForPapers: boolean;
  readonly claim: { readonly by: string; readonly byName: string | null; readonly at: Date } | null;
  readonly term: {
    readonly step: string;
    readonly kind: 'statutory' | 'local_rule' | 'promised';
    readonly basis: string;
    readonly dueAt: Date | null;
    readonly provisional: boolean;
    readonly paused: boolean;
  } | null;
  readonly version: number;
  readonly toldAt: Date;
}

/** Instants that part the terms of today from those before and after. */
export interface DueTimes {
  readonly now: Date;
  /** The end of today. */
  readonly tomorrow: Date;
  /** The end of the second working day after today. */
  readonly soonUntil: Date;
  /** The end of the last of the days to come. */
  readonly weekUntil: Date;
}

export interface WorkQuestion {
  readonly view: WorkView;
  readonly filter: WorkFilter;
  /** The word that stands for `filter.name` among the tokens; absent: no name is asked for. */
  readonly word?: string | undefined;
  /** Of users by placement: whom that word finds among what is placed with them. */
  readonly placed?: readonly string[] | undefined;
  readonly times: DueTimes;
}

/** Who is to be visited, and where the page before ended. */
export interface VisitQuestion {
  readonly steps: readonly HomeStep[];
  readonly division: string | undefined;
  readonly after: VisitCursor | null;
  readonly limit: number;
}

/** How many of something there are, counted no further than `COUNTED`. */
export interface Counted {
  readonly value: number;
  readonly atLeast: boolean;
}

/** Digits of a code that a town has for itself. */
const TOWN_DIGITS = 9;

/** Which column says by whom it may be done or seen, and the parameter with the roles of whom it is asked for. */
interface RoleSets {
  readonly column: 'doers_set' | 'readers_set';
  readonly tokens: string;
}

/** More than these are told as "at least": to count a county's would cost more than anybody has of it. */
export const COUNTED = 1000;

interface Row {
  readonly case_id: string;
  readonly owner: Owner;
  readonly person_id: string;
  readonly division_code: string;
  readonly division_name: string | null;
  readonly item_id: string;
  readonly item_version: string;
  readonly period: string;
  readonly status: CaseStatus;
  readonly task: string | null;
  readonly task_doers: readonly string[];
  readonly waits_for_papers: boolean;
  readonly claimed_by: string | null;
  readonly claimed_at: Date | null;
  readonly term_step: string | null;
  readonly term_kind: 'statutory' | 'local_rule' | 'promised' | null;
  readonly term_basis: string | null;
  readonly term_provisional: boolean;
  readonly term_paused: boolean;
  readonly due: Date | null;
  readonly version: number;
  readonly told_at: Date;
  readonly sort_key: string;
}

const COLUMNS = `w.case_id, w.owner, w.person_id, w.division_code, w.item_id, w.item_version, w.period, w.status, w.task, w.task_doers,
  w.waits_for_papers, w.claimed_by, w.claimed_at, w.term_step, w.term_kind, w.term_basis, w.term_provisional, w.term_paused,
  nullif(w.due_at, 'infinity') as due, w.version, w.told_at`;
const SORTED_BY: Readonly<Record<WorkSort, string>> = { due: 'w.due_at', opened: 'w.opened_at' };

/** Parameters of one statement, numbered as they come. */
class Params {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** The queue as somebody may see it: which rows these are is decided by row-level security, as at the owner of each case. */
@Injectable()
export class WorkQueue {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    @InjectServiceActor() private readonly service: Caller,
  ) {}

  /** One page, with how many there are in all. */
  async page(
    actor: Actor,
    asked: WorkQuestion,
    { sort, after, limit }: { sort: WorkSort; after: WorkCursor | null; limit: number },
  ): Promise<{ rows: WorkRow[]; total: Counted; next: WorkCursor | null }> {
    const caller = lookingAs(actor);
    const question = { ...asked, placed: await this.placedWith(actor, asked.word) };
    const order = SORTED_BY[sort];
    const [page, count] = [new Params(), new Params()];
    const where = this.conditions(actor, caller, question, page);
    if (after) {
      where.push(
        `(${order}, w.case_id) > (${page.add(after.key)}::timestamptz, ${page.add(after.caseId)}::uuid)`,
      );
    }
    const sets = this.setOf(actor, caller, question, page);
    const counted = this.conditions(actor, caller, question, count);
    return this.database.read(caller, async (tx) => {
      const [, found, [total]] = await Promise.all([
        sets && inOrderOfIndex(tx),
        tx.query<Row>(
          `select p.*, u.name as division_name from (${firstOf(order, page.add(limit + 1), where, sets)}) p
           left join unit_states u on u.division_code = p.division_code and u.valid_to is null and u.class = 'division'
           order by p.sorted_by, p.case_id`,
          page.values,
        ),
        tx.query<{ count: number }>(
          `select count(*)::int as count from (${counting(counted, this.setOf(actor, caller, question, count))}) c`,
          count.values,
        ),
      ]);
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      return {
        rows: await this.named(tx, shown),
        total: countedOf(total!.count),
        next: last ? { sort, key: last.sort_key, caseId: last.case_id } : null,
      };
    });
  }

  /**
   * Whoever waits to be visited by the actor, village by village, with every case of theirs that does.
   * @returns the rows of one person after one another
   */
  async visits(
    actor: Actor,
    { steps, division, after, limit }: VisitQuestion,
  ): Promise<{ rows: WorkRow[]; next: VisitCursor | null }> {
    const caller = lookingAs(actor);
    const params = new Params();
    const column = isWide(caller, { division }) ? 'w.division_code' : 'w.place';
    const place = inReach(caller, column, params.values.length + 1);
    params.values.push(...place.params);
    const items = params.add(steps.map(({ itemId }) => itemId));
    const tasks = params.add(steps.map(({ step }) => step));
    const where = [
      place.sql,
      ...(division ? [within(column, division, params)] : []),
      'w.task is not null',
      `(w.item_id, w.task) in (select * from unnest(${items}::text[], ${tasks}::text[]))`,
      this.waitsFor(actor, params),
      `(w.claimed_by is null or w.claimed_by = any(${params.add(handsOf(actor))}::text[]))`,
    ].join(' and ');
    const later = after
      ? `and (w.division_code, w.person_id) > (${params.add(after.divisionCode)}, ${params.add(after.personId)}::uuid)`
      : '';
    return this.database.read(caller, async (tx) => {
      const found = await tx.query<Row>(
        `with persons as (
           select distinct w.division_code, w.person_id from work_items w where ${where} ${later}
           order by w.division_code, w.person_id limit ${params.add(limit + 1)})
         select ${COLUMNS}, u.name as division_name, '' as sort_key
         from persons join work_items w using (division_code, person_id)
         left join unit_states u on u.division_code = w.division_code and u.valid_to is null and u.class = 'division'
         where ${where} order by w.division_code, w.person_id, w.due_at, w.case_id`,
        params.values,
      );
      const persons = [...new Set(found.map((row) => row.person_id))];
      const shown = new Set(persons.slice(0, limit));
      const rows = found.filter((row) => shown.has(row.person_id));
      const last = persons.length > limit ? rows.at(-1) : undefined;
      return {
        rows: await this.named(tx, rows),
        next: last ? { divisionCode: last.division_code, personId: last.person_id } : null,
      };
    });
  }

  /** How many each of these questions finds. */
  async counts<Key extends string>(
    actor: Actor,
    questions: Readonly<Record<Key, WorkQuestion>>,
  ): Promise<Readonly<Record<Key, Counted>>> {
    const caller = lookingAs(actor);
    const params = new Params();
    const keys = Object.keys(questions) as Key[];
    const each = keys.map((key) => {
      const where = this.conditions(actor, caller, questions[key], params);
      const found = counting(where, this.setOf(actor, caller, questions[key], params));
      return `(select count(*)::int from (${found}) c) as "${key}"`;
    });
    const [row] = await this.database.read(caller, async (tx) => {
      const [, counted] = await Promise.all([
        isWide(caller, {}) && inOrderOfIndex(tx),
        tx.query<Record<Key, number>>(`select ${each.join(', ')}`, params.values),
      ]);
      return counted;
    });
    return Object.fromEntries(keys.map((key) => [key, countedOf(row![key])])) as Record<Key, Counted>;
  }

  /** One case as the queue shows it to the actor; null: it is none of theirs. */
  async find(actor: Actor, caseId: string): Promise<WorkRow | null> {
    const caller = lookingAs(actor);
    return this.database.read(caller, async (tx) => {
      const rows = await tx.query<Row>(
        `select ${COLUMNS}, u.name as division_name, '' as sort_key from work_items w
         left join unit_states u on u.division_code = w.division_code and u.valid_to is null and u.class = 'division'
         where w.case_id = $1`,
        [caseId],
      );
      return (await this.named(tx, rows))[0] ?? null;
    });
  }

  /** Time of the newest fact that stands in the queue; null: none was told yet. */
  async newestFact(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>(
      this.service,
      'select max(told_at) as at from work_freshness',
    );
    return row?.at ?? null;
  }

  /**
   * The sets of roles to begin with. A county's work is mostly that of others: with its sets an index has what somebody may do or see in
   * order. Of a town or village, an institution, a person, and of what one has claimed the place, unit, name or user is the shorter way.
   */
  private setOf(
    actor: Actor,
    caller: Caller,
    { view, filter, word }: WorkQuestion,
    params: Params,
  ): RoleSets | null {
    const isByPlacement = actor.grants.some(({ unit }) => unit !== null);
    const isOfFew =
      word !== undefined ||
      filter.holder !== undefined ||
      filter.personId !== undefined ||
      filter.caseId !== undefined;
    if (!isWide(caller, filter) || view === 'mine' || isOfFew || isByPlacement) return null;
    return {
      column: view === 'pool' || view === 'review' ? 'doers_set' : 'readers_set',
      tokens: params.add(actor.grants.map(({ role, department }) => tokenOf(role, department))),
    };
  }

  /** What the question asks for, beside what the actor may see at all. */
  private conditions(actor: Actor, caller: Caller, question: WorkQuestion, params: Params): string[] {
    const { view, filter, word, times } = question;
    // Said again beside the policies, so that an index begins where the places begin.
    const column = isWide(caller, filter) ? 'w.division_code' : 'w.place';
    const place = inReach(caller, column, params.values.length + 1);
    params.values.push(...place.params);
    return [
      place.sql,
      ...this.ofView(view, actor, times, params),
      ...(filter.owner ? [`w.owner = ${params.add(filter.owner)}`] : []),
      ...(filter.item ? [`w.item_id = ${params.add(filter.item)}`] : []),
      ...(filter.status ? [`w.status = ${params.add(filter.status)}`] : []),
      ...(filter.personId ? [`w.person_id = ${params.add(filter.personId)}`] : []),
      ...(filter.caseId ? [`w.case_id = ${params.add(filter.caseId)}`] : []),
      ...(filter.division ? [within(column, filter.division, params)] : []),
      ...(filter.due ? this.ofDue(filter.due, times, params) : []),
      ...this.ofSupervision(filter, times, params),
      ...(word === undefined ? [] : [this.ofName(caller, word, question.placed, params)]),
    ];
  }

  private ofView(view: WorkView, actor: Actor, times: DueTimes, params: Params): string[] {
    const mine = () => `any(${params.add(handsOf(actor))}::text[])`;
    switch (view) {
      case 'pool':
        return ['w.task is not null', 'w.claimed_by is null', this.waitsFor(actor, params)];
      case 'mine':
        return [`w.claimed_by = ${mine()}`];
      case 'review':
        return [
          `w.status = 'deciding'`,
          'w.task is not null',
          this.waitsFor(actor, params),
          `(w.claimed_by is null or w.claimed_by = ${mine()})`,
          `not (w.last_done_by ?| ${params.add(handsOf(actor))}::text[])`,
        ];
      case 'papers':
        return ['w.waits_for_papers'];
      case 'overdue':
        return this.ofDue('overdue', times, params);
      case 'all':
        return [];
    }
  }

  /** An institution does the tasks of what is placed with it, wherever the people live. */
  private waitsFor({ grants }: Actor, params: Params): string {
    const each = grants.map(({ role, department, from, to, unit }) => {
      const does = `w.task_doers ? ${params.add(tokenOf(role, department))}`;
      return unit === null
        ? `w.division_code between ${params.add(from)} and ${params.add(to)} and ${does}`
        : does;
    });
    return each.length === 0 ? 'false' : `(${each.join(' or ')})`;
  }

  private ofDue(due: DueClass, { now, tomorrow, soonUntil }: DueTimes, params: Params): string[] {
    const between = (from: Date, to: Date) =>
      `w.due_at > ${params.add(from)}::timestamptz and w.due_at <= ${params.add(to)}::timestamptz`;
    switch (due) {
      case 'overdue':
        return [
          `w.due_at <= ${params.add(now)}::timestamptz`,
          `w.term_kind = any(${params.add(overdueKinds)}::text[])`,
        ];
      case 'today':
        return [between(now, tomorrow)];
      case 'soon':
        return [between(tomorrow, soonUntil)];
    }
  }

  private ofSupervision(
    { open, standing, holder, waitsFor }: WorkFilter,
    times: DueTimes,
    params: Params,
  ): string[] {
    const add = (value: unknown) => params.add(value);
    return [
      ...(open ? [OPEN_WORK] : []),
      ...(standing ? [`${standingOf(times, add)} = ${add(standing)}`] : []),
      ...(holder ? [`w.claimed_by = ${add(holder)}`] : []),
      ...(waitsFor
        ? [
            'w.claimed_by is null and w.task is not null',
            `w.task_doers = ${add(JSON.stringify(waitsFor.doers))}::jsonb`,
            `w.unit_id is not distinct from ${add(waitsFor.unitId)}::uuid`,
          ]
        : []),
    ];
  }

  private ofName(
    caller: Caller,
    word: string,
    placed: readonly string[] | undefined,
    params: Params,
  ): string {
    if (placed) return `w.person_id = any(${params.add(placed)}::uuid[])`;
    const token = params.add(nameTokenOf(this.cipher, word));
    const { from, to } = spanOf(caller);
    return `w.person_id in (select t.person_id from work_name_tokens t
      where t.token = ${token}::bigint and t.division_code between ${params.add(from)} and ${params.add(to)})`;
  }

  /** The tokens stand by place, and an institution has none: it finds among those whose cases are placed with it, and no others. */
  private async placedWith({ grants }: Actor, word: string | undefined): Promise<string[] | undefined> {
    const units = grants.flatMap(({ unit }) => unit ?? []);
    if (word === undefined || units.length === 0) return undefined;
    const rows = await this.database.query<{ person_id: string }>(
      this.service,
      `select distinct w.person_id from work_items w join work_name_tokens t using (person_id)
       where w.unit_id = any($1::uuid[]) and t.token = $2::bigint`,
      [units, nameTokenOf(this.cipher, word)],
    );
    return rows.map((row) => row.person_id);
  }

  /** Colleagues' names and the masked ones of persons, of rows that the caller was shown. */
  private async named(tx: Tx, rows: readonly Row[]): Promise<WorkRow[]> {
    if (rows.length === 0) return [];
    // Neither accounts nor names of persons are the user's to read; of these rows they are shown, the persons' masked.
    const [persons, colleagues] = await tx.asService(() =>
      Promise.all([
        tx.query<{ person_id: string; name: string }>(
          'select person_id, name from work_persons where person_id = any($1::uuid[])',
          [rows.map(({ person_id }) => person_id)],
        ),
        tx.query<{ user_id: string; name: string }>(
          'select user_id, name from accounts where user_id = any($1::text[])',
          [rows.flatMap(({ claimed_by }) => claimed_by ?? [])],
        ),
      ]),
    );
    const names = new Map(
      persons.map((row) => [row.person_id, this.cipher.open('name', WORK_NAME_COLUMN, row.name)]),
    );
    const users = new Map(colleagues.map((row) => [row.user_id, row.name]));
    return rows.map((row) => toWorkRow(row, names, users));
  }
}

/** Whether more than a town is asked for. */
function isWide(caller: Caller, { division }: WorkFilter): boolean {
  const { from, to } = division ? divisionRange(division) : spanOf(caller);
  return from.slice(0, TOWN_DIGITS) !== to.slice(0, TOWN_DIGITS);
}

/**
 * The reach in a policy is a setting, which the planner takes for a two-hundredth of the table, however wide it is: it would fetch all of a
 * set and sort it, where the first rows of the index are enough. What is then still read whole, the sets, would look dear enough to compile.
 */
function inOrderOfIndex(tx: Tx): Promise<unknown> {
  return tx.query('set local enable_bitmapscan = off; set local enable_seqscan = off; set local jit = off');
}

/** The first rows of an order; with sets of roles each set's first rows, and the first of these. */
function firstOf(order: string, limit: string, where: readonly string[], sets: RoleSets | null): string {
  const rows = (also: readonly string[]) =>
    `select ${COLUMNS}, ${order}::text as sort_key, ${order} as sorted_by from work_items w
     where ${[...also, ...where].join(' and ')} order by ${order}, w.case_id limit ${limit}`;
  return sets
    ? `select r.* from work_role_sets s cross join lateral (${rows([`w.${sets.column} = s.set_id`])}) r
       where s.tokens ?| ${sets.tokens}::text[] order by r.sorted_by, r.case_id limit ${limit}`
    : rows([]);
}

function counting(where: readonly string[], sets: RoleSets | null): string {
  const ofSets = sets
    ? [
        `w.${sets.column} = any(array(select s.set_id from work_role_sets s where s.tokens ?| ${sets.tokens}::text[]))`,
      ]
    : [];
  return `select from work_items w where ${[...ofSets, ...where].join(' and ')} limit ${COUNTED + 1}`;
}

function within(column: string, division: string, params: Params): string {
  const { from, to } = divisionRange(division);
  return `${column} between ${params.add(from)} and ${params.add(to)}`;
}

function countedOf(count: number): Counted {
  return { value: Math.min(count, COUNTED), atLeast: count > COUNTED };
}

function toWorkRow(
  row: Row,
  names: ReadonlyMap<string, Sensitive>,
  users: ReadonlyMap<string, string>,
): WorkRow {
  return {
    caseId: row.case_id,
    owner: row.owner,
    personId: row.person_id,
    personName: names.get(row.person_id) ?? null,
    divisionCode: row.division_code,
    divisionName: row.division_name,
    itemId: row.item_id,
    itemVersion: row.item_version,
    period: row.period,
    status: row.status,
    task: row.task,
    taskDoers: row.task_doers,
    waitsForPapers: row.waits_for_papers,
    claim:
      row.claimed_by && row.claimed_at
        ? { by: row.claimed_by, byName: users.get(row.claimed_by) ?? null, at: row.claimed_at }
        : null,
    term:
      row.term_step && row.term_kind && row.term_basis
        ? {
            step: row.term_step,
            kind: row.term_kind,
            basis: row.term_basis,
            dueAt: row.due,
            provisional: row.term_provisional,
            paused: row.term_paused,
          }
        : null,
    version: row.version,
    toldAt: row.told_at,
  };
}
