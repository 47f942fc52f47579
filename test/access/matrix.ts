import { departments, roles, type Department, type Role } from '@app/access';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Route } from './routes.js';

/** Somebody as the matrix speaks of them. */
export interface Who {
  readonly role: Role;
  /** Of member units; null for every other role. */
  readonly department: Department | null;
}

/** What a user of the same role elsewhere gets; see the head of matrix.yaml. */
export type Elsewhere = 'refused' | 'list' | 'rows' | 'none';

const endpoint = z.strictObject({
  owner: z.string(),
  resource: z.string(),
  verb: z.string(),
  place: z.enum(['list', 'rows', 'none']).optional(),
  unknown: z.string().optional(),
  of: z.literal('county').optional(),
});
const allowed = z.union([z.literal('everybody'), z.array(z.string()).min(1)]);
const file = z.strictObject({
  public: z.record(z.string(), z.string().min(5)),
  sessions: z.record(z.string(), z.string().min(5)),
  own: z.record(z.string(), z.string().min(5)),
  endpoints: z.record(z.string(), endpoint),
  allow: z.record(z.string(), z.record(z.string(), z.record(z.string(), allowed))),
});
type MatrixFile = z.infer<typeof file>;

/** One door, and who may pass it in their place. */
export interface Endpoint {
  /** `GET /registry/persons/:id`. */
  readonly name: string;
  readonly owner: string;
  readonly resource: string;
  readonly verb: string;
  readonly elsewhere: Elsewhere;
  /** The problem by which somebody elsewhere is refused, when it is not a 403 or 404. */
  readonly unknown: string | null;
  /** It is the county's own: whoever may is one of the whole county. */
  readonly isOfCounty: boolean;
  readonly allowed: readonly Who[];
  readonly refused: readonly Who[];
}

/** The matrix, read. */
export interface Matrix {
  readonly public: readonly string[];
  /** Doors that only the portal's cookie opens. */
  readonly sessions: readonly Endpoint[];
  /** Doors to one's own things. */
  readonly own: readonly Endpoint[];
  readonly endpoints: readonly Endpoint[];
  /** `registry/person/read`, as they stand under `allow`. */
  readonly rights: readonly string[];
}

/** Everybody whom a grant can name. */
export const everybody: readonly Who[] = (Object.keys(roles) as Role[]).flatMap((role): Who[] =>
  role === 'member-unit'
    ? (Object.keys(departments) as Department[]).map((department) => ({ role, department }))
    : [{ role, department: null }],
);

/** Citizens hold no account: `everybody` in the file is whoever can sign in. */
const portal = everybody.filter(({ role }) => roles[role].reach !== 'own');

export function nameOf({ role, department }: Who): string {
  return department ? `${role}:${department}` : role;
}

const byName = new Map(everybody.map((who) => [nameOf(who), who]));

/** @throws Error naming what in the file is nobody, or a placement of a role that has none */
function whoIn(word: string): readonly Who[] {
  if (word === 'member-unit:*') return everybody.filter(({ role }) => role === 'member-unit');
  const [name, placed] = word.split('@') as [string, string?];
  const who = byName.get(name);
  if (!who) throw new Error(`the matrix names ${word}, which nobody is`);
  const reach = roles[who.role].reach;
  if ((placed === 'placed') !== (reach === 'placement')) {
    throw new Error(`the matrix says ${word}, but the reach of ${name} is ${reach}`);
  }
  return [who];
}

/** @throws Error or ZodError naming what is wrong in the file */
export function readMatrix(path = join(import.meta.dirname, 'matrix.yaml')): Matrix {
  return matrixOf(file.parse(parse(readFileSync(path, 'utf8'))));
}

function matrixOf({ public: open, sessions, own, endpoints, allow }: MatrixFile): Matrix {
  const apart = (name: string): Endpoint => ({
    name,
    owner: 'workbench',
    resource: 'own',
    verb: 'own',
    elsewhere: 'refused',
    unknown: null,
    isOfCounty: false,
    allowed: portal,
    refused: [],
  });
  return {
    public: Object.keys(open),
    sessions: Object.keys(sessions).map(apart),
    own: Object.keys(own).map(apart),
    endpoints: Object.entries(endpoints).map(([name, { owner, resource, verb, place, unknown, of }]) => {
      const words = allow[owner]?.[resource]?.[verb];
      if (!words) throw new Error(`nothing is said under allow of ${owner}/${resource}/${verb}, for ${name}`);
      const who = words === 'everybody' ? portal : words.flatMap(whoIn);
      return {
        name,
        owner,
        resource,
        verb,
        elsewhere: place ?? 'refused',
        unknown: unknown ?? null,
        isOfCounty: of === 'county',
        allowed: who,
        refused: everybody.filter((one) => !who.includes(one)),
      };
    }),
    rights: Object.entries(allow).flatMap(([owner, resources]) =>
      Object.entries(resources).flatMap(([resource, verbs]) =>
        Object.keys(verbs).map((verb) => `${owner}/${resource}/${verb}`),
      ),
    ),
  };
}

/** Where matrix and routers differ, and where the matrix says less than it seems to. An empty list is what must come out. */
export function faultsOf(matrix: Matrix, routes: readonly Route[]): string[] {
  const guarded = [...matrix.sessions, ...matrix.own, ...matrix.endpoints].map(({ name }) => name);
  const named = new Set([...matrix.public, ...guarded]);
  const there = new Set(routes.map(({ name }) => name));
  const used = new Set(matrix.endpoints.map(({ owner, resource, verb }) => `${owner}/${resource}/${verb}`));
  const neverRefused = everybody.filter((who) =>
    matrix.endpoints.every(({ refused }) => !refused.includes(who)),
  );
  return [
    ...[...there].filter((name) => !named.has(name)).map((name) => `${name} is not in the matrix`),
    ...[...named]
      .filter((name) => !there.has(name))
      .map((name) => `${name} is in the matrix, but nowhere else`),
    ...matrix.public.filter((name) => guarded.includes(name)).map((name) => `${name} is both public and not`),
    ...matrix.rights
      .filter((right) => !used.has(right))
      .map((right) => `${right} is allowed, but no endpoint is it`),
    ...neverRefused.map((who) => `${nameOf(who)} is refused nowhere`),
  ];
}
