/**
 * `npm run check [-- --without step,step]`: everything that a machine can say without a server. Runs all steps, also after
 * one has failed. What runs `npm test` as well leaves out the steps that are in its unit suite.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, requireNode, root, run } from './lib/project.mjs';

const STEPS = [
  'format:check',
  'lint',
  'typecheck',
  'boundaries',
  'portal:check',
  'contracts:check',
  'test:unit',
];

const without = leftOut(process.argv.slice(2));
requireNode();
await ensureInstalled();
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const outcomes = [];
for (const step of STEPS.filter((name) => name in scripts && !without.includes(name))) {
  console.log(`\n── ${step}`);
  const start = performance.now();
  const code = await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['run', '--silent', step]);
  outcomes.push({ step, code, seconds: (performance.now() - start) / 1000 });
}
console.log('');
for (const { step, code, seconds } of outcomes) {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${step.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s`);
}
process.exit(outcomes.every(({ code }) => code === 0) ? 0 : 1);

function leftOut(args) {
  if (args.length === 0) return [];
  const names = args.length === 2 && args[0] === '--without' ? args[1].split(',') : [];
  if (names.length > 0 && names.every((name) => STEPS.includes(name))) return names;
  console.error(`usage: npm run check [-- --without <step,step>]   steps: ${STEPS.join(', ')}`);
  process.exit(2);
}
