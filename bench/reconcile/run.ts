import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { homeDirectory, startBacking } from '@app/backing';
import { Catalogue } from '@app/catalogue';
import { startService, type ServiceUnderTest } from '@app/testing';
import { determineSlowly } from '../../apps/cli/src/demo/slow-evaluator.js';
import { Reconcile } from '../../apps/lifecycle/src/app/reconcile.js';
import { Sweep } from '../../apps/lifecycle/src/app/sweep.js';
import { LifecycleModule } from '../../apps/lifecycle/src/lifecycle.module.js';
import { lifecycle } from '../../apps/lifecycle/src/migrations.js';
import { Fill } from '../scope/fill.js';
import { benchPeople, cardOf, DAY, slowSubject, type BenchPerson } from './people.js';

/**
 * `npm run bench:reconcile`: a county's holders determined at the whole catalogue with their outcomes stored, and held against what they
 * have; on a PostgreSQL and a Redis of its own (or those of ONETHING_TEST_POSTGRES and ONETHING_TEST_REDIS). `--people n`. One in a
 * hundred is compared with the slow evaluator, which shares no code, and the gaps with a plain SQL of their own.
 */
const { values: args } = parseArgs({ options: { people: { type: 'string', default: '50000' } } });

const PEOPLE = Number(args.people);
const COUNTY = '338801';
const CATALOGUE = fileURLToPath(new URL('../../libs/catalogue', import.meta.url));
const SAMPLE = 100;
const BATCH = 2000;
const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const backing = await servers();
  const service = await startService({
    name: 'lifecycle',
    modules: [LifecycleModule],
    migrated: [lifecycle],
    now: DAY,
  });
  try {
    await measure(service);
  } finally {
    await service.stop();
    await backing?.stop();
  }
}

async function servers() {
  if (process.env['ONETHING_TEST_POSTGRES']) return null;
  const backing = await startBacking({
    dir: join(homeDirectory(), 'bench-reconcile'),
    fresh: true,
    addresses: {},
    only: ['postgres', 'redis'],
    requireReal: true,
    postgresSettings: { shared_buffers: '1GB', max_wal_size: '4GB' },
  });
  process.env['ONETHING_TEST_POSTGRES'] = backing.postgres.url;
  process.env['ONETHING_TEST_REDIS'] = backing.redis.url!;
  return backing;
}

async function measure(service: ServiceUnderTest): Promise<void> {
  say(
    `${PEOPLE} people; ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, load ${loadavg()[0]!.toFixed(1)}`,
  );
  const people = [...benchPeople(PEOPLE)];
  const fill = await Fill.of(service.database.url, 'lifecycle');
  pids = async () =>
    (
      await fill.query<{ pid: number }>('select pid from pg_stat_activity where datname = current_database()')
    ).map(({ pid }) => pid);
  await timed('facts on file', () => fillFiles(fill, people));
  const determined = await timed('determined at the whole catalogue, outcomes stored', () =>
    service.get(Sweep).run(),
  );
  if (determined.days !== PEOPLE) throw new Error(`only ${determined.days} were determined`);
  await timed('what they have', () => fillHoldings(fill));
  await timed('what they were paid', () => fillPayments(fill));
  const first = await timed('reconciled for the first time', () => reconcile(service, fill));
  report(first);
  const second = await timed('reconciled again', () => reconcile(service, fill));
  await check(fill, people, first, second);
  await fill.end();
}

let pids: () => Promise<readonly number[]> = async () => [];

/** CPU seconds of the database's backends that serve this run; Linux only, else 0. */
async function backendsCpu(): Promise<number> {
  let ticks = 0;
  for (const pid of await pids()) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has ended, or this is no Linux.
    }
  }
  return ticks / 100;
}

async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const [began, cpu, servers] = [performance.now(), process.cpuUsage(), await backendsCpu()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  const own = ((user + system) / 1e6).toFixed(1);
  const theirs = ((await backendsCpu()) - servers).toFixed(1);
  say(
    `${what}: ${((performance.now() - began) / 1000).toFixed(1)} s; CPU ${own} s of Node, ${theirs} s of PostgreSQL`,
  );
  return result;
}

interface Run {
  readonly status: string;
  readonly looked_at: number;
  readonly holders: number;
  readonly entitled: number;
  readonly waiting: number;
  readonly not_entitled: number;
  readonly unknown: number;
  readonly drifted: number;
  readonly opened: number;
  readonly closed: number;
}

async function reconcile(service: ServiceUnderTest, fill: Fill): Promise<Run> {
  const runId = randomUUID();
  await fill.query(
    `insert into reconciliations (run_id, region, day, cause, status, changed_by, changed_role)
     values ($1, $2, $3, 'asked', 'running', 'bench', 'service')`,
    [runId, COUNTY, DAY],
  );
  if (!(await service.get(Reconcile).run(runId))) throw new Error('the run was not done');
  const [run] = await fill.query<Run>('select * from reconciliations where run_id = $1', [runId]);
  return run!;
}

