import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const PLANTED = join(import.meta.dirname, 'planted');
const require = createRequire(import.meta.url);
const CONFIG = join(import.meta.dirname, '..', '..', '.dependency-cruiser.cjs');
const depcruise = join(
  import.meta.dirname,
  '..',
  '..',
  'node_modules',
  'dependency-cruiser',
  'bin',
  'dependency-cruise.mjs',
);

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

function violations(): Violation[] {
  const run = spawnSync(
    process.execPath,
    [depcruise, '--config', CONFIG, '--output-type', 'json', 'apps', 'libs'],
    {
      cwd: PLANTED,
      encoding: 'utf8',
    },
  );
  const report = JSON.parse(run.stdout) as { summary: { violations: Violation[] } };
  return report.summary.violations;
}

describe('the boundaries', () => {
  const found = violations();
  const config = require(CONFIG) as { forbidden: { name: string }[] };

  it.each(config.forbidden.map((rule) => rule.name))('%s catches its planted offence', (rule) => {
    const offences = found.filter((violation) => violation.rule.name === rule);
    expect(offences.length).toBeGreaterThan(0);
    for (const offence of offences) expect(offence.from).toContain(rule);
  });

  it('catch type-only and path-alias imports', () => {
    expect(found.map(({ from }) => from)).toEqual(
      expect.arrayContaining([
        'apps/mill/src/app/queues-only-in-jobs.ts',
        'libs/contracts/src/contracts-stand-alone.ts',
      ]),
    );
  });
});
