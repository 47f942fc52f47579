import {
  applyDecorators,
  createParamDecorator,
  Inject,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiCookieAuth, ApiHeader } from '@nestjs/swagger';
import { lookingAs, Public, type Actor } from '@app/access';
import type { Caller } from '@app/platform';
import type { Request, Response } from 'express';
import { SessionRepository } from '../../adapters/postgres/session-repository.js';
import { ActingUser } from '../../app/acting-user.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { csrfTokenOf, sameText } from '../../domain/browser-secret.js';
import type { Session } from '../../domain/session-terms.js';
import { ForeignRequest, NotSignedIn } from '../../domain/sign-in-errors.js';
import { clearCookie, cookieOf, ownOrigin } from './browser.js';
import { isUnsafe, mustBeOwnPage } from './own-pages.guard.js';

/** Header that every change by a session must bring; its value comes with the sign-in and with `GET /workbench/me`. */
export const CSRF_HEADER = 'x-csrf-token';

/** A request of somebody who is signed in. */
export type SessionRequest = Request & { actor?: Actor; session?: Session; csrfToken?: string };

/** Lets in who has an open session; sets the actor as the guard of tokens does. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly acting: ActingUser,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<SessionRequest>();
    const secure = ownOrigin(request, this.config.PUBLIC_URL).protocol === 'https:';
    const secret = cookieOf(request, 'session', secure);
    if (!secret) throw new NotSignedIn();
    const csrfToken = csrfTokenOf(secret);
    if (isUnsafe(request)) {
      mustBeOwnPage(request, this.config.PUBLIC_URL);
      if (!sameText(request.header(CSRF_HEADER) ?? '', csrfToken)) throw new ForeignRequest();
    }
    const session = await this.sessions.alive(secret);
    if (!session) {
      clearCookie(http.getResponse<Response>(), 'session', secure);
      throw new NotSignedIn();
    }
    // Asked at every request: a right that was taken away is gone at once.
    request.actor = await this.acting.actor(session.userId, request.ip ?? null);
    request.session = session;
    request.csrfToken = csrfToken;
    return true;
  }
}

/** For whoever is signed in with a session of the portal, whatever the role: one's own things, and the gateway. */
export const BySession = () =>
  applyDecorators(
    // The guard of tokens lets it through; this one does not.
    Public(),
    UseGuards(SessionGuard),
    ApiCookieAuth(),
    ApiHeader({ name: CSRF_HEADER, required: false, description: 'Needed for every change' }),
  );

/** The session that the guard found. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): Session => {
  const { session } = context.switchToHttp().getRequest<SessionRequest>();
  if (!session) throw new NotSignedIn();
  return session;
});

/** The signed-in user, as whom something runs. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { actor } = context.switchToHttp().getRequest<SessionRequest>();
  if (!actor) throw new NotSignedIn();
  return lookingAs(actor);
});
