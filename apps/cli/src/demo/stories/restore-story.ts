import { shanghaiDay } from '@app/kernel';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { RunningSystem } from '../../installation/running-system.js';
import { demoActor } from '../accounts.js';
import { judge, missingDeliveries } from '../crash/judge.js';
import { Office } from '../office.js';
import { SeededRandom } from '../random.js';
import { Sql } from '../sql.js';
import { StoryFailed, Teller, type StoryReport, type Told } from '../story.js';
import { settled } from './judging.js';
import { arrive, casesOpened, expected, workAll, type Newcomer, type Wanted } from './newcomer.js';
import {
  clockOf,
  differing,
  digestOf,
  handledOfNobody,
  handledPerConsumer,
  rowsAbout,
  unhandledBut,
  unpublished,
  waitingFor,
  type Digest,
} from './restore-count.js';
import { Installation } from './restore-installation.js';
import type { Scene } from './scene.js';

export interface RestoreOptions {
  /** Of the story's own installation. */
  readonly home: string;
  readonly backups: string;
  /** The directory that holds `libs/catalogue`. */
  readonly root: string;
  readonly seed: number;
  readonly print: (told: Told) => void;
}

/** It stands still while a chain begins, so that facts are published and not handled at the time to which is restored. */
const FROZEN = 'subsidies';

/** Somebody for whom the frozen service has something to do. */
const ENTITLED: Wanted = {
  fits: ({ birthDate }) => birthDate > '1968-01-01' && birthDate < '1995-01-01',
  disability: { category: 'physical', grade: 1, components: [{ category: 'physical', grade: 1 }] },
  facts: {
    'aid.dibao': true,
    'aid.dibian': false,
    'aid.tekun': false,
    'allowance.work-injury-nursing': false,
    'allowance.orphan': false,
    'care.long-term-need': true,
    'care.residential': false,
  },
};

/** A scan that was uploaded, and what it must be when it is opened again. */
interface Scan {
  readonly owner: string;
  readonly caseId: string;
  readonly material: string;
  readonly sha256: string;
}

/** One life of the installation, from `up` to its end. */
interface Life extends Scene {
  /** With a token, past the portal's server: answers with bytes. */
  readonly running: RunningSystem;
}

/**
 * A county loses its machine: it works, backs up, works on, notes the time with facts under way, works on; everything is lost but the
 * backups; it is restored to the noted time and works on. Judged by SQL of its own and the second evaluator.
 */
export async function runRestore(options: RestoreOptions): Promise<StoryReport> {
  const teller = new Teller(options.print, 120);
  const installation = new Installation(options.home, options.backups);
  try {
    await installation.clear();
    await tell(options, teller, installation);
    await installation.clear();
    return teller.report('restore', null);
  } catch (error) {
    // What failed is left where it is, to be looked at; what runs is ended.
    await installation.stop().catch(() => undefined);
    if (!(error instanceof StoryFailed)) throw error;
    return teller.report('restore', error);
  }
}

async function tell(
  { root, seed, backups }: RestoreOptions,
  teller: Teller,
  installation: Installation,
): Promise<void> {
  const random = new SeededRandom(seed);
  const live = async <Result>(work: (life: Life) => Promise<Result>): Promise<Result> => {
    const { users, running } = await installation.up();
    teller.tell(`up: events on ${running.state.kafkaBrokers ? 'Kafka' : 'the PostgreSQL log'}`);
    const sql = new Sql(running.state.databaseUrl);
    const today = shanghaiDay(new Date());
    try {
      return await work({
        ...{ teller, system: users, running, random, sql, today },
        office: new Office(users, teller, today),
        catalogue: join(root, 'libs', 'catalogue'),
        clocks: join(root, 'libs', 'clocks'),
      });
    } finally {
      await sql.close();
      await installation.stop();
    }
  };

  const scans: Scan[] = [];
  const first = await live(async (life) => {
    const refused = await installation.command('backup', '--into', backups);
    teller.expect(
      'the first backup notes its directory and asks for a start',
      refused.error?.code,
      'no-archive',
    );
    return complete(life, scans);
  });

  const { second, third, to, noted, undone } = await live(async (life) => {
    const backup = await installation.command<{ id: string; pieces: number }>('backup');
    teller.expect('backed up while it runs', backup.error, undefined);
    const afterBackup = await complete(life, scans);
    const { newcomer, waiting, ...time } = await beginWhileFrozen(life, [
      first.personId,
      afterBackup.personId,
    ]);
    teller.tell(
      `the time is noted: ${time.to.toISOString()}, ${waiting} facts are published and not handled`,
    );
    const later = await complete(life, []);
    return { second: afterBackup, third: newcomer, ...time, undone: later };
  });

  await installation.lose();
  teller.tell('the machine is lost: database, files, keys, Kafka, Redis; the backups are elsewhere');
  const restored = await installation.command<{
    republished: { schema: string; facts: number }[];
    missingFiles: unknown[];
  }>(...['restore', '--from', backups, '--to', to.toISOString()]);
  if (restored.error) throw new StoryFailed('restored', 'no error', restored.error);
  const facts = restored.republished.reduce((sum, each) => sum + each.facts, 0);
  teller.tell(`restored; ${facts} facts are to be published again`);
  teller.expect('every file of the time is there', restored.missingFiles, []);
  const there = await installation.whileDown(async (url) => {
    const sql = new Sql(url);
    return digestOf(sql).finally(() => sql.close());
  });
  teller.expect('every row of every table is as it was at the time', differing(noted.all, there), []);

  await live(async (life) => {
    const { sql } = life;
    await casesOpened(life, third.personId, expected(life, third));
    teller.tell('what was under way has arrived');
    await settled(life);
    await nothingLostNorDoubled(life);
    teller.expect(
      'the others have what they had',
      differing(noted.others, await rowsAbout(sql, [first.personId, second.personId])),
      [],
    );
    teller.expect('what came after the time is undone', await knows(sql, undone.personId), 0);
    for (const scan of scans) {
      teller.expect(
        `the scan of ${scan.owner} opens as it was`,
        await hashOf(life.running, scan),
        scan.sha256,
      );
    }
    await workAll(life, await life.office.casesOf(third.personId));
    const next = await complete(life, scans);
    teller.expect('a new scan opens', await hashOf(life.running, scans.at(-1)!), scans.at(-1)!.sha256);
    const again = await installation.command('backup');
    teller.expect('backed up again', again.error, undefined);
    await settled(life);
    await nothingLostNorDoubled(life);
    teller.personId = next.personId;
  });
}

