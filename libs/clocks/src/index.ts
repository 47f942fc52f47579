export type {
  Extension,
  Ledger,
  LimitKind,
  PauseRule,
  Suspension,
  Term,
  TermHolder,
  TermUnit,
  YearlyWindow,
} from './term.js';
export { emptyLedger, TermMalformed } from './term.js';
export {
  CalendarMalformed,
  checkLocal,
  checkYear,
  dayTypes,
  type DayType,
  type LocalFile,
  type YearFile,
} from './calendar-files.js';
export {
  changedDays,
  changedOfficeHours,
  WorkingCalendar,
  type CalendarFiles,
  type ChangedDay,
  type DayExplained,
} from './working-calendar.js';
export { dueOf, usedOf, type Due } from './due.js';
export { explain, type TermDay, type TermExplained, type Told } from './explain.js';
export {
  checkPlan,
  planOf,
  type Recipient,
  type RungPlan,
  type RungRule,
  type RungTime,
} from './rung-plan.js';
export { rungsOf, type PlannedRung } from './rungs.js';
export type {
  ClockChange,
  ClockMark,
  ClockStatus,
  ClockView,
  ExtensionRule,
  ExtensionView,
  FiredRung,
  NewTerm,
  RungView,
  SuspensionView,
} from './new-term.js';
export { termView, termViewOf, type TermView } from './term-view.js';
export { ExtensionNotAllowed, NoTermRuns, PauseNotAllowed } from './errors.js';
export { RungHandler } from './rung-handler.js';
export {
  LegalClocks,
  type ClockExplained,
  type EndedPause,
  type NewExtension,
  type NewPause,
} from './legal-clocks.js';
export { ClockSweeper } from './clock-sweeper.js';
export type { Projected, Reprojected, ToldOfMoves } from './reprojection.js';
export { clockHealth, type ClockHealth } from './clock-health.js';
export {
  ALARM_AFTER_PERIODS,
  HEARTBEAT_SECONDS,
  isSilent,
  type HeartbeatHealth,
} from './heartbeat/beat-state.js';
export { Escalation } from './escalation/escalation.js';
export { EscalationItems } from './escalation/escalation-items.js';
export type { NoticeSubject } from './escalation/addressees.js';
export type { PlaceRange } from './escalation/place.js';
export { RuleCanNeverMatch, type StepInForce } from './escalation/rule-check.js';
export { Notices } from './escalation/notices.js';
export { ClocksModule, type ClocksOptions } from './clocks.module.js';
export { clocksMigrations } from './clocks-migrations.js';
export {
  CalendarRefused,
  checkCalendar,
  type CalendarKind,
  type CheckedCalendar,
} from './published/calendar-check.js';
export { CalendarInForce, keepPublished, withPublished } from './published/calendar-in-force.js';
export { publishedCalendarMigrations } from './published/calendar-migrations.js';
export { CalendarModule } from './published/calendar.module.js';
