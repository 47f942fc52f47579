import { SeededRandom } from '../../apps/cli/src/demo/random.js';
import type { Route } from '../access/routes.js';
import { MUTATIONS, type WireRequest } from './mutations.js';
import { Values, type Schema } from './values.js';
import { CANARIES, type World } from './world.js';

/** A request, and as whom it is sent. */
export interface FuzzRequest extends WireRequest {
  readonly user: string;
  readonly route: string;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

/** The part of an OpenAPI document that requests are made from. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const ROSTERS = [
  '姓名,身份证号,户籍区划代码\n某,$id,338801001001\n',
  '姓名,身份证号,起始月\n某人,$id,2026-01\n',
  '姓名,身份证号,死亡日期\n某人,$id,2026-01-01\n',
  '身份证号,残疾人证号,残疾类别,残疾等级,发证日期,有效期至,状态\n$id,$id41,肢体,一级,2020-01-01,2029-12-31,有效\n',
  '"姓名\n',
  '\ufeff姓名;身份证号\n',
  'PK\u0003\u0004',
  '',
];

/** What stands in a question by mistake. */
const ASKED = [
  '',
  '0',
  '-1',
  '1.5',
  '1e309',
  '99999999999999999999',
  '字',
  '张',
  "'",
  '%',
  '_',
  '\\',
  ' ',
  'null',
  '\u{1f600}',
  '\u0000',
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '2026-02-30',
  '338801001001',
  'subsidies/living-subsidy',
  CANARIES.identityNumber,
  CANARIES.identityNumber.slice(0, 17),
];

/** How an id is named in an answer, and behind which part of a path it belongs. */
const USED_AT: Readonly<Record<string, string>> = {
  personId: 'persons',
  caseId: 'cases',
  applicationId: 'applications',
  cardId: 'cards',
  householdId: 'households',
  guardianId: 'guardians',
  factId: 'facts',
  importId: 'imports',
  benefitId: 'benefits',
};

/**
 * Makes requests out of a seed: program n of a seed is always the same, up to the ids that the house gives. A program is one
 * request, or a creation and the use of what it made.
 */
export class Programs {
  private readonly values: Values;
  private readonly routes: readonly Route[];

  constructor(
    private readonly seed: number,
    private readonly world: World,
    private readonly api: ApiDocument,
  ) {
    this.values = new Values(api.components?.schemas ?? {}, world.stage);
    this.routes = world.routes.filter(({ path }) => !path.startsWith('/docs'));
  }

  /** @param n counted from 0 */
  at(n: number): Program {
    const random = new SeededRandom((Math.imul(this.seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b)) >>> 0);
    for (let skip = 0; skip < 3; skip += 1) random.next();
    const first = this.request(this.pickRoute(random), random, {});
    return {
      first,
      // Whatever ids an answer gave are used where they belong, and where they do not.
      next: (answer) => {
        const ids = idsIn(answer);
        if (Object.keys(ids).length === 0 || !random.chance(0.5)) return null;
        const [name] = random.pick(Object.entries(ids));
        const routes = this.routes.filter(({ path }) => path.includes(`/${USED_AT[name]}/:`));
        return routes.length === 0 ? null : this.request(random.pick(routes), random, ids);
      },
    };
  }

  private pickRoute(random: SeededRandom): Route {
    // What changes something has more ways to go wrong.
    const route = random.pick(this.routes);
    return route.method === 'GET' && random.chance(0.4) ? random.pick(this.routes) : route;
  }

  private request(route: Route, random: SeededRandom, ids: Readonly<Record<string, string>>): FuzzRequest {
    const operation = this.operationOf(route);
    const request: WireRequest = {
      method: route.method,
      path: this.pathOf(route, operation, random, ids),
      headers: { 'if-match': '*' },
      body: null,
    };
    this.giveBody(request, operation, random);
    this.ask(request, operation, random);
    if (random.chance(0.1)) request.headers['idempotency-key'] = `fuzz-${random.int(1, 50)}`;
    const mutations = random.weighted([
      [0, 20],
      [1, 50],
      [2, 20],
      [3, 10],
    ] as const);
    for (let each = 0; each < mutations; each += 1) random.weighted(MUTATIONS)(request, random);
    return { ...request, route: route.name, user: this.pickUser(route, random) };
  }