/** A card, its chain, a scan among it, to the end. */
async function complete(life: Life, scans: Scan[]): Promise<Newcomer> {
  const newcomer = await arrive(life, ENTITLED);
  const cases = await casesOpened(life, newcomer.personId, expected(life, newcomer));
  scans.push(await uploadScan(life, newcomer));
  await workAll(life, cases);
  await settled(life);
  return newcomer;
}

/** A card whose chain begins while one service stands still. */
async function beginWhileFrozen(life: Life, others: readonly string[]) {
  const { sql, teller, system } = life;
  const pid = system.state.pids[FROZEN]!;
  const thaw = () => process.kill(pid, 'SIGCONT');
  process.kill(pid, 'SIGSTOP');
  teller.tell(`${FROZEN} stands still`);
  try {
    const newcomer = await arrive(life, ENTITLED);
    await teller.until('its facts are published, and all others have handled them', async () => {
      const beforeIt = ['registry', 'certification', 'lifecycle'];
      const left = await Promise.all(beforeIt.map((name) => unpublished(sql, name)));
      return (
        left.every((count) => count === 0) &&
        (await waitingFor(sql, FROZEN, newcomer.personId)) > 1 &&
        (await unhandledBut(sql, FROZEN)) === 0
      );
    });
    const { to, all } = await quietMoment(teller, sql);
    const waiting = await waitingFor(sql, FROZEN, newcomer.personId);
    return { newcomer, to, noted: { all, others: await rowsAbout(sql, others) }, waiting };
  } finally {
    thaw();
  }
}

/** A time at which nothing was decided just before or after, and what stood in the database then. */
async function quietMoment(teller: Teller, sql: Sql): Promise<{ readonly to: Date; readonly all: Digest }> {
  return teller.until('a moment in which nothing is written', async () => {
    const all = await digestOf(sql);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const to = await clockOf(sql);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const changed = differing(all, await digestOf(sql));
    if (changed.length > 0) throw new Error(changed.join('; '));
    return { to, all };
  });
}

async function nothingLostNorDoubled({ sql, teller }: Scene): Promise<void> {
  await teller.until('every fact is handled', async () => (await missingDeliveries(sql)) === 0);
  const counts = await handledPerConsumer(sql);
  teller.expect(
    `each of ${new Set(counts.map(({ consumer }) => consumer)).size} consumers has handled every fact that it reads, once`,
    counts.filter(({ facts, handled }) => facts !== handled),
    [],
  );
  teller.expect('nobody has handled a fact that was undone', await handledOfNobody(sql), 0);
  teller.expect('every chain is as the judge wants it', await judge(sql, []), []);
}

async function knows(sql: Sql, personId: string): Promise<number> {
  const rows = Object.values(await rowsAbout(sql, [personId]));
  return rows.reduce((sum, count) => sum + Number(count), 0);
}

/** Uploads a scan for the first case of the person that asks for a paper. */
async function uploadScan(life: Life, { personId }: Newcomer): Promise<Scan> {
  const { office, system, today, teller } = life;
  const asking = (await office.casesOf(personId)).find(({ missingMaterials }) => missingMaterials.length > 0);
  if (!asking) throw new StoryFailed('a case asks for a paper', 'one', 'none');
  const { owner, caseId } = asking;
  const material = asking.missingMaterials[0]!;
  if (asking.task?.step === 'consent') {
    const actor = demoActor(asking.task.roles[0]!, asking.task.department);
    await office.act(owner, asking, 'consent', actor, { consentedOn: today });
  }
  const content = Buffer.from(`%PDF-1.4\n% ${personId}\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n`);
  const { version } = await office.findCase(owner, caseId);
  await system.call(owner, 'POST', placeOf({ owner, caseId, material }), {
    actor: demoActor('commissioner'),
    body: content,
    headers: { 'content-type': 'application/pdf', 'x-file-name': 'scan.pdf', 'if-match': `"${version}"` },
  });
  teller.tell(`${owner}: a scan of ${material}`);
  return { owner, caseId, material, sha256: createHash('sha256').update(content).digest('hex') };
}

async function hashOf(running: RunningSystem, scan: Scan): Promise<string> {
  const token = await running.tokenFor(demoActor('commissioner'));
  const response = await fetch(new URL(placeOf(scan), `${running.url(scan.owner)}/`), {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) return `${response.status} ${await response.text()}`;
  return createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex');
}

function placeOf({ owner, caseId, material }: Omit<Scan, 'sha256'>): string {
  return `/${owner}/cases/${caseId}/materials/${encodeURIComponent(material)}/file`;
}
