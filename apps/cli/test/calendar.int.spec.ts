import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { owners } from '@app/contracts';
import { EXIT } from '../src/cli-error.js';
import { ensureKeys, keyFilesIn } from '../src/installation/keys.js';
import { writeRunState } from '../src/installation/run-state.js';
import { createProgram, runProgram } from '../src/program.js';

const withTerms = [...owners, 'lifecycle'];

const SUBJECT = '11111111-1111-4111-8111-111111111111';
const day = (working: boolean, name: string) => ({ working, type: null, name });
const check = {
  kind: 'year',
  key: '2026',
  coveredTo: '2026-12-31',
  days: [{ day: '2026-06-11', division: null, before: day(true, '工作日'), after: day(false, '延长') }],
  officeHours: [],
};
const preview = {
  ...check,
  looked: 3,
  moved: 1,
  settled: 0,
  bySteps: [{ step: 'review', basis: '条例第一条', moved: 1 }],
  cases: [
    {
      clockId: SUBJECT,
      subjectId: SUBJECT,
      step: 'review',
      basis: '条例第一条',
      before: '2026-06-15T16:00:00.000Z',
      after: '2026-06-16T16:00:00.000Z',
    },
  ],
};

let home: string;
let file: string;
let out: string;
let err: string;
let server: Server;
let asked: string[];
let refuse: object | null;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'onething-cli-'));
  file = join(home, '2026.json');
  writeFileSync(file, JSON.stringify({ year: 2026, source: { basis: '通知' }, days: {} }));
  out = '';
  err = '';
  asked = [];
  refuse = null;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((err += String(text))));
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const url = request.url ?? '';
    const [status, body] = refuse
      ? [422, refuse]
      : url.endsWith('/calendars/check')
        ? [200, check]
        : url.endsWith('/clocks/preview')
          ? [200, preview]
          : [201, { ...check, number: 4 }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await ensureKeys(keyFilesIn(home));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const from = { source: 'binary' as const, detail: 'x' };
  writeRunState(home, {
    pid: process.pid,
    pids: {},
    startedAt: '2026-11-25T00:00:00.000Z',
    mode: 'separate',
    services: Object.fromEntries(['workbench', ...withTerms].map((name) => [name, url])),
    databaseUrl: 'postgres://127.0.0.1/x',
    redisUrl: null,
    kafkaBrokers: null,
    keys: keyFilesIn(home).directory,
    logs: join(home, 'logs'),
    backing: { postgres: from, redis: from, kafka: from },
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await new Promise((resolve) => server.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

async function onething(...args: string[]): Promise<number> {
  const before = process.exitCode;
  await runProgram(createProgram(null), ['node', 'onething', '--dir', home, ...args]);
  const code = process.exitCode;
  process.exitCode = before;
  return Number(code);
}
const previews = withTerms.map((service) => `POST /${service}/clocks/preview`);

describe('calendar import', () => {
  it('shows what moves in every service and in all, and publishes nothing of a preview', async () => {
    expect(await onething('calendar', 'import', file, '--preview')).toBe(EXIT.ok);
    expect(asked).toEqual(['POST /workbench/calendars/check', ...previews]);
    expect(out).toContain('2026-06-11');
    expect(out).toContain('2026-06-16 00:00 → 2026-06-17 00:00');
    expect(out).toContain(`合计变动 ${withTerms.length} 个期限`);
  });

  it('publishes only once somebody has agreed', async () => {
    expect(await onething('calendar', 'import', file, '--json')).toBe(EXIT.usage);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'not-confirmed' } });
    expect(asked).not.toContain('POST /workbench/calendars');
    out = '';
    expect(await onething('calendar', 'import', file, '--yes', '--json')).toBe(EXIT.ok);
    expect(JSON.parse(out)).toMatchObject({ number: 4, moved: withTerms.length });
    expect(asked.at(-1)).toBe('POST /workbench/calendars');
  });

  it('names every wrong day of a bad file, and asks no service more', async () => {
    refuse = {
      type: 'urn:onething:problem:calendar-not-valid',
      detail: '日历文件有 2 处错误',
      problems: ['2026-02-30: no day', '2027-01-01 is in another year'],
    };
    expect(await onething('calendar', 'import', file)).toBe(EXIT.failed);
    expect(err).toContain('2026-02-30: no day');
    expect(err).toContain('2027-01-01 is in another year');
    expect(asked).toEqual(['POST /workbench/calendars/check']);
    expect(await onething('calendar', 'import', join(home, 'none.json'))).toBe(EXIT.usage);
  });
});
