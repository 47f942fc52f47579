import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { owners } from '@app/contracts';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem, ServiceRefused } from '../installation/running-system.js';
import type { Output } from '../output.js';
import {
  describeCalendar,
  describeDiff,
  type CalendarDiff,
  type CalendarShown,
  type CheckedCalendar,
  type ServicePreview,
} from './calendar-view.js';

/** A county's terms are looked at one by one. */
const PREVIEW_LIMIT_MS = 10 * 60_000;
/** How long it takes until the last process of a service looks: a sweep. */
const SWEEP_SECONDS = 30;

interface ImportOptions {
  readonly preview?: boolean;
  readonly yes?: boolean;
  readonly basis?: string;
}

/** The calendar by which terms are reckoned: what is in force, and publishing a year's or a place's. */
export function calendarCommand(program: Command): void {
  const calendar = program.command('calendar').description('工作日历 · the working calendar');
  calendar
    .command('show')
    .description('现行日历 · what is in force')
    .action(
      action(async ({ output, home }) => {
        const shown = await RunningSystem.find(home).call<CalendarShown>(
          'workbench',
          'GET',
          '/workbench/calendars',
          { actor: demoActor('system-admin') },
        );
        output.answer(shown, () => describeCalendar(shown));
        return EXIT.ok;
      }),
    );
  calendar
    .command('import')
    .description(
      '发布一年的日历、对它的修改，或一地的日历 · publishes a year, an amendment of it, or a place',
    )
    .argument('<file>', '日历文件（JSON），格式同 libs/clocks/calendar · as in libs/clocks/calendar')
    .option('--preview', '只看会变动哪些期限，不发布 · only shows which terms it moves')
    .option('--yes', '不再询问，直接发布 · publishes without asking')
    .option('--basis <text>', '发布依据；默认为文件所载通知 · the notice; that of the file, if left out')
    .action(
      action(async ({ output, home }, path: string, { preview, yes, basis }: ImportOptions) => {
        const system = RunningSystem.find(home);
        const content = contentOf(path);
        const because = basis ?? basisOf(content);
        const diff = await diffOf(system, output, content);
        if (preview) {
          output.answer(diff, () => describeDiff(diff));
          return EXIT.ok;
        }
        output.line(describeDiff(diff));
        if (!yes) await agreed(output);
        const published = await told(() =>
          system.call<{ readonly number: number }>('workbench', 'POST', '/workbench/calendars', {
            actor: demoActor('system-admin'),
            body: { calendar: content, basis: because },
          }),
        );
        output.answer(
          { ...diff, number: published.number },
          () =>
            `已发布，第 ${published.number} 号；各服务约 ${SWEEP_SECONDS} 秒内改算 · published; services reckon by it in about ${SWEEP_SECONDS} s`,
        );
        return EXIT.ok;
      }),
    );
}

/** Cases have terms, and so have released gaps. */
const withTerms = [...owners, 'lifecycle'] as const;

/** Asks every service that has terms, one after the other. */
async function diffOf(system: RunningSystem, output: Output, content: unknown): Promise<CalendarDiff> {
  const actor = demoActor('system-admin');
  const check = await told(() =>
    system.call<CheckedCalendar>('workbench', 'POST', '/workbench/calendars/check', { actor, body: content }),
  );
  const services: Record<string, ServicePreview> = {};
  for (const [place, service] of withTerms.entries()) {
    output.line(`${place + 1}/${withTerms.length}  ${service} …`);
    services[service] = await told(() =>
      system.call<ServicePreview>(service, 'POST', `/${service}/clocks/preview`, {
        actor,
        body: content,
        timeoutMs: PREVIEW_LIMIT_MS,
      }),
    );
  }
  const all = Object.values(services);
  return {
    check,
    services,
    moved: all.reduce((sum, { moved }) => sum + moved, 0),
    settled: all.reduce((sum, { settled }) => sum + settled, 0),
  };
}

/** A refusal with every wrong place of the file, one a line. */
async function told<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    const problems = error instanceof ServiceRefused ? error.problem['problems'] : undefined;
    if (!(error instanceof ServiceRefused) || !Array.isArray(problems)) throw error;
    throw new CliError(error.code, [error.message, ...problems.map((each) => `  ${each}`)].join('\n'));
  }
}

function contentOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(
      'file-unreadable',
      `读不出日历文件 ${path} · cannot read it: ${why}`,
      '请核对路径和 JSON 格式 · check path and JSON',
      EXIT.usage,
    );
  }
}

/** The notice that the file names. */
function basisOf(content: unknown): string {
  const { source } = (content ?? {}) as { source?: { basis?: unknown } };
  if (typeof source?.basis === 'string') return source.basis;
  throw new CliError(
    'basis-missing',
    '请用 --basis 写明发布依据 · say with --basis why it is published',
    null,
    EXIT.usage,
  );
}

/** @throws CliError unless somebody at a terminal says yes */
async function agreed(output: Output): Promise<void> {
  if (output.options.json || !process.stdin.isTTY) {
    throw new CliError(
      'not-confirmed',
      '没有发布：请看过变动后加 --yes · not published: look at what moves, then add --yes',
      null,
      EXIT.usage,
    );
  }
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await asking.question('发布吗？· publish? [y/N] ');
    if (!/^\s*(y|yes|是)\s*$/i.test(answer)) {
      throw new CliError('not-confirmed', '没有发布 · not published', null, EXIT.failed);
    }
  } finally {
    asking.close();
  }
}
