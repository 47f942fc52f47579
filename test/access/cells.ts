import { createHash } from 'node:crypto';
import type { House } from '../e2e/house.js';
import { schemas } from '../e2e/house.js';
import { userOf, type Bearer, type Tokens } from './actors.js';
import { nameOf, type Endpoint, type Matrix, type Who } from './matrix.js';
import { COUNTY, TOWN } from './places.js';
import { requests, type Sending } from './requests.js';
import type { Stage } from './stage.js';

/** One thing that somebody tries. */
export interface Cell {
  readonly endpoint: Endpoint;
  readonly who: Who;
  readonly where: 'here' | 'elsewhere';
  readonly bearer: Bearer;
  /** What the matrix says of it. */
  readonly expected:
    'passes' | 'refused' | 'unknown-caller' | 'sees-nothing' | 'has-no-effect' | 'as-anywhere';
  /** `the right user`, `a neighbour`, … with role: the name of a test. */
  readonly name: string;
}

/** How a cell was answered. */
export interface Answered {
  readonly cell: Cell;
  readonly sending: Sending;
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

const ELSEWHERE = {
  refused: 'refused',
  list: 'sees-nothing',
  rows: 'has-no-effect',
  none: 'as-anywhere',
} as const satisfies Record<Endpoint['elsewhere'], Cell['expected']>;

const BEARERS = ['nobody', 'expired', 'forged', 'unsigned'] as const;

/** Doors of the portal's own sessions, and doors to one's own things, tried by who has neither. */
function apartCells({ sessions, own }: Matrix): Cell[] {
  const here = { where: 'here', bearer: 'own' } as const;
  return [
    ...sessions.flatMap((endpoint): Cell[] =>
      (['own', ...BEARERS] as const).map((bearer) => ({
        ...here,
        endpoint,
        who: endpoint.allowed[0]!,
        bearer,
        expected: 'unknown-caller',
        name: `opens to no token: ${bearer}`,
      })),
    ),
    ...own.flatMap((endpoint): Cell[] => [
      ...endpoint.allowed.map((who): Cell => ({
        ...here,
        endpoint,
        who,
        expected: 'refused',
        name: `hides another's from ${nameOf(who)}`,
      })),
      ...BEARERS.map((bearer): Cell => ({
        ...here,
        endpoint,
        who: endpoint.allowed[0]!,
        bearer,
        expected: 'unknown-caller',
        name: `refuses a token that is ${bearer}`,
      })),
    ]),
  ];
}

/** Every cell of the matrix that must change nothing. */
export function refusedCells(matrix: Matrix): Cell[] {
  const cells = matrix.endpoints.flatMap((endpoint): Cell[] => {
    const here = { endpoint, where: 'here', bearer: 'own' } as const;
    const someone = endpoint.allowed[0]!;
    return [
      ...endpoint.refused.map((who): Cell => ({
        ...here,
        who,
        expected: 'refused',
        name: `refuses ${nameOf(who)}`,
      })),
      ...(['nobody', 'expired', 'forged', 'unsigned'] as const).map((bearer): Cell => ({
        ...here,
        who: someone,
        bearer,
        expected: 'unknown-caller',
        name: bearer === 'nobody' ? 'refuses whoever has no token' : `refuses a token that is ${bearer}`,
      })),
      ...(endpoint.elsewhere === 'refused' || endpoint.elsewhere === 'list' ? elsewhereOf(endpoint) : []),
    ];
  });
  return [...apartCells(matrix), ...cells];
}

/** Users of the right role elsewhere, at the doors that take what they send. */
export function neighbourCells({ endpoints }: Matrix): Cell[] {
  return endpoints
    .filter(({ elsewhere }) => elsewhere === 'rows' || elsewhere === 'none')
    .flatMap((endpoint) => elsewhereOf(endpoint));
}

function elsewhereOf(endpoint: Endpoint): Cell[] {
  return endpoint.allowed.map((who) => ({
    endpoint,
    who,
    where: 'elsewhere',
    bearer: 'own',
    expected: ELSEWHERE[endpoint.elsewhere],
    name: `${endpoint.elsewhere === 'none' ? 'serves' : 'shows nothing of here to'} ${nameOf(who)} of the neighbouring village`,
  }));
}

/** The right users. */
export function allowedCells({ endpoints }: Matrix): Cell[] {
  return endpoints.flatMap((endpoint) =>
    endpoint.allowed.map((who): Cell => ({
      endpoint,
      who,
      where: 'here',
      bearer: 'own',
      expected: 'passes',
      name: `lets ${nameOf(who)} pass`,
    })),
  );
}

/** A house with its stage, ready to be tried. */
export interface Trial {
  readonly house: House;
  readonly stage: Stage;
  readonly tokens: Tokens;
}

export async function ask({ house, stage, tokens }: Trial, cell: Cell): Promise<Answered> {
  const { endpoint, who, where, bearer } = cell;
  const make = requests[endpoint.name];
  if (!make) throw new Error(`no request is written for ${endpoint.name}`);
  const sending = make(stage, { role: who.role, where });
  const token = await tokens.bearing(userOf(who, where, endpoint.isOfCounty ? COUNTY : TOWN), bearer);
  const [named] = endpoint.name.split(' ') as [string];
  const method = named === 'ALL' ? 'GET' : named;
  const response = await fetch(house.service.url + sending.path, {
    method,
    headers: {
      'if-match': '*',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(sending.body === undefined ? {} : { 'content-type': sending.contentType ?? 'application/json' }),
    },
    ...(sending.body === undefined
      ? {}
      : { body: sending.contentType ? (sending.body as string) : JSON.stringify(sending.body) }),
  });
  return {
    cell,
    sending,
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
}

/** Tries cells, several at a time, in their order as far as that goes. */
export async function askAll(trial: Trial, cells: readonly Cell[], width = 8): Promise<Answered[]> {
  const answers: Answered[] = new Array<Answered>(cells.length);
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let at = next++; at < cells.length; at = next++) answers[at] = await ask(trial, cells[at]!);
    }),
  );
  return answers;
}

