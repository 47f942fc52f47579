import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import type { FiredRung } from '../new-term.js';
import { addresseesOf, addresseesOfRule, type NoticeSubject } from './addressees.js';
import { Notices, type NewNotice } from './notices.js';
import { matches } from './rule.js';
import { EscalationRules, toRule, type RuleMark, type RuleRow } from './rules.js';

/** Marks of rules are written to the minute: hardly a claim waits for another's. */
const MARK_MS = 60_000;
const FAILURE_LENGTH = 300;

/** Who is told of rungs that fire: the ladder of the item, and whom the rules add. In the transaction that claims them. */
@Injectable()
export class Escalation {
  private readonly logger = new Logger('escalation');

  constructor(
    private readonly rules: EscalationRules,
    private readonly notices: Notices,
    private readonly clock: Clock,
  ) {}

  /** @param subjects what is known of the subjects of these rungs; a rung of another subject tells nobody */
  async tell(
    tx: Tx,
    rungs: readonly FiredRung[],
    subjects: ReadonlyMap<string, NoticeSubject>,
  ): Promise<void> {
    const known = rungs.flatMap((rung) => {
      const subject = subjects.get(rung.subjectId);
      return subject ? [{ rung, subject }] : [];
    });
    const ladder = known.flatMap(({ rung, subject }): NewNotice[] =>
      addresseesOf(rung, subject).map((to) => ({ rung, item: subject.item, to, ruleId: null })),
    );
    const rows = await this.rules.active(tx);
    const tried = rows.map((row) => this.tryRule(row, known));
    // The ladder first: whom both name is told once, by the item.
    await this.notices.write(tx, [...ladder, ...tried.flatMap(({ notices }) => notices)], this.clock.now());
    await this.mark(tx, rows, tried);
  }

  /** Tries every rule on nothing: whether it still reads as a rule shows at every beat, whether or not anything fires. */
  async tryRules(tx: Tx): Promise<void> {
    await this.tell(tx, [], new Map());
  }

  /** One rule that fails stops no other: nothing of it reaches the database but the reason. */
  private tryRule(
    row: RuleRow,
    known: readonly { readonly rung: FiredRung; readonly subject: NoticeSubject }[],
  ): RuleMark & { readonly notices: readonly NewNotice[] } {
    const ruleId = row.rule_id;
    try {
      const rule = toRule(row);
      const notices = known
        .filter(({ rung, subject }) => matches(rule, { ...rung, item: subject.item }))
        .flatMap(({ rung, subject }) =>
          addresseesOfRule(rule.to, rung.divisionCode).map((to) => ({
            rung,
            item: subject.item,
            to,
            ruleId,
          })),
        );
      return { ruleId, fired: notices.length > 0, failure: null, notices };
    } catch (error) {
      const failure = (error instanceof Error ? error.message : String(error)).slice(0, FAILURE_LENGTH);
      this.logger.error(`rule ${ruleId} cannot be evaluated: ${failure}`);
      return { ruleId, fired: false, failure, notices: [] };
    }
  }

  private mark(tx: Tx, rows: readonly RuleRow[], marks: readonly RuleMark[]): Promise<void> {
    const now = this.clock.now();
    const old = (at: Date | null) => at === null || now.getTime() - at.getTime() >= MARK_MS;
    const news = marks.filter(({ fired, failure }, at) => {
      const row = rows[at]!;
      return old(row.evaluated_at) || (fired && old(row.fired_at)) || failure !== row.failure;
    });
    return this.rules.mark(tx, news, now);
  }
}
