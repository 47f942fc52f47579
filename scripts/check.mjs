/** `npm run check`: everything that a machine can say without a server. Runs all steps, also after one has failed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, requireNode, root, run } from './lib/project.mjs';

const STEPS = ['format:check', 'lint', 'typecheck', 'boundaries', 'contracts:check', 'test:unit'];

requireNode();
await ensureInstalled();
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const outcomes = [];
for (const step of STEPS.filter((name) => name in scripts)) {
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
