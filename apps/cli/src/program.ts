import { Command, CommanderError } from 'commander';
import { EXIT } from './cli-error.js';
import { auditCommand } from './commands/audit.command.js';
import { backupCommand } from './commands/backup.command.js';
import { calendarCommand } from './commands/calendar.command.js';
import { deadlineCommand } from './commands/deadline.command.js';
import { chainCommand } from './commands/chain.command.js';
import { decisionsCommand } from './commands/decisions.command.js';
import { demoCommand } from './commands/demo.command.js';
import { dlqCommand } from './commands/dlq.command.js';
import { doctorCommand } from './commands/doctor.command.js';
import { keysCommand } from './commands/keys.command.js';
import { payrunCommand } from './commands/payrun.command.js';
import { reconcileCommand } from './commands/reconcile.command.js';
import { restoreCommand } from './commands/restore.command.js';
import { retentionCommand } from './commands/retention.command.js';
import { seedCommand } from './commands/seed.command.js';
import { statusCommand } from './commands/status.command.js';
import { takeoverCommand } from './commands/takeover.command.js';
import { tokenCommand } from './commands/token.command.js';
import { upCommand } from './commands/up.command.js';
import { workbenchCommand } from './commands/workbench.command.js';
import type { Seeder } from './up/up.js';

/** The command line: one line per command. */
export function createProgram(seeder: Seeder | null): Command {
  const program = new Command('onething')
    .description('残疾人全周期服务“一件事” · one card, every service')
    .option('--json', '以 JSON 输出 · answer as JSON')
    .option('--verbose', '出错时给出细节 · details of errors')
    .option('--dir <path>', '数据、密钥、日志的目录 · where data, keys and logs are (.onething)')
    .showHelpAfterError('（用法 · usage: npx onething --help）')
    .exitOverride();
  upCommand(program, seeder);
  statusCommand(program);
  doctorCommand(program);
  deadlineCommand(program);
  calendarCommand(program);
  seedCommand(program);
  takeoverCommand(program);
  decisionsCommand(program);
  demoCommand(program);
  chainCommand(program);
  reconcileCommand(program);
  payrunCommand(program);
  dlqCommand(program);
  tokenCommand(program);
  keysCommand(program);
  backupCommand(program);
  restoreCommand(program);
  retentionCommand(program);
  auditCommand(program);
  workbenchCommand(program);
  return program;
}

/** Runs one command line; sets the exit code of the process. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said it already; help that was asked for is no error.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}
