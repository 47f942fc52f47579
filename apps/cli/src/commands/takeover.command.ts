import { Catalogue } from '@app/catalogue';
import { csvTemplate, xlsxTemplate, type TableKind } from '@app/tabular';
import type { Command } from 'commander';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { action, type Cli } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { staffed } from '../demo/seed-organisation.js';
import { demoPasswordIn, keyFilesAt } from '../installation/keys.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';
import { keeper, loadLists, type TakeOverReport } from '../takeover/load-lists.js';
import { listTables } from '../takeover/lists.js';
import { filesIn } from '../takeover/read-lists.js';

const COUNTY = '338801';

interface Flags {
  readonly county: string;
  readonly day?: string;
  readonly dryRun?: boolean;
  readonly reason?: string;
}

/** Takes a county over by its lists (存量接管), looks how far that is, and takes it back. */
export function takeoverCommand(program: Command): void {
  const takeover = program
    .command('takeover')
    .description('存量接管：名单导入、比对、撤销 · a county goes live by its lists');
  const county = ['--county <code>', '县（市、区）六位代码 · six digits', COUNTY] as const;
  takeover
    .command('templates')
    .argument('<dir>', '放模板的目录 · where to write them')
    .option(...county)
    .description('各名单的空表，xlsx 和 csv · the empty tables of every list')
    .action(action((cli, dir: string, flags: Flags) => templates(cli, dir, flags)));
  takeover
    .command('load')
    .argument('<dir>', '名单所在的目录 · where the lists are')
    .option(...county)
    .requiredOption('--day <YYYY-MM-DD>', '接管日 · day of the opening balances')
    .option('--dry-run', '只比对，不导入 · compare only, nothing is made')
    .description('按名单接管，可重复执行 · take over by the lists; again changes nothing')
    .action(action((cli, dir: string, flags: Flags) => load(cli, dir, flags)));
  takeover
    .command('status')
    .option(...county)
    .description('接管进展、待放行的村 · how far it is, and which villages wait')
    .action(action((cli, flags: Flags) => status(cli, flags)));
  takeover
    .command('undo')
    .option(...county)
    .requiredOption('--reason <text>', '理由 · why')
    .description('整体撤销，未作任何决定时 · take it back whole, while nothing was decided on it')
    .action(action((cli, flags: Flags) => undo(cli, flags)));
}

function tablesOf({ county }: Flags) {
  if (!/^\d{6}$/.test(county)) {
    throw new CliError('not-a-county', `“${county}”不是六位代码 · not six digits`, null, EXIT.usage);
  }
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
  return listTables(Catalogue.load().region(`${county}000000`, today).items);
}

async function systemOf({ home }: Cli): Promise<RunningSystem> {
  const running = RunningSystem.find(home);
  return staffed(running, demoPasswordIn(keyFilesAt(running.state.keys)));
}

/** The tables of persons and of cards are their services' own, and are asked of them. */
const foreign = {
  persons: ['registry', '/registry/imports/templates/persons'],
  cards: ['certification', '/certification/imports/templates/taken-over'],
} as const;

async function templates({ home, output }: Cli, dir: string, flags: Flags): Promise<number> {
  const { benefits, payees, cases } = tablesOf(flags);
  const system = RunningSystem.find(home);
  mkdirSync(dir, { recursive: true });
  const written: string[] = [];
  const write = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(dir, name), bytes);
    written.push(name);
  };
  for (const [list, [service, path]] of Object.entries(foreign)) {
    for (const ending of ['xlsx', 'csv']) {
      write(
        `${list}.${ending}`,
        await system.download(service, 'GET', `${path}.${ending}`, { actor: keeper() }),
      );
    }
  }
  for (const [list, kind] of Object.entries({ benefits, payees, cases } as Record<string, TableKind>)) {
    write(`${list}.xlsx`, await xlsxTemplate(kind));
    write(`${list}.csv`, csvTemplate(kind));
  }
  output.answer({ dir, written }, () => `${pc.green('✓')} ${dir}：${written.join('、')}`);
  return EXIT.ok;
}

