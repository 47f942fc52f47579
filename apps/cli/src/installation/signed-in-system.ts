import { CliError } from '../cli-error.js';
import { refusal, RunningSystem, ServiceRefused, type CallOptions } from './running-system.js';

interface Session {
  readonly cookie: string;
  readonly csrfToken: string;
}

/**
 * The system as its users reach it: each signs in at the portal's server and calls through its gateway, with a cookie and nothing else. Whoever
 * has no account (the installation's own set-up) calls with a token, as before.
 */
export class SignedInSystem extends RunningSystem {
  private readonly sessions = new Map<string, Promise<Session>>();

  /**
   * @param passwordOf password of a user by id; null for whoever has no account
   * @param onRefused is asked once to mend an account that is refused at the door; absent: the refusal stands
   */
  constructor(
    private readonly inner: RunningSystem,
    private readonly passwordOf: (userId: string) => string | null,
    private readonly onRefused?: (userId: string) => Promise<void>,
  ) {
    super(inner.state, inner.signer);
  }

  /** @throws ServiceRefused, ServiceSilent */
  override async call<Result>(
    service: string,
    method: string,
    path: string,
    options: CallOptions,
  ): Promise<Result> {
    const { id } = options.actor;
    const password = this.passwordOf(id);
    if (password === null) return this.inner.call(service, method, path, options);
    let session = await this.sessionOf(id, password);
    const first = await this.send(session, service, method, path, options);
    if (first.status !== 401) return resultOf(first);
    // The session has ended, as they do; a user would sign in again.
    this.sessions.delete(id);
    session = await this.sessionOf(id, password);
    return resultOf(await this.send(session, service, method, path, options));
  }

  /** Whether the user can sign in. */
  async admits(userId: string): Promise<boolean> {
    try {
      await this.sessionOf(userId, this.passwordOf(userId) ?? '');
      return true;
    } catch (error) {
      if (error instanceof ServiceRefused) return false;
      throw error;
    }
  }

  private sessionOf(userId: string, password: string): Promise<Session> {
    const known = this.sessions.get(userId);
    if (known) return known;
    const opened = this.signIn(userId, password).catch(async (error: unknown) => {
      if (!this.onRefused || !(error instanceof ServiceRefused) || error.status !== 401) throw error;
      await this.onRefused(userId);
      return this.signIn(userId, password);
    });
    this.sessions.set(userId, opened);
    opened.catch(() => this.sessions.delete(userId));
    return opened;
  }

  private async signIn(userId: string, password: string): Promise<Session> {
    const response = await this.exchange('workbench', 'POST', '/workbench/sign-in', {
      body: { userId, password },
    });
    const step = await resultOf<{ next: string; csrfToken: string | null }>(response);
    if (step.next !== 'done' || step.csrfToken === null) {
      throw new CliError(
        'second-factor',
        `${userId} 需要第二因素才能登录 · needs a second factor to sign in`,
      );
    }
    const cookie = response.headers
      .getSetCookie()
      .map((each) => each.split(';')[0]!)
      .join('; ');
    return { cookie, csrfToken: step.csrfToken };
  }

  private send(
    session: Session,
    service: string,
    method: string,
    path: string,
    options: CallOptions,
  ): Promise<Response> {
    const address = path.startsWith(`/${service}/`) ? `/api${path}` : `/api/${service}${path}`;
    return this.exchange('workbench', method, address, options, {
      cookie: session.cookie,
      'x-csrf-token': session.csrfToken,
    });
  }
}

async function resultOf<Result>(response: Response): Promise<Result> {
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  return (text === '' ? undefined : JSON.parse(text)) as Result;
}
