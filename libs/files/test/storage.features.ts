import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { ObjectMissing, type ObjectStorage } from '../src/storage/object-storage.js';

/** What every storage must do, whichever it is. */
export function storageFeatures(open: () => ObjectStorage): void {
  const names = async (storage: ObjectStorage, directory: string) => {
    const listed: string[] = [];
    for await (const { name } of storage.list(directory)) listed.push(name);
    return listed.sort();
  };

  it('gives back what was put, and replaces it by the same name', async () => {
    const storage = open();
    const content = randomBytes(300_000);
    await storage.put('one/ab/first', content);
    expect((await buffer(await storage.get('one/ab/first'))).equals(content)).toBe(true);
    await storage.put('one/ab/first', Buffer.from('again'));
    expect((await buffer(await storage.get('one/ab/first'))).toString()).toBe('again');
  });

  it('says what it does not have, and removes it as readily', async () => {
    const storage = open();
    await expect(storage.get('one/none')).rejects.toBeInstanceOf(ObjectMissing);
    await storage.put('one/gone', Buffer.from('x'));
    await storage.remove('one/gone');
    await storage.remove('one/gone');
    await expect(storage.get('one/gone')).rejects.toBeInstanceOf(ObjectMissing);
  });

  it('lists a directory and nothing beside it, with when each was written', async () => {
    const storage = open();
    const began = Date.now();
    for (const name of ['two/ab/1', 'two/ab/2', 'two/abc/3', 'twofold/ab/4']) {
      await storage.put(name, Buffer.from(name));
    }
    expect(await names(storage, 'two')).toEqual(['two/ab/1', 'two/ab/2', 'two/abc/3']);
    expect(await names(storage, 'two/ab')).toEqual(['two/ab/1', 'two/ab/2']);
    expect(await names(storage, 'nothing')).toEqual([]);
    for await (const { modifiedAt } of storage.list('two')) {
      // A storage on another machine has a clock of its own.
      expect(Math.abs(modifiedAt.getTime() - began)).toBeLessThan(60 * 60 * 1000);
    }
  });

  it('removes no whole object as unfinished', async () => {
    const storage = open();
    await storage.put('three/whole', Buffer.from('whole'));
    await storage.removeUnfinished(new Date(Date.now() + 1000));
    expect((await buffer(await storage.get('three/whole'))).toString()).toBe('whole');
  });
}
