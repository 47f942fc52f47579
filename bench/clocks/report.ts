import { writeBetween } from '../measure/report.js';

export interface ClocksReport {
  readonly machine: string;
  readonly servers: readonly string[];
  readonly clocks: number;
  readonly suspensions: number;
  readonly due: number;
  readonly rough: boolean;
  readonly figures: readonly Figure[];
}

/** A figure with its goal; null where there is none. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: 'MB' | 's' | '';
  readonly atMost: number | null;
}

/** Prints the table, and writes it between its markers of a page. */
export function writeClocksReport(report: ClocksReport, page: string | null): void {
  const text = render(report);
  process.stdout.write(`\n${text}\n`);
  if (page) writeBetween(page, '<!-- bench:clocks:start -->', '<!-- bench:clocks:end -->', text);
}

function render({ machine, servers, clocks, suspensions, due, rough, figures }: ClocksReport): string {
  const count = (number: number) => number.toLocaleString('en');
  return [
    `${new Date().toISOString().slice(0, 10)}${rough ? ', **short run: figures are rough**' : ''}. ${count(clocks)} clocks of three rungs, ${count(suspensions)} suspensions, ${count(due)} due in one minute. ${machine}. Node ${process.versions.node}. ${servers.join('; ')}.`,
    '',
    '| What | figure | goal |',
    '|---|---|---|',
    ...figures.map(({ what, value, unit, atMost }) => {
      const figure =
        `${value >= 100 || unit === '' ? count(Math.round(value)) : value.toFixed(1)} ${unit}`.trim();
      const goal =
        atMost === null
          ? ''
          : `${atMost === 0 ? 'none' : `≤ ${atMost} ${unit}`} ${value <= atMost ? '✓' : '**missed**'}`;
      return `| ${what} | ${figure} | ${goal} |`;
    }),
    '',
  ].join('\n');
}
