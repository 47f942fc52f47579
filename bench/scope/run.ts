import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkCharacter, ColumnCipher, tokenOf, type Actor, type RoleGrant } from '@app/access';
import { homeDirectory, startBacking } from '@app/backing';
import { Database } from '@app/platform';
import { startService, type ServiceUnderTest } from '@app/testing';
import { PersonRepository } from '../../apps/registry/src/adapters/postgres/person-repository.js';
import { SearchTokens } from '../../apps/registry/src/adapters/postgres/search-tokens.js';
import { searchWordsOf } from '@app/names';
import { registry } from '../../apps/registry/src/migrations.js';
import { RegistryModule } from '../../apps/registry/src/registry.module.js';
import { subsidies } from '../../apps/subsidies/src/migrations.js';
import { SubsidiesModule } from '../../apps/subsidies/src/subsidies.module.js';
import { fillCases } from './cases.js';
import { compare, withScope, type Compared, type Line } from './compare.js';
import { Fill } from './fill.js';
import { draws, fillPeople, nameOf } from './people.js';
import { COUNTY, township, village } from './places.js';
import { writeScopeReport } from './report.js';
import { send, type Reply } from './requests.js';
import { searchLatency, type Latency } from './search-latency.js';

/**
 * `npm run bench:scope`: what row-level security costs on the case list and on the search for people, against the same SQL with the
 * scope as WHERE, and how long a search takes over HTTP; on a PostgreSQL of its own. `--rows n` persons and cases (a million);
 * `--quick` repeats less; `--only cases` or `people`; `--dry` prints without writing.
 */
const { values: args } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
});

const ROWS = Number(args.rows);
const REPETITIONS = args.quick ? 60 : 400;
const SEARCHES = args.quick ? 300 : 2000;
const PAGE_TEN = 10;

const say = (text: string) => process.stdout.write(`${text}\n`);

function grant(
  role: RoleGrant['role'],
  reach: { from: string; to: string },
  department: RoleGrant['department'] = null,
): RoleGrant {
  return { role, department, ...reach, unit: null, onBehalfOf: null };
}

function user(...grants: RoleGrant[]): Actor {
  return { id: `bench ${grants[0]!.role}`, grants };
}

const officer = user(grant('benefit-officer', COUNTY));
const chair = user(grant('township-chair', township(1)));
const commissioner = user(grant('commissioner', village(1, 1)));
const civilAffairs = user(grant('member-unit', COUNTY, 'civil-affairs'));
const manyHats = user(
  grant('township-chair', township(1)),
  grant('commissioner', village(5, 3)),
  grant('village-liaison', village(12, 7)),
);
const applicants = [officer, user(grant('data-officer', COUNTY)), chair, commissioner, civilAffairs];

async function main(): Promise<void> {
  say('starting PostgreSQL of its own');
  const backing = await startBacking({
    dir: join(homeDirectory(), 'bench-scope'),
    fresh: true,
    addresses: {},
    only: ['postgres'],
    requireReal: true,
    postgresSettings: { shared_buffers: '3GB' },
  });
  process.env['ONETHING_TEST_POSTGRES'] = backing.postgres.url;
  try {
    const compared: Compared[] = [];
    const latencies: Latency[] = [];
    const measureAll = async (lines: readonly Line[]) => {
      for (const line of lines) {
        const one = await compare(line, REPETITIONS);
        say(
          `${one.title}: ${one.rls.toFixed(2)} / ${one.where.toFixed(2)} ms = ${(one.rls / one.where).toFixed(2)}`,
        );
        compared.push(one);
      }
    };
    if (args.only !== 'people') {
      await onService('subsidies', async (service) => measureAll(await caseLines(service)));
    }
    if (args.only !== 'cases') {
      await onService('registry', async (service) => {
        const words = await searchedWords(service);
        await measureAll(personLines(service, words));
        await searchLatency(service, chair, words.mixed, { searches: 200, atATime: 1 });
        for (const atATime of [1, 4]) {
          const one = await searchLatency(service, chair, words.mixed, { searches: SEARCHES, atATime });
          say(
            `search over HTTP, ${atATime} at a time: p50 ${one.p50.toFixed(1)}, p95 ${one.p95.toFixed(1)} ms`,
          );
          latencies.push(one);
        }
      });
    }
    writeScopeReport(
      {
        machine: `${cpus().length} × ${cpus()[0]!.model}, ${Math.round(totalmem() / 2 ** 30)} GiB; load average at the end ${loadavg()[0]!.toFixed(1)}`,
        postgres: backing.postgres.detail,
        rows: ROWS,
        rough: args.quick || ROWS < 1_000_000,
        compared,
        latencies,
      },
      args.dry || args.only ? null : join('docs', 'benchmarks.md'),
    );
  } finally {
    await backing.stop();
  }
}

const SERVICES = {
  registry: { modules: [RegistryModule], migrated: [registry] },
  subsidies: { modules: [SubsidiesModule], migrated: [subsidies] },
};

