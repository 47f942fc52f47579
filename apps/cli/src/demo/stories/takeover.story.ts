import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@app/access';
import { Catalogue } from '@app/catalogue';
import { ServiceRefused } from '../../installation/running-system.js';
import { listTables } from '../../takeover/lists.js';
import { loadLists } from '../../takeover/load-lists.js';
import { filesIn, type ListFile } from '../../takeover/read-lists.js';
import { demoActor } from '../accounts.js';
import { settled } from '../seed.js';
import { BANK_ANSWER, type SeenRun } from './paying.js';
import type { Scene, Story } from './scene.js';
import { plant, type PlantedCounty, type PlantedLine } from './takeover-planter.js';

/** Holders and their families of the county that goes live. */
export const TAKEOVER_PEOPLE = 20_000;
const COUNTY = '338801';
const LIMIT_S = 15 * 60;

/** Layout of the file for the payer of money, invented; nobody is paid by it. */
const FORMAT = {
  id: 'takeover-story',
  zh: '接管演示格式（虚构）',
  out: {
    shape: { kind: 'delimited', delimiter: '|', quoted: false },
    ...{ encoding: 'utf-8', lineEnd: 'lf', header: null, trailer: null },
    line: [
      { zh: '收款账号', content: { from: 'account' }, width: 32 },
      { zh: '金额', content: { from: 'amount', unit: 'fen' }, width: 15 },
      { zh: '发放编号', content: { from: 'reference' }, width: 36 },
    ],
  },
  return: BANK_ANSWER,
};

interface SeenDifference {
  readonly sha256: string;
  readonly lines: readonly (PlantedLine & { readonly itemId: string | null })[];
}

/** A county goes live by lists with contradictions in them; the first run differs from the old list exactly where that was planted. */
export function takeoverStory(people = TAKEOVER_PEOPLE): Story {
  return {
    name: 'takeover',
    summary:
      '存量接管：名单导入、逐村放行、首批差异两人签署 · a county goes live, and its first run is signed',
    run: (scene) => tell(scene, people),
  };
}

