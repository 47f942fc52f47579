import type { ClockChange } from '@app/clocks';
import { termFactsOf, type CaseOfTerm } from './term-facts.js';

const kase: CaseOfTerm = {
  id: '0192e3a4-0000-7000-8000-0000ae7c786b',
  personId: '0192e3a4-0000-7000-8000-00001a6a2633',
  divisionCode: '338801001001',
  item: { id: 'invented/tea', owner: 'subsidies' },
  roundId: null,
  version: 7,
};
const due = { day: '2026-03-13', dueAt: new Date('2026-03-13T09:00:00Z'), provisional: true, paused: false };

function change(more: Partial<ClockChange> = {}, term: Partial<ClockChange['term']> = {}): ClockChange {
  return {
    clockId: '0192e3a4-0000-7000-8000-0000339f19de',
    subjectId: kase.id,
    step: 'decide',
    term: {
      anchorDay: '2026-03-02',
      value: 10,
      unit: 'working-day',
      kind: 'statutory',
      basis: '办法',
      ...term,
    },
    status: 'running',
    due,
    paused: null,
    ...more,
  };
}

const told = (...changes: ClockChange[]) =>
  termFactsOf(changes, (id) => (id === kase.id ? kase : undefined)).map(({ type, data }) => ({
    type,
    ...(data as object),
  }));

describe('the facts about terms', () => {
  it('say until when a term runs, for whom, and with the version of its case', () => {
    expect(told(change())).toMatchObject([
      {
        type: 'subsidies.case.term.v1',
        version: 7,
        step: 'decide',
        holder: 'office',
        dueAt: '2026-03-13T09:00:00.000Z',
        provisional: true,
        paused: false,
        ended: false,
      },
    ]);
  });

  it('say why it stands still, and since when', () => {
    const since = new Date('2026-03-04T01:00:00Z');
    const paused = { reason: 'hearing', basis: '办法第三条', since };
    const standing = { ...due, day: null, dueAt: null, provisional: false, paused: true };
    expect(told(change({ due: standing, paused }))).toMatchObject([
      { dueAt: null, paused: true, pauseReason: 'hearing', pausedSince: '2026-03-04T01:00:00.000Z' },
    ]);
  });

  it.each(['stopped', 'superseded'] as const)('say that one that was %s has ended', (status) => {
    expect(told(change({ status, due: null }))).toMatchObject([{ ended: true, dueAt: null, paused: false }]);
  });

  it('are one for each step: of one that was moved twice only what came of it', () => {
    const facts = told(
      change({ status: 'stopped' }),
      change({ due: { ...due, dueAt: new Date('2026-03-20T09:00:00Z') } }),
      change({ step: 'paper:income' }, { holder: 'person' }),
    );
    expect(facts).toMatchObject([
      { step: 'decide', ended: false, dueAt: '2026-03-20T09:00:00.000Z' },
      { step: 'paper:income', holder: 'person' },
    ]);
  });

  it('are none of a limit without a number, and of what is no case', () => {
    expect(told(change({}, { kind: 'unknown' }), change({ step: 'other' }, { value: null }))).toEqual([]);
    expect(told(change({ subjectId: '0192e3a4-0000-7000-8000-000000000000' }))).toEqual([]);
  });

  it('are told of a yearly window, which ends though it has no number', () => {
    const window = { from: '03-01', to: '10-31' };
    expect(told(change({}, { value: null, unit: 'yearly-window', window }))).toHaveLength(1);
  });
});
