import { z } from 'zod';
import { givenId } from './given-id.js';

describe('an id that somebody gives', () => {
  it('is the same in letters of either case: found by the fuzzer, which was answered 500 for a path in capitals', () => {
    const id = 'b06307a0-55aa-4e25-bc37-30ba0b2be84a';
    expect(givenId().parse(id.toUpperCase())).toBe(id);
    expect(givenId().parse(id)).toBe(id);
  });

  it('is refused if it is none', () => {
    expect(givenId().safeParse('b06307a0').success).toBe(false);
  });

  it('is described as an id', () => {
    expect(z.toJSONSchema(givenId(), { io: 'input' })).toMatchObject({ type: 'string', format: 'uuid' });
  });
});
