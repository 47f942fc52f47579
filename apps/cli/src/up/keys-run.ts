import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { serviceUrl } from '@app/platform';
import type { KeyReport } from '@app/service-host';
import { CliError, NotRunning } from '../cli-error.js';
import { databasePasswordIn, keyFilesIn } from '../installation/keys.js';
import { liveRunState } from '../installation/run-state.js';
import { ALL_IN_ONE } from '../services.js';
import { entryOf } from './build-place.js';

/** Rows of a table that were written anew until now. */
export interface KeyProgress {
  readonly service: string;
  readonly table: string;
  readonly rotated: number;
}

/**
 * Goes over the encrypted columns of all services, in a process of its own: of the system that runs here, or of the one at
 * `DATABASE_URL` (as the services log in).
 * @throws NotRunning, CliError with what the run said
 */
export async function runOverColumns(
  verb: 'status' | 'rotate',
  home: string,
  dataKeys: string,
  progress: (step: KeyProgress) => void,
): Promise<KeyReport> {
  const entry = entryOf(ALL_IN_ONE.name, 'keys');
  if (!entry) throw new CliError('not-built', '还没有构建 · not built yet', 'npm run build');
  const child = spawn(process.execPath, [entry, verb], {
    env: environmentOf(home, dataKeys),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  let report: KeyReport | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const step = stepIn(line);
    if (step && 'uses' in step) report = step;
    else if (step) progress(step);
  }
  if ((await ended) === 0 && report) return report;
  const reason = said.trim().split('\n').slice(0, 12).join('\n');
  throw new CliError('keys-run-failed', `没有完成，可以再次执行 · not finished, run it again:\n${reason}`);
}

function environmentOf(home: string, dataKeys: string): NodeJS.ProcessEnv {
  const state = liveRunState(home);
  const { DATA_KEYS: _other, ...environment } = process.env;
  if (state) {
    const password = databasePasswordIn(keyFilesIn(home));
    return {
      ...environment,
      DATABASE_URL: serviceUrl(state.databaseUrl, password),
      DATA_KEYS_FILE: dataKeys,
    };
  }
  if (!environment['DATABASE_URL']) throw new NotRunning();
  return { ...environment, DATA_KEYS_FILE: dataKeys };
}

/** A line of the run; null for what is none (a warning of the process). */
function stepIn(line: string): KeyReport | KeyProgress | null {
  try {
    return JSON.parse(line) as KeyReport | KeyProgress;
  } catch {
    return null;
  }
}
