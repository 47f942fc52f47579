import { connect } from 'node:net';

const FIND_COORDINATOR = 10;
const VERSION = 1;
const CORRELATION = 1;

/**
 * Whether the broker serves consumer groups: asks it for the coordinator of a group, which makes it create its internal
 * topic on the very first start, so that nobody's first consumer waits for that. Written out because one request does not
 * need a client library, and the one we use logs a screenful while a broker comes up.
 */
export function coordinatorAnswers(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host }, () => socket.write(findCoordinator('onething-warm-up')));
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(5_000, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      // size (4), correlation id (4), throttle time (4), error code (2)
      if (received.length >= 14)
        end(received.readInt32BE(4) === CORRELATION && received.readInt16BE(12) === 0);
    });
  });
}

function findCoordinator(group: string): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(2);
    length.writeInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const header = Buffer.alloc(8);
  header.writeInt16BE(FIND_COORDINATOR, 0);
  header.writeInt16BE(VERSION, 2);
  header.writeInt32BE(CORRELATION, 4);
  const keyTypeGroup = Buffer.from([0]);
  const body = Buffer.concat([header, text('onething-backing'), text(group), keyTypeGroup]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}
