import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { between, cpuOf, scaled, totalMs, type Cpu, type Pids } from './cpu.js';
import type { Figures } from './figures.js';
import { median, type BurstResult, type RateResult } from './report.js';

/** What is measured: chains as fast as they go, and chains at a rate. */
export interface Measured {
  burst(count: number): Promise<Figures>;
  rate(perSecond: number, seconds: number): Promise<Figures>;
}

export interface Programme {
  readonly warmUp: number;
  readonly burst: number;
  readonly rates: readonly number[];
  readonly rateSeconds: number;
  readonly repetitions: number;
  readonly restMs: number;
}

/** How many chains a programme needs. */
export function chainsOf({ warmUp, burst, rates, rateSeconds, repetitions }: Programme): number {
  const together = rates.reduce((sum, perSecond) => sum + perSecond * rateSeconds, 0);
  return warmUp + repetitions * (burst + together);
}

/** Bursts, then rates, each so many times, after a warm-up that does not count. */
export async function measureProgramme(
  measured: Measured,
  programme: Programme,
  pids: Pids,
  database: pg.Client,
  say: (text: string) => void,
): Promise<{ bursts: BurstResult[]; rates: RateResult[] }> {
  const { repetitions, restMs } = programme;
  await measured.burst(programme.warmUp);
  const bursts: BurstResult[] = [];
  for (let n = 0; n < repetitions; n += 1) {
    await quiet(database, restMs);
    const [figures, cpu, work] = await counted(pids, database, () => measured.burst(programme.burst));
    bursts.push({ perSecond: figures.chains / figures.seconds, cpu, ...work });
    say(
      `  burst of ${programme.burst}: ${bursts.at(-1)!.perSecond.toFixed(1)}/s, ${describe(bursts.at(-1)!.cpu)}`,
    );
  }
  const rates: RateResult[] = [];
  for (const perSecond of programme.rates) {
    const runs: { figures: Figures; cpu: Cpu }[] = [];
    for (let n = 0; n < repetitions; n += 1) {
      await quiet(database, restMs);
      const [figures, cpu] = await counted(pids, database, () =>
        measured.rate(perSecond, programme.rateSeconds),
      );
      runs.push({ figures, cpu });
      say(
        `  ${perSecond}/s: p50 ${figures.p50.toFixed(0)}, p99 ${figures.p99.toFixed(0)}, max ${figures.max.toFixed(0)} ms, ${describe(cpu)}`,
      );
    }
    rates.push({
      perSecond,
      p50: median(runs.map(({ figures }) => figures.p50)),
      p99: median(runs.map(({ figures }) => figures.p99)),
      cpuMs: median(runs.map(({ cpu }) => totalMs(cpu))),
    });
  }
  return { bursts, rates };
}

/** Figures of work with the CPU that everything used for a chain of it, and what PostgreSQL says of it. */
async function counted(
  pids: Pids,
  database: pg.Client,
  work: () => Promise<Figures>,
): Promise<[Figures, Cpu, { commits: number; walKb: number }]> {
  const before = { cpu: cpuOf(pids), ...(await position(database)) };
  const figures = await work();
  const cpu = scaled(between(before.cpu, cpuOf(pids)), 1 / figures.chains);
  // The statistics of a session come in with a delay of up to a second.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const after = await position(database);
  return [
    figures,
    cpu,
    {
      commits: (after.commits - before.commits) / figures.chains,
      walKb: (after.wal - before.wal) / 1024 / figures.chains,
    },
  ];
}

async function position(database: pg.Client): Promise<{ commits: number; wal: number }> {
  const { rows } = await database.query<{ commits: number; wal: number }>(
    `select xact_commit::float8 as commits, (pg_current_wal_insert_lsn() - '0/0')::float8 as wal
     from pg_stat_database where datname = current_database()`,
  );
  return rows[0]!;
}

/** A checkpoint and a moment of rest, so that a run does not pay for the one before it. */
async function quiet(database: pg.Client, restMs: number): Promise<void> {
  await database.query('checkpoint');
  await database.query('vacuum analyze');
  await new Promise((resolve) => setTimeout(resolve, restMs));
}

/** The servers of a bench that has them for itself. */
export function serverPids(directory: string): Omit<Pids, 'node'> {
  const pidOf = (name: string) => Number(readFileSync(join(directory, 'pids', `${name}.pid`), 'utf8'));
  return { postgres: pidOf('postgres'), kafka: pidOf('kafka'), redis: pidOf('redis') };
}

export function describe(cpu: Cpu): string {
  return `${totalMs(cpu).toFixed(2)} CPU-ms = node ${cpu.node.toFixed(2)} + PostgreSQL ${cpu.postgres.toFixed(2)} + Kafka ${cpu.kafka.toFixed(2)} + Redis ${cpu.redis.toFixed(2)}`;
}
