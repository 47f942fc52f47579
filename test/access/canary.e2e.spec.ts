import { jest } from '@jest/globals';
import { ColumnCipher } from '@app/access';
import { canary, findCanaries } from '@app/testing';
import { everyColumn, everyKey, schemas, startHouse, type House } from '../e2e/house.js';
import { Tokens, userOf } from './actors.js';
import { planted, PLANTED, type Planted } from './canaries.js';
import { EventPump } from './event-pump.js';
import { readMatrix, type Endpoint } from './matrix.js';
import { requests, type Sending } from './requests.js';
import { routesOf } from './routes.js';
import { arrange, type Stage } from './stage.js';

jest.setTimeout(1_200_000);

/** What the process writes to its log, at its most talkative, from the first line on. */
const logged: string[] = [];
const answered = new Map<string, string[]>();

let house: House;
let stage: Stage;
let tokens: Tokens;
beforeAll(async () => {
  process.env['TEST_LOG_LEVEL'] = 'trace';
  const write = process.stdout.write.bind(process.stdout);
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
    const text = String(chunk);
    if (!text.startsWith('{')) return write(chunk, ...(rest as []));
    logged.push(text);
    return true;
  });
  house = await startHouse('direct');
  stage = await arrange(house);
  tokens = await Tokens.of(house.service.signer);
});
afterAll(async () => {
  await house.stop();
  jest.restoreAllMocks();
  delete process.env['TEST_LOG_LEVEL'];
});

async function send(endpoint: Endpoint, sending: Sending & Planted): Promise<void> {
  const who = endpoint.allowed[0]!;
  const json =
    sending.rawBody ?? (sending.contentType ? (sending.body as string) : JSON.stringify(sending.body));
  const response = await fetch(house.service.url + sending.path, {
    method: endpoint.name.split(' ')[0]!,
    headers: {
      // Between two doors this process is busy for longer than the server keeps an idle connection.
      connection: 'close',
      authorization: `Bearer ${await tokens.bearing(userOf(who, 'here'), 'own')}`,
      'if-match': '*',
      ...(sending.body === undefined ? {} : { 'content-type': sending.contentType ?? 'application/json' }),
      ...sending.headers,
    },
    ...(sending.body === undefined ? {} : { body: json }),
  });
  const place = `answer ${response.status} of ${endpoint.name}, with a canary as ${sending.at}`;
  const headers = JSON.stringify([...response.headers]);
  answered.set(place, [...(answered.get(place) ?? []), headers + (await response.text())]);
}

it('keeps a secret that went in through any place of any door in no answer, log, table, fact, parked message or queue in the clear', async () => {
  const matrix = readMatrix();
  const pump = new EventPump(
    house.service,
    schemas.map((schema) => schema.replaceAll('_', '-')),
  );
  const work: (() => Promise<void>)[] = [];
  for (const endpoint of matrix.endpoints) {
    const sending = requests[endpoint.name]!(stage, { role: endpoint.allowed[0]!.role, where: 'here' });
    for (const name of PLANTED) {
      for (const each of planted(sending, name)) work.push(() => send(endpoint, each));
    }
  }
  let next = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let at = next++; at < work.length; at = next++) await work[at]!();
    }),
  );
  await pump.drain();
  for (const { method, path } of routesOf(house.service)) {
    if (method !== 'GET' || path.includes(':') || !matrix.public.includes(`GET ${path}`)) continue;
    answered.set(`answer of ${path}`, [await (await fetch(house.service.url + path)).text()]);
  }

  expect(work.length).toBeGreaterThan(5_000);
  expect(logged.length).toBeGreaterThan(10);
  const places = [
    ...(await everyColumn(house.sql)),
    ...(await everyKey(house.service.config.REDIS_URL, house.service.config.QUEUE_PREFIX)),
    { place: 'log', text: logged.join('') },
    ...[...answered].map(([place, texts]) => ({ place, text: texts.join('\n') })),
  ];
  // They did come in: somebody has the number now, under the key.
  const [known] = await house.sql.rows<{ count: number }>(
    'select count(*)::int as count from registry.persons where identity_token = $1',
    [house.service.get(ColumnCipher).blindIndex('identity', canary.identityNumber)],
  );
  expect(known!.count).toBe(1);
  // A canary that is found lists its place, its form and never the text around it.
  const found = findCanaries(places.map(({ place, text }) => ({ where: place, text })))
    .filter(({ secret }) => secret !== 'name')
    .map(({ where, secret, form }) => `${secret} (${form}) in ${where}`);
  expect([...new Set(found)].sort()).toEqual([]);
});
