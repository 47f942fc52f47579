import { Argument, InvalidArgumentError, type Command } from 'commander';
import { packageRoot } from '@app/backing';
import { randomInt } from 'node:crypto';
import pc from 'picocolors';
import { action } from '../cli.js';
import { EXIT } from '../cli-error.js';
import { runStory, stories } from '../demo/run-story.js';
import { RunningSystem } from '../installation/running-system.js';

/** Tells a story on the running system, and holds it to its end. */
export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('演示，并核对结果 · a story that checks its own end')
    .addArgument(new Argument('<story>', '故事 · story').choices(stories.map(({ name }) => name)))
    .option('--seed <number>', '随机种子，同一种子同一个人 · the same seed, the same person', wholeNumber)
    .addHelpText(
      'after',
      `\n${stories.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}\n`,
    )
    .action(
      action(async ({ home, output }, name: string, { seed = randomInt(1, 2 ** 31) }: { seed?: number }) => {
        const story = stories.find((each) => each.name === name)!;
        const system = RunningSystem.find(home);
        output.line(`${pc.bold(story.name)}  ${story.summary}  （--seed ${seed}）`);
        const report = await runStory({
          system,
          story,
          seed,
          root: packageRoot(),
          print: ({ atMs, text, checked }) =>
            output.line(
              `${pc.dim(`${(atMs / 1000).toFixed(1).padStart(6)} s`)}  ${checked ? pc.green('✓') : '·'} ${text}`,
            ),
        });
        output.answer({ seed, ...report }, () =>
          report.ok
            ? `${pc.green('✓ 通过 · passed')}  ${(report.milliseconds / 1000).toFixed(1)} s${report.personId ? `，npx onething chain ${report.personId}` : ''}`
            : `${pc.red('✗ 不符 · failed')}  ${report.failure!.what}\n  应为 · expected  ${JSON.stringify(report.failure!.expected)}\n  实为 · found     ${JSON.stringify(report.failure!.actual)}`,
        );
        return report.ok ? EXIT.ok : EXIT.failed;
      }),
    );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('应为正整数 · must be a whole number above 0');
}