/** What is wrong with an answer, in words; empty when it is as the matrix says. */
export function findingsIn({ stage }: Trial, answered: Answered): string[] {
  const { cell, status, text } = answered;
  const findings = [...shown(stage, answered)];
  // A person's id stands in cases of other items too, which somebody may see who may not see the one of the stage.
  const hidden = ['case', 'task', 'paper'].includes(cell.endpoint.resource)
    ? Object.values(stage.cases).map(({ caseId }) => caseId)
    : stage.secrets;
  const seen = hidden.filter((secret) => text.includes(secret) && !answered.sending.path.includes(secret));
  const refusedWith = (...statuses: number[]) => {
    const unknown = cell.endpoint.unknown !== null && text.includes(`"title":"${cell.endpoint.unknown}"`);
    if (!statuses.includes(status) && !(unknown && cell.where === 'elsewhere'))
      findings.push(`was answered ${status}, not ${statuses.join(' or ')}`);
    else findings.push(...problemIn(answered));
    if (seen.length > 0) findings.push(`the refusal tells of ${seen.length} things that lie here`);
  };
  switch (cell.expected) {
    case 'passes':
      if ([401, 403, 404].includes(status) || status >= 500)
        findings.push(`was answered ${status}: ${text.slice(0, 300)}`);
      else if (
        cell.endpoint.name.startsWith('GET ') &&
        status !== 200 &&
        // The item of the stage asks for no paper, and nothing was decided that could be served: whoever may see its case is told so.
        !(
          cell.endpoint.resource === 'paper' &&
          /"title":"(material-not-asked|document-not-of-case)"/.test(text)
        )
      )
        findings.push(`was answered ${status}, not 200`);
      else if (![400, 409, 422].includes(status) && status >= 300) findings.push(`was answered ${status}`);
      else if (status === 400) findings.push(`the request of the matrix is malformed: ${text.slice(0, 300)}`);
      break;
    case 'refused':
      // Whoever may look at no case at all may be told so, or be shown none.
      if (cell.endpoint.elsewhere === 'list' && status === 200) {
        if (seen.length > 0) findings.push(`shows ${seen.length} things to somebody who may see none`);
      } else refusedWith(403, 404);
      break;
    case 'unknown-caller':
      refusedWith(401);
      break;
    case 'sees-nothing':
      if (status !== 200) refusedWith(403, 404);
      else if (seen.length > 0) findings.push(`shows ${seen.length} things that lie elsewhere`);
      break;
    case 'has-no-effect':
      if (status !== 200) refusedWith(403, 404);
      else if (!/"(applied|opened)":0\b/.test(text))
        findings.push(`had an effect elsewhere: ${text.slice(0, 300)}`);
      break;
    case 'as-anywhere':
      if (status >= 300 && status !== 409 && status !== 422)
        findings.push(`was answered ${status}: ${text.slice(0, 300)}`);
      break;
  }
  return findings;
}

/** Plain numbers, names and addresses in an answer: nobody is shown them without having asked for it with a purpose. */
function shown({ plain }: Stage, { cell, text }: Answered): string[] {
  if (cell.endpoint.verb === 'reveal' && cell.expected === 'passes') return [];
  return Object.entries(plain)
    .filter(([, value]) => text.includes(value))
    .map(([name]) => `shows ${name} in the clear`);
}

