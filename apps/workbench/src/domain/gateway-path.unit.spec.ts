import { gatewayTarget } from './gateway-path.js';

it('keeps path and query exactly as they were sent', () => {
  expect(gatewayTarget('/api/registry/persons/find')).toEqual({
    service: 'registry',
    path: '/registry/persons/find',
  });
  expect(gatewayTarget('/api/legal-aid/cases?after=a%2Fb&limit=5')).toEqual({
    service: 'legal-aid',
    path: '/legal-aid/cases?after=a%2Fb&limit=5',
  });
  expect(gatewayTarget('/api/registry/persons/%E6%9D%8E')).toEqual({
    service: 'registry',
    path: '/registry/persons/%E6%9D%8E',
  });
  expect(gatewayTarget('/api/registry/ops/status')).toEqual({ service: 'registry', path: '/ops/status' });
  expect(gatewayTarget('/api/registry/audit/services/registry/entries')?.path).toBe(
    '/audit/services/registry/entries',
  );
});

it('takes nothing that another server could read as another path', () => {
  for (const trick of [
    '/api/registry',
    '/api/registry/',
    '/api/registry/../certification/cards',
    '/api/registry/%2e%2e/ops/status',
    '/api/registry/.%2E/ops/status',
    '/api/registry/./persons',
    '/api/registry//persons',
    '/api//registry/persons',
    '/api/registry/a%2f..%2fops',
    '/api/registry/a%5c..%5cops',
    '/api/registry\\persons',
    '/api/registry/a%00',
    '/api/registry/a%0d%0aHost:x',
    '/api/registry/%252e%252e/ops',
    '/api/registry/a%',
    '/api/registry/a b',
    '/api/Registry/persons',
    '/api/%72egistry/persons',
    '/api/127.0.0.1:9/persons',
    '/api/evil.example/persons',
    'http://evil.example/api/registry/persons',
    '//evil.example/api/registry/persons',
    '/apix/registry/persons',
  ]) {
    expect([trick, gatewayTarget(trick)]).toEqual([trick, null]);
  }
});
