import { Option, type Command } from 'commander';
import { action, type Cli } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';

const LOOK_MS = 500;
/** A run that has not moved for so long is nobody's: its service is down. */
const STUCK_MS = 120_000;

/** A run as the service answers it. */
export interface SeenRun {
  readonly runId: string;
  readonly region: string;
  readonly day: string;
  readonly status: 'running' | 'done';
  readonly progress: { readonly lookedAt: number; readonly expected: number };
  readonly holders: number;
  readonly outcomes: {
    readonly entitled: number;
    readonly waiting: number;
    readonly notEntitled: number;
    readonly unknown: number;
  };
  readonly missing: { readonly persons: number; readonly facts: number };
  readonly opened: number;
  readonly closed: number;
  readonly gaps: readonly {
    readonly kind: string;
    readonly gaps: number;
    readonly persons: number;
    /** 分 a month. */
    readonly monthly: number;
    readonly unpriced: number;
    /** 分 that are missing of 已享未付, all months together. */
    readonly unpaid: number;
    readonly distrusted: number;
  }[];
  readonly distrusted: readonly { readonly source: string; readonly reason: string }[];
  readonly notLooked: readonly { readonly what: string; readonly reason: string }[];
}

const KINDS: Readonly<Record<string, string>> = {
  'should-have': '应享未享 · should have',
  'should-not-have': '不应享而享 · should not have',
  unanswered: '承办未回应 · unanswered',
  'granted-unpaid': '已享未付 · granted, not paid',
};

/** Gaps of one kind that a run saw in one place. */
export type TrendPoint = SeenRun['gaps'][number] & { readonly day: string; readonly place: string };

const LEVELS = ['county', 'township', 'village'] as const;

interface ReconcileFlags {
  readonly region?: string;
  readonly trend?: boolean;
  readonly level: (typeof LEVELS)[number];
}

/** Holds what everybody should have against what they have, and waits for the end. */
export function reconcileCommand(program: Command): void {
  program
    .command('reconcile')
    .description('应享与实享对账 · should-have against has, for every holder')
    .option('--region <code>', '县、镇或村的区划代码，6、9 或 12 位 · county, township or village')
    .option('--trend', '不重新对账，显示历次对账的走势 · how it went from run to run, without a new run')
    .addOption(
      new Option('--level <level>', '走势按县、镇或村分列 · the trend by place')
        .choices(LEVELS)
        .default('county'),
    )
    .action(
      action(async ({ home, output }, { region, trend, level }: ReconcileFlags) => {
        if (region !== undefined && !/^\d{6}(\d{3}(\d{3})?)?$/.test(region)) {
          throw new CliError(
            'not-a-region',
            `“${region}”不是 6、9 或 12 位区划代码 · not a division code`,
            'npx onething reconcile --region 338801',
            EXIT.usage,
          );
        }
        const system = RunningSystem.find(home);
        const actor = demoActor('federation-lead');
        if (trend) {
          const query = new URLSearchParams({ level, ...(region === undefined ? {} : { region }) });
          const { points } = await system.call<{ points: TrendPoint[] }>(
            'lifecycle',
            'GET',
            `/lifecycle/reconciliations/trend?${query}`,
            { actor },
          );
          output.answer({ points }, () => describeTrend(points));
          return EXIT.ok;
        }
        const { runs } = await system.call<{ runs: { runId: string; region: string; begun: boolean }[] }>(
          'lifecycle',
          'POST',
          '/lifecycle/reconciliations',
          { actor, body: region === undefined ? {} : { region } },
        );
        const done: SeenRun[] = [];
        for (const { runId, begun } of runs) {
          if (!begun)
            output.line('已有一次对账在进行，等待其完成 · one is under way already, waiting for it');
          done.push(await finished(system, runId, output));
        }
        output.answer({ runs: done }, () => done.map(describeRun).join('\n\n'));
        return EXIT.ok;
      }),
    );
}

async function finished(system: RunningSystem, runId: string, output: Cli['output']): Promise<SeenRun> {
  const actor = demoActor('federation-lead');
  let told = -1;
  let moved = performance.now();
  let last = -1;
  for (;;) {
    const { runs } = await system.call<{ runs: SeenRun[] }>(
      'lifecycle',
      'GET',
      `/lifecycle/reconciliations?run=${runId}`,
      { actor },
    );
    const run = runs[0];
    if (!run) throw new CliError('run-not-found', `找不到对账 ${runId} · the run is not there`);
    if (run.status === 'done') return run;
    const { lookedAt, expected } = run.progress;
    const tenth = expected === 0 ? 0 : Math.floor((10 * lookedAt) / expected);
    if (tenth > told) output.line(`  ${lookedAt} / ${expected} 人`);
    told = Math.max(told, tenth);
    if (lookedAt !== last) moved = performance.now();
    else if (performance.now() - moved > STUCK_MS) {
      throw new CliError('run-stuck', '对账没有进展 · the run does not go on', 'npx onething status');
    }
    last = lookedAt;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** A run that is done, for people. */
export function describeRun(run: SeenRun): string {
  const { entitled, waiting, notEntitled, unknown } = run.outcomes;
  const lines = [
    `${run.region} ${run.day}：持证 ${run.holders} 人，新增缺口 ${run.opened}，销号 ${run.closed}`,
    `  人次 · person × item：符合 ${entitled}，轮候 ${waiting}，不符合 ${notEntitled}，待核实 ${unknown}`,
    `  待核实事实 · facts to ask：${run.missing.persons} 人 ${run.missing.facts} 项`,
  ];
  const rows = run.gaps.map((counted) => [`  ${KINDS[counted.kind] ?? counted.kind}`, ...cellsOf(counted)]);
  lines.push(rows.length > 0 ? table(rows) : '  没有缺口 · no gaps');
  if (run.distrusted.length > 0) lines.push('  ⚠ 本次对账有不可靠的来源 · not to be trusted in full:');
  for (const { reason } of run.distrusted) lines.push(`  ⚠ ${reason}`);
  for (const { reason } of run.notLooked) lines.push(`  – ${reason}`);
  return lines.join('\n');
}

/** How gaps went from run to run, newest first, for people. */
export function describeTrend(points: readonly TrendPoint[]): string {
  if (points.length === 0) return '还没有完成过对账，或历次对账都没有缺口 · no run has seen a gap yet';
  return table(
    points.map((point) => [point.day, point.place, KINDS[point.kind] ?? point.kind, ...cellsOf(point)]),
  );
}

function cellsOf({
  gaps,
  persons,
  monthly,
  unpriced,
  unpaid,
  distrusted,
}: SeenRun['gaps'][number]): string[] {
  return [
    `${gaps} 项`,
    `${persons} 人`,
    `约 ${(monthly / 100).toFixed(2)} 元/月`,
    unpaid > 0 ? `欠发 ${(unpaid / 100).toFixed(2)} 元` : '',
    unpriced > 0 ? `${unpriced} 项无月标准` : '',
    distrusted > 0 ? `${distrusted} 项存疑` : '',
  ];
}
