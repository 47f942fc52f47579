import { grantFor, departments, portalRoles, type Department } from '@app/access';
import type { Machine } from '@app/backing';
import { WorkingCalendar } from '@app/clocks';
import { shanghaiDay } from '@app/kernel';
import type { StatusOfService } from '@app/service-host';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { jest } from '@jest/globals';
import { EXIT } from '../src/cli-error.js';
import { examine, node } from '../src/commands/doctor.command.js';
import { demoAccounts, demoActor } from '../src/demo/accounts.js';
import { ensureKeys, keyFilesIn } from '../src/installation/keys.js';
import { readRunState, writeRunState, type RunState } from '../src/installation/run-state.js';
import { table } from '../src/output.js';
import { createProgram, runProgram } from '../src/program.js';
import { ALL_IN_ONE, services } from '../src/services.js';

const nothing: Machine = {
  docker: { found: false, detail: 'no docker on the PATH', remedy: 'start Docker' },
  postgres: { found: false, detail: 'no PostgreSQL', remedy: 'install PostgreSQL' },
  redis: { found: false, detail: 'no redis-server', remedy: 'install Redis' },
  java: { found: false, detail: 'no java', remedy: 'install Java 17' },
  kafka: { found: false, detail: 'no mvn', remedy: 'install Maven' },
};

let home: string;
let out: string;
let err: string;
const servers: Server[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'onething-cli-'));
  out = '';
  err = '';
  jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => Boolean((out += stripVTControlCharacters(String(text)))));
  jest
    .spyOn(process.stderr, 'write')
    .mockImplementation((text) => Boolean((err += stripVTControlCharacters(String(text)))));
});

afterEach(() => {
  jest.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
  rmSync(home, { recursive: true, force: true });
});

/** @returns the exit code */
async function onething(...args: string[]): Promise<number> {
  const before = process.exitCode;
  await runProgram(createProgram(null), ['node', 'onething', '--dir', home, ...args]);
  const code = process.exitCode;
  process.exitCode = before;
  return Number(code);
}

