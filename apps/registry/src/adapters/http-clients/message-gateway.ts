import { Logger } from '@nestjs/common';
import { z } from 'zod';
import type { GatewayAnswer, GatewayReceipt } from '../../domain/delivery.js';
import { MessagePort, type OutgoingMessage } from '../message-port.js';

const TIMEOUT_MS = 10_000;
/** They say something about us, not about the message: a wrong key must not cost anybody their messages. */
const ABOUT_US: readonly number[] = [401, 403, 404, 405, 407, 408, 425, 429];
const QUIET_MS = 60_000;

const taken = z.object({ id: z.string().max(200).optional() });
const receipt = z.object({ state: z.enum(['pending', 'sent', 'delivered', 'failed']) });

/** The place's gateway over HTTP: docs/messages.md says what it must answer. */
export class MessageGateway extends MessagePort {
  readonly usable = true;
  private readonly logger = new Logger('messages');
  private readonly url: string;
  private lastWarning = -Infinity;

  /** @param url without its last slash or with it; `messages` is added @param key bearer token */
  constructor(
    url: string,
    private readonly key: string,
    private readonly timeoutMs: number = TIMEOUT_MS,
  ) {
    super();
    this.url = `${url.replace(/\/$/, '')}/messages`;
  }

  async send({ key, channel, to, text }: OutgoingMessage): Promise<GatewayAnswer> {
    const response = await this.ask(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'idempotency-key': key },
      body: JSON.stringify({ channel, to: to.reveal(), language: 'zh', text }),
    });
    if (response === null) return { kind: 'later', afterMs: null };
    const { status } = response;
    if (status >= 200 && status < 300) {
      const { id } = taken.safeParse(response.body).data ?? {};
      // What the gateway calls it is kept, unless that is the number itself.
      return { kind: 'taken', receipt: id && !holds(id, to.reveal()) ? id : null };
    }
    if (status >= 400 && status < 500 && !ABOUT_US.includes(status)) return { kind: 'refused' };
    this.warn(`answered ${status}`);
    return { kind: 'later', afterMs: response.retryAfterMs };
  }

  async receiptOf(key: string): Promise<GatewayReceipt> {
    const response = await this.ask(`${this.url}/${encodeURIComponent(key)}`, { method: 'GET' });
    const said = response?.status === 200 ? receipt.safeParse(response.body).data : undefined;
    if (said?.state === 'delivered') return 'delivered';
    return said?.state === 'failed' ? 'not-reached' : 'not-yet';
  }

  /** Null: no answer. What is sent is said in no log, and a redirect is not followed: it would carry the number elsewhere. */
  private async ask(url: string, request: RequestInit) {
    try {
      const response = await fetch(url, {
        ...request,
        headers: { ...(request.headers as Record<string, string>), authorization: `Bearer ${this.key}` },
        redirect: 'manual',
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: parsed(text),
        retryAfterMs: retryAfterOf(response.headers.get('retry-after')),
      };
    } catch (error) {
      this.warn(error instanceof Error ? error.name : 'no answer');
      return null;
    }
  }

  private warn(what: string): void {
    if (performance.now() - this.lastWarning < QUIET_MS) return;
    this.lastWarning = performance.now();
    this.logger.warn(`the message gateway does not take messages, trying on: ${what}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Seconds, as RFC 9110 has them; a date is not waited for. */
function retryAfterOf(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : null;
}

function holds(text: string, number: string): boolean {
  const digits = (from: string) => from.replaceAll(/\D/g, '');
  return digits(text).includes(digits(number).slice(-8));
}
