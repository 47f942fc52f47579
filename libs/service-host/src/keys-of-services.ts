import { Logger } from '@nestjs/common';
import {
  KEY_CHECK_MS,
  keySourceOf,
  keysInUse,
  KeyWatch,
  rotateColumns,
  serviceActor,
  type KeyUse,
} from '@app/access';
import { Database, keysConfig, type KeysConfig } from '@app/platform';
import { setTimeout as pause } from 'node:timers/promises';
import type { MigratedService } from './migrate-service.js';

/** After the first round: for how long running processes may still write under the key that they had, in ms. */
const SETTLE_MS = 2 * KEY_CHECK_MS;

/** What a run says at its end. */
export interface KeyReport {
  readonly current: string;
  /** Rows written anew; 0 if it only looked. */
  readonly rotated: number;
  /** Rows with a value that does not open, which stay as they are. */
  readonly unreadable: number;
  readonly uses: readonly KeyUse[];
}

/**
 * Looks which keys the encrypted columns of these services are under, or encrypts them anew under the current one.
 * @param tell is given one JSON line per table and step, and the report as the last one
 */
export async function keysOfServices(
  services: readonly MigratedService[],
  verb: 'status' | 'rotate',
  config: KeysConfig = keysConfig(),
  tell: (line: string) => void = (line) => void process.stdout.write(line),
  settleMs = SETTLE_MS,
): Promise<KeyReport> {
  const logger = new Logger('data-keys');
  const watch = await KeyWatch.start(keySourceOf(config), { warn: (reason) => logger.warn(reason) });
  const databases = services
    .filter(({ encrypted = [] }) => encrypted.length > 0)
    .map(({ service, encrypted = [] }) => ({
      encrypted,
      database: new Database({ service, url: config.DATABASE_URL, poolSize: 2, logger }),
    }));
  const actor = serviceActor('key-rotation');
  const round = async () => {
    let rotated = 0;
    let unreadable = 0;
    for (const { database, encrypted } of databases) {
      for (const table of encrypted) {
        const step = { service: database.service, table: table.table };
        const done = await rotateColumns(database, actor, watch.cipher, table, {
          progress: (rows) => tell(`${JSON.stringify({ ...step, rotated: rows })}\n`),
        });
        rotated += done.rotated;
        unreadable += done.unreadable;
      }
    }
    return { rotated, unreadable };
  };
  try {
    let done = { rotated: 0, unreadable: 0 };
    if (verb === 'rotate') {
      const first = await round();
      // A process that had not seen the new current key yet has written under the old one meanwhile.
      await pause(settleMs);
      const second = await round();
      done = { rotated: first.rotated + second.rotated, unreadable: second.unreadable };
    }
    const uses: KeyUse[] = [];
    for (const { database, encrypted } of databases) {
      uses.push(...(await keysInUse(database, actor, encrypted)));
    }
    const report: KeyReport = { current: watch.cipher.currentKeyId, ...done, uses };
    tell(`${JSON.stringify(report)}\n`);
    return report;
  } finally {
    watch.stop();
    await Promise.all(databases.map(({ database }) => database.close()));
  }
}
