import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface CommandResult {
  /** 0 is success; -1 when it could not be started or took too long. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. It is killed at the time limit; a program that is not there is a result, not an exception. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { timeoutMs: number; cwd?: string; uid?: number; gid?: number; env?: NodeJS.ProcessEnv },
): Promise<CommandResult> {
  const { timeoutMs, ...spawnOptions } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const timer = setTimeout(() => {
      stderr += `\nno end after ${timeoutMs} ms`;
      child.kill('SIGKILL');
    }, timeoutMs);
    const end = (code: number) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    };
    child.on('error', (error) => {
      stderr += error.message;
      end(-1);
    });
    child.on('close', (code) => end(code ?? -1));
  });
}

/** The last lines of what a program said, for an error message. */
export function lastLines(text: string, count = 5): string {
  return text.trim().split('\n').slice(-count).join('\n');
}

/** The full path of a program on the PATH. */
export function onPath(program: string, path = process.env['PATH'] ?? ''): string | null {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const directory of path.split(delimiter).filter(Boolean)) {
    const candidate = join(directory, program + suffix);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // not in this directory
    }
  }
  return null;
}
