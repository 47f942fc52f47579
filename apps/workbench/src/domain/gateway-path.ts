/** Where a request to the gateway goes. */
export interface GatewayTarget {
  /** The owning service. */
  readonly service: string;
  /** Path and query at that service, exactly as they were sent. */
  readonly path: string;
}

/** First words of paths that are the same at every service. */
const EVERY_SERVICE_HAS = new Set(['ops', 'audit']);
const SERVICE = /^[a-z][a-z-]{1,30}$/;
/** Characters of RFC 3986 paths; a percent sign only before two hex digits. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
const QUERY = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?[\]|^`{}"]|%[0-9A-Fa-f]{2})*$/;
/** What would mean another path to a server that decodes before it looks: slash, backslash, NUL, line ends, percent. */
const HIDDEN = /%(?:2f|5c|00|0a|0d|25)/i;

/**
 * `/api/registry/persons?after=x` is `/registry/persons?after=x` of registry; `/api/registry/ops/…` is its `/ops/…`,
 * and so is `/audit/…`.
 * @returns null for whatever is not plainly such an address: nothing is repaired
 */
export function gatewayTarget(originalUrl: string): GatewayTarget | null {
  const queryAt = originalUrl.indexOf('?');
  const path = queryAt < 0 ? originalUrl : originalUrl.slice(0, queryAt);
  const query = queryAt < 0 ? '' : originalUrl.slice(queryAt + 1);
  if (!path.startsWith('/api/') || !PATH.test(path) || HIDDEN.test(path) || !QUERY.test(query)) return null;
  const [service = '', ...rest] = path.slice('/api/'.length).split('/');
  if (!SERVICE.test(service) || rest.length === 0) return null;
  // A segment of dots however written; an empty one in the middle is `//`.
  const segments = rest.map((segment) => segment.replaceAll(/%2e/gi, '.'));
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return null;
  const own = EVERY_SERVICE_HAS.has(rest[0]!) ? `/${rest.join('/')}` : `/${service}/${rest.join('/')}`;
  return { service, path: queryAt < 0 ? own : `${own}?${query}` };
}
