import type { Command } from 'commander';
import { homeDirectory } from '@app/backing';
import { resolve } from 'node:path';
import { Output } from './output.js';

export interface GlobalOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly dir?: string;
}

/** What a command needs besides its own arguments. */
export interface Cli {
  readonly output: Output;
  readonly home: string;
}

/** Makes a commander action of a command: gives it its surroundings, and turns its end into an exit code. */
export function action<Args extends unknown[]>(
  run: (cli: Cli, ...args: Args) => Promise<number | void>,
): (...args: [...Args, ...unknown[]]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command;
    const { json = false, verbose = false, dir } = command.optsWithGlobals<GlobalOptions>();
    const cli = { output: new Output({ json, verbose }), home: dir ? resolve(dir) : homeDirectory() };
    try {
      process.exitCode = (await run(cli, ...(args as unknown as Args))) ?? 0;
    } catch (error) {
      process.exitCode = cli.output.fail(error);
    }
  };
}