describe('the command line', () => {
  it('says in a sentence that nothing is running, with the next command and no stack', async () => {
    for (const command of [
      ['status'],
      ['dlq', 'ls'],
      ['dlq', 'replay', 'registry'],
      ['token', '--role', 'operator'],
    ]) {
      err = '';
      expect(await onething(...command)).toBe(EXIT.notRunning);
      expect(err).toContain('系统没有在运行');
      expect(err).toContain('npm start');
      expect(err).not.toContain('.ts:');
    }
  });

  it('answers programs with JSON alone, errors included', async () => {
    expect(await onething('status', '--json')).toBe(EXIT.notRunning);
    expect(JSON.parse(out)).toEqual({
      error: { code: 'not-running', message: expect.stringContaining('not running'), next: 'npm start' },
    });
    expect(err).toBe('');
  });

  it('shows the stack when asked to', async () => {
    await onething('status', '--verbose');
    expect(err).toContain('running-system.ts:');
  });

  it('answers wrong usage with its own exit code', async () => {
    expect(await onething('no-such-command')).toBe(EXIT.usage);
    expect(await onething('up', '--people', 'many')).toBe(EXIT.usage);
    expect(await onething('dlq', 'dismiss', 'registry', '1')).toBe(EXIT.usage);
    expect(err).toContain('--reason');
    expect(await onething('token', '--role', 'king')).toBe(EXIT.usage);
    expect(await onething('token', '--role', 'member-unit')).toBe(EXIT.usage);
    expect(err).toContain('civil-affairs');
    expect(await onething('--help')).toBe(EXIT.ok);
  });

  it('steers a running system over HTTP as an operator, and hands its refusals on', async () => {
    const requests: string[] = [];
    const server = await fakeService((method, path, authorization) => {
      requests.push(`${method} ${path} ${authorization.startsWith('Bearer ey')}`);
      if (path === '/ops/status') {
        return [
          200,
          [
            {
              service: 'registry',
              eventLog: 'kafka',
              lag: 7,
              parked: 1,
              unpublished: { count: 2, oldestSeconds: 3 },
              queues: [queue({ failed: 2, waiting: 1 }, 41.2), queue({ failed: 1, waiting: 0 }, null)],
            },
          ],
        ];
      }
      if (path.endsWith('/dry-run'))
        return [200, [{ id: '4', consumer: 'c', messageId: 'm', outcome: 'failed', error: 'no' }]];
      if (path.endsWith('/replays')) return [201, { replayId: 'r', expected: [] }];
      if (path.endsWith('/approve')) {
        return [
          200,
          { results: [{ id: '4', consumer: 'c', messageId: 'm', outcome: 'applied', error: null }] },
        ];
      }
      if (path.endsWith('/parked/9')) {
        return [404, { type: 'urn:onething:problem:parked-message-not-found', detail: '没有这条搁置的消息' }];
      }
      return [200, []];
    });
    try {
      await ensureKeys(keyFilesIn(home));
      const { port } = server.address() as AddressInfo;
      writeRunState(home, {
        ...runState(),
        pid: process.pid,
        services: { registry: `http://127.0.0.1:${port}` },
      });
      expect(await onething('status')).toBe(EXIT.ok);
      expect(out).toMatch(/registry +http:\S+ +7 +1 +2.*failed 3，最久 · oldest 41 s/);
      expect(await onething('dlq', 'ls')).toBe(EXIT.ok);
      expect(await onething('dlq', 'replay', 'registry', '4', '--dry-run')).toBe(EXIT.failed);
      expect(await onething('dlq', 'replay', 'registry', '4')).toBe(EXIT.usage);
      expect(err).toContain('--reason');
      expect(await onething('dlq', 'replay', 'registry', '4', '--reason', '故障已修复')).toBe(EXIT.ok);
      expect(out).toContain('dlq approve registry r');
      expect(await onething('dlq', 'approve', 'registry', 'r')).toBe(EXIT.ok);
      expect(out).toContain('applied');
      expect(await onething('dlq', 'show', 'registry', '9')).toBe(EXIT.failed);
      expect(err).toContain('没有这条搁置的消息');
      expect(await onething('dlq', 'show', 'no-such-service', '9')).toBe(EXIT.failed);
      expect(err).toContain('registry');
      expect(requests).toEqual([
        'GET /ops/status true',
        'GET /ops/services/registry/parked true',
        'POST /ops/services/registry/parked/dry-run true',
        'POST /ops/services/registry/replays true',
        'POST /ops/services/registry/replays/r/approve true',
        'GET /ops/services/registry/parked/9 true',
      ]);
    } finally {
      server.close();
    }
    // The same state with nobody behind it: unknown, and not zero.
    out = '';
    expect(await onething('status')).toBe(EXIT.failed);
    expect(out).toContain('无应答');
    expect(out).toContain('unknown');
  });

  it('says whether people can be told anything, and what waits for it', async () => {
    const sending = {
      gateway: false,
      waiting: 3,
      noGateway: 12,
      sending: 0,
      awaitingReceipt: 1,
      letters: 4,
      failed: 2,
      oldestWaitingSeconds: 86_400.4,
    };
    let answer: object = { sending };
    await running(() => [200, [{ ...delivered('registry'), ...answer }, delivered('workbench')]]);
    expect(await onething('status')).toBe(EXIT.ok);
    expect(out).toContain('发送 · sending: ! 未配置网关 · no gateway: MESSAGES_GATEWAY_URL');
    expect(out).toMatch(/\n3 +12 +0 +1 +4 +2 +86400 s\n/);
    out = '';
    await onething('status', '--json');
    expect(JSON.parse(out)).toMatchObject({ sending });

    answer = { sending: { ...sending, gateway: true, noGateway: 0, oldestWaitingSeconds: null } };
    out = '';
    await onething('status');
    expect(out).toContain('✓ 已配置网关 · a gateway is configured');
    expect(out).toMatch(/\n3 +0 +0 +1 +4 +2 +—\n/);

    // The service cannot say: that is not nothing.
    answer = { sending: null };
    out = '';
    await onething('status');
    expect(out).toContain('发送 · sending: 未知 · unknown');
    out = '';
    await onething('status', '--json');
    expect(JSON.parse(out)).toMatchObject({ sending: null });
  });

  it('says how far the calendar reaches, and warns before it ends', async () => {
    let coveredTo: unknown = inDays(400);
    await running((_, path) =>
      path === '/workbench/calendars' ? [200, { coveredTo }] : [200, [delivered('registry')]],
    );
    const calendar = async () => {
      out = '';
      await onething('status', '--json');
      return (JSON.parse(out) as { calendar: unknown }).calendar;
    };
    expect(await calendar()).toEqual({ coveredTo, daysLeft: 400, warning: null });
    coveredTo = inDays(59);
    expect(await calendar()).toEqual({
      coveredTo,
      daysLeft: 59,
      warning: {
        zh: expect.stringContaining(`只覆盖到 ${String(coveredTo)}，还有 59 天`),
        en: expect.stringContaining('in 59 days'),
      },
    });
    out = '';
    // It is no failure yet.
    expect(await onething('status')).toBe(EXIT.ok);
    expect(out).toContain('请发布下一年度的放假安排');
    expect(out).toContain('npx onething calendar import');
    const diagnoses = await examine(home, nothing);
    expect(diagnoses.find(({ check }) => check.startsWith('工作日历'))).toMatchObject({
      verdict: 'warn',
      detail: expect.stringContaining(String(coveredTo)),
    });
    coveredTo = null;
    expect(await calendar()).toBeNull();
  });

  it('lines Chinese and English up', () => {
    expect(
      table([
        ['残疾人证', 'x'],
        ['card', 'y'],
      ]),
    ).toBe('残疾人证  x\ncard      y');
  });
});

