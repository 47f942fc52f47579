export type { LimitKind, Term, TermUnit } from './term.js';
export { TermMalformed } from './term.js';
export {
  CalendarMalformed,
  WorkingCalendar,
  dayTypes,
  type DayExplained,
  type DayType,
} from './working-calendar.js';
export { dueOf, explain, lastDayOf, type Due, type TermExplained } from './due.js';
export { rungsOf, type PlannedRung } from './rungs.js';
export type { ClockView, FiredRung, NewTerm, Rung, RungView } from './new-term.js';
export { RungHandler } from './rung-handler.js';
export { LegalClocks } from './legal-clocks.js';
export { ClockSweeper, type Projected } from './clock-sweeper.js';
export { clockHealth, type ClockHealth } from './clock-health.js';
export { ClocksModule, type ClocksOptions } from './clocks.module.js';
export { clocksMigrations } from './clocks-migrations.js';
