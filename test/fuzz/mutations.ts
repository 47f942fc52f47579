import type { SeededRandom } from '../../apps/cli/src/demo/random.js';
import { CANARIES } from './world.js';

/** A request as it goes over the wire. */
export interface WireRequest {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body: Buffer | null;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const WORDS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e\u0645\u0631',
  'e\u0301\u0301\u0301',
  '👩🏽‍🦽'.repeat(20),
  '\ufeff',
  'null',
  'undefined',
  '__proto__',
  "'; drop table persons; --",
  '${jndi:ldap://x}',
  '{{7*7}}',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  '%00%ff%',
  '１９９０−０１−０１',
  '2026-02-30',
  '0000-00-00',
  '+275760-09-13',
  '-000001-01-01',
  '99999-12-31',
  '2026-13-45T99:99:99Z',
  '0001-01-01',
  '9999-12-31',
  'Infinity',
  '1e400',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  '338801001001',
  '999999999999',
  '000000000000',
  ...Object.values(CANARIES),
];

const NUMBERS: readonly number[] = [
  0,
  -0,
  -1,
  1.5,
  1e308,
  -1e308,
  5e-324,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  1e21,
  9_007_199_254_740_993,
];

/** Some value that probably is not what was asked for. */
export function strange(random: SeededRandom, depth = 0): Json {
  switch (random.int(0, depth > 2 ? 4 : 7)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(NUMBERS);
    case 3:
      return random.pick(WORDS);
    case 4:
      return random.pick(['x', '字', '\u0000', '9']).repeat(random.pick([51, 201, 501, 1001, 2001, 20_000]));
    case 5:
      return Array.from({ length: random.pick([0, 1, 3, 101]) }, () => strange(random, depth + 1));
    case 6:
      return {
        [random.pick(['a', '__proto__', 'constructor', 'toString', 'length'])]: strange(random, depth + 1),
      };
    default: {
      let deep: Json = 1;
      for (let level = random.pick([10, 500, 3000]); level > 0; level -= 1) deep = [deep];
      return deep;
    }
  }
}

/** Changes one thing somewhere in a JSON value. */
export function mutateJson(value: Json, random: SeededRandom): Json {
  if (Array.isArray(value) && value.length > 0 && random.chance(0.85)) {
    const at = random.int(0, value.length - 1);
    return random.chance(0.2)
      ? [...value, ...value]
      : value.map((each, index) => (index === at ? mutateJson(each, random) : each));
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value) && random.chance(0.9)) {
    const names = Object.keys(value);
    if (names.length > 0 && random.chance(0.8)) {
      const name = random.pick(names);
      const { [name]: old, ...others } = value;
      return random.chance(0.2) ? others : { ...others, [name]: mutateJson(old!, random) };
    }
    return { ...value, [random.pick(['extra', 'personId', 'toString', 'id', '__proto__'])]: strange(random) };
  }
  if (typeof value === 'string' && random.chance(0.4)) {
    return random.pick([
      `${value} `,
      value.toUpperCase(),
      value.slice(0, -1),
      value + value,
      [value],
      value.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
      `${value}\u0000`,
    ]);
  }
  return strange(random);
}