function report({ entitled, waiting, not_entitled, unknown, opened, holders }: Run): void {
  const all = entitled + waiting + not_entitled + unknown;
  const share = (count: number) => `${((100 * count) / all).toFixed(1)} %`;
  say(
    `  ${holders} holders × ${Math.round(all / holders)} items: entitled ${share(entitled)}, waiting ${share(waiting)}, not entitled ${share(not_entitled)}, unknown ${share(unknown)}; ${opened} gaps`,
  );
  if ((entitled + waiting) / all < 0.3) throw new Error('fewer than 30 % are entitled or waiting');
  if (unknown / all > 0.2) throw new Error('more than 20 % are unknown');
}

async function fillFiles(fill: Fill, people: readonly BenchPerson[]): Promise<void> {
  const who = `'bench', 'service'`;
  for (let from = 0; from < people.length; from += BATCH) {
    const some = people.slice(from, from + BATCH);
    await fill.query(
      `insert into persons (person_id, division_code, birth_date, sex, household_id, identity_version, place_version, next_day, changed_by, changed_role)
       select person_id, division_code, birth_date, sex, household_id, 1, 1, $2, ${who}
       from json_to_recordset($1::json) as u (person_id uuid, division_code text, birth_date date, sex text, household_id uuid)`,
      [
        JSON.stringify(
          some.map((person) => ({
            person_id: person.personId,
            division_code: person.divisionCode,
            birth_date: person.birthDate,
            sex: person.sex,
            household_id: person.householdId,
          })),
        ),
        DAY,
      ],
    );
    await fill.query(
      `insert into facts (person_id, name, fact_id, division_code, value, source, valid_from, valid_to, withdrawn, version, changed_by, changed_role)
       select (p ->> 'id')::uuid, f.key, gen_random_uuid(), p ->> 'at', f.value,
         case when f.key like 'aid.%' then jsonb_build_object('kind', 'roster:' || split_part(f.key, '.', 2), 'reference', null, 'asOf', '2026-05-31')
           else '{"kind": "counter", "reference": null, "asOf": "2026-05-31"}' end, null, null, false, 1, ${who}
       from jsonb_array_elements($1::jsonb) p cross join lateral jsonb_each(p -> 'facts') f`,
      [
        JSON.stringify(
          some.map(({ personId, divisionCode, facts }) => ({ id: personId, at: divisionCode, facts })),
        ),
      ],
    );
    await fill.query(
      `insert into cards (card_id, person_id, division_code, version, status, category, grade, components, issued_on, valid_to, has_left,
         taken_over_at, changed_by, changed_role)
       select gen_random_uuid(), person_id, division_code, 1, 'valid', category, grade, components, issued_on, valid_to, false, $2, ${who}
       from json_to_recordset($1::json) as u (person_id uuid, division_code text, category text, grade int, components jsonb, issued_on date, valid_to date)`,
      [
        JSON.stringify(
          some.map((person) => {
            const { category, grade, components, issuedOn, validTo } = cardOf(person);
            return {
              person_id: person.personId,
              division_code: person.divisionCode,
              category,
              grade,
              components,
              issued_on: issuedOn,
              valid_to: validTo,
            };
          }),
        ),
        `${DAY}T00:00:00Z`,
      ],
    );
  }
  await fill.query('analyze');
}

/** Nine in ten have what they are entitled to, or wait for it; every two hundredth has what they are not. */
async function fillHoldings(fill: Fill): Promise<void> {
  const yearly = Catalogue.load()
    .region(`${COUNTY}000000`, DAY)
    .items.filter(({ period }) => period === 'year')
    .map(({ id }) => id);
  await fill.query(
    `insert into holdings (person_id, item_id, period, division_code, item_version, owner, status, case_id, case_version, opened_in,
       changed_by, changed_role)
     select person_id, item_id, case when item_id = any($1::text[]) then $2 else 'once' end, division_code, item_version, 'subsidies',
       case when outcome = 'entitled' and chance < 5 then 'waiting' else 'granted' end, gen_random_uuid(), 3, 1, 'bench', 'service'
     from (select d.*, abs(hashtext(d.person_id::text || d.item_id)) % 200 / 2.0 as chance from determinations d) d
     where (outcome = 'entitled' and chance < 90) or (outcome = 'not-entitled' and chance < 0.5)`,
    [yearly, DAY.slice(0, 4)],
  );
  await fill.query('analyze holdings');
}

/**
 * Everything granted that is paid by the month has a benefit of this year, paid by one run a month up to the month before; of one in fifty a
 * month is missing, of one in a hundred the last payment came back.
 */
