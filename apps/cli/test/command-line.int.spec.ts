import { grantFor, departments, roles, type Department, type Role } from '@app/access';
import type { Machine } from '@app/backing';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'onething-cli-'));
  out = '';
  err = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((err += String(text))));
});

afterEach(() => {
  jest.restoreAllMocks();
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
            },
          ],
        ];
      }
      if (path.endsWith('/replay'))
        return [200, [{ id: '4', consumer: 'c', messageId: 'm', outcome: 'failed', error: 'no' }]];
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
      expect(out).toMatch(/registry +http:\S+ +7 +1 +2/);
      expect(await onething('dlq', 'ls')).toBe(EXIT.ok);
      expect(await onething('dlq', 'replay', 'registry', '4', '--dry-run')).toBe(EXIT.failed);
      expect(await onething('dlq', 'show', 'registry', '9')).toBe(EXIT.failed);
      expect(err).toContain('没有这条搁置的消息');
      expect(await onething('dlq', 'show', 'no-such-service', '9')).toBe(EXIT.failed);
      expect(err).toContain('registry');
      expect(requests).toEqual([
        'GET /ops/status true',
        'GET /ops/services/registry/parked true',
        'POST /ops/services/registry/parked/replay true',
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
    for (const role of Object.keys(roles) as Role[]) {
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
