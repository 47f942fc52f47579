/**
 * Plan → check → approve → order → export → return (发放批次). `planning` and `ordering` are done in chunks by the service itself, and go
 * on where they stood after any interruption. Money is in the books from `ordering` on; until `approved` a run can be cancelled without
 * a trace of money.
 */
export const payRunStates = [
  'planning',
  'planned',
  'approved',
  'ordering',
  'ordered',
  'exported',
  'closed',
  'cancelled',
] as const;
export type PayRunState = (typeof payRunStates)[number];
