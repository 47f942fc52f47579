import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { freePort } from '@app/backing';
import { until } from '@app/testing';
import { EXIT } from '../src/cli-error.js';
import { readAlarm } from '../src/installation/alarm-file.js';
import { ensureKeys, keyFilesIn } from '../src/installation/keys.js';
import { removeRunState, writeRunState } from '../src/installation/run-state.js';
import { createProgram, runProgram } from '../src/program.js';

jest.setTimeout(120_000);

const PERIOD = 2;

/** One process that answers for all services, and whose heart beats until it is told to stop (or is killed). */
const ALL_IN_ONE = `
  let beatAt = Date.now();
  process.on('SIGUSR2', () => clearInterval(heart));
  const heart = setInterval(() => (beatAt = Date.now()), ${PERIOD * 1000});
  require('node:http').createServer((request, response) => {
    const heartbeat = { beatAt, secondsSinceBeat: (Date.now() - beatAt) / 1000, periodSeconds: ${PERIOD}, alarm: false };
    const service = { service: 'subsidies', lag: 0, parked: 0, queues: [], reminding: { healthy: true, late: 0, heartbeat } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify([service]));
  }).listen(Number(process.argv[1]), '127.0.0.1', () => process.send('ready'));`;

describe('the watchdog of all-in-one', () => {
  let home: string;
  let port: number;
  let system: ChildProcess;
  let watchdog: ChildProcess;
  let said: string;

  const start = async () => {
    system = spawn(process.execPath, ['-e', ALL_IN_ONE, String(port)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(system, 'message');
  };
  const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const status = async () => {
    let out = '';
    const write = jest
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => Boolean((out += String(text))));
    const silent = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const before = process.exitCode;
    await runProgram(createProgram(null), ['node', 'onething', '--dir', home, 'status']);
    const code = Number(process.exitCode);
    process.exitCode = before;
    write.mockRestore();
    silent.mockRestore();
    return { out, code };
  };
  const publish = (pid: number) => {
    const from = { source: 'binary' as const, detail: 'x' };
    writeRunState(home, {
      pid,
      pids: { 'all-in-one': system.pid! },
      startedAt: new Date().toISOString(),
      mode: 'all-in-one',
      services: { subsidies: `http://127.0.0.1:${port}` },
      databaseUrl: 'postgres://127.0.0.1/x',
      redisUrl: null,
      kafkaBrokers: null,
      keys: join(home, 'keys'),
      logs: join(home, 'logs'),
      backing: { postgres: from, redis: from, kafka: from },
    });
  };

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'onething-watchdog-'));
    await ensureKeys(keyFilesIn(home));
    port = await freePort();
    await start();
    publish(process.pid);
    said = '';
    const loader = fileURLToPath(new URL('../../../libs/testing/run/typescript.mjs', import.meta.url));
    const entry = fileURLToPath(new URL('../src/watchdog/main.ts', import.meta.url));
    watchdog = spawn(process.execPath, ['--import', loader, entry, `--onething-home=${home}`], {
      env: { ...process.env, CLOCK_HEARTBEAT_SECONDS: String(PERIOD) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    watchdog.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
  });
  afterEach(async () => {
    await end(watchdog, 'SIGKILL');
    await end(system, 'SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });
  const watching = () =>
    until(
      'the watchdog to come up',
      () => watchdog.pid !== undefined && status().then(({ code }) => code === EXIT.ok),
    );

  it('raises the alarm within two periods of kill -9, for people and for status, and takes it back', async () => {
    await watching();
    await end(system, 'SIGKILL');
    const killed = performance.now();
    // The watchdog may still be loading when the system is killed on a busy machine: the bound is of its own clock.
    const alarm = await until('the alarm', () => readAlarm(home), { timeoutMs: 30_000 });
    expect(alarm).toMatchObject({ what: 'unreachable', services: [], periodSeconds: PERIOD });
    expect((performance.now() - killed) / 1000).toBeGreaterThan(PERIOD);
    await until('it to be said', () => said.includes('期限提醒已停止'));
    const shown = await status();
    expect(shown.out).toContain('期限提醒已停止');
    expect(shown.code).toBe(EXIT.failed);

    await start();
    await until('the alarm to be taken back', () => readAlarm(home) === null, { timeoutMs: 30_000 });
    await until('that to be said', () => said.includes('已恢复'));
    // While it runs and is heard, two periods are enough.
    await end(system, 'SIGKILL');
    const again = performance.now();
    await until('the alarm again', () => readAlarm(home), { timeoutMs: 30_000 });
    expect((performance.now() - again) / 1000).toBeLessThan(2 * PERIOD);
  });

  it('raises it too when the process answers and its heart has stopped', async () => {
    await watching();
    system.kill('SIGUSR2');
    const alarm = await until('the alarm', () => readAlarm(home), { timeoutMs: 30_000 });
    expect(alarm).toMatchObject({ what: 'reminding-stopped', services: ['subsidies'] });
    expect((await status()).code).toBe(EXIT.failed);
  });

  it('outlives a killed up long enough to say so, and leaves with one that ended in good order', async () => {
    await watching();
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    publish(gone.pid!);
    await end(system, 'SIGKILL');
    await once(watchdog, 'exit');
    expect(readAlarm(home)).toMatchObject({ what: 'unreachable' });
    // Nothing runs any more, and that is not all there is to say.
    const shown = await status();
    expect(shown.out).toContain('期限提醒已停止');
    expect(shown.code).toBe(EXIT.notRunning);
  });

  it('ends when up has ended in good order', async () => {
    await watching();
    removeRunState(home);
    await once(watchdog, 'exit');
    expect(readAlarm(home)).toBeNull();
    expect(said).toBe('');
  });
});
