import http, { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

/** What a request to a service is made of. */
export interface ServiceRequest {
  readonly method: string;
  readonly base: URL;
  /** Path and query, as they are sent. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** Streamed; null: none. */
  readonly body: Readable | null;
  /** Most bytes that the body may have. */
  readonly bodyLimit: number;
  readonly timeoutMs: number;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

/** The service cannot be reached, or broke off. */
export class ServiceUnreachable extends Error {}
/** The service did not begin to answer in time. */
export class ServiceTooSlow extends Error {}
/** The body of the request is larger than the gateway lets through. */
export class BodyTooLarge extends Error {}

/** Services close a connection that is idle for five seconds: ours are closed before, so that no request meets a closing one. */
const KEPT_OPEN = { keepAlive: true, maxSockets: 200, timeout: 3_000 } as const;

/** Requests of the gateway to services: streamed both ways, over connections that are kept open; no redirect is followed. */
@Injectable()
export class ServiceClient implements OnApplicationShutdown {
  private readonly plain = new http.Agent(KEPT_OPEN);
  private readonly secured = new https.Agent(KEPT_OPEN);

  onApplicationShutdown(): void {
    this.plain.destroy();
    this.secured.destroy();
  }

  /** @throws ServiceUnreachable, ServiceTooSlow, BodyTooLarge */
  send({
    method,
    base,
    path,
    headers,
    body,
    bodyLimit,
    timeoutMs,
    signal,
  }: ServiceRequest): Promise<ServiceAnswer> {
    const secure = base.protocol === 'https:';
    return new Promise((resolve, reject) => {
      // Host and path are given apart, so that no path becomes another host.
      const request = (secure ? https : http).request({
        hostname: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port || (secure ? 443 : 80),
        method,
        path,
        headers,
        signal,
        agent: secure ? this.secured : this.plain,
      });
      const fail = (error: Error) => {
        reject(error);
        request.destroy();
      };
      // Counts from the last byte that moved, in either direction.
      request.setTimeout(timeoutMs, () => fail(new ServiceTooSlow('no answer in time')));
      request.once('error', (error) => reject(new ServiceUnreachable('not reached', { cause: error })));
      request.once('response', (answer) => {
        resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: answer });
      });
      if (!body) return void request.end();
      let size = 0;
      body.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > bodyLimit) fail(new BodyTooLarge('body too large'));
      });
      body.once('error', () => fail(new ServiceUnreachable('the client broke off')));
      body.pipe(request);
    });
  }
}
