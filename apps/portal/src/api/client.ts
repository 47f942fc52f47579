import type { paths } from '@app/api-client';
import createClient, { type Middleware } from 'openapi-fetch';
import { Problem, problemOf } from './problem';

/** Told when a session has ended while somebody worked. */
type SignedOutListener = () => void;

/** How far this machine's clock is from the server's, in milliseconds. */
let clockOffset = 0;

/** Now, by the server's clock: by it terms run. */
export const serverNow = (): Date => new Date(Date.now() + clockOffset);

/** When the server last answered, by its clock: from then on it counts how long nobody does anything. */
let answeredAt = 0;
export const lastAnswer = (): number => answeredAt;

let csrfToken: string | null = null;
const signedOut = new Set<SignedOutListener>();

/** The token that every change must bring; comes with the sign-in and with `GET /workbench/me`. */
export function keepCsrfToken(token: string | null): void {
  csrfToken = token;
}

export function onSignedOut(listener: SignedOutListener): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

const session: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET' && csrfToken) request.headers.set('x-csrf-token', csrfToken);
    return request;
  },
  async onResponse({ response }) {
    const date = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(date)) clockOffset = date - Date.now();
    answeredAt = serverNow().getTime();
    if (response.ok) return undefined;
    const problem = await problemOf(response);
    if (problem.status === 401 && problem.slug === 'not-signed-in') {
      keepCsrfToken(null);
      for (const tell of signedOut) tell();
    }
    throw problem;
  },
  onError({ error }) {
    // Whoever asked has gone to another page: no failure that anybody should read of.
    return error instanceof DOMException && error.name === 'AbortError' ? error : new Problem(0);
  },
};

/** The services, through the portal's own server: no request goes to any other host. */
export const api = createClient<paths>({ baseUrl: location.origin });
api.use(session);

/** The body of an answer; a refusal has been thrown before. */
export function answered<Data>({ data }: { readonly data?: Data }): Data {
  return data as Data;
}
