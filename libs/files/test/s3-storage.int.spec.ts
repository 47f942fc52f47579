import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { S3Storage } from '../src/storage/s3-storage.js';
import { pdf, photo } from './contents.js';
import { openHouse, user, VILLAGE } from './house.js';
import { startS3Server, type S3Server } from './s3-server.js';
import { storageFeatures } from './storage.features.js';

// The first run fetches the server.
jest.setTimeout(300_000);

const server = await startS3Server();
const missing = 'missing' in server ? server.missing : null;
if (missing) process.stderr.write(`\nSKIPPED: no real S3 server for libs/files: ${missing}\n\n`);

(missing ? describe.skip : describe)('a real S3 server', () => {
  const { place, stop } = server as S3Server;
  const storages: S3Storage[] = [];
  const open = (changes: Partial<S3Server['place']> = {}, pageSize?: number) => {
    const storage = new S3Storage({ ...place, ...changes }, pageSize);
    storages.push(storage);
    return storage;
  };
  afterAll(async () => {
    for (const storage of storages) await storage.close();
    await stop();
  });

  storageFeatures(() => open());

  it('lists more than one page', async () => {
    const storage = open({}, 3);
    const wanted = Array.from({ length: 10 }, (_, index) => `many/${index}`);
    await Promise.all(wanted.map((name) => storage.put(name, Buffer.from('x'))));
    const listed: string[] = [];
    for await (const { name } of storage.list('many')) listed.push(name);
    expect(listed.sort()).toEqual(wanted);
  });

  it('is not spoken to with wrong credentials', async () => {
    const stranger = open({ credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' } });
    await expect(stranger.put('one/x', Buffer.from('x'))).rejects.toThrow();
  });

  it('keeps files as the disk does, and is swept as the disk is', async () => {
    const storage = open();
    const house = await openHouse({ storage });
    try {
      const officer = user();
      const receive = (content: Buffer) =>
        house.files.receive(
          officer,
          {
            personId: randomUUID(),
            divisionCode: VILLAGE,
            readers: ['rehab-officer'],
            retentionClass: 'case-material',
            name: 'x',
          },
          Readable.from([content]),
        );
      const kept = await receive(await photo());
      await house.database.transaction(officer, (tx) =>
        house.files.link(tx, kept.fileId, { personId: kept.personId }),
      );
      const left = await receive(pdf('left'));
      expect((await buffer((await house.files.open(officer, left.fileId)).stream)).equals(pdf('left'))).toBe(
        true,
      );
      house.clock.set(new Date(Date.now() + 25 * 60 * 60 * 1000));
      expect(await house.sweeper.clear()).toMatchObject({ files: 1, contents: 1 });
      expect(await house.sweeper.compare()).toEqual({ orphans: 0, missing: [] });
      const names: string[] = [];
      for await (const { name } of storage.list('rehabilitation')) names.push(name);
      expect(names.length).toBe(2);
      expect((await buffer((await house.files.open(officer, kept.fileId)).stream)).length).toBe(kept.size);
    } finally {
      await house.close();
    }
  });
});
