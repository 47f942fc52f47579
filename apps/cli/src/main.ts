import { describeSeed, seedDemoCounty } from './demo/seed.js';
import { createProgram, runProgram } from './program.js';
import type { Seeder } from './up/up.js';

const seeder: Seeder = async (system, { people, report }) =>
  describeSeed(await seedDemoCounty(system, { people, progress: report }));

await runProgram(createProgram(seeder), process.argv);
