import type pg from 'pg';
import { SystemClock } from '@app/kernel';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import { Office } from '../../apps/cli/src/demo/office.js';
import type { DemoPerson } from '../../apps/cli/src/demo/demo-person.js';
import { countyFiles } from '../../apps/cli/src/demo/seed-rosters.js';
import { Teller } from '../../apps/cli/src/demo/story.js';
import type { RunningSystem } from '../../apps/cli/src/installation/running-system.js';
import { assertTwelve, DISABILITY, newcomers } from './newcomers.js';

/** Clerks at work at the same time; and, later, clients that approve. */
export const CLIENTS = 20;
const FILE_LIMIT_MS = 10 * 60_000;
const SETTLING_MS = 10 * 60_000;

/** One card that only waits for its approval. */
export interface Waiting {
  readonly personId: string;
  readonly applicationId: string;
}

/** Everything before the clock starts, over public HTTP: people and facts by their rosters, applications until the notice has ended. */
export async function prepareCounty(
  system: RunningSystem,
  database: pg.Client,
  count: number,
): Promise<Waiting[]> {
  const people = newcomers(count);
  const today = new SystemClock().today();
  assertTwelve(people, today);
  const files = countyFiles(people);
  await send(system, `persons?asOf=${today}`, files.persons);
  await send(system, `dibao?asOf=${today}`, files.aid.dibao);
  await until('everybody is known everywhere', async () => {
    const { rows } = await database.query<{ known: number }>(
      `select least((select count(*) from certification.persons), (select count(*) from lifecycle.determination_sheets),
                    (select count(*) from lifecycle.facts where name = 'aid.dibao'))::int as known`,
    );
    return rows[0]!.known >= count;
  });
  const office = new Office(system, new Teller(() => undefined), today);
  const notice = { from: office.daysAgo(38), to: office.daysAgo(20) };
  const waiting: Waiting[] = [];
  await together(people, async (person) => {
    const personId = await find(system, person);
    const applicationId = await office.applyUntilNotice(personId, person, DISABILITY, notice);
    waiting.push({ personId, applicationId });
  });
  return waiting;
}

/** Work for everyone, by so many clients that each goes on as soon as it has an answer. */
export async function together<Each>(
  all: readonly Each[],
  work: (each: Each) => Promise<unknown>,
): Promise<void> {
  const left = [...all];
  const client = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

export async function until(what: string, probe: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + SETTLING_MS;
  while (!(await probe())) {
    if (performance.now() > deadline) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function send(system: RunningSystem, path: string, body: Buffer): Promise<void> {
  const answer = await system.call<{ failed: number; errors: unknown[] }>(
    'registry',
    'POST',
    `/registry/imports/${path}`,
    {
      actor: demoActor('data-officer'),
      body,
      headers: { 'content-type': 'text/csv' },
      timeoutMs: FILE_LIMIT_MS,
    },
  );
  if (answer.failed > 0) throw new Error(`rows failed: ${JSON.stringify(answer.errors.slice(0, 3))}`);
}

async function find(system: RunningSystem, { identityNumber }: DemoPerson): Promise<string> {
  const { personId } = await system.call<{ personId: string }>('registry', 'POST', '/registry/persons/find', {
    actor: demoActor('commissioner'),
    body: { identityNumber },
  });
  return personId;
}
