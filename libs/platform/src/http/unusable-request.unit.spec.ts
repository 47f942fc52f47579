import type { NextFunction, Request, Response } from 'express';
import { RequestMalformed } from './request-malformed.js';
import { refuseUnstorable } from './unusable-request.js';

function judged(request: Partial<Request>): readonly string[] | null {
  let answer: unknown;
  refuseUnstorable(
    { body: undefined, query: {}, originalUrl: '/', ...request } as Request,
    {} as Response,
    ((error: unknown) => (answer = error)) as NextFunction,
  );
  return answer === undefined ? null : (answer as RequestMalformed).errors.map(({ pointer }) => pointer);
}

describe('what cannot be kept', () => {
  it('is named by its place, in a text or in a name, wherever it stands', () => {
    expect(judged({ body: { name: '王\u0000明', list: ['a', { deep: '\ud83d' }] } })).toEqual([
      '/list/1/deep',
      '/name',
    ]);
    expect(judged({ body: { 'a\u0000b': 1 } })).toEqual(['']);
    expect(judged({ body: { '338801199001011234': '\u0000' } })).toEqual(['/*']);
    expect(judged({ query: { text: '\u0000' } as never })).toEqual(['/text']);
    expect(judged({ originalUrl: '/registry/persons/%00' })).toEqual(['']);
  });

  it('is none of what people write', () => {
    expect(judged({ body: { name: '𠮷野 😀', list: [1, null, true], at: {} } })).toBeNull();
    expect(judged({ body: Buffer.from([0, 1]) })).toBeNull();
  });

  it('is what passes for a part of the language', () => {
    expect(judged({ body: JSON.parse('{"reason":{"length":{"toString":1.5}}}') as unknown })).toEqual([
      '/reason',
    ]);
    expect(judged({ body: JSON.parse('{"__proto__":{"role":"x"}}') as unknown })).toEqual(['']);
  });

  it('is what is deeper than any stack', () => {
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as unknown;
    expect(judged({ body: deep })).toEqual(['']);
  });
});
