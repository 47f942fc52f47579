import { PayloadTooLargeException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { RequestMalformed, type FieldError } from './request-malformed.js';

/**
 * Express error middleware, right after the body parser: says in our words what could not be read. The parser's own sentence quotes the
 * body, which may be somebody's number.
 */
export function unreadableBody(
  error: unknown,
  _request: Request,
  _response: Response,
  next: NextFunction,
): void {
  const type = (error as { type?: unknown } | null)?.type;
  if (type === 'entity.too.large') {
    return next(new PayloadTooLargeException('内容太大，请减小后再提交。'));
  }
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return next(new UnsupportedMediaTypeException('请用 UTF-8 编码提交，不要压缩为系统不认识的格式。'));
  }
  if (typeof type === 'string') {
    return next(new RequestMalformed([{ pointer: '', detail: '请求正文不是完整的 JSON，请检查后再提交' }]));
  }
  next(error);
}

/** PostgreSQL keeps no NUL, and half a surrogate pair is no character. */
const UNSTORABLE = /\u0000|\p{Surrogate}/u;
/** No request of ours is half as deep; whoever walks through one that is deeper may run out of stack. */
const DEEPEST = 32;

/**
 * Names that every object or text has by itself: a value under one of them is taken for the thing itself (a `length` that is no number lets a
 * schema fail instead of refuse). No request of ours has a field of such a name.
 */
const MISLEADING = new Set([
  '__proto__',
  'constructor',
  'prototype',
  'length',
  'toString',
  'valueOf',
  'toJSON',
]);

/** Express middleware, after the body parser: refuses what no table can keep and no schema can walk through, wherever in the request it stands. */
export function refuseUnstorable(request: Request, _response: Response, next: NextFunction): void {
  const errors = [
    ...unusableIn(request.body),
    ...unusableIn(request.query),
    ...(/%00/.test(request.originalUrl) ? [unstorable('')] : []),
  ];
  if (errors.length === 0) return next();
  next(new RequestMalformed(errors.slice(0, 20)));
}

function unstorable(pointer: string): FieldError {
  return { pointer, detail: '含有不能保存的字符（空字符或残缺的字符），请删去' };
}

/** Without recursion: the depth is what is judged. */
function unusableIn(root: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const open: { value: unknown; pointer: string; depth: number }[] = [{ value: root, pointer: '', depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, pointer, depth } = next;
    if (typeof value === 'string' && UNSTORABLE.test(value)) errors.push(unstorable(pointer));
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) continue;
    if (depth === DEEPEST) return [{ pointer: '', detail: `内容嵌套过深，最多 ${DEEPEST} 层` }];
    for (const [name, each] of Object.entries(value)) {
      if (UNSTORABLE.test(name)) errors.push(unstorable(pointer));
      else if (MISLEADING.has(name))
        errors.push({ pointer, detail: '有一个字段的名称不能使用，请删去该字段' });
      else open.push({ value: each, pointer: `${pointer}/${name}`, depth: depth + 1 });
    }
  }
  return errors;
}
