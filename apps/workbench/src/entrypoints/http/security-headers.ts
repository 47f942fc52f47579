import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { ownOrigin } from './browser.js';

/** Answers here are data: nothing in them may run, be framed, or be taken for something else, and no copy stays behind. */
const ALWAYS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

const TWO_YEARS = 63_072_000;

/** What browsers are told beside every answer of the portal's server and its gateway. */
@Injectable()
export class SecurityHeaders implements NestMiddleware {
  constructor(@Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig) {}

  use(request: Request, response: Response, next: NextFunction): void {
    for (const [name, value] of Object.entries(ALWAYS)) response.setHeader(name, value);
    if (ownOrigin(request, this.config.PUBLIC_URL).protocol === 'https:') {
      response.setHeader('strict-transport-security', `max-age=${TWO_YEARS}; includeSubDomains`);
    }
    next();
  }
}
