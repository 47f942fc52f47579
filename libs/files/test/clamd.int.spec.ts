import { jest } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { until } from '@app/testing';
import { scannerOf } from '../src/files-options.js';
import { ClamdScanner } from '../src/scan/clamd-scanner.js';
import { ScannerUnavailable } from '../src/scan/virus-scanner.js';
import { docx, EICAR, pdf } from './contents.js';

jest.setTimeout(120_000);

/** What was sent, taken out of its pieces; null until the empty piece has come. */
function unframed(sent: Buffer): Buffer | null {
  const command = 'zINSTREAM\0';
  expect(sent.toString('latin1', 0, command.length)).toBe(command.slice(0, sent.length));
  const pieces: Buffer[] = [];
  for (let at = command.length; at + 4 <= sent.length;) {
    const length = sent.readUInt32BE(at);
    if (length === 0) return Buffer.concat(pieces);
    if (at + 4 + length > sent.length) return null;
    pieces.push(sent.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return null;
}

describe('the words of clamd', () => {
  let server: Server;
  let answer: (socket: Socket, sent: Buffer) => void;
  let port: number;

  beforeAll(async () => {
    server = createServer((socket) => {
      let sent = Buffer.alloc(0);
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        sent = Buffer.concat([sent, data]);
        answer(socket, sent);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => server.close());
  const scan = (content: Buffer[], limitMs?: number) =>
    new ClamdScanner({ host: '127.0.0.1', port }, limitMs).scan(Readable.from(content));

  it('are a length before each piece and an empty piece at the end; the answer is read to its zero byte', async () => {
    let heard: Buffer | null = null;
    answer = (socket, sent) => {
      heard = unframed(sent);
      if (!heard) return;
      socket.write('stream: Some.Virus-1 ');
      setImmediate(() => socket.end('FOUND\0'));
    };
    const content = [Buffer.alloc(100_000, 1), Buffer.alloc(0), Buffer.from('end')];
    expect(await scan(content)).toEqual({ infected: true, signature: 'Some.Virus-1' });
    expect(heard!.equals(Buffer.concat(content))).toBe(true);
    answer = (socket, sent) => unframed(sent) && socket.end('stream: OK\0');
    expect(await scan(content)).toEqual({ infected: false });
  });

  it('that are no verdict hold the file: refused, cut, none in time, nobody there', async () => {
    const large = [Buffer.alloc(3_000_000)];
    answer = (socket) => socket.end('INSTREAM size limit exceeded. ERROR\0');
    await expect(scan(large)).rejects.toThrow('size limit exceeded');
    answer = (socket) => socket.destroy();
    await expect(scan(large)).rejects.toBeInstanceOf(ScannerUnavailable);
    answer = (socket, sent) => unframed(sent) && socket.end('stream: OK');
    await expect(scan([Buffer.from('x')])).rejects.toBeInstanceOf(ScannerUnavailable);
    answer = () => undefined;
    await expect(scan([Buffer.from('x')], 200)).rejects.toThrow('no verdict after 200 ms');
    const nobody = new ClamdScanner({ host: '127.0.0.1', port: 1 });
    await expect(nobody.scan(Readable.from([Buffer.from('x')]))).rejects.toBeInstanceOf(ScannerUnavailable);
  });

  it('are not taken for clean when the content breaks off', async () => {
    answer = (socket, sent) => unframed(sent) && socket.end('stream: OK\0');
    const broken = new Readable({ read() {} });
    broken.push('half');
    broken.destroy(new Error('does not open'));
    const scanner = new ClamdScanner({ host: '127.0.0.1', port }, 2000);
    await expect(scanner.scan(broken)).rejects.toBeInstanceOf(ScannerUnavailable);
  });
});

const installed = spawnSync('clamd', ['--version']).status === 0;
if (!installed) {
  process.stderr.write(
    '\nSKIPPED: no real clamd for libs/files (Debian: apt-get install clamav-daemon; no signatures need be downloaded)\n\n',
  );
}

(installed ? describe : describe.skip)('a real clamd that knows one virus', () => {
  let directory: string;
  let daemon: ChildProcess;
  let socketPath: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'onething-clamd-'));
    socketPath = join(directory, 'clamd.ctl');
    mkdirSync(join(directory, 'db'));
    writeFileSync(
      join(directory, 'db', 'test.ndb'),
      `Eicar-Test:0:*:${Buffer.from(EICAR).toString('hex')}\n`,
    );
    writeFileSync(
      join(directory, 'clamd.conf'),
      [
        `DatabaseDirectory ${join(directory, 'db')}`,
        `LocalSocket ${socketPath}`,
        'Foreground yes',
        'StreamMaxLength 1M',
      ].join('\n'),
    );
    daemon = spawn('clamd', ['--config-file', join(directory, 'clamd.conf')], { stdio: 'pipe' });
    let said = '';
    daemon.stdout!.on('data', (text) => (said += String(text)));
    daemon.stderr!.on('data', (text) => (said += String(text)));
    await until(
      () => `clamd, which said: ${said}`,
      async () => (await scanner().scan(Readable.from([pdf()]))) !== null,
      { timeoutMs: 60_000, everyMs: 200 },
    );
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    if (daemon.kill('SIGKILL')) await ended;
    rmSync(directory, { recursive: true });
  });
  const scanner = () => scannerOf({ FILES_SCANNER: `clamd://${socketPath}` } as never);

  it('finds it in a paper and inside of an Office file, and nothing in clean ones', async () => {
    for (const content of [pdf(), docx(), Buffer.alloc(200_000, 'clean')]) {
      expect(await scanner().scan(Readable.from([content]))).toEqual({ infected: false });
    }
    for (const content of [Buffer.from(EICAR), pdf(EICAR), docx({ 'word/media/x.bin': EICAR })]) {
      expect(await scanner().scan(Readable.from([content]))).toEqual({
        infected: true,
        signature: 'Eicar-Test.UNOFFICIAL',
      });
    }
  });

  it('says nothing of what is larger than it takes', async () => {
    await expect(scanner().scan(Readable.from([Buffer.alloc(3_000_000)]))).rejects.toBeInstanceOf(
      ScannerUnavailable,
    );
  });
});