/** A refusal is a problem document that says in a sentence what to do. */
function problemIn({ status, contentType, text }: Answered): string[] {
  if (!contentType.startsWith('application/problem+json')) return [`is no problem document: ${contentType}`];
  const problem = JSON.parse(text) as Record<string, unknown>;
  const detail = problem['detail'];
  return [
    ...(problem['status'] === status ? [] : ['states another status in its body']),
    ...(typeof problem['type'] === 'string' ? [] : ['has no type']),
    ...(typeof detail === 'string' && /\p{Script=Han}{4}/u.test(detail)
      ? []
      : [`says no clear sentence: ${String(detail)}`]),
  ];
}

/** Kept by the machinery itself, whoever asks what: cursors, leases, the sweep's own marks, notes of what is in hand. */
const BACKGROUND = [
  'outbox_relays',
  'clock_sweeps',
  'clock_projections',
  'clock_heartbeats',
  'clock_beats',
  'escalation_rule_marks',
  'alarms',
  'leases',
  'log_cursors',
  'log_readers',
  'delivery_attempts',
  'audit_seals',
  'retention_nights',
  'schema_migrations',
  // The nightly reconciliation; whoever begins one, releases or answers a gap stands in the audit too.
  'reconciliations',
  'reconciliation_counts',
  'gaps',
];

/** Of what the machinery moves on by itself, the rows that a user had a hand in. */
const BY_USERS: Readonly<Record<string, string>> = {
  // Without a gateway a message is tried again and again.
  message_deliveries: ' filter (where handled_by is not null)',
  // The nightly reconciliation closes a task with its gap.
  gap_tasks: ` filter (where changed_role <> 'service')`,
};

/** One line per table that holds business: how many rows, and the newest transaction that wrote one. */
export async function digest({ house }: Pick<Trial, 'house'>): Promise<ReadonlyMap<string, string>> {
  const tables = await house.sql.rows<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname = any($1) and c.relname <> all($2) order by 1, 2`,
    [schemas, BACKGROUND],
  );
  const sql = tables
    .map(
      ({ schema, name }) =>
        `select '${schema}.${name}' as name, count(*) || ' ' || coalesce(max(xmin::text::bigint)${BY_USERS[name] ?? ''}, 0) as state from ${schema}."${name}"`,
    )
    .join(' union all ');
  // Planning a look at some hundred tables is most of what it costs, so each connection plans it once.
  const rows = await house.sql.rows<{ name: string; state: string }>(
    sql,
    [],
    createHash('sha256').update(sql).digest('hex').slice(0, 40),
  );
  return new Map(rows.map(({ name, state }) => [name, state]));
}

/** The tables in which the two differ. */
export function changedTables(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .sort();
}

/** Tried cells, each with what is wrong. */
export interface Tried extends Answered {
  readonly findings: readonly string[];
}

/** Tries cells that must change nothing. Where a batch changed rows after all, its cells are tried one by one to find which. */
export async function tryUnchanging(trial: Trial, cells: readonly Cell[], batch = 400): Promise<Tried[]> {
  const tried: Tried[] = [];
  let before = await digest(trial);
  for (let at = 0; at < cells.length; at += batch) {
    const part = cells.slice(at, at + batch);
    const answers = await askAll(trial, part);
    const changed = new Map<Cell, string[]>();
    const after = await digest(trial);
    if (changedTables(before, after).length > 0) {
      let then = after;
      for (const cell of part) {
        await ask(trial, cell);
        const now = await digest(trial);
        const tables = changedTables(then, now);
        if (tables.length > 0) changed.set(cell, tables);
        then = now;
      }
      // What changes rows only once is no less a change.
      if (changed.size === 0) changed.set(part[0]!, changedTables(before, after));
    }
    before = await digest(trial);
    for (const answered of answers) {
      const tables = changed.get(answered.cell);
      tried.push({
        ...answered,
        findings: [
          ...findingsIn(trial, answered),
          ...(tables ? [`changed rows of ${tables.join(', ')}`] : []),
        ],
      });
    }
  }
  return tried;
}

/** Tries cells that may change something: those that only look several at a time, the others one after the other. */
export async function tryAll(trial: Trial, cells: readonly Cell[]): Promise<Tried[]> {
  const looks = ({ endpoint }: Cell) => endpoint.name.startsWith('GET ');
  const answers = [
    ...(await askAll(trial, cells.filter(looks))),
    ...(await askAll(
      trial,
      cells.filter((cell) => !looks(cell)),
      1,
    )),
  ];
  return answers.map((answered) => ({ ...answered, findings: findingsIn(trial, answered) }));
}
