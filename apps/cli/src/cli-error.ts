/** How a command ends; the same numbers for every command. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** Nothing is running that could be asked. */
  notRunning: 3,
} as const;

/** An error of the command line: a sentence that says what is wrong, and the next thing to do. */
export class CliError extends Error {
  constructor(
    readonly code: string,
    /** Chinese first, English beside it. */
    message: string,
    readonly next: string | null = null,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
    this.name = 'CliError';
  }
}

export class NotRunning extends CliError {
  constructor() {
    super('not-running', '系统没有在运行 · the system is not running', 'npm start', EXIT.notRunning);
  }
}
