import type { Clock } from '@app/kernel';
import type { Caller, Database, Tx } from '@app/platform';
import { ledgerOf, ledgerRowsOf, readLedgers, type LedgerRows } from './clock-ledger.js';
import { clockColumns, clockIdOf, toChange, toTerm, type ClockRow } from './clock-row.js';
import { ruleOf, type Asked, type ClockRule, type RuleBook } from './clock-rule.js';
import { dueOf } from './due.js';
import { ExtensionNotAllowed, NoTermRuns, PauseNotAllowed } from './errors.js';
import { explain, type TermExplained } from './explain.js';
import { loadClocks } from './load-clocks.js';
import type { NearHorizon } from './near-horizon.js';
import type { ClockChange, ClockMark, ClockView, NewTerm } from './new-term.js';
import { Derivations, firstRung, project, rungsFor, type LoadedClock } from './projection.js';
import type { WorkingCalendar } from './working-calendar.js';
import { writeProjections } from './write-projections.js';

/** A reason for which the terms of a subject stand still. */
export interface NewPause {
  readonly subjectId: string;
  /** Absent: every running term of the subject that may stand still for it. */
  readonly step?: string;
  readonly reason: string;
  readonly note?: string | null;
  /** When it began; absent: now. */
  readonly at?: Date;
}

/** A reason that is gone. */
export interface EndedPause {
  readonly subjectId: string;
  readonly step?: string;
  readonly reason: string;
  /** When it ended; absent: now. */
  readonly at?: Date;
}

export interface NewExtension {
  readonly subjectId: string;
  readonly step: string;
  /** In the term's own unit. */
  readonly value: number;
  /** Why it is needed; the article stands in the rule. */
  readonly reason: string;
}

/** A clock laid out day by day. */
export interface ClockExplained extends TermExplained {
  readonly clockId: string;
  readonly step: string;
  readonly status: ClockView['status'];
}

/**
 * The legal clocks of a service's subjects: armed, stopped, suspended, resumed and extended in the transaction of the decision that
 * does so. Whoever calls has locked the subject before.
 */
export class LegalClocks {
  constructor(
    private readonly database: Database,
    private readonly rules: RuleBook,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
    private readonly horizon: NearHorizon,
  ) {}

  /**
   * After this, exactly these terms run for their subjects' steps. A term that runs already goes on untouched, a stopped one goes on
   * from its anchor with what happened to it, another term of the same step is superseded.
   * @returns what began to run
   */
  async arm(tx: Tx, terms: readonly NewTerm[]): Promise<ClockChange[]> {
    if (terms.length === 0) return [];
    const now = this.clock.now();
    const latest = [...new Map(terms.map((term) => [`${term.subjectId} ${term.step}`, term])).values()];
    const numbers = await this.rules.numbersOf(tx, latest.map(ruleOf));
    const rows = latest.map((term, at) => this.toRow(term, numbers[at]!, now));
    const column = <Key extends keyof ClockRow>(key: Key) => rows.map((row) => row[key]);
    const [, written] = await Promise.all([
      tx.query(
        `with superseded as (
           update clocks c set status = 'superseded', replaced_by = n.clock_id, next_rung = null, next_at = null, paused = false,
                  changed_at = now()
           from unnest($1::uuid[], $2::uuid[], $3::text[]) as n (clock_id, subject_id, step)
           where c.subject_id = n.subject_id and c.step = n.step and c.status = 'running' and c.clock_id <> n.clock_id
           returning c.clock_id)
         update clock_suspensions s set to_at = $4 from superseded where s.clock_id = superseded.clock_id and s.to_at is null`,
        [column('clock_id'), column('subject_id'), column('step'), now],
        'clocks-supersede',
      ),
      tx.query<{ clock_id: string; again: boolean }>(
        `insert into clocks as c (clock_id, subject_id, step, division_code, rule_id, anchor_day, anchor_at, due_at, provisional,
           next_rung, next_at, status)
         select n.*, 'running'
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::date[], $7::timestamptz[], $8::timestamptz[],
           $9::boolean[], $10::text[], $11::timestamptz[]) as n
         on conflict (clock_id) do update set status = 'running', rule_id = excluded.rule_id, due_at = excluded.due_at,
           provisional = excluded.provisional, next_rung = excluded.next_rung, next_at = excluded.next_at, replaced_by = null,
           changed_at = now()
         where c.status <> 'running'
         returning c.clock_id, c.xmax <> 0 as again`,
        [
          column('clock_id'),
          column('subject_id'),
          column('step'),
          column('division_code'),
          column('rule_id'),
          column('anchor_day'),
          column('anchor_at'),
          column('due_at'),
          column('provisional'),
          column('next_rung'),
          column('next_at'),
        ],
        'clocks-arm',
      ),
    ]);
    const began = new Map(written.map(({ clock_id, again }) => [clock_id, again]));
    const again = [...began].flatMap(([clockId, was]) => (was ? [clockId] : []));
    const moved = new Map(
      (again.length > 0 ? await this.moved(tx, again) : []).map((change) => [change.clockId, change]),
    );
    tx.afterCommit(() => this.horizon.announce(rows.filter(({ clock_id }) => began.get(clock_id) === false)));
    return rows.flatMap((row, at) => {
      if (!began.has(row.clock_id)) return [];
      const term = latest[at]!;
      return [moved.get(row.clock_id) ?? toChange(row, term, dueOf(term, this.calendar))];
    });
  }

