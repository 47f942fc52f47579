import { Logger } from '@nestjs/common';
import {
  actingAs,
  ColumnCipher,
  parseDataKeys,
  serviceActor,
  type DataKeysFile,
  type Role,
} from '@app/access';
import { Clock } from '@app/kernel';
import { Database, type Caller } from '@app/platform';
import { ClosedFiles } from '../src/closed-files.js';
import { ContentKeys } from '../src/content-keys.js';
import { ContentStore } from '../src/content-store.js';
import { UploadBudget } from '../src/content/read-limited.js';
import { FileSweeper } from '../src/file-sweeper.js';
import { Files } from '../src/files.js';
import { Scanning } from '../src/scan/scanning.js';
import { NoScanner, type VirusScanner } from '../src/scan/virus-scanner.js';
import type { ObjectStorage } from '../src/storage/object-storage.js';

// What goes wrong on purpose need not be read.
Logger.overrideLogger(false);

export const SERVICE = 'rehabilitation';

/** Stands until it is set. */
export class SetClock extends Clock {
  private instant = new Date();

  now(): Date {
    return this.instant;
  }

  set(instant: Date): void {
    this.instant = instant;
  }
}

/** The library without the process around it. */
export interface House {
  readonly database: Database;
  readonly files: Files;
  readonly closed: ClosedFiles;
  readonly sweeper: FileSweeper;
  readonly scanning: Scanning;
  readonly storage: ObjectStorage;
  readonly cipher: ColumnCipher;
  readonly clock: SetClock;
}

export const worker = serviceActor(SERVICE);

export function buildHouse(options: {
  readonly url: string;
  readonly storage: ObjectStorage;
  readonly keys: DataKeysFile;
  readonly scanner?: VirusScanner;
  readonly maxBytes?: number;
}): House {
  const { url, storage, keys: dataKeys } = options;
  const database = new Database({ service: SERVICE, url, poolSize: 4, logger: new Logger('files-test') });
  const cipher = new ColumnCipher(parseDataKeys(JSON.stringify(dataKeys), 'the test'));
  const clock = new SetClock();
  const keys = new ContentKeys(cipher, SERVICE);
  const store = new ContentStore(storage, keys, SERVICE);
  const scanning = new Scanning(database, worker, store, options.scanner ?? new NoScanner(), clock);
  const maxBytes = options.maxBytes ?? 5 * 1024 * 1024;
  return {
    database,
    files: new Files(database, worker, store, keys, scanning, clock, {
      maxBytes,
      budget: new UploadBudget(8 * maxBytes),
    }),
    closed: new ClosedFiles(SERVICE, clock),
    sweeper: new FileSweeper(database, worker, store, scanning, clock),
    scanning,
    storage,
    cipher,
    clock,
  };
}

export const VILLAGE = '338801001001';
export const NEIGHBOUR = '338801001002';

/** A user of one role in one village, unless another reach is given. */
export function user(
  role: Role = 'rehab-officer',
  options: { readonly from?: string; readonly to?: string; readonly unit?: string } = {},
): Caller {
  const from = options.from ?? VILLAGE;
  const grant = {
    role,
    department: null,
    from,
    to: options.to ?? from,
    unit: options.unit ?? null,
    onBehalfOf: null,
  };
  return actingAs({ id: role, grants: [grant] }, [role], from);
}
