import { freeText, type Caller, type Database, type Tx } from '@app/platform';
import { z } from 'zod';
import { ruleAddressee, ruleMatch, type EscalationRule } from './rule.js';

/** A row of `escalation_rules`, as it was saved; whether it still reads as a rule is for whoever evaluates it. */
export interface RuleRow {
  readonly rule_id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly match: unknown;
  readonly addressees: unknown;
  readonly place_from: string;
  readonly place_to: string;
  readonly active: boolean;
  readonly version: number;
  readonly changed_by: string;
  readonly changed_by_role: string;
  readonly changed_at: Date;
  /** Null: not tried yet. */
  readonly evaluated_at: Date | null;
  /** Null: it never told anybody. */
  readonly fired_at: Date | null;
  readonly failed_at: Date | null;
  readonly failure: string | null;
}

/** What a rule says, as somebody writes it. */
export const ruleText = z.object({
  nameZh: freeText(2, 100),
  nameEn: freeText(2, 100),
  match: ruleMatch,
  to: z.array(ruleAddressee).min(1).max(10),
});
export type RuleText = z.infer<typeof ruleText>;

const stored = z.object({ match: ruleMatch, to: z.array(ruleAddressee).min(1) });

/** @throws ZodError for a rule that an older version wrote and that is none any more */
export function toRule(row: RuleRow): EscalationRule {
  return {
    ruleId: row.rule_id,
    ...stored.parse({ match: row.match, to: row.addressees }),
    scope: { from: row.place_from, to: row.place_to },
  };
}

/** What a try of a rule came to. */
export interface RuleMark {
  readonly ruleId: string;
  readonly fired: boolean;
  /** Null: it could be evaluated. */
  readonly failure: string | null;
}

const SELECT = `select r.rule_id, r.name_zh, r.name_en, r.match, r.addressees, r.place_from, r.place_to, r.active, r.version,
    r.changed_by, r.changed_by_role, r.changed_at, m.evaluated_at, m.fired_at, m.failed_at, m.failure
  from escalation_rules r left join escalation_rule_marks m on m.rule_id = r.rule_id`;

/** Rules of escalation as they are kept. Row-level security decides whose a user sees. */
export class EscalationRules {
  constructor(private readonly database: Database) {}

  active(tx: Tx): Promise<RuleRow[]> {
    return tx.query<RuleRow>(`${SELECT} where r.active order by r.rule_id`, [], 'escalation-rules');
  }

  list(caller: Caller): Promise<RuleRow[]> {
    return this.database.query<RuleRow>(
      caller,
      `${SELECT} order by r.active desc, r.name_zh, r.rule_id limit 500`,
    );
  }

  async find(scope: Tx, ruleId: string): Promise<RuleRow | undefined> {
    const [row] = await scope.query<RuleRow>(`${SELECT} where r.rule_id = $1`, [ruleId]);
    return row;
  }

  async add(
    tx: Tx,
    ruleId: string,
    text: RuleText,
    place: EscalationRule['scope'],
    now: Date,
  ): Promise<void> {
    await tx.query(
      `insert into escalation_rules (rule_id, name_zh, name_en, match, addressees, place_from, place_to, active, version,
         changed_by, changed_by_role, changed_at)
       values ($1, $2, $3, $4, $5, $6, $7, true, 1, $8, $9, $10)`,
      [
        ruleId,
        text.nameZh,
        text.nameEn,
        JSON.stringify(text.match),
        JSON.stringify(text.to),
        place.from,
        place.to,
        tx.actor.id,
        tx.actor.role,
        now,
      ],
    );
  }

  /** @param text null: only whether it is in force changes. @returns false if somebody else has changed it meanwhile */
  async change(
    tx: Tx,
    ruleId: string,
    version: number,
    text: RuleText | null,
    active: boolean,
    now: Date,
  ): Promise<boolean> {
    const changed = await tx.query(
      `update escalation_rules set name_zh = coalesce($3, name_zh), name_en = coalesce($4, name_en),
              match = coalesce($5::jsonb, match), addressees = coalesce($6::jsonb, addressees), active = $7,
              version = version + 1, changed_by = $8, changed_by_role = $9, changed_at = $10
       where rule_id = $1 and version = $2 returning 1`,
      [
        ruleId,
        version,
        text?.nameZh ?? null,
        text?.nameEn ?? null,
        text && JSON.stringify(text.match),
        text && JSON.stringify(text.to),
        active,
        tx.actor.id,
        tx.actor.role,
        now,
      ],
    );
    return changed.length > 0;
  }

  /** Writes down when rules were tried. In one order, and last in its transaction: two sweeps wait for each other, and no longer. */
  async mark(tx: Tx, marks: readonly RuleMark[], now: Date): Promise<void> {
    if (marks.length === 0) return;
    await tx.query(
      `insert into escalation_rule_marks as m (rule_id, evaluated_at, fired_at, failed_at, failure)
       select n.rule_id, $4::timestamptz, case when n.fired then $4::timestamptz end,
         case when n.failure is not null then $4::timestamptz end, n.failure
       from unnest($1::uuid[], $2::boolean[], $3::text[]) as n (rule_id, fired, failure) order by n.rule_id
       on conflict (rule_id) do update set evaluated_at = excluded.evaluated_at,
         fired_at = coalesce(excluded.fired_at, m.fired_at), failed_at = excluded.failed_at, failure = excluded.failure`,
      [
        marks.map(({ ruleId }) => ruleId),
        marks.map(({ fired }) => fired),
        marks.map(({ failure }) => failure),
        now,
      ],
    );
  }
}
