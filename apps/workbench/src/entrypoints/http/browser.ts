import type { CookieOptions, Request, Response } from 'express';
import type { Browser } from '../../adapters/postgres/session-repository.js';
import { isSecret } from '../../domain/browser-secret.js';

/** What a browser carries for us: a session, a half sign-in, a sign-in under way at the OpenID provider. */
export type CookieKind = 'session' | 'half' | 'oidc';

/** Only the way back from another site's page needs Lax; everything else is asked for by our own pages. */
const SAME_SITE: Readonly<Record<CookieKind, 'strict' | 'lax'>> = {
  session: 'strict',
  half: 'strict',
  oidc: 'lax',
};

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/** Where the portal stands for this request: as configured, else as the browser says; plain HTTP only on this machine. */
export function ownOrigin(request: Request, publicUrl: string | undefined): URL {
  if (publicUrl) return new URL(publicUrl);
  const host = request.header('host') ?? '';
  const scheme = LOOPBACK.test(host) ? 'http' : 'https';
  return URL.canParse(`${scheme}://${host}`)
    ? new URL(`${scheme}://${host}`)
    : new URL('https://unknown.invalid');
}

/** A `__Host-` cookie comes from this host over TLS and from nowhere else; plain HTTP cannot have it. */
function nameOf(kind: CookieKind, secure: boolean): string {
  return `${secure ? '__Host-' : ''}onething-${kind}`;
}

/** The cookie's value if it can be one of ours; null otherwise. */
export function cookieOf(request: Request, kind: CookieKind, secure: boolean): string | null {
  const name = nameOf(kind, secure);
  const found = (request.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .filter(([key]) => key === name);
  // Two of one name: somebody has set one beside ours.
  const value = found.length === 1 ? (found[0]?.[1] ?? null) : null;
  return isSecret(value) ? value : null;
}

function options(kind: CookieKind, secure: boolean): CookieOptions {
  return { httpOnly: true, secure, sameSite: SAME_SITE[kind], path: '/' };
}

export function setCookie(response: Response, kind: CookieKind, secure: boolean, value: string): void {
  response.cookie(nameOf(kind, secure), value, options(kind, secure));
}

export function clearCookie(response: Response, kind: CookieKind, secure: boolean): void {
  response.clearCookie(nameOf(kind, secure), options(kind, secure));
}

export function browserOf(request: Request): Browser {
  return { address: request.ip ?? null, name: request.header('user-agent') ?? null };
}