  private operationOf({ method, path }: Route): Operation {
    return this.api.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()] ?? {};
  }

  private pathOf(
    { path }: Route,
    { parameters = [] }: Operation,
    random: SeededRandom,
    ids: Readonly<Record<string, string>>,
  ): string {
    return path.replaceAll(
      /\/([^/:]+)\/:(\w+)|:(\w+)/g,
      (_, before: string | undefined, named?: string, alone?: string) => {
        const name = (named ?? alone)!;
        const schema = parameters.find((each) => each.name === name)?.schema ?? {};
        const start = before === undefined ? '' : `/${before}/`;
        return start + encodeURIComponent(this.placeOf(name, before ?? '', schema, random, ids));
      },
    );
  }

  private placeOf(
    name: string,
    before: string,
    schema: Schema,
    random: SeededRandom,
    ids: Readonly<Record<string, string>>,
  ): string {
    const given = Object.entries(ids).find(([kind]) => USED_AT[kind] === before);
    if (given) return given[1];
    if (schema.enum) return String(random.pick(schema.enum));
    if (name === 'service') return random.pick(['lifecycle', 'registry', 'certification', 'nothing']);
    if (name === 'file') return random.pick(['dibao.csv', 'persons.xlsx', 'taken-over.csv', 'nothing.csv']);
    if (name === 'step') return random.pick(Object.values(this.world.stage.cases)).step;
    if (before === 'parked')
      return random.pick(['1', '2', '3', '9223372036854775807', '9223372036854775808']);
    return this.values.id(before, random);
  }

  /** Questions that the document allows, each now and then, what it requires mostly; most of them with a value that fits. */
  private ask(request: WireRequest, { parameters = [] }: Operation, random: SeededRandom): void {
    const asked = parameters.filter(
      (each) => each.in === 'query' && random.chance(each.required ? 0.9 : 0.35),
    );
    if (asked.length === 0) return;
    const query = asked.map(({ name, schema = {} }): [string, string] => [
      name,
      random.chance(0.25) ? random.pick(ASKED) : String(this.values.of(schema, random, name)),
    ]);
    request.path += `?${new URLSearchParams(query).toString()}`;
  }

  private giveBody(request: WireRequest, { requestBody }: Operation, random: SeededRandom): void {
    if (request.method === 'GET') return;
    const json = requestBody?.content?.['application/json']?.schema;
    if (json || !requestBody) {
      request.headers['content-type'] = 'application/json';
      request.body = Buffer.from(JSON.stringify(json ? this.values.of(json, random) : {}));
      return;
    }
    request.headers['content-type'] = random.pick(Object.keys(requestBody.content ?? { 'text/csv': {} }));
    const { resident, applicant } = this.world.stage;
    const id = random.pick([
      CANARIES.identityNumber,
      resident.person.identityNumber,
      applicant.person.identityNumber,
      '3388',
    ]);
    request.body = Buffer.from(random.pick(ROSTERS).replaceAll('$id', id));
  }

  private pickUser({ path }: Route, random: SeededRandom): string {
    const fit = path.startsWith('/ops') ? 'operator' : random.pick(['everybody', 'everybody-2']);
    return random.weighted<string>([
      [fit, 70],
      ['every-unit', 6],
      [random.pick(this.world.users).name, 18],
      ['nobody', 3],
      ['ended', 1],
    ]);
  }
}

/** One request and what may follow it. */
export interface Program {
  readonly first: FuzzRequest;
  /** @param answer the body of the answer before */
  next(answer: string): FuzzRequest | null;
}

function idsIn(answer: string): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const [, name, id] of answer.slice(0, 20_000).matchAll(/"(\w+Id)":"([0-9a-f-]{36})"/g)) {
    if (name! in USED_AT) ids[name!] ??= id!;
  }
  return ids;
}
