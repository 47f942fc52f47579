import type { ActorRef } from '@app/contracts';
import type { Clock } from '@app/kernel';
import type { Database, Tx } from '@app/platform';
import { clockIdOf, toTerm, type ClockRow } from './clock-row.js';
import { dueOf } from './due.js';
import type { NearHorizon } from './near-horizon.js';
import type { ClockView, NewTerm } from './new-term.js';
import { rungsOf, type PlannedRung } from './rungs.js';
import type { WorkingCalendar } from './working-calendar.js';

/** The legal clocks of a service's subjects: armed and stopped in the transaction of the decision that does so. */
export class LegalClocks {
  constructor(
    private readonly database: Database,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
    private readonly horizon: NearHorizon,
  ) {}

  /**
   * After this, exactly these terms run for their subjects' steps. A term that runs already goes on untouched, a stopped one goes on
   * from its anchor (no term pauses), another term of the same step is superseded.
   */
  async arm(tx: Tx, terms: readonly NewTerm[]): Promise<void> {
    if (terms.length === 0) return;
    const now = this.clock.now();
    const latest = new Map(terms.map((term) => [`${term.subjectId} ${term.step}`, term]));
    const rows = [...latest.values()].map((term) => this.toRow(term, now));
    const column = <Key extends keyof (typeof rows)[number]>(key: Key) => rows.map((row) => row[key]);
    await Promise.all([
      tx.query(
        `update clocks c set status = 'superseded', next_rung = null, next_at = null,
                changed_by = $4, changed_by_role = $5, changed_at = now()
         from unnest($1::uuid[], $2::uuid[], $3::text[]) as n (clock_id, subject_id, step)
         where c.subject_id = n.subject_id and c.step = n.step and c.status = 'running' and c.clock_id <> n.clock_id`,
        [column('clock_id'), column('subject_id'), column('step'), tx.actor.id, tx.actor.role],
        'clocks-supersede',
      ),
      tx.query(
        `insert into clocks as c (clock_id, subject_id, step, person_id, division_code, round_id, kind, value, unit, basis,
           anchor_day, roll_over, close_of_business, due_at, provisional, next_rung, next_at, status,
           created_by, created_by_role, changed_by, changed_by_role)
         select n.*, 'running', $18, $19, $18, $19
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::int[], $9::text[],
           $10::text[], $11::date[], $12::boolean[], $13::text[], $14::timestamptz[], $15::boolean[], $16::text[],
           $17::timestamptz[]) as n
         on conflict (clock_id) do update set status = 'running', round_id = excluded.round_id, due_at = excluded.due_at,
           provisional = excluded.provisional, next_rung = excluded.next_rung, next_at = excluded.next_at,
           changed_by = excluded.changed_by, changed_by_role = excluded.changed_by_role, changed_at = now()
         where c.status <> 'running'`,
        [
          column('clock_id'),
          column('subject_id'),
          column('step'),
          column('person_id'),
          column('division_code'),
          column('round_id'),
          column('kind'),
          column('value'),
          column('unit'),
          column('basis'),
          column('anchor_day'),
          column('roll_over'),
          column('close_of_business'),
          column('due_at'),
          column('provisional'),
          column('next_rung'),
          column('next_at'),
          tx.actor.id,
          tx.actor.role,
        ],
        'clocks-arm',
      ),
    ]);
    tx.afterCommit(() => this.horizon.announce(rows));
  }

  /** The steps are done or the subjects closed: nothing of them fires any more. Without a step, all clocks of the subjects. */
  async stop(tx: Tx, subjectIds: readonly string[], step?: string): Promise<void> {
    if (subjectIds.length === 0) return;
    await tx.query(
      `update clocks set status = 'stopped', next_rung = null, next_at = null,
              changed_by = $3, changed_by_role = $4, changed_at = now()
       where subject_id = any($1::uuid[]) and ($2::text is null or step = $2) and status = 'running'`,
      [subjectIds, step ?? null, tx.actor.id, tx.actor.role],
      'clocks-stop',
    );
  }

  /** The clocks of a subject, oldest anchor first. */
  async of(scope: Tx | ActorRef, subjectId: string): Promise<ClockView[]> {
    return (await this.ofMany(scope, [subjectId])).get(subjectId) ?? [];
  }

  /** The clocks of several subjects, by subject. */
  async ofMany(scope: Tx | ActorRef, subjectIds: readonly string[]): Promise<Map<string, ClockView[]>> {
    const sql = `select c.*, coalesce((select jsonb_object_agg(r.rung, r.fired_at) from clock_rungs r
                        where r.clock_id = c.clock_id), '{}') as fired
                 from clocks c where c.subject_id = any($1::uuid[]) order by c.anchor_day, c.created_at, c.clock_id`;
    type Row = ClockRow & { fired: Record<string, string> };
    const rows =
      'query' in scope
        ? await scope.query<Row>(sql, [subjectIds])
        : await this.database.query<Row>(scope, sql, [subjectIds]);
    const views = new Map<string, ClockView[]>();
    for (const row of rows) {
      const list = views.get(row.subject_id);
      if (list) list.push(this.toView(row, row.fired));
      else views.set(row.subject_id, [this.toView(row, row.fired)]);
    }
    return views;
  }

  private toRow(term: NewTerm, now: Date) {
    const due = dueOf(term, this.calendar);
    const next = due ? firstRung(rungsOf(term, this.calendar), now) : undefined;
    return {
      clock_id: clockIdOf(term),
      subject_id: term.subjectId,
      step: term.step,
      person_id: term.personId,
      division_code: term.divisionCode,
      round_id: term.roundId,
      kind: term.kind,
      value: term.value,
      unit: term.unit,
      basis: term.basis,
      anchor_day: term.anchorDay,
      roll_over: term.rollOver ?? false,
      close_of_business: term.closeOfBusiness ?? null,
      due_at: due?.dueAt ?? null,
      provisional: due?.provisional ?? false,
      next_rung: next?.rung ?? null,
      next_at: next?.at ?? null,
    };
  }

  private toView(row: ClockRow, fired: Record<string, string>): ClockView {
    const over = row.status === 'running' && row.due_at !== null && row.due_at <= this.clock.now();
    return {
      clockId: row.clock_id,
      subjectId: row.subject_id,
      step: row.step,
      kind: row.kind,
      value: row.value,
      unit: row.unit,
      basis: row.basis,
      anchorDay: row.anchor_day,
      dueAt: row.due_at,
      provisional: row.provisional,
      status: row.status,
      mark: over ? (row.kind === 'promised' ? '超承诺' : '超期') : null,
      rungs: rungsOf(toTerm(row), this.calendar).map(({ rung, level, at }) => ({
        rung,
        level,
        at,
        firedAt: fired[rung] ? new Date(fired[rung]) : null,
      })),
    };
  }
}

/** A reminder of what is past tells nothing, so a clock that is armed late begins with what is still to come, or is overdue. */
function firstRung(rungs: readonly PlannedRung[], now: Date): PlannedRung | undefined {
  return rungs.find(({ level, at }) => level > 0 || at > now);
}
