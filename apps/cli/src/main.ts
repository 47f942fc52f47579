import { staffed } from './demo/seed-organisation.js';
import { describeSeed, seedDemoCounty } from './demo/seed.js';
import { demoPasswordIn, keyFilesAt } from './installation/keys.js';
import { createProgram, runProgram } from './program.js';
import type { Seeder } from './up/up.js';

const seeder: Seeder = async (system, { people, report }) => {
  report('机构与账号 · offices and accounts');
  const users = await staffed(system, demoPasswordIn(keyFilesAt(system.state.keys)));
  return describeSeed(await seedDemoCounty(users, { people, progress: report }));
};

await runProgram(createProgram(seeder), process.argv);