  /**
   * The steps are done or the subjects closed: nothing of them fires any more. Without a step, all clocks of the subjects.
   * @returns what was stopped
   */
  async stop(tx: Tx, subjectIds: readonly string[], step?: string): Promise<ClockChange[]> {
    if (subjectIds.length === 0) return [];
    const rows = await tx.query<ClockRow>(
      `with stopped as (
         update clocks c set status = 'stopped', next_rung = null, next_at = null, paused = false, changed_at = now()
         where c.subject_id = any($1::uuid[]) and ($2::text is null or c.step = $2) and c.status = 'running'
         returning ${clockColumns}),
       closed as (
         update clock_suspensions s set to_at = greatest($3, s.from_at) from stopped
         where s.clock_id = stopped.clock_id and s.to_at is null)
       select * from stopped`,
      [subjectIds, step ?? null, this.clock.now()],
      'clocks-stop',
    );
    const rules = await this.rules.read(
      tx,
      rows.map(({ rule_id }) => rule_id),
    );
    return rows.map((row) => toChange(row, toTerm(row, rules.get(row.rule_id)!), null));
  }

  /**
   * The terms stand still from now on, by the article of their rule. One that stands still for the same reason already is left alone.
   * @throws PauseNotAllowed where a step was named whose rule does not allow the reason; NoTermRuns where none runs for it
   */
  async suspend(tx: Tx, pauses: readonly NewPause[]): Promise<ClockChange[]> {
    const now = this.clock.now();
    const loaded = await this.lockRunning(tx, pauses);
    const written = pauses.flatMap((pause) => {
      const { subjectId, step, reason } = pause;
      const those = loaded.filter(({ row }) => row.subject_id === subjectId && (!step || row.step === step));
      if (step && those.length === 0) throw new NoTermRuns(step);
      return those.flatMap(({ row, rule, ledger }) => {
        const allowed = rule.pauses.find((each) => each.reason === reason);
        if (!allowed) {
          if (step)
            throw new PauseNotAllowed(
              step,
              rule.pauses.map((each) => each.reason),
            );
          return [];
        }
        if (ledger.suspensions.some((each) => each.reason === reason && each.to_at === null)) return [];
        return [
          {
            clockId: row.clock_id,
            reason,
            basis: allowed.basis,
            at: pause.at ?? now,
            note: pause.note ?? null,
          },
        ];
      });
    });
    if (written.length === 0) return [];
    await tx.query(
      `insert into clock_suspensions (clock_id, reason, basis, from_at, note, suspended_by, suspended_by_role)
       select n.*, $6, $7 from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[]) as n`,
      [
        written.map(({ clockId }) => clockId),
        written.map(({ reason }) => reason),
        written.map(({ basis }) => basis),
        written.map(({ at }) => at),
        written.map(({ note }) => note),
        tx.actor.id,
        tx.actor.role,
      ],
    );
    return this.moved(
      tx,
      written.map(({ clockId }) => clockId),
    );
  }

  /** The reason is gone: the terms go on, and their ends are moved by what they stood still. @returns what went on */
  async resume(tx: Tx, pauses: readonly EndedPause[]): Promise<ClockChange[]> {
    const now = this.clock.now();
    await this.lockRunning(tx, pauses);
    const rows = await tx.query<{ clock_id: string }>(
      `update clock_suspensions s set to_at = greatest(n.at, s.from_at)
       from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) as n (subject_id, step, reason, at)
       join clocks c on c.subject_id = n.subject_id and (n.step is null or c.step = n.step) and c.status = 'running'
       where s.clock_id = c.clock_id and s.reason = n.reason and s.to_at is null
       returning s.clock_id`,
      [
        pauses.map(({ subjectId }) => subjectId),
        pauses.map(({ step }) => step ?? null),
        pauses.map(({ reason }) => reason),
        pauses.map(({ at }) => at ?? now),
      ],
    );
    return this.moved(
      tx,
      rows.map(({ clock_id }) => clock_id),
    );
  }

