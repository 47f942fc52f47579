import { jest } from '@jest/globals';
import { ActorTokenVerifier, roleGrantsSchema } from '@app/access';
import { scopeFindings } from '@app/testing';
import { HttpAdapterHost } from '@nestjs/core';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { schemas, startHouse, type House } from '../e2e/house.js';
import { Tokens } from './actors.js';
import { allowedCells, refusedCells, tryAll, tryUnchanging, type Cell, type Trial } from './cells.js';
import { faultsOf, readMatrix } from './matrix.js';
import { routesOf } from './routes.js';
import { arrange } from './stage.js';

jest.setTimeout(180_000);

/*
 * Defects that are planted where they belong: a row of the audit log that was changed (libs/access/test/audit.int.spec.ts), a scope
 * left on a pooled connection and a role with BYPASSRLS (libs/platform/test/data-scope.int.spec.ts).
 */

const matrix = readMatrix();
const FILE = 'GET /registry/persons/:id';
const SCAN = 'GET /employment/cases/:id/materials/:material/file';

type Handler = (
  request: { readonly method: string; readonly path: string },
  response: { json(body: unknown): void },
  next: () => void,
) => void;

let house: House;
let trial: Trial;
beforeAll(async () => {
  house = await startHouse('direct');
  trial = { house, stage: await arrange(house), tokens: await Tokens.of(house.service.signer) };
});
afterAll(() => house.stop(), 60_000);

/** Puts a handler before everything that the house has; the returned function takes it away again. */
function plantDoor(handler: Handler, path?: string): () => void {
  const express = house.service.get(HttpAdapterHost).httpAdapter.getInstance<{
    router: { stack: unknown[] };
    use(handler: Handler): void;
    get(path: string, handler: Handler): void;
  }>();
  if (path) express.get(path, handler);
  else express.use(handler);
  const { stack } = express.router;
  const layer = stack.pop()!;
  stack.unshift(layer);
  return () => void stack.splice(stack.indexOf(layer), 1);
}

const of = (cells: readonly Cell[], endpoint: string, fits: (cell: Cell) => boolean = () => true) =>
  cells.filter((cell) => cell.endpoint.name === endpoint && fits(cell));

const findings = (tried: readonly { readonly findings: readonly string[] }[]) =>
  tried.flatMap((each) => each.findings);

/** What the tests of the matrix find of one endpoint, as refused and as right users. */
const refusals = async (fits?: (cell: Cell) => boolean, endpoint = FILE) =>
  findings(await tryUnchanging(trial, of(refusedCells(matrix), endpoint, fits)));
const passes = async () => findings(await tryAll(trial, of(allowedCells(matrix), FILE)));

it('finds nothing in a house in which nothing is planted', async () => {
  expect(await refusals()).toEqual([]);
  expect(await passes()).toEqual([]);
  expect(faultsOf(matrix, routesOf(house.service))).toEqual([]);
});

it.each(schemas)('finds nothing in the protection of the tables of %s', async (schema) => {
  expect(await scopeFindings(house.service.database, schema)).toEqual([]);
});

it('finds an endpoint without a guard: by the list of doors, and by who comes in', async () => {
  const away = plantDoor((_, response) => response.json({ all: 'of them' }), '/registry/everything');
  expect(faultsOf(matrix, routesOf(house.service))).toContain(
    'GET /registry/everything is not in the matrix',
  );
  away();

  const open = plantDoor((request, response, next) => {
    if (request.method === 'GET' && /^\/registry\/persons\/[0-9a-f-]{36}$/.test(request.path)) {
      response.json({ personId: trial.stage.resident.personId });
    } else next();
  });
  const found = await refusals();
  open();
  // Everybody who must be refused was let in.
  expect(new Set(found)).toEqual(new Set(['was answered 200, not 403 or 404', 'was answered 200, not 401']));
  expect(found).toHaveLength(of(refusedCells(matrix), FILE).length);
});

it('finds a token that is accepted after its end', async () => {
  const verifier = house.service.get(ActorTokenVerifier);
  const claims = z.object({ sub: z.string(), grants: roleGrantsSchema });
  const planted = jest.spyOn(verifier, 'verify').mockImplementation(async (token) => {
    const { sub, grants } = claims.parse(decodeJwt(token));
    return { id: sub, grants };
  });
  const found = await refusals(({ bearer }) => bearer === 'expired');
  planted.mockRestore();
  expect(found).toContain('was answered 200, not 401');
});

it('finds a masked field that is answered in the clear', async () => {
  const { resident } = trial.stage;
  const away = plantDoor((request, response, next) => {
    const json = response.json.bind(response);
    const send = (response as unknown as { send: (body: unknown) => unknown }).send.bind(response);
    const unmask = (body: unknown) =>
      JSON.parse(
        JSON.stringify(body).replaceAll(/"name":"[^"]*\*[^"]*"/g, `"name":"${resident.person.name}"`),
      ) as unknown;
    if (request.path.startsWith('/registry/persons/')) {
      response.json = (body) => json(unmask(body));
      Object.assign(response, {
        send: (body: unknown) =>
          send(typeof body === 'string' ? JSON.stringify(unmask(JSON.parse(body))) : body),
      });
    }
    next();
  });
  const found = await passes();
  away();
  expect(new Set(found)).toEqual(new Set(['shows name of person 1 in the clear']));
});

it('finds a refusal that changed a row all the same', async () => {
  const away = plantDoor((_, __, next) => {
    void house.sql
      .rows('update registry.persons set version = version where person_id = $1', [trial.stage.wardId])
      .then(() => next());
  });
  const found = await refusals(({ who }) => who.role === 'monitor');
  away();
  expect(found).toEqual(['changed rows of registry.persons']);
});

it('finds a file that is served without the scope of its case', async () => {
  const { database } = house.service;
  const everywhere = (table: string) =>
    database.query(
      `create policy planted on employment.${table} for select to employment_app, employment_provider using (true)`,
    );
  const byPlace = ({ bearer }: Cell) => bearer === 'own';
  // The case is asked for before its file: the one alone lets nobody in.
  await everywhere('files');
  expect(await refusals(byPlace, SCAN)).toEqual([]);
  await everywhere('cases');
  const found = await refusals(byPlace, SCAN);
  await database.query('drop policy planted on employment.files; drop policy planted on employment.cases');
  expect(found).toContain('was answered 200, not 403 or 404');
  expect(await refusals(byPlace, SCAN)).toEqual([]);
});

it('finds a policy that was dropped from one table', async () => {
  const { database } = house.service;
  expect(await scopeFindings(database, 'registry')).toEqual([]);
  const [policy] = await database.query<{ name: string }>(
    `select policyname as name from pg_policies where schemaname = 'registry' and tablename = 'persons' and 'registry_app' = any(roles) limit 1`,
  );
  await database.query(`drop policy "${policy!.name}" on registry.persons`);
  expect(await scopeFindings(database, 'registry')).toContainEqual(
    expect.objectContaining({ table: 'registry.persons' }),
  );
});