/** The text of a body, broken as a text. */
export function breakText(text: string, random: SeededRandom): Buffer {
  switch (random.int(0, 9)) {
    case 0:
      return Buffer.from(text.slice(0, random.int(0, text.length)));
    case 1:
      return Buffer.from(`${text}}`);
    case 2:
      return Buffer.from(`\ufeff${text}`);
    case 3:
      return Buffer.from(text, 'utf16le');
    case 4:
      return Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0xc0, 0x80])]);
    case 5:
      // The same names once more, with other values.
      return Buffer.from(twice(text).replace(/:"[^"]{3,}"/, ':""'));
    case 6:
      return Buffer.from(text.replace(/:("[^"]*"|\d+)/, ':1e999'));
    case 7:
      return Buffer.from(text.replaceAll(/"([^"]{0,40})"/g, '"\\u0000$1"'));
    case 8:
      return Buffer.from(text.replace(/[{[]/, '$&,'));
    default:
      return Buffer.from(
        random.pick(['', 'null', '[]', '"text"', '12', 'true', '{}', '[{}]', '{"__proto__":{"a":1}}']),
      );
  }
}

type Mutation = (request: WireRequest, random: SeededRandom) => void;

const PLACES = [
  '..',
  '%2e%2e%2f%2e%2e',
  '%00',
  '%',
  '%ff%fe',
  'a'.repeat(5000),
  '%F0%9F%92%A9',
  ';x=1',
  '-1',
  '0',
  '1e9',
  '99999999999999999999',
  'null',
  'constructor',
  '__proto__',
  '%27%3B--',
  CANARIES.identityNumber,
];
const QUERY = [
  'limit=1e9',
  'limit=-1',
  'limit=0',
  'limit=1&limit=2',
  'limit[]=1',
  'limit[a][b]=c',
  'after=%00',
  'after=not-a-uuid',
  'status=open',
  'status=nothing',
  'personId=',
  'open=maybe',
  'from=338801000000&to=338801999999',
  'from=x',
  'division=338801001001',
  'division=999999999999',
  'item=subsidies/living-subsidy',
  'item=..%2f..',
  'proposed=transfer',
  'full=true',
  'full=true&confirmRemovals=1',
  'asOf=2026-02-30',
  'asOf=2026-01-31',
  '__proto__[a]=1',
  'q=%F0%9F%92%A9',
  'name=%E7%8E%8B',
  '%ff=%ff',
  'a='.repeat(1200),
  `x=${'y'.repeat(4000)}`,
];
const HEADERS: readonly Record<string, string | string[]>[] = [
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/xml' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'application/json; charset=nothing' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': '' },
  { 'content-type': 'text/csv' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'nothing' },
  { accept: 'image/png' },
  { 'accept-language': '*;q=9' },
  { traceparent: '00-zz-zz-01' },
  { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01` },
  { traceparent: 'x'.repeat(3000) },
  { 'idempotency-key': '' },
  { 'idempotency-key': 'k'.repeat(3000) },
  { 'idempotency-key': 'fuzz-key' },
  { 'idempotency-key': CANARIES.identityNumber },
  { 'idempotency-key': ['a', 'b'] },
  { 'x-forwarded-for': '1.2.3.4, ::1', 'x-forwarded-host': 'evil.example' },
  { 'x-http-method-override': 'DELETE' },
  { range: 'bytes=0-1,2-,-9' },
  { 'if-none-match': '*' },
  { cookie: `session=${'a'.repeat(2000)}; __proto__=1` },
  { authorization: 'Bearer' },
  { authorization: 'Bearer a.b.c' },
  { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' },
  { authorization: `Bearer ${'x'.repeat(6000)}` },
  { authorization: 'Basic YTpi' },
  { origin: 'https://evil.example', referer: 'https://evil.example/' },
  { 'x-csrf-token': 'x' },
];

const json: Mutation = (request, random) => {
  if (!request.body) return;
  try {
    const value = JSON.parse(request.body.toString()) as Json;
    request.body = Buffer.from(JSON.stringify(mutateJson(value, random)));
  } catch {
    request.body = breakText(request.body.toString(), random);
  }
};
const text: Mutation = (request, random) => {
  if (request.body) request.body = breakText(request.body.toString(), random);
};
const place: Mutation = (request, random) => {
  const parts = request.path.split('/');
  parts[random.int(1, parts.length - 1)] = random.pick(PLACES);
  request.path = parts.join('/');
};
const wholePath: Mutation = (request, random) => {
  request.path = random.pick([
    `${request.path}/`,
    `/${request.path}`,
    request.path.toUpperCase(),
    request.path.replaceAll('/', '%2f'),
    request.path.replace('/', '/./'),
    `${request.path}?`,
    `${request.path}#x`,
  ]);
};
const query: Mutation = (request, random) => {
  const more = Array.from({ length: random.int(1, 3) }, () => random.pick(QUERY)).join('&');
  request.path += (request.path.includes('?') ? '&' : '?') + more;
};
const headers: Mutation = (request, random) => Object.assign(request.headers, random.pick(HEADERS));
const method: Mutation = (request, random) => {
  request.method = random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']);
};
const noBody: Mutation = (request) => {
  request.body = null;
};
const large: Mutation = (request) => {
  request.body = Buffer.from(`{"reason":"${'长'.repeat(400_000)}"}`);
};

/** Ways to spoil a request, by how often each is used. */
export const MUTATIONS: readonly (readonly [Mutation, number])[] = [
  [json, 50],
  [text, 10],
  [place, 10],
  [wholePath, 3],
  [query, 12],
  [headers, 12],
  [method, 2],
  [noBody, 2],
  [large, 0.05],
];

/** An object's members once more. By hand: some bodies are longer than a pattern can take in. */
function twice(text: string): string {
  if (!/^\{./.test(text) || !text.endsWith('}')) return text;
  const members = text.slice(1, -1);
  return `{${members},${members}}`;
}
