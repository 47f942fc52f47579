import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { portalFiles, type PortalFile } from '../../adapters/portal-build.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { setSecurityHeaders } from './security-headers.js';

/**
 * What a page may do: run and fetch what this host serves, and nothing else. Styles may stand in the page, since the components write
 * theirs while they run; scripts may not.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const A_YEAR = 31_536_000;

/** First words of paths that are the machine's, also when a browser is led to them: data, downloads, the way to the OpenID provider. */
const NO_PAGES = /^\/(?:workbench|api|docs|docs-yaml|openapi\.json|live|ready|metrics)(?:[/.]|$)/;

/** The portal's pages and their files; whatever is neither goes on to the controllers. */
@Injectable()
export class PortalPages implements NestMiddleware {
  private readonly files: ReadonlyMap<string, PortalFile>;

  constructor(@Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig) {
    this.files = portalFiles(config.PORTAL_DIR);
  }

  use(request: Request, response: Response, next: NextFunction): void {
    const file = this.fileFor(request);
    if (!file) return next();
    this.send(file, request, response).catch(next);
  }

  private fileFor(request: Request): PortalFile | undefined {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    // Under `forRoutes` with a wildcard the path that the router sees is cut; the whole one stands here.
    const [path = '/'] = request.originalUrl.split('?', 1);
    const file = this.files.get(path);
    if (file) return file;
    // Which page an address is, the portal's own router says, also that there is none.
    const asksForPage = /\btext\/html\b/.test(request.header('accept') ?? '') && !NO_PAGES.test(path);
    return asksForPage ? this.files.get('/index.html') : undefined;
  }

  private async send(file: PortalFile, request: Request, response: Response): Promise<void> {
    setSecurityHeaders(request, response, this.config, { 'content-security-policy': PAGE_POLICY });
    response.setHeader('cache-control', file.immutable ? `public, max-age=${A_YEAR}, immutable` : 'no-store');
    response.setHeader('content-type', file.type);
    response.setHeader('vary', 'accept-encoding');
    response.setHeader('etag', file.etag);
    if (file.immutable && request.header('if-none-match') === file.etag) {
      response.status(304).end();
      return;
    }
    const compressed = /\bgzip\b/.test(request.header('accept-encoding') ?? '')
      ? await file.compressed()
      : null;
    if (compressed) response.setHeader('content-encoding', 'gzip');
    const body = compressed ?? file.body;
    response.setHeader('content-length', body.length);
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}
