import { ActorTokenSigner, type Actor } from '@app/access';
import type { JWK } from 'jose';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, NotRunning } from '../cli-error.js';
import { keyFilesIn } from './keys.js';
import { liveRunState, type RunState } from './run-state.js';

const ANSWER_LIMIT_MS = 15_000;

/** A service answered a command with an error of its own: its sentence is for the person who asked. */
export class ServiceRefused extends CliError {
  constructor(
    readonly status: number,
    /** The `type` of the problem, without its prefix: `case-not-found`. */
    slug: string,
    detail: string,
    readonly problem: Readonly<Record<string, unknown>>,
  ) {
    super(slug, detail);
  }
}

/** No answer: the process is down, or frozen. */
export class ServiceSilent extends CliError {
  constructor(service: string, url: string) {
    super('service-silent', `${service} 没有应答 · does not answer at ${url}`, 'npx onething status');
  }
}

export interface CallOptions {
  readonly actor: Actor;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** The system that runs beside this command, spoken to over its public HTTP as any client would. */
export class RunningSystem {
  private readonly tokens = new Map<Actor, { token: string; until: number }>();

  constructor(
    readonly state: RunState,
    readonly signer: ActorTokenSigner = signerIn(state.keys),
  ) {}

  /** @throws NotRunning */
  static find(home: string): RunningSystem {
    const state = liveRunState(home);
    if (!state) throw new NotRunning();
    return new RunningSystem(state);
  }

  /** @throws CliError naming the services that there are */
  url(service: string): string {
    const url = this.state.services[service];
    if (url) return url;
    const known = Object.keys(this.state.services).join(', ');
    throw new CliError(
      'unknown-service',
      `没有在运行的服务“${service}”· not running here. 可选 · one of: ${known}`,
    );
  }

  /** A token that is good for some minutes; made again before it ends. */
  async tokenFor(actor: Actor): Promise<string> {
    const held = this.tokens.get(actor);
    if (held && held.until > Date.now()) return held.token;
    const token = await this.signer.sign(actor);
    this.tokens.set(actor, { token, until: Date.now() + 10 * 60_000 });
    return token;
  }

  /** @throws ServiceRefused, ServiceSilent */
  async call<Result>(service: string, method: string, path: string, options: CallOptions): Promise<Result> {
    const url = this.url(service);
    const { actor, body, headers, timeoutMs = ANSWER_LIMIT_MS } = options;
    const binary = body instanceof Uint8Array;
    let response: Response;
    try {
      response = await fetch(new URL(path, `${url}/`), {
        method,
        headers: {
          authorization: `Bearer ${await this.tokenFor(actor)}`,
          ...(body === undefined || binary ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: binary ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch {
      throw new ServiceSilent(service, url);
    }
    const text = await response.text();
    if (!response.ok) throw refusal(response.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as Result;
  }
}

/** Signs with the private key that `up` made. */
function signerIn(keysDirectory: string): ActorTokenSigner {
  const file = keyFilesIn(dirname(keysDirectory)).actorPrivateKey;
  return new ActorTokenSigner(JSON.parse(readFileSync(file, 'utf8')) as JWK);
}

/** The error that an answer tells of. */
export function refusal(status: number, text: string): ServiceRefused {
  try {
    const problem = JSON.parse(text) as Record<string, unknown>;
    const slug = String(problem['type'] ?? '').replace('urn:onething:problem:', '');
    return new ServiceRefused(status, slug, String(problem['detail'] ?? text), problem);
  } catch {
    return new ServiceRefused(status, `http-${status}`, text.slice(0, 500), {});
  }
}
