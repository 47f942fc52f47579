import { format, inspect } from 'node:util';
import { z } from 'zod';
import { Sensitive, sensitiveKinds } from './sensitive.js';
import { sensitive } from './sensitive-schema.js';

const NUMBER = '110101199003070134';

describe('a sensitive value', () => {
  const value = new Sensitive('identity', NUMBER);

  it.each([
    ['JSON', () => JSON.stringify({ value })],
    ['a template', () => `${value}`],
    ['a concatenation', () => '' + String(value)],
    ['an error', () => new Error(`refused for ${value}`).stack!],
    ['inspection', () => inspect({ value }, { showHidden: true, depth: 9 })],
    ['formatting', () => format('%s %o %O %j', value, value, value, value)],
    ['a copy', () => JSON.stringify([{ ...value }, structuredClone(value), Object.entries(value)])],
  ])('is not plain in %s', (_way, text) => {
    expect(text()).not.toContain('19900307');
  });

  it('is masked by its kind', () => {
    const masked = Object.fromEntries(
      sensitiveKinds.map((kind) => [
        kind,
        new Sensitive(kind, kind === 'name' ? '王小明' : NUMBER).toString(),
      ]),
    );
    expect(masked).toEqual({
      name: '王*明',
      identity: '1101**********0134',
      card: '1101**********0134',
      phone: '1101**********0134',
      account: '1101**********0134',
      address: '已登记',
    });
  });

  it('is plain for whoever reveals it', () => {
    expect(value.reveal()).toBe(NUMBER);
    expect(Sensitive.orNull('phone', null)).toBeNull();
    expect(Sensitive.orNull('name', '')?.reveal()).toBe('');
  });
});

describe('a sensitive field of an answer', () => {
  const answer = z.object({ number: sensitive('identity').nullable() });

  it('leaves masked', () => {
    expect(answer.parse({ number: new Sensitive('identity', NUMBER) })).toEqual({
      number: '1101**********0134',
    });
    expect(answer.parse({ number: null })).toEqual({ number: null });
  });

  it.each([
    ['plain text', NUMBER],
    ['text that is masked already', '1101**********0134'],
    ['another kind', new Sensitive('name', NUMBER)],
  ])('refuses %s, without saying it', (_what, number) => {
    const parsed = answer.safeParse({ number });
    expect(parsed.success).toBe(false);
    expect(inspect(parsed.error, { depth: 9 })).toContain('must be a Sensitive of kind identity');
    expect(inspect(parsed.error, { depth: 9 })).not.toContain('1101');
  });

  it('is documented as masked', () => {
    expect(z.toJSONSchema(z.object({ number: sensitive('identity') }), { io: 'output' })).toMatchObject({
      properties: { number: { type: 'string', format: 'masked' } },
    });
  });
});