async function tell(scene: Scene, people: number): Promise<void> {
  const { teller, today } = scene;
  const directory = mkdtempSync(join(tmpdir(), 'onething-takeover-'));
  try {
    plant({ directory, people, seed: scene.random.int(1, 1_000_000), day: today });
    // What was planted is read from the paper that was written before anybody read the lists.
    const planted = JSON.parse(readFileSync(join(directory, 'expected.json'), 'utf8')) as PlantedCounty;
    teller.tell(
      `${planted.benefits} benefits on the old list, ${planted.difference.length} lines planted to differ`,
    );
    await goLive(scene, filesIn(directory), planted);
    await firstRun(scene, planted);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function goLive(
  { teller, system, office, sql, catalogue, today }: Scene,
  files: ReadonlyMap<ListFile, Buffer>,
  planted: PlantedCounty,
): Promise<void> {
  const tables = listTables(Catalogue.load(catalogue).region(`${COUNTY}000000`, today).items);
  const load = (those: ReadonlyMap<ListFile, Buffer>, dryRun: boolean) =>
    loadLists({ system, files: those, tables, county: COUNTY, day: today, dryRun });
  const rosters = new Map([...files].filter(([list]) => list === 'persons' || list === 'cards'));
  await load(rosters, false);
  teller.tell('persons and cards are in');
  for (const identityNumber of planted.dead) {
    const { personId } = await system.call<{ personId: string }>(
      'registry',
      'POST',
      '/registry/persons/find',
      {
        actor: demoActor('data-officer'),
        body: { identityNumber },
      },
    );
    await office.recordDeath(personId, today);
  }
  await settled(system, ['registry', 'certification'], 'subsidies', () => undefined);

  const dry = await load(files, true);
  teller.expect('a dry run finds every contradiction that was planted, and no other', sorted(dry.findings), {
    ...sorted(planted.findings),
  });
  const benefits = async () =>
    (await sql.one<{ n: number }>(
      `select count(*)::int as n from subsidies.take_over_rows where list = 'benefits' and state = 'loaded'`,
    ))!.n;
  teller.expect('and makes nothing', await benefits(), 0);
  await load(files, false);
  const once = await benefits();
  await load(files, false);
  teller.expect('loaded twice, it is there once', await benefits(), once);

  const path = `/subsidies/take-overs/${dry.takeOverId}`;
  const lead = demoActor('federation-lead');
  interface Village {
    readonly divisionCode: string;
    readonly digest: string;
    readonly isReleased: boolean;
  }
  const { villages } = await system.call<{ villages: Village[] }>('subsidies', 'GET', path, { actor: lead });
  for (const { divisionCode, digest } of villages) {
    await system.call('subsidies', 'POST', `${path}/villages`, {
      actor: lead,
      body: { divisionCode, digest, note: '已逐户核对，按名单接管' },
    });
  }
  teller.expect(
    'every village is released',
    (await system.call<{ state: string }>('subsidies', 'GET', path, { actor: lead })).state,
    'released',
  );
  await settled(system, ['subsidies'], 'lifecycle', () => undefined);
  const loaded = `(select person_id from subsidies.take_over_rows where list = 'benefits' and state = 'loaded')`;
  teller.expect(
    'every holder has what was taken over',
    await sql.one(
      `select count(*)::int as n from lifecycle.holdings where status = 'granted' and item_id = 'subsidies/nursing-subsidy' and person_id in ${loaded}`,
    ),
    { n: await benefits() },
  );
  teller.expect(
    'in the round of the take-over, which is complete, and nothing was opened for them',
    await sql.one(
      `select count(distinct round_id)::int as rounds, count(*)::int as had
       from lifecycle.rounds r join lifecycle.round_items i using (round_id)
       where r.person_id in ${loaded} and r.cause = 'taken-over' and r.status = 'complete' and i.outcome = 'granted'
         and not exists (select from lifecycle.rounds o where o.person_id = r.person_id and o.cause <> 'taken-over')`,
    ),
    { rounds: await benefits(), had: await benefits() },
  );
  teller.expect(
    'no clock runs because of it',
    await sql.one(
      `select count(*)::int as n from subsidies.clocks c join subsidies.take_over_rows r on r.made_id = c.subject_id`,
    ),
    { n: 0 },
  );
}

async function firstRun({ teller, system, today }: Scene, planted: PlantedCounty): Promise<void> {
  const as = (role: Role, department: 'civil-affairs' | 'finance' | null = null) =>
    demoActor(role, department);
  const officer = as('benefit-officer');
  const call = <Result>(method: 'GET' | 'POST', path: string, actor = officer, body?: unknown) =>
    system.call<Result>('subsidies', method, `/subsidies${path}`, { actor, body, timeoutMs: 120_000 });
  const { runNo } = await call<SeenRun>('POST', '/pay-runs', officer, {
    ...{ county: COUNTY, month: today.slice(0, 7), payOn: today },
  });
  const seen = () => call<SeenRun>('GET', `/pay-runs/${runNo}`);
  const inState = (state: string) =>
    teller.until(
      `run ${runNo} is ${state}`,
      async () => {
        const run = await seen();
        return run.state === state && run;
      },
      LIMIT_S,
    );
  await inState('planned');
  const { findings } = await call<{ findings: { personId: string; check: string }[] }>(
    'GET',
    `/pay-runs/${runNo}/findings?state=open&limit=1000`,
  );
  for (const { personId, check } of findings) {
    const body = { personId, check, outcome: 'passed', note: '同一户，已核实' };
    await call('POST', `/pay-runs/${runNo}/findings`, officer, body);
  }
  const { version, count, fen } = await seen();
  await call('POST', `/pay-runs/${runNo}/approve`, as('federation-lead'), { version, count, fen });
  await inState('ordered');

  const difference = await call<SeenDifference>('GET', `/pay-runs/${runNo}/difference`);
  teller.expect(
    'the first run differs from the old list in exactly what was planted',
    difference.lines.map(({ kind, row, expectedFen, actualFen, why }) => ({
      kind,
      row,
      expectedFen,
      actualFen,
      why,
    })),
    [...planted.difference],
  );
  const payer = as('member-unit', 'finance');
  await call('POST', '/bank-formats', payer, FORMAT);
  const refused = () =>
    call('POST', `/pay-runs/${runNo}/file?format=${FORMAT.id}`, payer).then(
      () => 'exported',
      (error: unknown) => (error instanceof ServiceRefused ? error.code : 'exported'),
    );
  teller.expect('unsigned it is not exported', await refused(), 'difference-not-signed');
  const sign = (actor: typeof officer) =>
    call('POST', `/pay-runs/${runNo}/difference/signatures`, actor, { sha256: difference.sha256 });
  await sign(officer);
  teller.expect('nor by one signature', await refused(), 'difference-not-signed');
  await sign(as('member-unit', 'civil-affairs'));
  await refused();
  teller.expect('signed by two it is', (await seen()).state, 'exported');
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