  /**
   * More time, approved by whoever does this. @throws NoTermRuns, ExtensionNotAllowed
   */
  async extend(tx: Tx, { subjectId, step, value, reason }: NewExtension): Promise<ClockChange> {
    const [found] = await this.lockRunning(tx, [{ subjectId, step }]);
    if (!found) throw new NoTermRuns(step);
    const { row, rule, ledger } = found;
    const { extension } = rule;
    if (!extension) throw new ExtensionNotAllowed(step, 'none', null);
    if (tx.actor.role !== extension.role) throw new ExtensionNotAllowed(step, 'role', extension.role);
    const before = ledger.extensions.reduce((sum, each) => sum + each.value, 0);
    if (before + value > extension.value) throw new ExtensionNotAllowed(step, 'too-long', extension.basis);
    if (row.due_at !== null && row.due_at <= this.clock.now())
      throw new ExtensionNotAllowed(step, 'over', null);
    await tx.query(
      `insert into clock_extensions (clock_id, number, value, basis, reason, approved_by, approved_by_role, approved_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        row.clock_id,
        ledger.extensions.length + 1,
        value,
        extension.basis,
        reason,
        tx.actor.id,
        tx.actor.role,
        this.clock.now(),
      ],
    );
    const [moved] = await this.moved(tx, [row.clock_id]);
    return moved!;
  }

  /** The clocks of a subject, oldest anchor first; those of the past among them. */
  async of(scope: Tx | Caller, subjectId: string): Promise<ClockView[]> {
    return (await this.ofMany(scope, [subjectId])).get(subjectId) ?? [];
  }

  /** The clocks of several subjects, by subject. */
  async ofMany(scope: Tx | Caller, subjectIds: readonly string[]): Promise<Map<string, ClockView[]>> {
    const views = new Map<string, ClockView[]>();
    for (const { loaded, firedAt } of await this.loadedOf(this.askedOf(scope), subjectIds)) {
      const list = views.get(loaded.row.subject_id);
      const view = this.toView(loaded, firedAt);
      if (list) list.push(view);
      else views.set(loaded.row.subject_id, [view]);
    }
    return views;
  }

  /** The arithmetic of a subject's clocks, day by day, with the articles; limits without a number are said to have none. */
  async explain(scope: Tx | Caller, subjectId: string): Promise<ClockExplained[]> {
    return (await this.loadedOf(this.askedOf(scope), [subjectId])).map(
      ({ loaded: { row, rule, ledger } }) => ({
        clockId: row.clock_id,
        step: row.step,
        status: row.status,
        ...explain(toTerm(row, rule), this.calendar, ledgerOf(ledger)),
      }),
    );
  }

  private async loadedOf(scope: Asked, subjectIds: readonly string[]) {
    type Row = ClockRow & { fired: Record<string, string> };
    const select = (
      status: string,
    ) => `select ${clockColumns}, coalesce((select jsonb_object_agg(r.rung, r.fired_at) from clock_rungs r
        where r.clock_id = c.clock_id), '{}') as fired, c.changed_at
      from clocks c where c.subject_id = any($1::uuid[]) and c.status ${status} 'running'`;
    // Two indexes, each for a part of the table.
    const rows = await scope.query<Row>(
      `select * from (${select('=')} union all ${select('<>')}) c order by c.anchor_day, c.changed_at, c.clock_id`,
      [subjectIds],
    );
    const ids = rows.map(({ clock_id }) => clock_id);
    const [rules, ledgers] = await Promise.all([
      this.rules.read(
        scope,
        rows.map(({ rule_id }) => rule_id),
      ),
      readLedgers(scope, ids),
    ]);
    return rows.map(({ fired: firedAt, ...row }) => ({
      loaded: {
        row,
        rule: rules.get(row.rule_id)!,
        ledger: ledgerRowsOf(ledgers, row.clock_id),
        fired: Object.keys(firedAt),
      } satisfies LoadedClock,
      firedAt,
    }));
  }

  private askedOf(scope: Tx | Caller): Asked {
    return 'query' in scope
      ? scope
      : { query: (sql, params) => this.database.query(scope, sql, params ?? []) };
  }

  private async lockRunning(
    tx: Tx,
    subjects: readonly { readonly subjectId: string; readonly step?: string }[],
  ): Promise<LoadedClock[]> {
    return this.load(
      tx,
      `(c.subject_id, c.step) in (select c2.subject_id, c2.step from clocks c2
          join unnest($1::uuid[], $2::text[]) as n (subject_id, step)
            on c2.subject_id = n.subject_id and (n.step is null or c2.step = n.step) where c2.status = 'running')
       and c.status = 'running'`,
      [subjects.map(({ subjectId }) => subjectId), subjects.map(({ step }) => step ?? null)],
    );
  }

  private async load(tx: Tx, condition: string, params: readonly unknown[]): Promise<LoadedClock[]> {
    const rows = await tx.query<ClockRow>(
      `select ${clockColumns} from clocks c where ${condition} order by c.clock_id for update`,
      params,
    );
    return loadClocks(tx, this.rules, rows);
  }

  /** Works out anew where these clocks end, and writes it. */
  private async moved(tx: Tx, clockIds: readonly string[]): Promise<ClockChange[]> {
    if (clockIds.length === 0) return [];
    const now = this.clock.now();
    const loaded = await this.load(tx, 'c.clock_id = any($1::uuid[])', [[...new Set(clockIds)]]);
    const derivations = new Derivations(this.calendar);
    const projected = loaded.map((each) => ({ row: each.row, ...project(each, derivations, now) }));
    await writeProjections(tx, projected);
    tx.afterCommit(() =>
      this.horizon.announce(
        projected.map(({ row, next }) => ({
          clock_id: row.clock_id,
          next_rung: next?.rung ?? null,
          next_at: next?.at ?? null,
        })),
      ),
    );
    return projected.map(({ row, term, due, paused }) => toChange(row, term, due, paused));
  }

  private toRow(term: NewTerm, ruleId: number, now: Date): ClockRow {
    const due = dueOf(term, this.calendar);
    const next = due
      ? firstRung(rungsFor(term, { rungs: term.rungs ?? null }, this.calendar, ledgerOf(nothing)), now)
      : undefined;
    return {
      clock_id: clockIdOf(term),
      subject_id: term.subjectId,
      step: term.step,
      division_code: term.divisionCode,
      rule_id: ruleId,
      anchor_day: term.anchorDay,
      anchor_at: term.anchorAt ?? null,
      due_at: due?.dueAt ?? null,
      provisional: due?.provisional ?? false,
      paused: false,
      status: 'running',
      next_rung: next?.rung ?? null,
      next_at: next?.at ?? null,
      replaced_by: null,
    };
  }

  private toView({ row, rule, ledger }: LoadedClock, firedAt: Record<string, string>): ClockView {
    const term = toTerm(row, rule);
    const rows = ledgerOf(ledger);
    // Derived, never read back: the row keeps it only so that the sweeper finds it.
    const due = dueOf(term, this.calendar, rows);
    const over = row.status === 'running' && !!due?.dueAt && due.dueAt <= this.clock.now();
    return {
      clockId: row.clock_id,
      subjectId: row.subject_id,
      step: row.step,
      kind: rule.kind,
      value: rule.value,
      unit: rule.unit,
      basis: rule.basis,
      holder: rule.holder,
      anchorDay: row.anchor_day,
      pauses: rule.pauses,
      dueAt: due?.dueAt ?? null,
      dueDay: due?.day ?? null,
      provisional: due?.provisional ?? false,
      paused: row.paused,
      status: row.status,
      mark: over ? markOf(rule) : null,
      suspensions: ledger.suspensions.map((each) => ({
        reason: each.reason,
        basis: each.basis,
        from: each.from_at,
        to: each.to_at,
        note: each.note,
        by: each.suspended_by,
        byRole: each.suspended_by_role,
      })),
      extensions: ledger.extensions.map((each) => ({
        value: each.value,
        basis: each.basis,
        reason: each.reason,
        by: each.approved_by,
        byRole: each.approved_by_role,
        at: each.approved_at,
      })),
      replacedBy: row.replaced_by,
      rungs: rungsFor(term, rule, this.calendar, rows).map(({ rung, level, at }) => ({
        rung,
        level,
        at,
        firedAt: firedAt[rung] ? new Date(firedAt[rung]) : null,
      })),
    };
  }
}

const nothing: LedgerRows = { suspensions: [], extensions: [] };

/** 期满: the time in which the person could act is over; nobody is late. */
function markOf({ holder, kind }: ClockRule): ClockMark {
  if (holder === 'person') return '期满';
  return kind === 'promised' ? '超承诺' : '超期';
}
