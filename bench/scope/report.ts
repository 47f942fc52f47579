import { writeBetween } from '../measure/report.js';
import type { Compared } from './compare.js';
import type { Latency } from './search-latency.js';

export interface ScopeReport {
  readonly machine: string;
  readonly postgres: string;
  readonly rows: number;
  readonly rough: boolean;
  readonly compared: readonly Compared[];
  readonly latencies: readonly Latency[];
}

const GOAL_RATIO = 1.15;
const GOAL_P95 = 100;

/** Prints the tables, and writes them between their markers of a page. */
export function writeScopeReport(report: ScopeReport, page: string | null): void {
  const text = render(report);
  process.stdout.write(`\n${text}`);
  if (page) writeBetween(page, '<!-- bench:scope:start -->', '<!-- bench:scope:end -->', text);
}

function render({ machine, postgres, rows, rough, compared, latencies }: ScopeReport): string {
  const count = rows.toLocaleString('en');
  return [
    `${new Date().toISOString().slice(0, 10)}${rough ? ', **short run: figures are rough**' : ''}. ${count} persons, ${count} cases. ${machine}. Node ${process.versions.node}. ${postgres}.`,
    '',
    '| Question | rows | RLS ms | WHERE ms | ratio | goal |',
    '|---|---|---|---|---|---|',
    ...compared.map(({ title, rows: found, rls, where }) =>
      row([
        title,
        String(found),
        rls.toFixed(2),
        where.toFixed(2),
        (rls / where).toFixed(2),
        `≤ ${GOAL_RATIO} ${met(rls / where <= GOAL_RATIO)}`,
      ]),
    ),
    '',
    'Search by name or pinyin in a township, over HTTP (client and service in one process):',
    '',
    '| at a time | searches | p50 ms | p95 ms | p99 ms | goal (p95) |',
    '|---|---|---|---|---|---|',
    ...latencies.map(({ atATime, searches, p50, p95, p99 }) =>
      row([
        String(atATime),
        String(searches),
        p50.toFixed(1),
        p95.toFixed(1),
        p99.toFixed(1),
        `< ${GOAL_P95} ${met(p95 < GOAL_P95)}`,
      ]),
    ),
    '',
    ...compared.flatMap(({ title, plans }) =>
      plans
        ? [
            `<details><summary>Plans: ${title}</summary>`,
            '',
            ...planBlock('Row-level security', plans.rls),
            ...planBlock('The scope as WHERE', plans.where),
            '</details>',
            '',
          ]
        : [],
    ),
  ].join('\n');
}

function planBlock(title: string, plan: readonly string[]): string[] {
  return [`${title}:`, '', '```text', ...plan.map(shortened), '```', ''];
}

const LONGEST = 200;

function shortened(line: string): string {
  const plain = line
    .replaceAll(/current_setting\('onething\.(\w+)'(::text)?, true\)/g, '<$1>')
    .replaceAll(/::text|::uuid|::jsonb/g, '');
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST - 1)}…` : plain;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function met(yes: boolean): string {
  return yes ? '✓' : '**missed**';
}
