import { runInNewContext } from 'node:vm';
import { isTransient } from './transient.js';

const coded = (code: string) => Object.assign(new Error('x'), { code });

describe('an error that can pass', () => {
  it.each(['40001', '57P01', '08006', 'EPIPE', 'ECONNRESET'])('is known by its code: %s', (code) =>
    expect(isTransient(coded(code))).toBe(true),
  );

  it('is known by what node-postgres says of a lost connection', () =>
    expect(isTransient(new Error('Connection terminated unexpectedly'))).toBe(true));

  it('is known wherever it was made, as those of sockets are', () =>
    expect(isTransient(runInNewContext("Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })"))).toBe(
      true,
    ));

  it.each([coded('23505'), coded('57014'), new Error('x'), 'EPIPE', null])('is not %p', (error) =>
    expect(isTransient(error)).toBe(false),
  );
});
