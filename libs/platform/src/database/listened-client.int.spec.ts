import { jest } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { Database } from './database.js';

/** A message of PostgreSQL: its letter, its length, its content. */
function message(letter: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

it('outlives a connection that is cut in the very packet in which it became ready', async () => {
  const cut = Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('Z', Buffer.from('I')),
    message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')),
  ]);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(cut));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const died = jest.fn();
  process.once('uncaughtException', died);
  const database = new Database({
    service: 'registry',
    url: `postgres://nobody@127.0.0.1:${port}/none`,
    poolSize: 1,
    logger: { warn: () => undefined, error: () => undefined } as never,
  });
  try {
    await expect(database.open()).rejects.toThrow();
    expect(died).not.toHaveBeenCalled();
  } finally {
    process.removeListener('uncaughtException', died);
    server.close();
  }
});
