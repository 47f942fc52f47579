import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { currentTraceparent } from '@app/platform';
import { ServiceAddresses } from '../adapters/http/service-addresses.js';
import { BodyTooLarge, ServiceClient, type ServiceAnswer } from '../adapters/http/service-client.js';
import { RequestLimits } from '../adapters/redis/request-limits.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../config.js';
import { GatewayAddressUnknown } from '../domain/gateway-errors.js';
import { gatewayTarget } from '../domain/gateway-path.js';
import type { Session } from '../domain/session-terms.js';
import { SigningKeys } from './signing-keys.js';

/** A request of a browser to a service. */
export interface GatewayRequest {
  readonly method: string;
  /** As it stood in the request line. */
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  readonly signal: AbortSignal;
}

/** All that a service is told by a browser. Cookies, tokens, and who or where somebody claims to be, are not among it. */
const PASSED_ON = [
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'content-length',
  'content-encoding',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-range',
  'range',
  'x-file-name',
] as const;

/** What belongs to one connection (RFC 9110 section 7.6.1), and what only the portal's server says to browsers. */
const NOT_PASSED_BACK = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'server',
  'x-powered-by',
  'www-authenticate',
  'strict-transport-security',
]);

const MEGABYTE = 1024 * 1024;

/** Brings requests of signed-in users to the owning service, with a token that no browser ever sees. */
@Injectable()
export class Gateway {
  constructor(
    private readonly keys: SigningKeys,
    private readonly addresses: ServiceAddresses,
    private readonly client: ServiceClient,
    private readonly limits: RequestLimits,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  /** @throws GatewayAddressUnknown, TooManyRequests, BodyTooLarge, ServiceUnreachable, ServiceTooSlow */
  async send(request: GatewayRequest, session: Session, actor: Actor): Promise<ServiceAnswer> {
    await this.limits.ofGateway(session.sessionId);
    const target = gatewayTarget(request.originalUrl);
    const base = target && this.addresses.of(target.service);
    if (!target || !base) throw new GatewayAddressUnknown();
    const bodyLimit = this.config.GATEWAY_BODY_MB * MEGABYTE;
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit) throw new BodyTooLarge();
    return this.client.send({
      method: request.method,
      base,
      path: target.path,
      headers: this.headersFor(request.headers, await this.keys.sign(actor)),
      body: hasBody(request.headers) ? request.body : null,
      bodyLimit,
      timeoutMs: 1000 * this.secondsFor(request.headers),
      signal: request.signal,
    });
  }

  private secondsFor(headers: IncomingHttpHeaders): number {
    const { GATEWAY_TIMEOUT_SECONDS, GATEWAY_FILE_TIMEOUT_SECONDS } = this.config;
    return bringsFile(headers) ? GATEWAY_FILE_TIMEOUT_SECONDS : GATEWAY_TIMEOUT_SECONDS;
  }

  private headersFor(from: IncomingHttpHeaders, token: string): OutgoingHttpHeaders {
    const passed = PASSED_ON.flatMap((name) => {
      const value = from[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return {
      ...Object.fromEntries(passed),
      authorization: `Bearer ${token}`,
      traceparent: currentTraceparent() ?? newTraceparent(),
    };
  }
}

/** What of a service's answer goes back to the browser. */
export function passedBack(headers: IncomingHttpHeaders): [string, string | string[]][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || NOT_PASSED_BACK.has(name) ? [] : [[name, value] as [string, string | string[]]],
  );
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function bringsFile(headers: IncomingHttpHeaders): boolean {
  return hasBody(headers) && !/^application\/json\b/.test(headers['content-type'] ?? 'application/json');
}

function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
