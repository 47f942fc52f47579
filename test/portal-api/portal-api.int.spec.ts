import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { owners } from '@app/contracts';
import { startService, type ServiceUnderTest } from '@app/testing';
import { allMigrations, allModules } from '../../apps/all-in-one/src/services.js';
import { reducedDocument, servedPath, type ApiDocument } from '../../libs/api-client/src/reduce-document.js';
import { usedOperations } from '../../libs/api-client/src/used-operations.js';

jest.setTimeout(120_000);

const FROZEN = join(import.meta.dirname, '..', '..', 'libs', 'api-client', 'openapi.json');
const TEMPLATE = 'subsidies';

let service: ServiceUnderTest;
let document: ApiDocument;

beforeAll(async () => {
  service = await startService({ name: 'all-in-one', modules: allModules, migrated: allMigrations });
  document = (await service.anonymous.get('/openapi.json')).body as ApiDocument;
});
afterAll(() => service?.stop());

describe('what the portal knows of the services', () => {
  it('is what they say now', () => {
    const reduced = `${JSON.stringify(reducedDocument(document, usedOperations, TEMPLATE), null, 1)}\n`;
    if (process.env['API_CLIENT_WRITE']) writeFileSync(FROZEN, reduced);
    expect(JSON.parse(readFileSync(FROZEN, 'utf8'))).toEqual(JSON.parse(reduced));
  });

  it.each(owners.filter((owner) => owner !== TEMPLATE))('holds for the cases of %s too', (owner) => {
    const shared = usedOperations.filter((name) => name.includes('{owner}'));
    const other = reducedDocument(document, shared, owner);
    expect(other.paths).toEqual(reducedDocument(document, shared, TEMPLATE).paths);
  });

  it('names the operation that no service has', () => {
    expect(servedPath('/api/{owner}/cases', 'community')).toBe('/community/cases');
    expect(servedPath('/api/{owner}/ops/status', 'community')).toBe('/ops/status');
    expect(() => reducedDocument(document, ['GET /api/registry/unheard-of'], TEMPLATE)).toThrow(
      'no service has GET /registry/unheard-of',
    );
  });
});
