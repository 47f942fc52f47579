import { canary, type CanarySecret } from '@app/testing';
import type { Sending } from './requests.js';

/** The secrets that are sent through every door. The name goes in too, as a name; where names are kept is said by the registry. */
export const PLANTED = [
  'identityNumber',
  'cardNumber',
  'phone',
  'account',
  'address',
] as const satisfies readonly CanarySecret[];
type PlantedSecret = (typeof PLANTED)[number];

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The value with one of its texts replaced, each in turn. */
function* replacing(value: Json, secret: string): Generator<Json> {
  if (typeof value === 'string') {
    yield secret;
    yield `号码为${secret}，请核对`;
  } else if (Array.isArray(value)) {
    for (const [at, each] of (value as readonly Json[]).entries()) {
      for (const other of replacing(each, secret)) yield value.with(at, other) as Json;
    }
  } else if (value !== null && typeof value === 'object') {
    for (const [name, each] of Object.entries(value)) {
      for (const other of replacing(each as Json, secret)) yield { ...value, [name]: other };
    }
  }
}

/** Secrets for which there is a field: it is kept there, and kept close. */
const HOME: readonly PlantedSecret[] = ['phone', 'address', 'identityNumber', 'cardNumber'];

/** A request of the matrix with a secret at each of its places: id, query, header, every text of the body, and what nobody asked for. */
export function* planted(sending: Sending, name: PlantedSecret): Generator<Sending & Planted> {
  const secret = canary[name];
  const encoded = encodeURIComponent(secret);
  const [path, query] = sending.path.split('?') as [string, string?];
  const parts = path.split('/');
  for (const [at, part] of parts.entries()) {
    if (/^[0-9a-f-]{36}$|^\d+$/.test(part)) {
      yield { ...sending, path: parts.with(at, encoded).join('/') + (query ? `?${query}` : ''), at: 'id' };
    }
  }
  const asked = ['q', 'after', 'personId', 'status', 'limit', 'from', 'division', 'item', 'asOf'];
  yield { ...sending, path: `${path}?${asked.map((key) => `${key}=${encoded}`).join('&')}`, at: 'query' };
  const ascii = /^[\x20-\x7e]+$/.test(secret) ? secret : encoded;
  for (const header of [
    'idempotency-key',
    'user-agent',
    'traceparent',
    'x-request-id',
    'accept-language',
    'referer',
  ]) {
    yield { ...sending, headers: { [header]: ascii }, at: header };
  }
  if (sending.body === undefined) return;
  if (sending.contentType) {
    yield { ...sending, body: String(sending.body).replaceAll(/[^,\n]+(?=[,\n])/g, secret), at: 'file' };
    yield { ...sending, body: `${String(sending.body)}${secret},${secret},${secret}\n`, at: 'row' };
    return;
  }
  const body = sending.body as Json;
  // A number in a free text is recognised and refused; an address cannot be told from other words.
  const texts = name === 'address' ? [] : replacing(body, secret);
  for (const spoilt of texts) yield { ...sending, body: spoilt, at: 'text' };
  yield {
    ...sending,
    body: {
      ...(body as object),
      [secret]: secret,
      ...(name === 'address' ? {} : { note: secret, reason: secret }),
    },
    at: 'more',
  };
  if (HOME.includes(name)) yield { ...sending, body: { ...(body as object), [name]: secret }, at: 'home' };
  yield { ...sending, body: secret, at: 'whole' };
  yield { ...sending, rawBody: `{"reason":"${secret}", ${secret}`, at: 'broken' };
}

/** Where a secret was put, and what goes beside or instead of the body. */
export interface Planted {
  readonly at: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly rawBody?: string;
}
