import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskStorage } from '../src/storage/disk-storage.js';
import { storageFeatures } from './storage.features.js';

const directory = mkdtempSync(join(tmpdir(), 'onething-disk-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('the disk', () => {
  storageFeatures(() => new DiskStorage(directory));

  it('leaves no half of a write behind, and sweeps those of a killed process', async () => {
    const storage = new DiskStorage(directory);
    await storage.put('four/one', Buffer.from('whole'));
    expect(readdirSync(join(directory, 'unfinished'))).toEqual([]);
    const half = join(directory, 'unfinished', 'half');
    writeFileSync(half, 'ha');
    expect(await storage.removeUnfinished(new Date(Date.now() - 60_000))).toBe(0);
    const old = new Date(Date.now() - 120_000);
    utimesSync(half, old, old);
    expect(await storage.removeUnfinished(new Date(Date.now() - 60_000))).toBe(1);
    expect(readdirSync(join(directory, 'unfinished'))).toEqual([]);
  });
});
