import { readFileSync, writeFileSync } from 'node:fs';
import type { Arm } from '../arms/arm.js';
import { totalMs, type Cpu } from './cpu.js';

export interface BurstResult {
  readonly perSecond: number;
  /** Milliseconds per chain. */
  readonly cpu: Cpu;
  readonly commits: number;
  readonly walKb: number;
}

export interface RateResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number;
}

export interface ArmResult {
  readonly arm: Pick<Arm, 'name' | 'title'>;
  /** `pgbench14` before and after it, the mean; null where there is no pgbench. */
  readonly pgbench: number | null;
  readonly bursts: readonly BurstResult[];
  readonly rates: readonly RateResult[];
  /** Percent of one core. */
  readonly idle: number | null;
}

export interface Report {
  readonly machine: string;
  readonly servers: readonly string[];
  readonly quick: boolean;
  /** Of W12. */
  readonly rateSeconds: number;
  readonly results: readonly ArmResult[];
  readonly chainRateSeconds: number;
  /** Of the real chain. */
  readonly chainResults: readonly ArmResult[];
}

/** Goals of W12; latencies hold where `pgbench14` reaches 450 chains/s, and grow with a slower machine. */
const GOALS = {
  ratio: { ours: 0.5, 'ours.separate': 0.35 } as Record<string, number>,
  cpuMs: 6,
  p99: { 20: 150, 100: 200, 200: 300 } as Record<number, number>,
  idle: 10,
  reference: 450,
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Prints the tables, and writes those that were measured between their markers of a page. */
export function writeReport(report: Report, page: string | null): void {
  const { results, rateSeconds, chainResults, chainRateSeconds } = report;
  const tables = [
    { marker: 'bench', results, rateSeconds },
    { marker: 'bench:chain', results: chainResults, rateSeconds: chainRateSeconds },
  ].filter((table) => table.results.length > 0);
  for (const table of tables) {
    const text = render(report, table.results, table.rateSeconds);
    process.stdout.write(`\n${text}`);
    if (page) writeBetween(page, `<!-- ${table.marker}:start -->`, `<!-- ${table.marker}:end -->`, text);
  }
}

/** Puts text in place of what stands between two markers of a page. */
export function writeBetween(page: string, start: string, end: string, text: string): void {
  const [head, rest] = readFileSync(page, 'utf8').split(start) as [string, string | undefined];
  const tail = rest?.split(end)[1];
  if (tail === undefined) throw new Error(`${page} has no ${start} … ${end}`);
  writeFileSync(page, `${head}${start}\n\n${text}\n${end}${tail}`);
}

function render(
  { machine, servers, quick }: Report,
  results: readonly ArmResult[],
  rateSeconds: number,
): string {
  const lines = [
    `${new Date().toISOString().slice(0, 10)}${quick ? ', **quick run: figures are rough**' : ''}. ${machine}. Node ${process.versions.node}. ${servers.join('; ')}.`,
    '',
    '| Burst | chains/s | ÷ `pgbench14` | goal | CPU-ms per chain = node + PostgreSQL + Kafka + Redis | goal | commits | WAL KB |',
    '|---|---|---|---|---|---|---|---|',
  ];
  for (const { arm, pgbench, bursts } of results) {
    const perSecond = median(bursts.map((burst) => burst.perSecond));
    const middle = bursts.find((burst) => burst.perSecond === perSecond)!;
    const ratio = pgbench === null ? null : perSecond / pgbench;
    const goal = GOALS.ratio[arm.name];
    const cpu = totalMs(middle.cpu);
    lines.push(
      row([
        arm.title,
        rounded(perSecond),
        ratio === null ? 'n/a' : rounded(ratio),
        goal === undefined ? '' : `≥ ${goal} ${ratio === null ? '' : met(ratio >= goal)}`,
        `${cpu.toFixed(1)} = ${[middle.cpu.node, middle.cpu.postgres, middle.cpu.kafka, middle.cpu.redis].map((ms) => ms.toFixed(1)).join(' + ')}`,
        goal === undefined ? '' : `≤ ${GOALS.cpuMs} ${met(cpu <= GOALS.cpuMs)}`,
        middle.commits.toFixed(1),
        middle.walKb.toFixed(1),
      ]),
    );
  }
  const speeds = results.map(({ pgbench }) => pgbench).filter((speed) => speed !== null);
  if (speeds.length > 0) {
    lines.push(
      row(['`pgbench14`, around each arm', speeds.map((speed) => speed.toFixed(0)).join(' / '), '1']),
    );
  }
  const open = results.filter(({ rates }) => rates.length > 0);
  if (open.length > 0) {
    lines.push(
      '',
      `Open loop, ${rateSeconds} s each${quick ? '' : ', median of three'}; latency from the intended start to the durable completion.`,
      '',
      '| Arm | chains/s | p50 ms | p99 ms | goal | CPU-ms per chain |',
      '|---|---|---|---|---|---|',
    );
    for (const { arm, rates, pgbench } of open) {
      const slower = Math.max(1, GOALS.reference / (pgbench ?? GOALS.reference));
      for (const rate of rates) {
        const goal = arm.name === 'ours' ? Math.round(GOALS.p99[rate.perSecond]! * slower) : null;
        lines.push(
          row([
            arm.title,
            String(rate.perSecond),
            rate.p50.toFixed(0),
            rate.p99.toFixed(0),
            goal === null ? '' : `≤ ${goal} ${met(rate.p99 <= goal)}`,
            rate.cpuMs.toFixed(1),
          ]),
        );
      }
    }
    lines.push('');
    for (const { arm, idle } of open) {
      if (idle === null) continue;
      const goal = arm.name === 'ours' ? ` (goal < ${GOALS.idle} ${met(idle < GOALS.idle)})` : '';
      lines.push(`Idle, ${arm.title}: ${idle.toFixed(1)} % of one core, servers included${goal}.`, '');
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Two figures at least. */
function rounded(value: number): string {
  return value >= 100
    ? value.toFixed(0)
    : value >= 10
      ? value.toFixed(1)
      : value >= 0.1
        ? value.toFixed(2)
        : value.toFixed(3);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function met(yes: boolean): string {
  return yes ? '✓' : '**missed**';
}
