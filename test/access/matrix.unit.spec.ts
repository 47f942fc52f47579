import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOf, readMatrix } from './matrix.js';

const ROOT = join(import.meta.dirname, '..', '..');

/** The doors that the matrix names, as a router would have them. */
function routesIn(matrix: ReturnType<typeof readMatrix>) {
  return [
    ...matrix.public,
    ...[...matrix.sessions, ...matrix.own, ...matrix.endpoints].map(({ name }) => name),
  ].map((name) => {
    const [method, path] = name.split(' ') as [string, string];
    return { method, path, name };
  });
}

describe('the matrix', () => {
  const matrix = readMatrix();

  it('is read by no guard: nothing that runs mentions it', () => {
    const offenders = ['apps', 'libs'].flatMap((place) =>
      readdirSync(join(ROOT, place), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|mjs|js|json|yaml)$/.test(file))
        .filter((file) => /matrix\.yaml|test\/access/.test(readFileSync(join(ROOT, place, file), 'utf8')))
        .map((file) => join(place, file)),
    );
    expect(offenders).toEqual([]);
  });

  it('misses an endpoint that a service has and it does not name', () => {
    const more = { method: 'GET', path: '/registry/everything', name: 'GET /registry/everything' };
    expect(faultsOf(matrix, [...routesIn(matrix), more])).toEqual([
      'GET /registry/everything is not in the matrix',
    ]);
  });

  it('misses an endpoint that it names and no service has', () => {
    const [first, ...others] = routesIn(matrix);
    expect(faultsOf(matrix, others)).toEqual([`${first!.name} is in the matrix, but nowhere else`]);
  });

  it('misses the refusals of a role that may do everything', () => {
    const everywhere = matrix.endpoints.map((endpoint) => ({
      ...endpoint,
      refused: endpoint.refused.filter(({ role }) => role !== 'monitor'),
    }));
    expect(faultsOf({ ...matrix, endpoints: everywhere }, routesIn(matrix))).toEqual([
      'monitor is refused nowhere',
    ]);
  });
});
