import type { ServiceStatus } from '@app/messaging';
import { CliError } from '../cli-error.js';
import { ServiceRefused, type RunningSystem } from '../installation/running-system.js';
import { demoActor } from './accounts.js';
import type { DemoPerson } from './demo-person.js';
import { demoPeople } from './people.js';
import { countyFiles } from './seed-rosters.js';

/** The county as it is taken over: looked at on one fixed day, so that it is the same whenever it comes in. */
export const COUNTY_DAY = '2026-06-30';
export const COUNTY_SEED = 338801;
/** Serials below are for people who come later: a newcomer is nobody of the stock. */
const FIRST_SERIAL = 501;

/** Rows of one file: a county sends a few thousand at a time, and every file is a step that can be seen. */
const FILE_ROWS = 5_000;
const FILE_LIMIT_MS = 10 * 60_000;
const SETTLING_LIMIT_MS = 10 * 60_000;
const PROBE_MS = 100;

export interface SeedOptions {
  readonly people: number;
  readonly seed?: number;
  /** Told at every step, in Chinese and English. */
  readonly progress?: (text: string) => void;
  /** Told when a step is done. */
  readonly stepped?: (step: string, milliseconds: number) => void;
}

/** What one kind of file did. */
export interface SeededRoster {
  readonly roster: string;
  readonly rows: number;
  readonly applied: number;
  readonly unchanged: number;
  readonly failed: number;
  /** Why rows failed, each reason once. */
  readonly reasons: readonly string[];
}

export interface SeedReport {
  /** The county was there before, nothing was done. */
  readonly already: boolean;
  readonly people: number;
  readonly cards: number;
  readonly seed: number;
  readonly rosters: readonly SeededRoster[];
  /** Milliseconds of each step, in order. */
  readonly steps: readonly { readonly step: string; readonly milliseconds: number }[];
  readonly milliseconds: number;
}

/** The people that a seed makes, the same on every machine and day. */
export function countyPeople(people: number, seed: number = COUNTY_SEED): DemoPerson[] {
  return demoPeople({ people, seed, today: COUNTY_DAY, firstSerial: FIRST_SERIAL });
}

/**
 * Brings the demo county in as a real county would come: by its rosters, over public HTTP. What is there already changes
 * nothing; a county that is there to its last card is not even sent.
 * @throws CliError when the services do not get through what was sent
 */
export async function seedDemoCounty(system: RunningSystem, options: SeedOptions): Promise<SeedReport> {
  const { seed = COUNTY_SEED, progress = () => undefined } = options;
  const began = performance.now();
  const people = countyPeople(options.people, seed);
  const cards = people.filter(({ card }) => card !== null).length;
  const rosters: SeededRoster[] = [];
  const steps: { step: string; milliseconds: number }[] = [];
  const report = (already: boolean): SeedReport => ({
    ...{ already, people: people.length, cards, seed, rosters, steps },
    milliseconds: Math.round(performance.now() - began),
  });
  const step = async (name: string, text: string, work: () => Promise<void>) => {
    progress(text);
    const from = performance.now();
    await work();
    const milliseconds = Math.round(performance.now() - from);
    steps.push({ step: name, milliseconds });
    options.stepped?.(name, milliseconds);
  };
  const send = (roster: string, service: string, path: string, files: readonly Buffer[]) =>
    step(roster, `导入 · importing ${roster}`, async () => {
      rosters.push(await sendRoster(system, roster, service, path, files));
    });

  if (await isThere(system, people)) return report(true);
  const files = inFiles(people).map(countyFiles);
  await send(
    'persons',
    'registry',
    `/registry/imports/persons?asOf=${COUNTY_DAY}`,
    files.map(({ persons }) => persons),
  );
  for (const kind of ['dibao', 'dibian', 'tekun'] as const) {
    await send(
      kind,
      'registry',
      `/registry/imports/${kind}?asOf=${COUNTY_DAY}`,
      files.map(({ aid }) => aid[kind]),
    );
  }
  await step('known', '等待办证系统认识这些人 · certification gets to know them', () =>
    settled(system, ['registry'], 'certification', progress),
  );
  await send(
    'cards',
    'certification',
    '/certification/imports/taken-over',
    files.map(({ cards: stock }) => stock),
  );
  await step('determined', '逐人逐项认定 · determining every item for everybody', () =>
    settled(system, ['registry', 'certification'], 'lifecycle', progress),
  );
  return report(false);
}

