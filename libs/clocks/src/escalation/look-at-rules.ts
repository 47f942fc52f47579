import { Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { Database, type Caller, type Tx } from '@app/platform';
import { ledgerOf, ledgerRowsOf, readLedgers } from '../clock-ledger.js';
import { clockColumns, toTerm, type ClockRow } from '../clock-row.js';
import { RuleBook } from '../clock-rule.js';
import { BEAT_STEP } from '../heartbeat/heartbeat-migrations.js';
import { rungsFor } from '../projection.js';
import type { LimitKind } from '../term.js';
import { WorkingCalendar } from '../working-calendar.js';
import { matches, type EscalationRule, type RungFacts } from './rule.js';

/** A rung that fired, and that a rule would have told of. */
export interface WouldHaveFired {
  readonly clockId: string;
  readonly caseId: string;
  readonly item: string | null;
  readonly step: string;
  readonly divisionCode: string;
  readonly rung: string;
  readonly level: number;
  readonly firedAt: Date;
}

export interface DryRun {
  readonly count: number;
  /** The latest twenty. */
  readonly first: readonly WouldHaveFired[];
  /** Whether more fired than could be looked at: `count` is of the latest ones alone. */
  readonly cut: boolean;
}

const SHOWN = 20;
const PAGE = 1000;
const MOST_FIRED = 50_000;
const MOST_CLOCKS = 3000;

interface FiredRow {
  readonly clock_id: string;
  readonly subject_id: string;
  readonly item: string | null;
  readonly step: string;
  readonly division_code: string;
  readonly kind: LimitKind;
  readonly rung: string;
  readonly level: number;
  readonly fired_at: Date;
}

/** What rules would have done, and what they will do next: over rungs and clocks that the one who asks may see, and in bounded work. */
@Injectable()
export class LookAtRules {
  constructor(
    private readonly database: Database,
    private readonly rulesOfClocks: RuleBook,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
  ) {}

  /** Which rungs of the last days a rule would have told of. */
  async dryRun(caller: Caller, rule: EscalationRule, days: number): Promise<DryRun> {
    const since = new Date(this.clock.now().getTime() - days * 24 * 60 * 60 * 1000);
    return this.database.read(caller, async (tx) => {
      const first: WouldHaveFired[] = [];
      let count = 0;
      let seen = 0;
      let from: readonly [Date, string, string] | null = null;
      for (; seen < MOST_FIRED; seen += PAGE) {
        const rows: FiredRow[] = await this.firedSince(tx, since, from);
        for (const row of rows) {
          if (!matches(rule, factsOf(row))) continue;
          count += 1;
          if (first.length < SHOWN) first.push(shown(row));
        }
        const last = rows.at(-1);
        if (!last || rows.length < PAGE) return { count, first, cut: false };
        from = [last.fired_at, last.clock_id, last.rung];
      }
      return { count, first, cut: true };
    });
  }

  /**
   * The earliest rung to come of a running clock that each rule matches, by rule; a rule without any among the first clocks is missing.
   * Clocks are read in the order of what they do next, and no rung of a clock comes before that: so it may stop at the first one later
   * than all that was found.
   */
  async nextDue(caller: Caller, rules: readonly EscalationRule[]): Promise<ReadonlyMap<string, Date>> {
    const next = new Map<string, Date>();
    if (rules.length === 0) return next;
    await this.database.read(caller, async (tx) => {
      let after: readonly [Date, string] | null = null;
      for (let seen = 0; seen < MOST_CLOCKS; seen += PAGE) {
        const rows: (ClockRow & { item: string | null })[] = await this.clocksAfter(tx, after);
        const rungs = await this.rungsToCome(tx, rows);
        rows.forEach((row, at) => {
          for (const facts of rungs[at]!) {
            for (const rule of rules) {
              const known = next.get(rule.ruleId);
              if ((!known || facts.at < known) && matches(rule, facts)) next.set(rule.ruleId, facts.at);
            }
          }
        });
        const last = rows.at(-1);
        if (!last || rows.length < PAGE) return;
        after = [last.next_at!, last.clock_id];
        if (rules.every(({ ruleId }) => (next.get(ruleId) ?? FOREVER) <= last.next_at!)) return;
      }
    });
    return next;
  }

  private firedSince(
    tx: Tx,
    since: Date,
    before: readonly [Date, string, string] | null,
  ): Promise<FiredRow[]> {
    return tx.query<FiredRow>(
      `select r.clock_id, c.subject_id, item_of_subject(c.subject_id) as item, c.step, c.division_code,
              k.rule->>'kind' as kind, r.rung, r.level, r.fired_at
       from clock_rungs r join clocks c on c.clock_id = r.clock_id join clock_rules k on k.rule_id = c.rule_id
       where r.fired_at >= $1 and c.step <> '${BEAT_STEP}'
         and ($2::timestamptz is null or (r.fired_at, r.clock_id, r.rung) < ($2, $3::uuid, $4::text))
       order by r.fired_at desc, r.clock_id desc, r.rung desc limit ${PAGE}`,
      [since, ...(before ?? [null, null, null])],
    );
  }

  private clocksAfter(
    tx: Tx,
    after: readonly [Date, string] | null,
  ): Promise<(ClockRow & { item: string | null })[]> {
    return tx.query(
      `select ${clockColumns}, item_of_subject(c.subject_id) as item from clocks c
       where c.next_at is not null and c.step <> '${BEAT_STEP}'
         and ($1::timestamptz is null or (c.next_at, c.clock_id) > ($1, $2::uuid))
       order by c.next_at, c.clock_id limit ${PAGE}`,
      [...(after ?? [null, null])],
    );
  }

  private async rungsToCome(
    tx: Tx,
    rows: readonly (ClockRow & { item: string | null })[],
  ): Promise<(RungFacts & { readonly at: Date })[][]> {
    const [rules, ledgers] = await Promise.all([
      this.rulesOfClocks.read(
        tx,
        rows.map(({ rule_id }) => rule_id),
      ),
      readLedgers(
        tx,
        rows.map(({ clock_id }) => clock_id),
      ),
    ]);
    return rows.map((row) => {
      const rule = rules.get(row.rule_id)!;
      const ledger = ledgerOf(ledgerRowsOf(ledgers, row.clock_id));
      const planned = rungsFor(toTerm(row, rule), rule, this.calendar, ledger);
      const from = planned.findIndex(({ rung }) => rung === row.next_rung);
      return planned.slice(Math.max(0, from)).map(({ rung, level, at }) => ({
        item: row.item,
        step: row.step,
        kind: rule.kind,
        divisionCode: row.division_code,
        rung,
        level,
        at,
      }));
    });
  }
}

const FOREVER = new Date(8.64e15);

function factsOf({ item, step, kind, division_code, rung, level }: FiredRow): RungFacts {
  return { item, step, kind, divisionCode: division_code, rung, level };
}

function shown(row: FiredRow): WouldHaveFired {
  return {
    clockId: row.clock_id,
    caseId: row.subject_id,
    item: row.item,
    step: row.step,
    divisionCode: row.division_code,
    rung: row.rung,
    level: row.level,
    firedAt: row.fired_at,
  };
}
