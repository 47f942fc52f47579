import { v5 as uuidv5 } from 'uuid';
import type { NewTerm, RungPlan } from '@app/clocks';

const NAMESPACE = '6d0a53f2-5c0c-5c1e-9f8f-0f4f3a5e7b21';
const DAY_MS = 24 * 60 * 60 * 1000;

/** Three rungs: a reminder, the last day, the end. */
const rungs: RungPlan = [
  { rung: 'reminder', level: 0, at: { left: 'third' }, to: ['doer'] },
  { rung: 'due', level: 0, at: { on: 'last-day' }, to: ['doer'] },
  { rung: 'overdue-1', level: 1, at: { at: 'end' }, to: ['doer', 'supervisor'] },
];

/** Ten working days from 1 June 2026: the reminder comes on 10 June at 09:00. */
export const BUSY_MORNING = '2026-06-10T09:00:00+08:00';

/** The subject of the n-th clock. */
export function subjectOf(n: number): string {
  return uuidv5(String(n), NAMESPACE);
}

/** The n-th of many terms; the first `busy` of them remind on the busy morning, the others later, most of them across New Year. */
export function termOf(n: number, busy: number): NewTerm {
  const common = {
    subjectId: subjectOf(n),
    divisionCode: `3388010${String(n % 20).padStart(2, '0')}001`,
    kind: 'statutory' as const,
    unit: 'working-day' as const,
    pauses: [{ reason: 'assessment', basis: '示例条例第二条' }],
    rungs,
  };
  if (n < busy) {
    return { ...common, step: 'review', value: 10, basis: '示例条例第一条', anchorDay: '2026-06-01' };
  }
  const value = 15 + (n % 6) * 5;
  const anchorDay = new Date(Date.parse('2026-11-20') + (n % 40) * DAY_MS).toISOString().slice(0, 10);
  return { ...common, step: 'decide', value, basis: `示例条例第${value}条`, anchorDay };
}