/** In one line, for a checklist. */
export function describeSeed({ already, people, cards, rosters, milliseconds }: SeedReport): string {
  const many = `${people} 人、${cards} 证`;
  if (already) return `${many} 已在册 · is there already`;
  const failed = rosters.reduce((sum, roster) => sum + roster.failed, 0);
  const wrong = failed > 0 ? `，${failed} 行未能导入 · rows failed` : '';
  return `${many} ${(milliseconds / 1000).toFixed(1)} s${wrong}`;
}

/** The last card comes last: where it is, the rest is. */
async function isThere(system: RunningSystem, people: readonly DemoPerson[]): Promise<boolean> {
  const last = people.findLast(({ card }) => card !== null);
  const [service, path, person] = last
    ? (['certification', '/certification/cards/find', last] as const)
    : (['registry', '/registry/persons/find', people.at(-1)!] as const);
  try {
    const body = { identityNumber: person.identityNumber };
    await system.call(service, 'POST', path, { actor: demoActor('card-officer'), body });
    return true;
  } catch (error) {
    if (error instanceof ServiceRefused && error.status === 404) return false;
    throw error;
  }
}

/** Whole households, some thousand people a file. */
function inFiles(people: readonly DemoPerson[]): DemoPerson[][] {
  const files: DemoPerson[][] = [[]];
  for (const person of people) {
    if (person.head && files.at(-1)!.length >= FILE_ROWS) files.push([]);
    files.at(-1)!.push(person);
  }
  return files;
}

interface ImportAnswer {
  readonly rows: number;
  readonly applied: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly unknownColumns?: number;
  readonly errors: readonly { readonly reason: string }[];
}

async function sendRoster(
  system: RunningSystem,
  roster: string,
  service: string,
  path: string,
  files: readonly Buffer[],
): Promise<SeededRoster> {
  const sum = { rows: 0, applied: 0, unchanged: 0, failed: 0 };
  const reasons = new Set<string>();
  for (const body of files) {
    const answer = await system.call<ImportAnswer>(service, 'POST', path, {
      actor: demoActor('data-officer'),
      body,
      headers: { 'content-type': 'text/csv' },
      timeoutMs: FILE_LIMIT_MS,
    });
    for (const key of ['rows', 'applied', 'unchanged', 'failed'] as const) sum[key] += answer[key];
    for (const { reason } of answer.errors) reasons.add(reason);
    if (answer.unknownColumns) reasons.add(`${answer.unknownColumns} 列不认识 · columns were not read`);
  }
  return { roster, ...sum, reasons: [...reasons] };
}

/** Waits until everything that these services have said is with the reader. */
export async function settled(
  system: RunningSystem,
  publishers: readonly string[],
  reader: string,
  progress: (text: string) => void,
): Promise<void> {
  const deadline = performance.now() + SETTLING_LIMIT_MS;
  for (;;) {
    // The publishers first: what they hold back now cannot be missing from a lag that is asked for later.
    let waiting = 0;
    for (const service of publishers) waiting += (await statusOf(system, service)).unpublished?.count ?? 0;
    const { lag } = await statusOf(system, reader);
    if (waiting === 0 && lag === 0) return;
    progress(`${reader}：还有 ${waiting + (lag ?? 0)} 条消息 · messages to go`);
    if (performance.now() > deadline) {
      throw new CliError(
        'not-settled',
        `${reader} 没有处理完收到的消息 · has not got through its messages`,
        'npx onething status',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
}

async function statusOf(system: RunningSystem, service: string): Promise<ServiceStatus> {
  const all = await system.call<ServiceStatus[]>(service, 'GET', '/ops/status', {
    actor: demoActor('operator'),
    // Asked while it works as hard as it can: on a busy machine its answer is late, and no sign of its end.
    timeoutMs: SETTLING_LIMIT_MS,
  });
  const own = all.find((each) => each.service === service);
  if (!own) throw new CliError('unknown-service', `${service} 没有报告状态 · says nothing of its state`);
  return own;
}
