import pg from 'pg';
import type { Backing } from '@app/backing';
import { databasePasswordIn, ensureKeys, keyFilesIn } from '../../apps/cli/src/installation/keys.js';
import { migrateServices } from '@app/service-host';
import { allMigrations } from '../../apps/all-in-one/src/services.js';
import type { Pids } from '../measure/cpu.js';
import { chainsOf, measureProgramme, serverPids, type Programme } from '../measure/measured.js';
import type { BurstResult, RateResult } from '../measure/report.js';
import { prepareCounty } from './county.js';
import { House, type HouseOptions } from './house.js';
import { RealChain } from './real-chain.js';

/** The released apps, as they are run. */
export interface ChainArm {
  readonly name: string;
  readonly title: string;
  readonly mode: HouseOptions['mode'];
}

export const CHAIN_ARMS: readonly ChainArm[] = [
  { name: 'chain', title: 'the real chain, all-in-one', mode: 'all-in-one' },
  { name: 'chain.separate', title: 'the real chain, nine processes', mode: 'separate' },
];

/** What PostgreSQL must be told for it: when a transaction was committed is only known if that is kept. */
export const CHAIN_SETTINGS = { track_commit_timestamp: 'on' };

/** @param url an empty database */
export async function measureChain(
  arm: ChainArm,
  {
    backing,
    url,
    directory,
    profiles,
  }: Omit<HouseOptions, 'mode' | 'prefix'> & { readonly backing: Backing },
  programme: Programme,
  say: (text: string) => void,
): Promise<{ bursts: BurstResult[]; rates: RateResult[] }> {
  const keys = keyFilesIn(directory);
  await ensureKeys(keys);
  await migrateServices(
    allMigrations,
    { DATABASE_URL: url, QUEUE_BACKEND: 'redis', SERVICE_DATABASE_PASSWORD: databasePasswordIn(keys) },
    () => undefined,
  );
  const prefix = `${arm.name.replace('.', '-')}-${Date.now().toString(36)}.`;
  const house = await House.start({ backing, url, directory, profiles, mode: arm.mode, prefix });
  const database = new pg.Client({ connectionString: url });
  try {
    await database.connect();
    const count = chainsOf(programme);
    const began = performance.now();
    const waiting = await prepareCounty(house.system, database, count);
    say(
      `  ${count} people wait for their cards, after ${((performance.now() - began) / 1000).toFixed(0)} s of preparation`,
    );
    const chain = new RealChain(house.system, database, waiting);
    // The clients run in this process: they are counted as W12's are.
    const pids: Pids = { node: [...house.pids, process.pid], ...serverPids(directory) };
    const results = await measureProgramme(chain, programme, pids, database, say);
    say(`  checked: ${await chain.check()}`);
    return results;
  } finally {
    await database.end().catch(() => undefined);
    await house.stop();
  }
}
