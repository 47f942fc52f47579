/** Not a test: 5,000 persons, their facts and cards delivered in slices of 200 to the lifecycle alone. Prints persons a second. */
import { readFileSync } from 'node:fs';
import { Catalogue } from '@app/catalogue';
import type { NewEvent } from '@app/contracts';
import { startService } from '@app/testing';
import { LifecycleModule } from '../src/lifecycle.module.js';
import { lifecycle } from '../src/migrations.js';
import { clubCatalogue, clubItems } from './invented-catalogue.js';
import { Neighbours, TODAY } from './people.js';

const COUNT = Number(process.argv.find((each) => /^\d+$/.test(each)) ?? 5000);
const issued = process.argv.includes('issued');
const real = process.argv.includes('real');
const items = Array.from({ length: 4 }, (_, n) =>
  clubItems.map((item) => ({ ...item, id: `${item.id}-${n}` })),
).flat();
const catalogue = real ? Catalogue.load() : clubCatalogue(items);
const service = await startService({
  name: 'lifecycle',
  modules: [{ module: LifecycleModule, providers: [{ provide: Catalogue, useValue: catalogue }] }],
  migrated: [lifecycle],
  now: TODAY,
});
const people = Array.from({ length: COUNT }, () => new Neighbours());
const topics: NewEvent[][] = [
  people.map((person, n) => person.registered({ birthDate: `${1940 + (n % 75)}-05-05`, householdId: null })),
  people.map((person, n) =>
    person.knows({
      'aid.dibao': n % 4 === 0,
      'device.needed': n % 5 === 0,
      'petition.raised': false,
      'insurance.pension': 'resident',
      'insurance.medical': 'resident',
      'employment.status': 'unemployed',
    }),
  ),
  people.map((person) => (issued ? person.issued() : person.takenOver())),
];
/** CPU of the database's backends that serve this run, in ms: Linux only. */
async function backendCpu(): Promise<number> {
  const pids = await service.database.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database()',
  );
  return pids.reduce((sum, { pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) * 10;
  }, 0);
}
const backendsBefore = await backendCpu();
const started = performance.now();
const cpu = process.cpuUsage();
for (const events of topics) {
  const at = performance.now();
  for (let from = 0; from < events.length; from += 200) {
    await service.deliver('lifecycle', ...events.slice(from, from + 200));
  }
  console.log(`${events[0]!.type}: ${Math.round(performance.now() - at)} ms`);
}
const ms = performance.now() - started;
const used = process.cpuUsage(cpu);
const [rows] = await service.database.query<{ rows: number }>(
  'select count(*)::int as rows from lifecycle.determinations',
);
console.log({
  persons: COUNT,
  ms: Math.round(ms),
  personsPerSecond: Math.round((COUNT / ms) * 1000),
  nodeCpuMs: Math.round((used.user + used.system) / 1000),
  postgresCpuMs: (await backendCpu()) - backendsBefore,
  outcomes: rows!.rows,
});
await service.stop();
process.exit(0);
