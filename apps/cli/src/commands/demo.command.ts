import { Argument, InvalidArgumentError, type Command } from 'commander';
import { packageRoot } from '@app/backing';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import pc from 'picocolors';
import { action, type Cli } from '../cli.js';
import { EXIT } from '../cli-error.js';
import { runCrash, type CrashReport } from '../demo/crash/run-crash.js';
import { runStory, stories } from '../demo/run-story.js';
import { staffed } from '../demo/seed-organisation.js';
import { MONTH } from '../demo/stories/month.story.js';
import { runRestore } from '../demo/stories/restore-story.js';
import { runMonths } from '../demo/stories/run-months.js';
import { takeoverStory, TAKEOVER_PEOPLE } from '../demo/stories/takeover.story.js';
import type { StoryReport, Told } from '../demo/story.js';
import { demoPasswordIn, keyFilesAt } from '../installation/keys.js';
import { RunningSystem } from '../installation/running-system.js';

interface DemoOptions {
  readonly seed?: number;
  readonly points?: number;
  readonly people?: number;
}

const CRASH = {
  name: 'crash',
  summary:
    '逐点杀进程、数据库、消息中间件，办结不丢不重 · kills at every kind of point; brings up its own system',
};
/** About an hour on two cores. */
const CRASH_POINTS = 200;

const RESTORE = {
  name: 'restore',
  summary:
    '备份、丢失整机、恢复到某一时刻，不丢不重 · backed up, lost, restored to a time; brings up its own system',
};

/** Tells a story on the running system, and holds it to its end. */
export function demoCommand(program: Command): void {
  const all = [...stories, takeoverStory(), MONTH, CRASH, RESTORE];
  program
    .command('demo')
    .description('演示，并核对结果 · a story that checks its own end')
    .addArgument(new Argument('<story>', '故事 · story').choices(all.map(({ name }) => name)))
    .option('--seed <number>', '随机种子，同一种子同一个人 · the same seed, the same person', wholeNumber)
    .option('--points <number>', `crash：杀几次 · how many kills (${CRASH_POINTS})`, wholeNumber)
    .option('--people <number>', `takeover：多少人 · how many people (${TAKEOVER_PEOPLE})`, wholeNumber)
    .addHelpText(
      'after',
      `\n${all.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}\n`,
    )
    .action(
      action(async (cli, name: string, options: DemoOptions) => {
        const seed = options.seed ?? randomInt(1, 2 ** 31);
        if (name === CRASH.name) return crash(cli, seed, options.points ?? CRASH_POINTS);
        if (name === MONTH.name) return months(cli, seed);
        return name === RESTORE.name ? restore(cli, seed) : tell(cli, name, seed, options.people);
      }),
    );
}

async function tell({ home, output }: Cli, name: string, seed: number, people?: number): Promise<number> {
  const story = [...stories, takeoverStory(people)].find((each) => each.name === name)!;
  const running = RunningSystem.find(home);
  const system = await staffed(running, demoPasswordIn(keyFilesAt(running.state.keys)));
  output.line(`${pc.bold(story.name)}  ${story.summary}  （--seed ${seed}）`);
  const report = await runStory({
    system,
    story,
    seed,
    root: packageRoot(),
    print: (told) => output.line(lineOf(told)),
  });
  output.answer({ seed, ...report }, () => ending(report));
  return report.ok ? EXIT.ok : EXIT.failed;
}

async function months({ home, output }: Cli, seed: number): Promise<number> {
  output.line(`${pc.bold(MONTH.name)}  ${MONTH.summary}  （--seed ${seed}）`);
  const report = await runMonths({
    home: join(home, 'month'),
    root: packageRoot(),
    seed,
    print: (told) => output.line(lineOf(told)),
  });
  output.answer({ seed, ...report }, () => ending({ ...report, personId: null }));
  return report.ok ? EXIT.ok : EXIT.failed;
}

async function restore({ home, output }: Cli, seed: number): Promise<number> {
  output.line(`${pc.bold(RESTORE.name)}  ${RESTORE.summary}  （--seed ${seed}）`);
  const report = await runRestore({
    home: join(home, 'restore'),
    backups: join(home, 'restore-backups'),
    root: packageRoot(),
    seed,
    print: (told) => output.line(lineOf(told)),
  });
  output.answer({ seed, ...report }, () => ending({ ...report, personId: null }));
  return report.ok ? EXIT.ok : EXIT.failed;
}

function lineOf({ atMs, text, checked }: Told): string {
  return `${pc.dim(`${(atMs / 1000).toFixed(1).padStart(6)} s`)}  ${checked ? pc.green('✓') : '·'} ${text}`;
}

function ending(report: StoryReport): string {
  const { failure, personId } = report;
  if (failure) {
    return [
      `${pc.red('✗ 不符 · failed')}  ${failure.what}`,
      `  应为 · expected  ${JSON.stringify(failure.expected)}`,
      `  实为 · found     ${JSON.stringify(failure.actual)}`,
    ].join('\n');
  }
  const look = personId ? `  npx onething chain ${personId}` : '';
  return `${pc.green('✓ 通过 · passed')}  ${(report.milliseconds / 1000).toFixed(1)} s${look}`;
}

async function crash({ home, output }: Cli, seed: number, points: number): Promise<number> {
  output.line(`${pc.bold(CRASH.name)}  ${CRASH.summary}  （--seed ${seed} --points ${points}）`);
  const report = await runCrash({
    home: join(home, 'crash'),
    root: packageRoot(),
    seed,
    points,
    print: (line) => output.line(line),
  });
  output.answer(report, () => verdict(report));
  return report.ok ? EXIT.ok : EXIT.failed;
}

function verdict(report: CrashReport): string {
  const figures =
    `${report.points} points, ${report.killed} kills, ${report.acknowledged} commands acknowledged ` +
    `(${report.repeated} sent again), ${Math.round(report.milliseconds / 1000)} s`;
  if (report.ok) return `${pc.green('✓ 不丢不重 · nothing lost, nothing doubled')}  ${figures}`;
  return [
    `${pc.red('✗ 有丢失或重复 · lost or doubled')}  ${figures}`,
    ...report.findings.map(({ invariant, detail }) => `  ${invariant}: ${detail}`),
  ].join('\n');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('应为正整数 · must be a whole number above 0');
}
