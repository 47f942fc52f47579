import { Sensitive } from './sensitive.js';
import { unmaskAnswer, unmaskedUntil, unmaskRequest } from './unmask.js';

const FIELDS = ['identityNumber', 'phone'] as const;

describe('unmasking a field', () => {
  const request = unmaskRequest(FIELDS);

  it('is asked for one field, with a purpose', () => {
    const asked = { field: 'phone', purpose: '电话核实残疾人证换证事项' };
    expect(request.parse(asked)).toEqual(asked);
    for (const wrong of [
      { ...asked, field: 'address' },
      { ...asked, purpose: '核实' },
      { ...asked, purpose: '     核实   ' },
      { ...asked, purpose: '回拨电话 13800001234' },
      { field: 'phone' },
      { ...asked, all: true },
    ]) {
      expect(request.safeParse(wrong).success).toBe(false);
    }
  });

  it('is answered in the clear until a minute later, from a sensitive value only', () => {
    const answer = unmaskAnswer(FIELDS);
    const until = unmaskedUntil(new Date('2026-11-28T10:00:00Z'));
    const value = new Sensitive('phone', '13800001234');
    expect(answer.parse({ field: 'phone', value, until })).toEqual({
      field: 'phone',
      value: '13800001234',
      until: '2026-11-28T10:01:00.000Z',
    });
    expect(answer.safeParse({ field: 'phone', value: '13800001234', until }).success).toBe(false);
    expect(JSON.stringify({ value })).toBe('{"value":"1380***1234"}');
  });
});
