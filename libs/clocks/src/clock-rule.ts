import { createHash } from 'node:crypto';
import type { Tx } from '@app/platform';
import type { ExtensionRule, NewTerm } from './new-term.js';
import type { RungPlan } from './rung-plan.js';
import type { Term } from './term.js';

/** What many clocks share: the limit of a step of an item. Written once per service, and never changed. */
export interface ClockRule extends Omit<
  Required<Term>,
  'anchorDay' | 'anchorAt' | 'divisionCode' | 'rollOver' | 'window'
> {
  readonly rollOver: string | null;
  readonly window: Term['window'] | null;
  readonly extension: ExtensionRule | null;
  /** Null: the usual ones (`planOf`). */
  readonly rungs: RungPlan | null;
}

/** The rule of a term, every part of it named, in one order. */
export function ruleOf(term: NewTerm): ClockRule {
  return {
    kind: term.kind,
    value: term.value,
    unit: term.unit,
    basis: term.basis,
    dayOne: term.dayOne ?? 'next',
    rollOver: term.rollOver ?? null,
    pauses: term.pauses ?? [],
    window: term.window ?? null,
    holder: term.holder ?? 'office',
    extension: term.extension ?? null,
    rungs: term.rungs ?? null,
  };
}

/** The same rule gives the same digest. */
export function digestOf(rule: ClockRule): string {
  return createHash('sha256').update(JSON.stringify(rule)).digest('base64url');
}

/** What a statement is asked of: a transaction, or the service's own door. */
export interface Asked {
  query<Row>(sql: string, params?: readonly unknown[], name?: string): Promise<Row[]>;
}

/** The rules of a service's clocks, by the number that its rows carry. They never change, so each is read once per process. */
export class RuleBook {
  private readonly byId = new Map<number, ClockRule>();
  private readonly idOf = new Map<string, number>();

  /** The numbers of these rules; new ones are written down in this transaction. */
  async numbersOf(tx: Tx, rules: readonly ClockRule[]): Promise<readonly number[]> {
    const digests = rules.map(digestOf);
    const found = new Map<string, number>();
    const unknown = new Map<string, ClockRule>();
    digests.forEach((digest, at) => {
      const id = this.idOf.get(digest);
      if (id === undefined) unknown.set(digest, rules[at]!);
      else found.set(digest, id);
    });
    if (unknown.size > 0) {
      const params = [[...unknown.keys()], [...unknown.values()].map((rule) => JSON.stringify(rule))];
      const sql = `with wanted as (select * from unnest($1::text[], $2::jsonb[]) as n (digest, rule)),
         written as (insert into clock_rules (digest, rule) select * from wanted
           where digest not in (select digest from clock_rules) order by digest
           on conflict (digest) do nothing returning digest, rule_id)
         select * from written union all select digest, rule_id from clock_rules where digest = any($1)`;
      let rows = await tx.query<{ digest: string; rule_id: number }>(sql, params);
      // Another transaction wrote one of them after this statement began: now that it is committed it can be seen.
      if (rows.length < unknown.size) rows = await tx.query<{ digest: string; rule_id: number }>(sql, params);
      for (const { digest, rule_id } of rows) found.set(digest, rule_id);
      // Known from now on only if the transaction that wrote them stands.
      tx.afterCommit(() => {
        for (const { digest, rule_id } of rows) this.keep(rule_id, unknown.get(digest)!, digest);
      });
    }
    return digests.map((digest) => found.get(digest)!);
  }

  /** Reads what is not known yet of these numbers. @returns every one of them */
  async read(scope: Asked, numbers: Iterable<number>): Promise<ReadonlyMap<number, ClockRule>> {
    const wanted = [...new Set(numbers)];
    const rules = new Map<number, ClockRule>();
    const unknown: number[] = [];
    for (const number of wanted) {
      const rule = this.byId.get(number);
      if (rule) rules.set(number, rule);
      else unknown.push(number);
    }
    if (unknown.length > 0) {
      const rows = await scope.query<{ rule_id: number; rule: ClockRule }>(
        'select rule_id, rule from clock_rules where rule_id = any($1::int[])',
        [unknown],
      );
      // Kept by its number only: a rule that this transaction has written may be undone with it, and its number never comes again.
      for (const { rule_id, rule } of rows) {
        this.byId.set(rule_id, rule);
        rules.set(rule_id, rule);
      }
    }
    return rules;
  }

  private keep(ruleId: number, rule: ClockRule, digest: string): void {
    this.byId.set(ruleId, rule);
    this.idOf.set(digest, ruleId);
  }
}
