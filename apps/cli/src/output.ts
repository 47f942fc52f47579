import { BackingUnavailable, DirectoryInUse, StartFailed } from '@app/backing';
import pc from 'picocolors';
import { CliError, EXIT } from './cli-error.js';

export interface OutputOptions {
  readonly json: boolean;
  readonly verbose: boolean;
}

/** What a command says: lines for people, or one JSON document for programs; never both. */
export class Output {
  constructor(
    readonly options: OutputOptions,
    private readonly write: (text: string) => void = (text) => void process.stdout.write(text),
    private readonly writeError: (text: string) => void = (text) => void process.stderr.write(text),
  ) {}

  /** The answer of the command. @param text is asked for only when people read it */
  answer(value: unknown, text: () => string): void {
    this.write(this.options.json ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`);
  }

  /** A line on the way to the answer; programs do not see it. */
  line(text: string): void {
    if (!this.options.json) this.write(`${text}\n`);
  }

  /** Says what went wrong and what to do. @returns the exit code */
  fail(error: unknown): number {
    const { code, message, next, exitCode } = explain(error);
    if (this.options.json) {
      this.write(`${JSON.stringify({ error: { code, message, next } }, null, 2)}\n`);
    } else {
      this.writeError(`${pc.red('✗ 失败 · failed')}  ${message}\n`);
      if (next) this.writeError(`  ${pc.bold('接下来 · next')}  ${next}\n`);
    }
    if (this.options.verbose && error instanceof Error) this.writeError(`${error.stack}\n`);
    return exitCode;
  }
}

function explain(error: unknown): { code: string; message: string; next: string | null; exitCode: number } {
  if (error instanceof CliError) return error;
  if (error instanceof DirectoryInUse) {
    const message = `系统已在运行（进程 ${error.pid}）· it is already running as process ${error.pid}`;
    return { code: 'already-running', message, next: 'npx onething status', exitCode: EXIT.failed };
  }
  if (error instanceof BackingUnavailable || error instanceof StartFailed) {
    return {
      code: 'not-started',
      message: error.message,
      next: 'npx onething doctor',
      exitCode: EXIT.failed,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'unexpected',
    message,
    next: '加 --verbose 看细节 · --verbose shows more',
    exitCode: EXIT.failed,
  };
}

/** Columns by their widest cell; Chinese characters take two places. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))));
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Places on a terminal. */
export function widthOf(text: string): number {
  // Colour codes take no place.
  const plain = text.replace(/\u001b\[\d+m/g, '');
  return [...plain].reduce((sum, character) => sum + (/[\u2e80-\uffef]/.test(character) ? 2 : 1), 0);
}