async function fillPayments(fill: Fill): Promise<void> {
  const monthly = Catalogue.load()
    .region(`${COUNTY}000000`, DAY)
    .items.filter(({ amounts, payment }) => amounts?.per === 'month' && payment)
    .map(({ id }) => id);
  const year = DAY.slice(0, 4);
  const months = Array.from(
    { length: Number(DAY.slice(5, 7)) - 1 },
    (_, at) => `${year}-${String(at + 1).padStart(2, '0')}`,
  );
  const who = `'bench', 'service'`;
  await fill.query(
    `insert into benefits (benefit_id, case_id, person_id, division_code, item_id, status, from_month, rates, owed_in, version, changed_by,
       changed_role)
     select gen_random_uuid(), case_id, person_id, division_code, item_id, 'running', $2, $3, $4, 1, ${who}
     from holdings where status = 'granted' and item_id = any($1::text[])`,
    [monthly, months[0], JSON.stringify([{ fromMonth: months[0], fen: 100_00 }]), `${Number(year) - 1}-12`],
  );
  await fill.query(
    `insert into benefit_payments (benefit_id, month, run_no, ordered_fen, failed_fen, changed_by, changed_role)
     select b.benefit_id, m.month, m.run_no, 10000, case when b.chance = 1 and m.month = $2 then 10000 end, ${who}
     from (select benefit_id, abs(hashtext(benefit_id::text)) % 100 as chance from benefits) b
     cross join unnest($1::text[]) with ordinality as m (month, run_no) where b.chance not between 2 and 3 or m.run_no <> 2`,
    [months, months.at(-1)],
  );
  await fill.query(
    `insert into pay_runs_seen (county, item_id, run_no, run_month, through_month, ordered_on, changed_by, changed_role)
     select $1, item_id, m.run_no, m.month, m.month, (m.month || '-20')::date, ${who}
     from unnest($2::text[]) as i (item_id) cross join unnest($3::text[]) with ordinality as m (month, run_no)`,
    [COUNTY, monthly, months],
  );
  await fill.query('analyze benefits, benefit_payments');
}

/** What was found must be right, or the time it took says nothing. */
async function check(fill: Fill, people: readonly BenchPerson[], first: Run, second: Run): Promise<void> {
  const { differing, sampled } = await sampleDiffers(fill, people);
  say(`sample: ${sampled} people against the slow evaluator, ${differing.length} outcomes differ`);
  if (differing.length > 0) throw new Error(differing.slice(0, 5).join('\n'));
  if (first.drifted + second.drifted > 0) throw new Error('stored outcomes were not those determined afresh');
  if (second.opened + second.closed > 0) throw new Error('the second run changed something');
  if (first.looked_at !== PEOPLE) throw new Error(`only ${first.looked_at} were looked at`);
  const [plain] = await fill.query<{
    lacking: number;
    excess: number;
    unpaid: number;
    missing: number;
    open: number;
    told: number;
  }>(
    `select (select count(*)::int from determinations d where d.outcome = 'entitled'
               and not exists (select from holdings h where h.person_id = d.person_id and h.item_id = d.item_id)) as lacking,
            (select count(*)::int from determinations d join holdings h using (person_id, item_id)
               where d.outcome = 'not-entitled' and h.status = 'granted') as excess,
            (select count(distinct (b.person_id, b.item_id))::int from benefits b where exists (
               select from pay_runs_seen r where r.item_id = b.item_id and 10000 > coalesce((
                 select sum(p.ordered_fen - coalesce(p.failed_fen, 0)) from benefit_payments p
                 where p.benefit_id = b.benefit_id and p.month = r.run_month), 0))) as unpaid,
            (select count(*) * (select count(distinct run_no) from pay_runs_seen) from benefits)::float8 * 10000 - (
              select sum(ordered_fen - coalesce(failed_fen, 0)) from benefit_payments)::float8 as missing,
            (select count(*)::int from gaps where closed_on is null) as open,
            (select coalesce(sum(unpaid), 0)::float8 from gaps where closed_on is null) as told`,
  );
  const { lacking, excess, unpaid, missing, open, told } = plain!;
  say(
    `gaps by plain SQL: ${lacking} lacking, ${excess} in excess, ${unpaid} not paid (${missing / 100} yuan); by the run: ${open} (${told / 100} yuan)`,
  );
  if (lacking + excess + unpaid !== open) throw new Error('the gaps are not those of the plain SQL');
  if (missing !== told) throw new Error('the money that is missing is not that of the plain SQL');
}

async function sampleDiffers(fill: Fill, people: readonly BenchPerson[]) {
  const households = new Map<string, BenchPerson[]>();
  for (const person of people) {
    const list = households.get(person.householdId);
    if (list) list.push(person);
    else households.set(person.householdId, [person]);
  }
  const sample = people.filter((_, at) => at % SAMPLE === 0);
  const rows = await fill.query<{ person_id: string; item_id: string; outcome: string }>(
    'select person_id, item_id, outcome from determinations where person_id = any($1::uuid[])',
    [sample.map(({ personId }) => personId)],
  );
  const stored = new Map(rows.map(({ person_id, item_id, outcome }) => [`${person_id} ${item_id}`, outcome]));
  const differing: string[] = [];
  let compared = 0;
  for (const person of sample) {
    for (const { id, outcome } of determineSlowly(
      CATALOGUE,
      slowSubject(person, households.get(person.householdId)!),
      DAY,
    )) {
      compared += 1;
      const found = stored.get(`${person.personId} ${id}`);
      if (found !== outcome)
        differing.push(`${id}: stored ${found}, slowly ${outcome} for ${JSON.stringify(person)}`);
    }
  }
  if (compared !== stored.size) differing.push(`${stored.size} stored, ${compared} determined slowly`);
  return { differing, sampled: sample.length };
}

await main();
process.exit(0);
