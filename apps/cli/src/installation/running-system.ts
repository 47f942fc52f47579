import { ActorTokenSigner, type Actor } from '@app/access';
import type { JWK } from 'jose';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, NotRunning } from '../cli-error.js';
import { keyFilesIn } from './keys.js';
import { liveRunState, type RunState } from './run-state.js';

/** As long as a person would wait; a machine that is busy with something else takes its time. */
export const ANSWER_LIMIT_MS = 30_000;

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
  constructor(service: string, url: string, cause?: unknown) {
    const why = reasonOf(cause);
    super(
      'service-silent',
      `${service} 没有应答 · does not answer at ${url}${why ? ` (${why})` : ''}`,
      'npx onething status',
    );
    this.cause = cause;
  }
}

/** What the network said: `ECONNREFUSED` of a process that is not there, `TimeoutError` of one that is frozen. */
function reasonOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
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
    const text = await (await this.ask(service, method, path, options)).text();
    return (text === '' ? undefined : JSON.parse(text)) as Result;
  }

  /** An answer that is a file. @throws ServiceRefused, ServiceSilent */
  async download(service: string, method: string, path: string, options: CallOptions): Promise<Uint8Array> {
    return new Uint8Array(await (await this.ask(service, method, path, options)).arrayBuffer());
  }

  private async ask(service: string, method: string, path: string, options: CallOptions): Promise<Response> {
    const authorization = `Bearer ${await this.tokenFor(options.actor)}`;
    const response = await this.exchange(service, method, path, options, { authorization });
    if (!response.ok) throw refusal(response.status, await response.text());
    return response;
  }

  /** One request and its answer, whatever it says. @throws ServiceSilent */
  protected async exchange(
    service: string,
    method: string,
    path: string,
    { body, headers, timeoutMs = ANSWER_LIMIT_MS }: Omit<CallOptions, 'actor'>,
    credentials: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const url = this.url(service);
    const binary = body instanceof Uint8Array;
    try {
      return await fetch(new URL(path, `${url}/`), {
        method,
        headers: {
          ...credentials,
          // What was kept open may be closed over there just when it is used again, and a command is not sent twice.
          connection: 'close',
          ...(body === undefined || binary ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: binary ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      throw new ServiceSilent(service, url, error);
    }
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