/** One service on a database of its own, filled. */
async function onService(
  name: keyof typeof SERVICES,
  work: (service: ServiceUnderTest) => Promise<void>,
): Promise<void> {
  const service = await startService({ name, ...SERVICES[name] });
  try {
    say(`${name}: filling ${ROWS} rows`);
    const from = performance.now();
    const fill = await Fill.of(service.database.url, name);
    try {
      await (name === 'registry' ? fillRegistry(service, fill) : fillCases(fill, ROWS, service, applicants));
    } finally {
      await fill.end();
    }
    say(`${name}: filled in ${((performance.now() - from) / 1000).toFixed(0)} s`);
    await work(service);
  } finally {
    await service.stop();
  }
}

const seventeen = '33880119800101001';
const KNOWN_NUMBER = seventeen + checkCharacter(seventeen);

async function fillRegistry(service: ServiceUnderTest, fill: Fill): Promise<void> {
  await fillPeople(fill, ROWS, service.get(SearchTokens), {
    identityNumber: KNOWN_NUMBER,
    sealed: service.get(ColumnCipher).encrypt('registry.persons.identity_number', KNOWN_NUMBER),
    token: service.get(PersonRepository).tokenOf(KNOWN_NUMBER),
  });
}

function asking(
  service: ServiceUnderTest,
  actor: Actor,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
) {
  return async (): Promise<Reply['body']> => {
    const reply = await send(service, actor, method, path, body);
    if (reply.status !== 200)
      throw new Error(`${path} was answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
}

const inReach = (alias: string, { from, to }: RoleGrant) =>
  `${alias}.division_code between '${from}' and '${to}'`;

/** What a user may see of the cases, as a list would have to say it without row-level security. */
function casesOf(actor: Actor): Line['scoped'] {
  return withScope({
    cases: (alias) =>
      `(${actor.grants
        .map(
          (held) => `${inReach(alias, held)} and ${alias}.readers ? '${tokenOf(held.role, held.department)}'`,
        )
        .join(' or ')})`,
  });
}

async function caseLines(service: ServiceUnderTest): Promise<Line[]> {
  const database = service.get(Database);
  const lines: Line[] = [];
  for (const [title, actor] of [
    ['county officer', officer],
    ['member unit of the county', civilAffairs],
    ['township chair', chair],
    ['village commissioner', commissioner],
    ['user with three grants', manyHats],
  ] as const) {
    const scoped = casesOf(actor);
    let after = '';
    for (let page = 1; page < PAGE_TEN; page++) {
      const { next } = await asking(service, actor, 'GET', `/subsidies/cases?limit=50${after}`)();
      // A short run has fewer pages: then it is the last one.
      if (typeof next !== 'string') break;
      after = `&after=${next}`;
    }
    const line = (what: string, path: string, planned = false): Line => ({
      title: `${what}, ${title}`,
      database,
      ask: [asking(service, actor, 'GET', path)],
      scoped,
      planned,
    });
    lines.push(
      line('case list', '/subsidies/cases?limit=50', actor !== civilAffairs),
      line(`case list, page ${PAGE_TEN}`, `/subsidies/cases?limit=50${after}`),
      line('waiting cases', '/subsidies/work?limit=50'),
    );
  }
  return lines;
}

interface Words {
  readonly names: readonly string[];
  readonly readings: readonly string[];
  readonly mixed: readonly string[];
}

/** What is typed: full names, family names, their readings, initials. */
async function searchedWords(service: ServiceUnderTest): Promise<Words> {
  const people = await service.database.query<{ name: string }>(
    'select name from registry.persons where division_code between $1 and $2 order by person_id limit 60',
    [township(1).from, township(1).to],
  );
  const draw = draws(11);
  const elsewhere = Array.from({ length: 20 }, () => nameOf(draw));
  const [names, readings]: [Set<string>, Set<string>] = [new Set(), new Set()];
  for (const name of [...people.map((person) => person.name), ...elsewhere]) {
    for (const word of searchWordsOf(name)) (/^\p{Script=Latin}/u.test(word) ? readings : names).add(word);
  }
  return { names: [...names], readings: [...readings], mixed: [...names, ...readings] };
}

function personLines(service: ServiceUnderTest, words: Words): Line[] {
  const database = service.get(Database);
  const scopedFor = ({ grants }: Actor) => {
    const held = grants[0]!;
    const byPlace = (alias: string) => inReach(alias, held);
    return withScope({
      person_search_tokens: byPlace,
      facts: byPlace,
      guardians: byPlace,
      persons: (alias) => `(${byPlace(alias)} or ${alias}.away_to between '${held.from}' and '${held.to}')`,
    });
  };
  return (
    [
      ['township', chair],
      ['county', officer],
    ] as const
  ).flatMap(([title, actor]) => {
    const line = (what: string, ask: Line['ask']): Line => ({
      title: `${what}, ${title}`,
      database,
      ask,
      scoped: scopedFor(actor),
      planned: actor === chair,
    });
    const search = (text: string) => asking(service, actor, 'POST', '/registry/persons/search', { text });
    return [
      line('search by name', words.names.slice(0, 40).map(search)),
      line('search by pinyin', words.readings.slice(0, 40).map(search)),
      line('page of persons', [asking(service, actor, 'GET', '/registry/persons?limit=50')]),
      line('exact search', [
        asking(service, actor, 'POST', '/registry/persons/find', { identityNumber: KNOWN_NUMBER }),
      ]),
    ];
  });
}

await main();
