import { Database, type Caller } from '@app/platform';
import { serviceActor } from '@app/access';
import { median } from '../measure/report.js';

/** A slow question is repeated for this long at most, and this often at least. */
const MOST_MS = 12_000;
const LEAST = 40;

/** One statement as the service sent it, and for whom. */
export interface Asked {
  readonly caller: Caller;
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** A question that a user asks the service, and how the same is said with the scope as WHERE. */
export interface Line {
  readonly title: string;
  readonly database: Database;
  /** The same question in several wordings: other names, other people. */
  readonly ask: readonly (() => Promise<unknown>)[];
  readonly scoped: (sql: string) => string;
  /** Whether the report shows how it is answered. */
  readonly planned: boolean;
}

export interface Compared {
  readonly title: string;
  /** Rows of the first wording. */
  readonly rows: number;
  /** Medians, milliseconds. */
  readonly rls: number;
  readonly where: number;
  /** Null where the report need not show them. */
  readonly plans: { readonly rls: readonly string[]; readonly where: readonly string[] } | null;
}

/** The statements that the service itself sends for a user's question, beside its own work. */
export async function statementsOf(database: Database, ask: () => Promise<unknown>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const query = database.query.bind(database);
  database.query = <Row>(caller: Caller, sql: string, params: readonly unknown[] = []) => {
    if (typeof caller.scope !== 'string') asked.push({ caller, sql, params });
    return query<Row>(caller, sql, params);
  };
  try {
    await ask();
  } finally {
    // What stands in the way is the object's own; behind it is the method of the class.
    Reflect.deleteProperty(database, 'query');
  }
  if (asked.length === 0) throw new Error('the question sends no statement');
  return asked;
}

/**
 * Both ways in turn, through the same door, each in a transaction of its own: once for the user under row-level security, once for the
 * service with the scope as WHERE.
 */
export async function compare(line: Line, repetitions: number): Promise<Compared> {
  const { database, scoped } = line;
  const wordings: Asked[][] = [];
  for (const ask of line.ask) wordings.push(await statementsOf(database, ask));
  const worker = serviceActor(database.service);
  const asUser = async (asked: readonly Asked[]) => {
    const rows: unknown[] = [];
    for (const { caller, sql, params } of asked)
      rows.push(...(await database.read(caller, (tx) => tx.query(sql, params))));
    return rows;
  };
  const asService = async (asked: readonly Asked[]) => {
    const rows: unknown[] = [];
    for (const { sql, params } of asked)
      rows.push(...(await database.read(worker, (tx) => tx.query(sql, params))));
    return rows;
  };
  const pairs = wordings.map((asked) => ({
    user: asked,
    service: asked.map((one) => ({ ...one, sql: scoped(one.sql) })),
  }));
  const times = { rls: [] as number[], where: [] as number[] };
  let rows = 0;
  for (const [at, pair] of pairs.entries()) {
    // Also warms both up. They must find the same.
    const [seen, filtered] = [await asUser(pair.user), await asService(pair.service)];
    if (JSON.stringify(seen) !== JSON.stringify(filtered))
      throw new Error(
        `${line.title}: ${seen.length} rows under row-level security, ${filtered.length} by WHERE`,
      );
    if (at === 0) rows = seen.length;
  }
  const began = performance.now();
  for (let turn = 0; turn < repetitions; turn++) {
    if (turn >= LEAST && performance.now() - began > MOST_MS) break;
    const pair = pairs[turn % pairs.length]!;
    const rls = async () => times.rls.push(await timed(() => asUser(pair.user)));
    const where = async () => times.where.push(await timed(() => asService(pair.service)));
    // Neither is always the one that comes second.
    const even = Math.floor(turn / pairs.length) % 2 === 0;
    await (even ? rls : where)();
    await (even ? where : rls)();
  }
  return {
    title: line.title,
    rows,
    rls: median(times.rls),
    where: median(times.where),
    plans: line.planned
      ? {
          rls: await planOf(database, pairs[0]!.user),
          where: await planOf(
            database,
            pairs[0]!.service.map((one) => ({ ...one, caller: worker })),
          ),
        }
      : null,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

async function planOf(database: Database, asked: readonly Asked[]): Promise<string[]> {
  const plans: string[] = [];
  for (const { caller, sql, params } of asked) {
    const rows = await database.query<{ 'QUERY PLAN': string }>(caller, `explain (costs off) ${sql}`, params);
    plans.push(...rows.map((row) => row['QUERY PLAN']));
  }
  return plans;
}

/** Says the scope in the statement, once at every place where one of its tables is read. */
export function withScope(conditions: Readonly<Record<string, (alias: string) => string>>): Line['scoped'] {
  return (sql) => {
    let said = 0;
    const scoped = sql.replaceAll(
      /\bfrom (\w+)(?: (?!where\b)(\w+))?\s+where\s/g,
      (text, table: string, alias?: string) => {
        const condition = conditions[table];
        if (!condition) return text;
        said += 1;
        return `from ${table} ${alias ?? ''} where ${condition(alias ?? table)} and `;
      },
    );
    if (said === 0) throw new Error(`no table of the scope is read in: ${sql}`);
    return scoped;
  };
}
