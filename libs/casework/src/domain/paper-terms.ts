import type { NewTerm, RungPlan } from '@app/clocks';
import { shanghaiDay } from '@app/kernel';
import { endedStatuses, type Case } from './case.js';
import type { Obliged, Obligation, Supplement } from './paper-records.js';

/** Nobody is late when a person's time is over, so nothing of it is escalated: who works on the case is told, and decides. */
const personRungs: RungPlan = [
  { rung: 'reminder', level: 0, at: { left: 'third' }, to: ['person'] },
  { rung: 'due', level: 0, at: { on: 'last-day' }, to: ['person', 'doer'] },
  { rung: 'expired', level: 0, at: { at: 'end' }, to: ['doer', 'supervisor'] },
];

/** The rung at which the time for papers is over. */
export const EXPIRED = 'expired';

/** The clock of a notice. */
export function supplementStep({ number }: Pick<Supplement, 'number'>): string {
  return `supplement:${number}`;
}

/** The clock of a paper without which a case was accepted. */
export function paperStep({ material }: Pick<Obligation, 'material'>): string {
  return `paper:${material}`;
}

/** What a clock of papers is about; null: it is another one. */
export function paperTermOf(
  step: string,
): { readonly supplement: number } | { readonly material: string } | null {
  const [kind, name] = step.split(':');
  if (name === undefined) return null;
  if (kind === 'supplement') return { supplement: Number(name) };
  return kind === 'paper' ? { material: name } : null;
}

/** The terms within which papers have to be there, of what was not brought yet. They run under a hold; they end with the case. */
export function paperTermsOf(state: Case): readonly NewTerm[] {
  const ended: readonly string[] = endedStatuses;
  if (ended.includes(state.state.status)) return [];
  const common = { subjectId: state.id, divisionCode: state.divisionCode };
  return [
    ...state.supplements
      .filter((supplement) => supplement.state !== 'answered')
      .map((supplement): NewTerm => ({
        ...common,
        ...supplement.limit,
        step: supplementStep(supplement),
        anchorDay: shanghaiDay(new Date(supplement.at)),
        holder: 'person',
        rungs: personRungs,
      })),
    ...state.obligations
      .filter((obligation) => obligation.state === 'open' || obligation.state === 'lapsed')
      .map((obligation): NewTerm => ({
        ...common,
        ...obligation.limit,
        step: paperStep(obligation),
        anchorDay: shanghaiDay(new Date(obligation.acceptedAt)),
        ...(isPersons(obligation.who) ? { holder: 'person', rungs: personRungs } : {}),
      })),
  ];
}

/** Whether the person, or who stands for them, brings it. */
export function isPersons(who: Obliged): boolean {
  return who === 'person' || who === 'guardian';
}
