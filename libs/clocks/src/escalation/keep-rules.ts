import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { callerOf, lookingWith, NotAllowed, permissions, type Actor, type RoleGrant } from '@app/access';
import { Clock, DomainError } from '@app/kernel';
import { Database, type Caller } from '@app/platform';
import { EscalationItems } from './escalation-items.js';
import { LookAtRules, type DryRun } from './look-at-rules.js';
import { covers, divisionRange, type PlaceRange } from './place.js';
import { checkRule } from './rule-check.js';
import { ruleView, type RuleView } from './escalation-views.js';
import { EscalationRules, toRule, type RuleRow, type RuleText } from './rules.js';
import type { EscalationRule } from './rule.js';

/** There is no such rule, or none within reach. */
export class RuleNotFound extends DomainError {
  readonly slug = 'rule-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有这条升级规则，或它不在您的管辖区域内。');
  }
}

/** Somebody else changed the rule in between. */
export class RuleChanged extends DomainError {
  readonly slug = 'rule-changed';
  readonly kind = 'conflict';
  constructor(version: number) {
    super('这条规则已被他人修改，请刷新后按最新内容再修改。', { version });
  }
}

/** The rules of escalation of one service: kept by who answers for a place, each within their reach. */
@Injectable()
export class KeepRules {
  constructor(
    private readonly database: Database,
    private readonly rules: EscalationRules,
    private readonly look: LookAtRules,
    private readonly items: EscalationItems,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor): Promise<RuleView[]> {
    const caller = lookingWith(actor, 'escalation-rule:read');
    return this.shown(caller, await this.rules.list(caller));
  }

  /** @throws RuleNotFound */
  async find(actor: Actor, ruleId: string): Promise<RuleView> {
    const caller = lookingWith(actor, 'escalation-rule:read');
    const [view] = await this.shown(caller, [await this.seen(caller, ruleId)]);
    return view!;
  }

  /** @throws RuleNotFound */
  async dryRun(actor: Actor, ruleId: string, days: number): Promise<DryRun> {
    const caller = lookingWith(actor, 'escalation-rule:read');
    const row = await this.seen(caller, ruleId);
    return this.look.dryRun(caller, toRule(row), days);
  }

  /** @throws RuleCanNeverMatch, NotAllowed */
  async add(actor: Actor, text: RuleText): Promise<RuleView> {
    const { caller, scope } = this.writing(actor, text);
    checkRule(text, scope, this.items.stepsIn(scope));
    const ruleId = randomUUID();
    await this.database.command(caller, async (tx) => {
      await this.rules.add(tx, ruleId, text, scope, this.clock.now());
      tx.audit({ what: 'escalation-rule.added', detail: { ruleId } });
    });
    return this.find(actor, ruleId);
  }

  /** @throws RuleNotFound, RuleChanged, RuleCanNeverMatch, NotAllowed */
  async change(actor: Actor, ruleId: string, version: number, text: RuleText): Promise<RuleView> {
    const row = await this.seen(lookingWith(actor, 'escalation-rule:write'), ruleId);
    const scope = { from: row.place_from, to: row.place_to };
    checkRule(text, scope, this.items.stepsIn(scope));
    await this.save(actor, row, version, text, row.active, 'escalation-rule.changed');
    return this.find(actor, ruleId);
  }

  /** It tells nobody any more; what it told stays. @throws RuleNotFound, RuleChanged, NotAllowed */
  async retire(actor: Actor, ruleId: string, version: number): Promise<RuleView> {
    const row = await this.seen(lookingWith(actor, 'escalation-rule:write'), ruleId);
    await this.save(actor, row, version, null, false, 'escalation-rule.retired');
    return this.find(actor, ruleId);
  }

  private async save(
    actor: Actor,
    row: RuleRow,
    version: number,
    text: RuleText | null,
    active: boolean,
    what: string,
  ): Promise<void> {
    const grant = writersOf(actor).find((each) => covers(each, { from: row.place_from, to: row.place_to }));
    if (!grant) throw new NotAllowed(permissions['escalation-rule:write']);
    await this.database.command(callerOf(actor, grant), async (tx) => {
      const done = await this.rules.change(tx, row.rule_id, version, text, active, this.clock.now());
      if (!done) throw new RuleChanged(row.version);
      tx.audit({ what, detail: { ruleId: row.rule_id, version: version + 1 } });
    });
  }

  /** Whose reach a new rule gets: of the grant that covers its divisions, else of the first. @throws NotAllowed */
  private writing(actor: Actor, { match }: RuleText): { caller: Caller; scope: PlaceRange } {
    const grants = writersOf(actor);
    const places = match.divisions.map(divisionRange);
    const grant = grants.find((each) => places.every((place) => covers(each, place))) ?? grants[0];
    if (!grant) throw new NotAllowed(permissions['escalation-rule:write']);
    return { caller: callerOf(actor, grant), scope: { from: grant.from, to: grant.to } };
  }

  private async seen(caller: Caller, ruleId: string): Promise<RuleRow> {
    const row = await this.database.read(caller, (tx) => this.rules.find(tx, ruleId));
    if (!row) throw new RuleNotFound();
    return row;
  }

  private async shown(caller: Caller, rows: readonly RuleRow[]): Promise<RuleView[]> {
    const readable = rows.flatMap((row): EscalationRule[] => {
      try {
        return row.active ? [toRule(row)] : [];
      } catch {
        // Shown with the reason that its last try left.
        return [];
      }
    });
    const next = await this.look.nextDue(caller, readable);
    return rows.map((row) => ruleView(row, next.get(row.rule_id) ?? null));
  }
}

function writersOf(actor: Actor): RoleGrant[] {
  return actor.grants.filter(({ role }) => permissions['escalation-rule:write'].includes(role));
}
