import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** The text of all TypeScript below a place, tests apart from the code that they test. */
function texts(place: string, tests: boolean): string[] {
  return readdirSync(join(ROOT, place), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file.endsWith('.spec.ts') === tests)
    .map((file) => readFileSync(join(ROOT, place, file), 'utf8'));
}

it('every consumer has its four cases: its name stands at a consumerFeatures of some spec', () => {
  const sources = [...texts('apps', false), ...texts('libs', false)].join('\n');
  const consumers = [...sources.matchAll(/@OnEvents\(\{[^}]*?\bname: '([^']+)'/g)].map(([, name]) => name!);
  const specs = [...texts('apps', true), ...texts('libs', true)].join('\n');
  const covered = new Set(
    [...specs.matchAll(/consumerFeatures\(\{\s*consumer: '[^'/]+\/([^']+)'/g)].map(([, name]) => name!),
  );
  expect(consumers.length).toBeGreaterThan(5);
  expect(consumers.filter((name) => !covered.has(name))).toEqual([]);
});
