import { InvalidArgumentError, Option, type Command } from 'commander';
import { explain, WorkingCalendar, type TermExplained, type TermUnit } from '@app/clocks';
import { owners } from '@app/contracts';
import pc from 'picocolors';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem, ServiceRefused } from '../installation/running-system.js';
import { table } from '../output.js';

const units = [
  'working-day',
  'natural-day',
  'month',
  'day-of-next-month',
] as const satisfies readonly TermUnit[];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface DeadlineOptions {
  readonly value?: number;
  readonly unit: TermUnit;
  readonly division?: string;
  readonly rollOver?: string;
}

/** What is said of a term, from a running system or worked out here. */
type SaidOfTerm = Pick<TermExplained, 'summary' | 'lastDay' | 'provisional' | 'provisionalReason'> & {
  readonly days: readonly Pick<
    TermExplained['days'][number],
    'day' | 'number' | 'hours' | 'reason' | 'basis'
  >[];
};

interface TermsOfCase {
  readonly caseId: string;
  readonly item: string;
  readonly terms: readonly (SaidOfTerm & {
    readonly title: string;
    readonly status: 'running' | 'stopped' | 'superseded';
    readonly basis: string;
  })[];
}

const statuses = {
  running: '计算中 · running',
  stopped: '已停止 · stopped',
  superseded: '已被取代 · superseded',
};

/** Why a term ends when it ends, day by day: those of a case of a running system, or one that is described here. */
export function deadlineCommand(program: Command): void {
  program
    .command('deadline')
    .description('期限 · legal terms')
    .command('explain')
    .description('逐日说明期限为什么在这一天届满 · why a term ends on its day')
    .argument(
      '<case>',
      '事项 id；或者起算事件之日 YYYY-MM-DD（当日不计），与 --value 一起用 · id of a case; or the day of an event, with --value',
      caseOrDay,
    )
    .option('--value <number>', '多少 · how many', wholeNumber)
    .addOption(new Option('--unit <unit>', '单位 · unit').choices(units).default('working-day'))
    .option('--division <code>', '十二位区划代码，计入地方假日和办公时间 · its local days off', divisionCode)
    .option(
      '--roll-over <article>',
      '末日为休息日则顺延，写明依据的条文 · rolls over a day off, by this article',
    )
    .action(
      action(async ({ output, home }, of: string, options: DeadlineOptions) => {
        if (UUID.test(of)) {
          const found = await termsOf(RunningSystem.find(home), of);
          output.answer(found, () => describeCase(found));
          return EXIT.ok;
        }
        if (options.value === undefined) {
          throw new CliError(
            'value-missing',
            '请用 --value 写明期限是多少 · say how many with --value',
            `npx onething deadline explain ${of} --value 10`,
            EXIT.usage,
          );
        }
        const explained = explain(
          {
            anchorDay: of,
            value: options.value,
            unit: options.unit,
            kind: 'statutory',
            basis: 'onething deadline explain',
            ...(options.rollOver ? { rollOver: options.rollOver } : {}),
            ...(options.division ? { divisionCode: options.division } : {}),
          },
          WorkingCalendar.load(),
        );
        output.answer(explained, () => describe(explained));
        return EXIT.ok;
      }),
    );
}

/** The terms of a case, whichever service owns it. */
async function termsOf(system: RunningSystem, caseId: string): Promise<TermsOfCase> {
  for (const owner of owners) {
    try {
      return await system.call<TermsOfCase>(owner, 'GET', `/${owner}/cases/${caseId}/terms`, {
        actor: demoActor('federation-lead'),
      });
    } catch (error) {
      if (!(error instanceof ServiceRefused) || error.status !== 404) throw error;
    }
  }
  throw new CliError(
    'case-not-found',
    '没有找到这一事项 · no such case',
    '用 npx onething chain <人> 查看事项 id · see the ids with chain',
  );
}

function describeCase({ item, caseId, terms }: TermsOfCase): string {
  const head = `${pc.bold(item)}  ${pc.dim(caseId)}`;
  if (terms.length === 0) return `${head}\n\n没有期限 · no terms`;
  const each = terms.map(
    (term) =>
      `${pc.bold(term.title)}  ${statuses[term.status]}\n依据 · basis: ${term.basis}\n${describe(term)}`,
  );
  return [head, ...each].join('\n\n');
}

function describe({ summary, lastDay, provisional, provisionalReason, days }: SaidOfTerm): string {
  const rows = days.map(({ day, number, hours, reason, basis }) => [
    day,
    number !== null ? pc.green(String(number).padStart(3)) : hours !== null ? `${hours} h` : '  —',
    `${reason.zh} · ${reason.en}${basis ? ` [${basis}]` : ''}`,
  ]);
  const why = provisional && provisionalReason ? `\n${provisionalReason.zh} · ${provisionalReason.en}` : '';
  const end = lastDay
    ? `\n${pc.bold(`届满 · ends on ${lastDay}`)}${provisional ? '  暂定 · provisional' : ''}${why}`
    : '';
  return `${summary.zh}\n${summary.en}${rows.length > 0 ? `\n\n${table(rows)}\n` : ''}${end}`;
}

function caseOrDay(text: string): string {
  if (UUID.test(text)) return text;
  const instant = new Date(`${text}T00:00:00Z`);
  if (
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(instant.getTime()) &&
    instant.toISOString().startsWith(text)
  )
    return text;
  throw new InvalidArgumentError(
    '应为事项 id 或日期，如 2026-09-18 · must be the id of a case or a day such as 2026-09-18',
  );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= 5000) return value;
  throw new InvalidArgumentError('应为 1 至 5000 的整数 · must be a whole number from 1 to 5000');
}

function divisionCode(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError('应为 12 位统计用区划代码 · must be twelve digits');
}