describe('the doctor', () => {
  it('has something to do for everything that is missing, and calls a machine with Node alone usable', async () => {
    const diagnoses = await examine(home, nothing);
    const missing = diagnoses.filter(({ verdict }) => verdict === 'warn');
    expect(missing.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['PostgreSQL', 'Redis', 'Java', 'Kafka']),
    );
    expect(missing.every(({ remedy }) => remedy)).toBe(true);
    expect(diagnoses.filter(({ verdict }) => verdict === 'bad')).toEqual([]);
  });

  it('needs nothing else where Docker can have the images', async () => {
    const docker = { found: true, detail: 'Docker 99', remedy: null };
    const verdicts = await examine(home, { ...nothing, docker });
    expect(verdicts.find(({ check }) => check === 'Kafka')).toMatchObject({ verdict: 'ok' });
  });

  it('refuses a Node that is too old', () => {
    expect(node('18.20.0')).toMatchObject({ verdict: 'bad', remedy: expect.stringContaining('20.19') });
    expect(node('20.18.9').verdict).toBe('bad');
    expect(node('20.19.0').verdict).toBe('ok');
    expect(node('24.0.0').verdict).toBe('ok');
  });

  it('warns when fewer than 60 days of the calendar are left', async () => {
    const { coveredTo } = WorkingCalendar.load();
    const onDay = async (daysBefore: number) => {
      const today = new Date(Date.parse(coveredTo) - daysBefore * 86_400_000).toISOString().slice(0, 10);
      const diagnoses = await examine(home, nothing, today);
      return diagnoses.find(({ check }) => check.startsWith('工作日历'));
    };
    expect(await onDay(60)).toMatchObject({ verdict: 'ok', remedy: null });
    expect(await onDay(59)).toMatchObject({
      verdict: 'warn',
      detail: `覆盖至 · covered to ${coveredTo}（59 天 · days）`,
      remedy: expect.stringMatching(/还有 59 天.*in 59 days.*calendar import/),
    });
    expect(await onDay(0)).toMatchObject({ verdict: 'warn', remedy: expect.stringContaining('还有 0 天') });
    expect(await onDay(-1)).toMatchObject({
      verdict: 'warn',
      remedy: expect.stringMatching(/已于 .* 用完.*ended on/),
    });
  });

  it('finds a run that did not end in order', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.once('exit', resolve));
    writeRunState(home, { ...runState(), pid: dead.pid! });
    const diagnoses = await examine(home, nothing);
    expect(diagnoses.find(({ check }) => check.startsWith('运行状态'))).toMatchObject({
      verdict: 'warn',
      remedy: expect.stringContaining('npm start'),
    });
  });
});

