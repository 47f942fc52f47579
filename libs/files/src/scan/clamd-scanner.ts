import { createConnection, type NetConnectOpts, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { ScannerUnavailable, VirusScanner, type Verdict } from './virus-scanner.js';

/** A command ends with a zero byte; so does the answer. */
const COMMAND = 'zINSTREAM\0';
const END = Buffer.alloc(4);
const LONGEST_ANSWER = 4096;

/**
 * ClamAV's daemon over TCP or a Unix socket, by INSTREAM: pieces with their length before them, an empty piece at the end.
 * Source: clamd(8), "INSTREAM". Its `StreamMaxLength` must not be below FILES_MAX_MB.
 */
export class ClamdScanner extends VirusScanner {
  readonly scans = true;

  /** @param limitMs for one content, its transfer included */
  constructor(
    private readonly at: NetConnectOpts,
    private readonly limitMs = 30_000,
  ) {
    super();
  }

  async scan(content: AsyncIterable<Uint8Array>): Promise<Verdict> {
    const signal = AbortSignal.timeout(this.limitMs);
    const socket = createConnection({ ...this.at });
    const onLimit = () => socket.destroy(new Error(`no verdict after ${this.limitMs} ms`));
    signal.addEventListener('abort', onLimit);
    try {
      // The daemon may answer and hang up before everything is sent: what it said then matters more than the broken pipe.
      const [sent, answer] = await Promise.allSettled([
        pipeline(framed(content), socket, { end: false, signal }),
        answerOf(socket),
      ]);
      if (answer.status === 'fulfilled') return verdictOf(answer.value);
      throw new ScannerUnavailable(reasonOf(sent.status === 'rejected' ? sent.reason : answer.reason));
    } finally {
      signal.removeEventListener('abort', onLimit);
      socket.destroy();
    }
  }
}

async function* framed(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(COMMAND);
  for await (const piece of content) {
    if (piece.length === 0) continue;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(piece.length);
    yield length;
    yield piece;
  }
  yield END;
}

function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.includes('\0')) resolve(answer.slice(0, answer.indexOf('\0')));
      else if (answer.length > LONGEST_ANSWER) reject(new Error('an answer without an end'));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection closed without an answer')));
  });
}

function verdictOf(answer: string): Verdict {
  if (answer === 'stream: OK') return { infected: false };
  const found = /^stream: (.+) FOUND$/.exec(answer);
  if (found) return { infected: true, signature: found[1]! };
  throw new ScannerUnavailable(answer);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
