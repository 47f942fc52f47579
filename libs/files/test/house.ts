import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateDataKeys, type DataKeysFile } from '@app/access';
import { filesMigrations } from '@app/files';
import { migrate, serviceUrl, type Migration } from '@app/platform';
import { migrationsOf } from '@app/service-host';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import type { VirusScanner } from '../src/scan/virus-scanner.js';
import { DiskStorage } from '../src/storage/disk-storage.js';
import type { ObjectStorage } from '../src/storage/object-storage.js';
import { buildHouse, SERVICE, type House } from './build-house.js';

export { NEIGHBOUR, SERVICE, user, VILLAGE, worker } from './build-house.js';

/** What a business change would be: a row that points to a file. */
const toy: Migration = {
  id: 202611280999,
  name: 'create-materials',
  up: ({ appRole }) => `
    create table materials (file_id uuid primary key references files);
    grant select, insert on materials to ${appRole};`,
  down: () => 'drop table materials;',
};
export const migrations = migrationsOf({ service: SERVICE, migrations: [...filesMigrations, toy] });

/** A house on a database and a directory of its own. */
export interface TestHouse extends House {
  readonly owner: TestDatabase;
  readonly directory: string;
  /** Another process of the same installation. */
  again(options?: { scanner?: VirusScanner; storage?: ObjectStorage; keys?: DataKeysFile }): House;
  readonly keys: DataKeysFile;
  close(): Promise<void>;
}

export async function openHouse(
  options: { scanner?: VirusScanner; storage?: ObjectStorage; keys?: DataKeysFile } = {},
): Promise<TestHouse> {
  const owner = await createTestDatabase();
  const password = new URL(owner.url).password || undefined;
  await migrate({ service: SERVICE, url: owner.url, migrations, servicePassword: password });
  const directory = mkdtempSync(join(tmpdir(), 'onething-files-'));
  const keys = options.keys ?? generateDataKeys();
  const houses: House[] = [];
  const again: TestHouse['again'] = (other = {}) => {
    const storage = other.storage ?? options.storage ?? new DiskStorage(directory);
    const house = buildHouse({
      url: serviceUrl(owner.url, password),
      keys: other.keys ?? keys,
      storage,
      ...(other.scanner ? { scanner: other.scanner } : {}),
    });
    houses.push(house);
    return house;
  };
  return {
    ...again(options),
    owner,
    directory,
    keys,
    again,
    close: async () => {
      for (const house of houses) await house.database.close();
      await owner.drop();
      rmSync(directory, { recursive: true });
    },
  };
}