describe('an installation', () => {
  it('makes its keys once, closed to others, and keeps them', async () => {
    const files = keyFilesIn(home);
    expect(await ensureKeys(files)).toBe(true);
    const before = [files.dataKeys, files.actorPrivateKey, files.actorJwks].map((file) =>
      readFileSync(file, 'utf8'),
    );
    expect(await ensureKeys(files)).toBe(false);
    const after = [files.dataKeys, files.actorPrivateKey, files.actorJwks].map((file) =>
      readFileSync(file, 'utf8'),
    );
    expect(after).toEqual(before);
    expect(statSync(files.dataKeys).mode & 0o077).toBe(0);
    expect(statSync(files.actorPrivateKey).mode & 0o077).toBe(0);
    expect(JSON.parse(before[2]!).keys[0]).not.toHaveProperty('d');
  });

  it('takes a damaged run state for none', () => {
    writeRunState(home, runState());
    expect(readRunState(home)).toEqual(runState());
    expect(statSync(join(home, 'run.json')).mode & 0o077).toBe(0);
    chmodSync(join(home, 'run.json'), 0o600);
    writeRunState(home, { ...runState(), mode: 'other' } as unknown as RunState);
    expect(readRunState(home)).toBeNull();
  });

  it('has one list of services, each with a port and an app of its own', () => {
    const ports = [ALL_IN_ONE, ...services].map(({ port }) => port);
    expect(new Set(ports).size).toBe(ports.length);
    for (const { name } of [ALL_IN_ONE, ...services]) {
      expect(statSync(new URL(`../../${name}/src/main.ts`, import.meta.url)).isFile()).toBe(true);
    }
  });
});

describe('the users of the demo county', () => {
  it('has every role, and two users where a second pair of eyes is needed', () => {
    for (const role of portalRoles) {
      const department = role === 'member-unit' ? ('civil-affairs' as Department) : null;
      expect(grantFor(demoActor(role, department), [role], '338801001001', department)).toBeDefined();
      expect(grantFor(demoActor(role, department), [role], '330302001001', department)).toBeUndefined();
    }
    for (const department of Object.keys(departments) as Department[]) {
      expect(demoActor('member-unit', department, 2).id).not.toBe(demoActor('member-unit', department, 1).id);
    }
    expect(demoActor('card-officer', null, 2).id).not.toBe(demoActor('card-officer').id);
    expect(new Set(demoAccounts.map(({ actor }) => actor.id)).size).toBe(demoAccounts.length);
    expect(() => demoActor('school', null, 3)).toThrow(RangeError);
  });
});

/** A service of which nothing is to be said, as `/ops/status` shows it. */
function delivered(service: string): StatusOfService {
  return {
    service,
    eventLog: 'kafka',
    lag: 0,
    topics: [],
    parked: 0,
    unpublished: { count: 0, oldestSeconds: 0 },
    queues: [],
    audit: null,
  };
}

/** The day so many days from now, in Shanghai. */
function inDays(days: number): string {
  const today = shanghaiDay(new Date());
  return new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A queue as `/ops/status` shows it. */
function queue(
  counts: { failed: number; waiting: number },
  oldestWaitingSeconds: number | null,
): StatusOfService['queues'][number] {
  const none = { delayed: 0, active: 0, completed: 0 };
  return { queue: 'letters', backend: 'redis', counts: { ...none, ...counts }, oldestWaitingSeconds };
}

function runState(): RunState {
  const from = { source: 'binary' as const, detail: 'x' };
  return {
    pid: 1,
    pids: {},
    startedAt: '2026-11-25T00:00:00.000Z',
    mode: 'separate',
    services: {},
    databaseUrl: 'postgres://127.0.0.1/x',
    redisUrl: null,
    kafkaBrokers: null,
    keys: join(home, 'keys'),
    logs: join(home, 'logs'),
    backing: { postgres: from, redis: from, kafka: from },
  };
}

/** A registry and a workbench that run, and answer so. */
async function running(answer: Parameters<typeof fakeService>[0]): Promise<void> {
  const server = await fakeService(answer);
  servers.push(server);
  await ensureKeys(keyFilesIn(home));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeRunState(home, { ...runState(), pid: process.pid, services: { registry: url, workbench: url } });
}

function fakeService(
  answer: (method: string, path: string, authorization: string) => [number, unknown],
): Promise<Server> {
  const server = createServer((request, response) => {
    const [status, body] = answer(
      request.method ?? '',
      request.url ?? '',
      request.headers.authorization ?? '',
    );
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