async function load(cli: Cli, dir: string, flags: Flags): Promise<number> {
  const day = flags.day ?? '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) {
    throw new CliError('not-a-day', `“${day}”不是日期 · not a day`, '--day 2026-12-31', EXIT.usage);
  }
  const { output } = cli;
  const files = filesIn(dir);
  const system = await systemOf(cli);
  const began = performance.now();
  const report = await loadLists({
    ...{ system, files, tables: tablesOf(flags), county: flags.county, day },
    dryRun: flags.dryRun ?? false,
    progress: (text) => output.line(`${seconds(began)}  ${text}`),
  });
  output.answer(report, () => describe(report));
  return EXIT.ok;
}

function seconds(began: number): string {
  return pc.dim(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`);
}

function describe(report: TakeOverReport): string {
  const rows = report.lists.map(({ list, rows: all, changed, gone, failed, known }) => [
    ...[list, String(all), String(changed), String(gone), String(failed), known ? '同前 · as before' : ''],
  ]);
  const found = Object.entries(report.findings).map(([kind, count]) => [kind, String(count)]);
  return [
    table([['名单 · list', '行 · rows', '变动 · changed', '减少 · gone', '有误 · failed', ''], ...rows]),
    found.length > 0
      ? table([['缺漏和矛盾 · found', '行 · rows'], ...found])
      : '没有缺漏和矛盾 · nothing was found',
    report.dryRun
      ? `${pc.yellow('○')} 试运行，没有导入 · a dry run, nothing was made`
      : `${pc.green('✓')} 已接管 ${report.loaded} 行，退回更正 ${report.takenBack} 行 · loaded, taken back for correction`,
  ].join('\n');
}

interface SeenTakeOver {
  readonly takeOverId: string;
  readonly day: string;
  readonly state: string;
}

interface SeenDetail extends SeenTakeOver {
  readonly lists: readonly Readonly<Record<'list' | 'rows' | 'loaded' | 'releasable' | 'blocked', unknown>>[];
  readonly findings: readonly { readonly list: string; readonly kind: string; readonly count: number }[];
  readonly villages: readonly {
    readonly divisionCode: string;
    readonly findings: number;
    readonly isReleased: boolean;
  }[];
}

/** The newest take-over of the county. @throws CliError where there is none */
async function newest(system: RunningSystem, { county }: Flags): Promise<SeenTakeOver> {
  const { takeOvers } = await system.call<{ takeOvers: SeenTakeOver[] }>(
    'subsidies',
    'GET',
    `/subsidies/take-overs?county=${county}`,
    { actor: keeper() },
  );
  const [found] = takeOvers;
  if (found) return found;
  throw new CliError(
    'no-take-over',
    `${county} 没有存量接管 · was not taken over`,
    'npx onething takeover load <dir> --day YYYY-MM-DD --dry-run',
  );
}

async function status(cli: Cli, flags: Flags): Promise<number> {
  const system = await systemOf(cli);
  const { takeOverId } = await newest(system, flags);
  const seen = await system.call<SeenDetail>('subsidies', 'GET', `/subsidies/take-overs/${takeOverId}`, {
    actor: keeper(),
  });
  cli.output.answer(seen, () => {
    const open = seen.villages.filter(({ isReleased }) => !isReleased);
    return [
      `${seen.day}  ${seen.state}`,
      table([
        ['名单 · list', '行 · rows', '已接管 · loaded', '待放行 · to release', '不能接管 · blocked'],
        ...seen.lists.map(({ list, rows, loaded, releasable, blocked }) =>
          [list, rows, loaded, releasable, blocked].map(String),
        ),
      ]),
      ...(seen.findings.length > 0
        ? [table(seen.findings.map(({ list, kind, count }) => [list, kind, String(count)]))]
        : []),
      open.length > 0
        ? `待放行 ${open.length} 个村 · villages to release：${open
            .slice(0, 20)
            .map(({ divisionCode, findings }) => `${divisionCode}（${findings}）`)
            .join('、')}`
        : '没有待放行的村 · no village waits',
    ].join('\n');
  });
  return EXIT.ok;
}

async function undo(cli: Cli, flags: Flags): Promise<number> {
  const system = await systemOf(cli);
  const { takeOverId } = await newest(system, flags);
  const { takenBack } = await system.call<{ takenBack: number }>(
    'subsidies',
    'POST',
    `/subsidies/take-overs/${takeOverId}/undo`,
    { actor: keeper(), body: { reason: flags.reason }, timeoutMs: 10 * 60_000 },
  );
  cli.output.answer(
    { takeOverId, takenBack },
    () => `${pc.green('✓')} 已撤销，退回 ${takenBack} 行 · taken back`,
  );
  return EXIT.ok;
}
