import { jest } from '@jest/globals';
import { startHouse, type House } from '../e2e/house.js';
import { Tokens } from './actors.js';
import {
  allowedCells,
  neighbourCells,
  refusedCells,
  tryAll,
  tryUnchanging,
  type Cell,
  type Tried,
  type Trial,
} from './cells.js';
import { faultsOf, readMatrix } from './matrix.js';
import { requests } from './requests.js';
import { routesOf } from './routes.js';
import { arrange } from './stage.js';

jest.setTimeout(1_800_000);

const matrix = readMatrix();
const doors = [...matrix.sessions, ...matrix.own, ...matrix.endpoints];
const refused = refusedCells(matrix);
const neighbours = neighbourCells(matrix);
const allowed = allowedCells(matrix);

let house: House;
const tried = new Map<Cell, Tried>();
beforeAll(async () => {
  house = await startHouse('direct');
  const trial: Trial = {
    house,
    stage: await arrange(house),
    tokens: await Tokens.of(house.service.signer),
  };
  // What must change nothing first; the right users' changes then disturb nobody.
  for (const each of await tryUnchanging(trial, refused)) tried.set(each.cell, each);
  for (const each of await tryAll(trial, neighbours)) tried.set(each.cell, each);
  for (const each of await tryAll(trial, allowed)) tried.set(each.cell, each);
});
afterAll(() => house.stop(), 60_000);

it('names every endpoint of every service, and none that is not there; every role is refused somewhere', () => {
  expect(faultsOf(matrix, routesOf(house.service))).toEqual([]);
});

it('has a well-formed request for every endpoint', () => {
  expect(doors.map(({ name }) => name).filter((name) => !(name in requests))).toEqual([]);
});

describe.each(doors.map((endpoint) => [endpoint.name, endpoint] as const))('%s', (_, endpoint) => {
  const cells = [...refused, ...neighbours, ...allowed].filter((cell) => cell.endpoint === endpoint);

  it.each(cells.map((cell) => [cell.name, cell] as const))('%s', (__, cell) => {
    expect(tried.get(cell)?.findings).toEqual([]);
  });
});
