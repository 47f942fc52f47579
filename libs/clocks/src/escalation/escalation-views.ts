import { divisionCode, instant } from '@app/contracts';
import { z } from 'zod';
import { ladderStepOf } from './ladder.js';
import type { NoticeRow } from './notices.js';
import type { RuleRow } from './rules.js';

const bilingual = z.object({ zh: z.string(), en: z.string() });
const maybe = instant.nullable();

export const noticeView = z
  .object({
    noticeId: z.uuid(),
    caseId: z.uuid(),
    item: z.string().nullable(),
    step: z.string(),
    divisionCode,
    rung: z.string(),
    level: z.int(),
    ladder: bilingual.describe('提醒, 督办 or 通报.'),
    dueAt: instant,
    to: z.object({ user: z.string().nullable(), role: z.string().nullable(), unit: z.uuid().nullable() }),
    ruleId: z.uuid().nullable().describe('The rule by which you are told; null: by the item’s own ladder.'),
    at: instant,
    readAt: maybe,
  })
  .meta({ id: 'ClockNotice' });
export const noticePage = z
  .object({ unread: z.int(), notices: z.array(noticeView).readonly() })
  .meta({ id: 'ClockNoticePage' });
export type NoticePageView = z.infer<typeof noticePage>;

export function noticeViewOf(row: NoticeRow): z.infer<typeof noticeView> {
  return {
    noticeId: row.notice_id,
    caseId: row.subject_id,
    item: row.item,
    step: row.step,
    divisionCode: row.division_code,
    rung: row.rung,
    level: row.level,
    ladder: { ...ladderStepOf(row.level) },
    dueAt: row.due_at.toISOString(),
    to: { user: row.to_user, role: row.to_token, unit: row.to_unit },
    ruleId: row.rule_id,
    at: row.at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
  };
}

export const escalationRule = z
  .object({
    ruleId: z.uuid(),
    name: bilingual,
    match: z.unknown(),
    to: z.unknown(),
    ladder: bilingual.describe('What its lowest level is called.'),
    scope: z.object({ from: divisionCode, to: divisionCode }),
    active: z.boolean(),
    version: z.int(),
    changedBy: z.string(),
    changedAt: instant,
    lastEvaluated: maybe.describe('To the minute; the heartbeat evaluates every rule.'),
    lastFired: maybe,
    nextDue: maybe.describe('The earliest rung to come that it matches, among the clocks that come next.'),
    failure: z.string().nullable().describe('Why its last evaluation failed.'),
  })
  .meta({ id: 'EscalationRule' });
export type RuleView = z.infer<typeof escalationRule>;

export function ruleView(row: RuleRow, nextDue: Date | null): RuleView {
  const { minLevel } = row.match as { minLevel?: number };
  return {
    ruleId: row.rule_id,
    name: { zh: row.name_zh, en: row.name_en },
    match: row.match,
    to: row.addressees,
    ladder: { ...ladderStepOf(typeof minLevel === 'number' ? minLevel : 0) },
    scope: { from: row.place_from, to: row.place_to },
    active: row.active,
    version: row.version,
    changedBy: row.changed_by,
    changedAt: row.changed_at.toISOString(),
    lastEvaluated: row.evaluated_at?.toISOString() ?? null,
    lastFired: row.fired_at?.toISOString() ?? null,
    nextDue: nextDue?.toISOString() ?? null,
    failure: row.failure,
  };
}

export const dryRunView = z
  .object({
    days: z.int(),
    count: z.int(),
    cut: z.boolean().describe('More fired than could be looked at: the count is of the latest alone.'),
    first: z
      .array(
        z.object({
          clockId: z.uuid(),
          caseId: z.uuid(),
          item: z.string().nullable(),
          step: z.string(),
          divisionCode,
          rung: z.string(),
          level: z.int(),
          firedAt: instant,
        }),
      )
      .readonly(),
  })
  .meta({ id: 'EscalationDryRun' });
