import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { ownOrigin } from './browser.js';

/** Of pages and data alike: what is sent is what it says it is, ours alone, framed by nobody, and may ask for no device. */
const OF_ALL: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Answers here are data: nothing in them may run, be framed, or be taken for something else, and no copy stays behind. */
const OF_DATA: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
  'cache-control': 'no-store',
};

const TWO_YEARS = 63_072_000;

/** What browsers are told beside every answer of the portal's server and its gateway. */
@Injectable()
export class SecurityHeaders implements NestMiddleware {
  constructor(@Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig) {}

  use(request: Request, response: Response, next: NextFunction): void {
    setSecurityHeaders(request, response, this.config, OF_DATA);
    next();
  }
}

/** @param more what is of this kind of answer alone, its policy before all */
export function setSecurityHeaders(
  request: Request,
  response: Response,
  { PUBLIC_URL }: Pick<WorkbenchConfig, 'PUBLIC_URL'>,
  more: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries({ ...OF_ALL, ...more })) response.setHeader(name, value);
  if (ownOrigin(request, PUBLIC_URL).protocol === 'https:') {
    response.setHeader('strict-transport-security', `max-age=${TWO_YEARS}; includeSubDomains`);
  }
}
