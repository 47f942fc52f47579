import { AsyncLocalStorage } from 'node:async_hooks';
import type { Request, Response, NextFunction } from 'express';
import { DomainError } from '@app/kernel';

/** What travels with one HTTP request through every await of its handling. */
interface RequestContext {
  readonly traceparent: string | null;
  /** Network address of who asks, as the connection shows it. */
  readonly address: string | null;
  /** Method and pattern of the path (`POST /registry/persons/:personId/moves`), once a handler has been found. */
  route(): string;
  idempotencyKey: IdempotencyKey | null;
  readonly lookedAt: LookedAt | null;
}

/** Of what a client wants to change, the versions that it has looked at (`If-Match`); `whatever`: it changes what stands (`*`). */
export type LookedAt = 'whatever' | readonly number[];

const storage = new AsyncLocalStorage<RequestContext>();

/** The key under which a client may repeat a command without doing it twice. */
export interface IdempotencyKey {
  /** Keyed digest of what the client sent. */
  readonly key: string;
  /** Of method, path and body: the same key for another command is refused. */
  readonly requestHash: string;
}

export class IdempotencyKeyReused extends DomainError {
  readonly slug = 'idempotency-key-reused';
  readonly kind = 'invalid';
  constructor() {
    super('这个 Idempotency-Key 已用于另一个请求，请换一个新的键再提交。');
  }
}

export class IdempotencyKeyMalformed extends DomainError {
  readonly slug = 'idempotency-key-malformed';
  readonly kind = 'invalid';
  constructor() {
    super('Idempotency-Key 应为 8 至 128 个可见字符。');
  }
}

/** Trace context of the request being handled, for the facts it causes. */
export function currentTraceparent(): string | null {
  return storage.getStore()?.traceparent ?? null;
}

/** The request being handled, for the audit log; undefined outside of one. */
export function currentRequest(): Pick<RequestContext, 'traceparent' | 'address' | 'route'> | undefined {
  return storage.getStore();
}

/** The request's idempotency key, once: a request is one command, and a second one must not be answered with the first. */
export function takeIdempotencyKey(): IdempotencyKey | null {
  const context = storage.getStore();
  const key = context?.idempotencyKey ?? null;
  if (context) context.idempotencyKey = null;
  return key;
}

/** What the client of the request being handled has looked at; null: it does not say. Undefined outside of a request. */
export function currentLookedAt(): LookedAt | null | undefined {
  return storage.getStore()?.lookedAt;
}

/** A weak tag, and one of somebody else's making, is no version of ours. */
function lookedAtBy(ifMatch: string | undefined): LookedAt | null {
  if (!ifMatch) return null;
  if (ifMatch === '*') return 'whatever';
  return ifMatch.split(',').flatMap((tag) => {
    const [, version] = /^\s*"(\d{1,9})"\s*$/.exec(tag) ?? [];
    return version === undefined ? [] : [Number(version)];
  });
}

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const COMMANDS = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Express middleware, after the body parser: opens the context of a request.
 * @param digest keyed hash: a body may hold an identity number, which a plain hash would give away to whoever tries them all
 */
export function requestContext(digest: (text: string) => string) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    const traceparent = request.header('traceparent');
    let idempotencyKey: IdempotencyKey | null = null;
    const key = request.header('idempotency-key');
    if (key !== undefined && COMMANDS.has(request.method)) {
      if (!/^[\x21-\x7e]{8,128}$/.test(key)) return next(new IdempotencyKeyMalformed());
      idempotencyKey = {
        // A client may make its keys of a person's number: only the keyed digest is kept.
        key: digest(key),
        requestHash: digest(`${request.method} ${request.path}\n${JSON.stringify(request.body ?? null)}`),
      };
    }
    storage.run(
      {
        traceparent: traceparent && TRACEPARENT.test(traceparent) ? traceparent : null,
        address: request.ip ?? null,
        route: () => `${request.method} ${(request.route as { path?: string } | undefined)?.path ?? ''}`,
        idempotencyKey,
        lookedAt: lookedAtBy(request.header('if-match')),
      },
      next,
    );
  };
}
