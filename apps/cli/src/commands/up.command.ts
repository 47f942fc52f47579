import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { action } from '../cli.js';
import { up, type Seeder } from '../up/up.js';

interface UpFlags {
  readonly allInOne?: boolean;
  readonly seed: boolean;
  readonly people: number;
}

const PEOPLE = 5_000;

/** @param seeder null where there is nothing to seed with */
export function upCommand(program: Command, seeder: Seeder | null): void {
  program
    .command('up')
    .description('启动整个系统，直到 Ctrl+C · start everything, until Ctrl+C')
    .option('--all-in-one', '全部服务在一个进程里 · all services in one process')
    .option('--no-seed', '不写入示范县数据 · without the demo county')
    .option('--people <n>', '示范县人数 · people of the demo county', wholeNumber, PEOPLE)
    .action(
      action((cli, flags: UpFlags) =>
        up(
          {
            home: cli.home,
            allInOne: flags.allInOne ?? false,
            seed: flags.seed && seeder ? { people: flags.people, seeder } : null,
          },
          cli.output,
        ),
      ),
    );
}

/** A count in an option. @throws InvalidArgumentError which commander prints */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('应为正整数 · must be a whole number above 0');
  return value;
}
