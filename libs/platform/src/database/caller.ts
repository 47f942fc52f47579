import type { ActorRef } from '@app/contracts';

/** One reach of a user: a range of division codes (inclusive, 12 digits) and as whom, or the unit that somebody is placed with. */
export interface ScopeGrant {
  /** The role, with its department where it acts for one: `card-officer`, `member-unit:civil-affairs`. */
  readonly token: string;
  readonly from: string;
  readonly to: string;
  /** Organisation unit (institution, school, employer) of a role that sees only what is placed with it; null: by place. */
  readonly unit: string | null;
  /** Whether the role stands over those who act in this reach, and reads their audit log. */
  readonly oversees?: boolean;
  /** The user for whom a deputy (代理) holds this grant; what is addressed to that user is shown to the deputy too. */
  readonly onBehalfOf?: string | null;
}

/**
 * What a statement may reach. `service`: the service's own work (consumers, sweeps, clocks, jobs), every row. `relay`: the outbox only.
 * Grants: a user, whose rows row-level security decides.
 */
export type Scope = 'service' | 'relay' | readonly ScopeGrant[];

/** For whom a statement runs: what is written beside a change, and what it may reach. */
export interface Caller extends ActorRef {
  readonly scope: Scope;
  /** The user for whom a deputy (代理) acts. */
  readonly onBehalfOf?: string | null;
  /** Network address from which the user asked. */
  readonly address?: string | null;
}

/** A service's own work, as the relay: it may read and advance the outbox and nothing else. */
export function asRelay(caller: Caller): Caller {
  return { ...caller, scope: 'relay' };
}

/**
 * The range of division codes that spans all a caller may see by place. Row-level security asks for it too; said again in a list's own
 * SQL it is compared as a constant, before any policy is evaluated (measured: half the time of a village's list in 1,000,000 rows).
 */
export function spanOf({ scope }: Caller): { from: string; to: string } {
  if (typeof scope === 'string' || scope.some(({ unit }) => unit !== null)) {
    return { from: '000000000000', to: '999999999999' };
  }
  const first = scope[0];
  if (!first) return { from: '', to: '' };
  return scope.reduce(
    (span, { from, to }) => ({ from: from < span.from ? from : span.from, to: to > span.to ? to : span.to }),
    { from: first.from, to: first.to },
  );
}

/** More places than this are asked for as the range that spans them. */
const MOST_PLACES = 10;

/**
 * SQL: a column with a division code lies in one of the places that a caller sees by place. It decides nothing, row-level security does;
 * said in a list it keeps from the policy the rows that lie elsewhere, and an index begins where the places begin. See `spanOf`.
 * @param first number of the first parameter
 */
export function inReach(
  caller: Caller,
  column: string,
  first: number,
): { readonly sql: string; readonly params: readonly string[] } {
  const { scope } = caller;
  if (typeof scope === 'string' || scope.length === 0 || scope.some(({ unit }) => unit !== null)) {
    return { sql: 'true', params: [] };
  }
  const named = new Map(scope.map(({ from, to }) => [`${from} ${to}`, { from, to }]));
  const places = named.size > MOST_PLACES ? [spanOf(caller)] : [...named.values()];
  const ranges = places.map((_, at) => `${column} between $${first + 2 * at} and $${first + 2 * at + 1}`);
  return { sql: `(${ranges.join(' or ')})`, params: places.flatMap(({ from, to }) => [from, to]) };
}
