import type { Command } from 'commander';
import pc from 'picocolors';
import { action } from '../cli.js';
import { EXIT } from '../cli-error.js';
import { COUNTY_SEED, describeSeed, seedDemoCounty, type SeedReport } from '../demo/seed.js';
import { staffed } from '../demo/seed-organisation.js';
import { demoPasswordIn, keyFilesAt } from '../installation/keys.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';
import { wholeNumber } from './up.command.js';

const PEOPLE = 5_000;

/** Brings the demo county into the running system. */
export function seedCommand(program: Command): void {
  program
    .command('seed')
    .description('导入示范县：人员、低保、存量残疾人证 · the demo county, by its rosters')
    .option('--people <n>', '人数 · how many people', wholeNumber, PEOPLE)
    .option(
      '--seed <n>',
      '随机种子，同一种子同一批人 · the same seed, the same people',
      wholeNumber,
      COUNTY_SEED,
    )
    .action(
      action(async ({ home, output }, { people, seed }: { people: number; seed: number }) => {
        const running = RunningSystem.find(home);
        const system = await staffed(running, demoPasswordIn(keyFilesAt(running.state.keys)));
        const began = performance.now();
        let last = '';
        const progress = (text: string) => {
          if (text === last) return;
          last = text;
          output.line(
            `${pc.dim(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`)}  ${text}`,
          );
        };
        const report = await seedDemoCounty(system, { people, seed, progress });
        output.answer(report, () => describe(report));
        return report.rosters.some(({ failed }) => failed > 0) ? EXIT.failed : EXIT.ok;
      }),
    );
}

function describe(report: SeedReport): string {
  if (report.already) return `${pc.green('✓')} ${describeSeed(report)}`;
  const rows = report.rosters.map(({ roster, rows: all, applied, unchanged, failed }) => [
    roster,
    ...[all, applied, unchanged, failed].map(String),
  ]);
  const reasons = report.rosters.flatMap(({ roster, reasons: each }) =>
    each.map((text) => `  ${roster}：${text}`),
  );
  return [
    table([['名册 · roster', '行 · rows', '新 · applied', '未变 · unchanged', '未导入 · failed'], ...rows]),
    ...reasons,
    `${reasons.length > 0 ? pc.yellow('!') : pc.green('✓')} ${describeSeed(report)}`,
  ].join('\n');
}
