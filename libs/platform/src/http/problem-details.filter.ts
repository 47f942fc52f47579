import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { DomainError, type DomainErrorKind } from '@app/kernel';
import type { Request, Response } from 'express';
import { isTransient } from '../database/transient.js';
import { currentTraceparent } from './request-context.js';
import { RequestMalformed, type FieldError } from './request-malformed.js';

const STATUS: Record<DomainErrorKind, number> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  outdated: 412,
  unseen: 428,
  'too-many': 429,
};

/** RFC 9457. `detail` is a sentence a caseworker can act on; `errors` points into the request. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  traceId: string | null;
  retryable: boolean;
  errors?: readonly FieldError[];
  [extension: string]: unknown;
}

/** The path without its query, and without what was typed where an id belongs: either may be somebody's name or number. */
function pathWithoutValues(path: string): string {
  return path
    .split('/')
    .map((part) => (part === '' || WORD.test(part) || UUID.test(part) ? part : '*'))
    .join('/');
}
const WORD = /^[a-z][a-z.-]{0,40}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What will go through later, and what was too slow for its time-out: a machine that has too much to do now. */
function isBusy(error: unknown): boolean {
  return isTransient(error) || (error as { code?: unknown } | null)?.code === STATEMENT_TIMEOUT;
}
const STATEMENT_TIMEOUT = '57014';

/** The one place where an error becomes HTTP. What it does not know is logged and answered without any detail. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const problem = this.describe(error, request);
    if (response.headersSent) return void response.end();
    const wait = problem['retryAfterSeconds'];
    if (typeof wait === 'number') response.setHeader('retry-after', String(wait));
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private describe(error: unknown, request: Request): ProblemDetails {
    const base = {
      instance: pathWithoutValues(request.path),
      traceId: currentTraceparent()?.split('-')[1] ?? null,
    };
    if (error instanceof DomainError) {
      return {
        // First, so that no detail of a refusal can take the place of a field of the problem.
        ...error.details,
        type: `urn:onething:problem:${error.slug}`,
        title: error.slug,
        status: STATUS[error.kind],
        detail: error.message,
        // What another service has told may still be on its way.
        retryable: error.details?.['retryable'] === true,
        ...base,
      };
    }
    if (error instanceof RequestMalformed) {
      return {
        type: 'urn:onething:problem:request-malformed',
        title: 'request-malformed',
        status: 400,
        detail: `请求内容有 ${error.errors.length} 处不符合要求，请按 errors 中的位置逐项更正。`,
        retryable: false,
        errors: error.errors,
        ...base,
      };
    }
    if (error instanceof HttpException) {
      return {
        type: 'about:blank',
        title: error.name,
        status: error.getStatus(),
        detail: error.message,
        retryable: error.getStatus() === 429 || error.getStatus() === 503,
        ...base,
      };
    }
    this.logger.error(error instanceof Error ? error.stack : String(error));
    if (isBusy(error)) {
      return {
        type: 'urn:onething:problem:unavailable',
        title: 'unavailable',
        status: 503,
        detail: '系统暂时繁忙，内容没有保存，请稍后再试。',
        retryable: true,
        ...base,
      };
    }
    return {
      type: 'urn:onething:problem:unexpected',
      title: 'unexpected',
      status: 500,
      detail: '系统内部出错，内容没有保存。请稍后再试；若再次出现，请把 traceId 告诉运维人员。',
      retryable: true,
      ...base,
    };
  }
}
