import { term } from '../test/invented.js';
import { clockIdOf } from './clock-row.js';

describe('the id of a clock', () => {
  const newTerm = {
    ...term({}),
    subjectId: '0d6ff0f6-1111-4222-8333-444455556666',
    step: 'review',
    divisionCode: '338801001001',
  };

  it('is the same for the same term, and another one for another subject, step, anchor or budget', () => {
    const id = clockIdOf(newTerm);
    expect(clockIdOf({ ...newTerm })).toBe(id);
    const others = [
      { subjectId: '0d6ff0f6-1111-4222-8333-444455558888' },
      { step: 'decide' },
      { anchorDay: '2026-06-02' },
      { value: 11 },
      { unit: 'natural-day' as const },
    ].map((change) => clockIdOf({ ...newTerm, ...change }));
    expect(new Set([id, ...others]).size).toBe(6);
  });
});
