import { readTable, textColumn } from '@app/tabular';
import type { Command } from 'commander';
import { readFileSync, writeFileSync } from 'node:fs';
import pc from 'picocolors';
import { action, type Cli } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem, ServiceRefused } from '../installation/running-system.js';
import { table } from '../output.js';

const COUNTY = '338801000000';
const LISTS = '/subsidies/decision-lists';
/** Persons whose name and number are asked for at once. */
const AT_ONCE = 8;
const LIMIT_MS = 10 * 60_000;

/** Who keeps lists, and the second person who confirms what came back. */
const keeper = () => demoActor('benefit-officer');
const confirmer = () => demoActor('federation-lead');

interface SeenList {
  readonly listNo: number;
  readonly receipt: string;
  readonly day: string;
  readonly rows: number;
  readonly states: Readonly<Record<string, number>>;
  readonly daysWaiting: number | null;
}

interface Report {
  readonly listNo: number;
  readonly receipt: string;
  readonly returnNo: number;
  readonly sha256: string;
  readonly state: string;
  readonly become: Readonly<Record<string, number>>;
  readonly lines: readonly {
    readonly row: number;
    readonly lineNo: number;
    readonly become: string;
    readonly why: readonly string[];
  }[];
  readonly problems: readonly {
    readonly row: number;
    readonly column: string | null;
    readonly sentence: string;
  }[];
  readonly unanswered: readonly { readonly lineNo: number }[];
}

const BECOME: Readonly<Record<string, string>> = {
  granted: '同意 · granted',
  refused: '不同意 · refused',
  returned: '退回补充 · back for papers',
  'to-settle': '待核实 · to settle',
  overtaken: '已另有结果 · dealt with meanwhile',
  answered: '此前已登记 · answered before',
  closed: '与已有结果不同，未改 · says otherwise than stands',
};

/** Civil affairs decides by a list (民政审定往来名单): out as a workbook, back with its answers. */
export function decisionsCommand(program: Command): void {
  const decisions = program
    .command('decisions')
    .description('民政审定往来名单：送出、录入、催办 · civil affairs decides by a returned list');
  decisions
    .command('export')
    .argument('<file>', '存为 .xlsx · where the workbook is written')
    .requiredOption('--purpose <text>', '用途，记入每个人的档案 · why names and numbers go out')
    .option('--division <code>', '县、乡镇或村，12 位 · county, township or village', COUNTY)
    .option('--item <id>', '只送一个项目 · one item only')
    .option('--list <receipt>', '再次导出一份名单的未结部分 · what still waits on a list, again')
    .description('把等待审定的事项列成名单导出 · puts what waits on a list, and writes it')
    .action(action((cli, file: string, flags: ExportFlags) => write(cli, file, flags)));
  decisions
    .command('import')
    .argument('<file>', '返回的 .xlsx 或 .csv · what came back')
    .option('--confirm', '由第二人确认并登记 · confirm it as the second person, and record it')
    .description('录入返回的名单；不加 --confirm 只比对 · compares what came back; nothing is decided')
    .action(action((cli, file: string, flags: ImportFlags) => take(cli, file, flags)));
  decisions
    .command('status')
    .option('--all', '含已办结的 · lists that are done, too')
    .description('各名单等了几天，谁还没有答复 · how long lists wait, and how much is not answered')
    .action(action((cli, flags: { readonly all?: boolean }) => status(cli, flags.all ?? false)));
}

interface ExportFlags {
  readonly purpose: string;
  readonly division: string;
  readonly item?: string;
  readonly list?: string;
}

interface ImportFlags {
  readonly confirm?: boolean;
}

async function write({ home, output }: Cli, file: string, flags: ExportFlags): Promise<number> {
  const system = RunningSystem.find(home);
  const { listNo, receipt } =
    flags.list === undefined
      ? await system.call<{ listNo: number; receipt: string }>('subsidies', 'POST', LISTS, {
          actor: keeper(),
          body: { divisionCode: flags.division, ...(flags.item ? { itemId: flags.item } : {}) },
          timeoutMs: LIMIT_MS,
        })
      : await listOf(system, flags.list);
  const personIds = await waitingOn(system, listNo);
  const persons = await revealed(system, personIds, flags.purpose);
  const bytes = await system.download('subsidies', 'POST', `${LISTS}/${listNo}/file`, {
    actor: keeper(),
    body: { purpose: flags.purpose, persons },
    timeoutMs: LIMIT_MS,
  });
  // Names and numbers stand in it: it is its owner's alone.
  writeFileSync(file, bytes, { mode: 0o600 });
  output.answer({ listNo, receipt, file, rows: personIds.length }, () =>
    [
      `${pc.green('✓')} ${receipt}  ${personIds.length} 件 · cases  ${file}`,
      `${pc.yellow('!')} 文件含姓名和证号，请专人送达，送出后删除 · names and numbers: hand it over, then delete it`,
    ].join('\n'),
  );
  return EXIT.ok;
}

async function waitingOn(system: RunningSystem, listNo: number): Promise<string[]> {
  const found: string[] = [];
  for (const state of ['sent', 'to-settle']) {
    const { rows } = await system.call<{ rows: { personId: string }[] }>(
      'subsidies',
      'GET',
      `${LISTS}/${listNo}/rows?limit=1000&state=${state}`,
      { actor: keeper() },
    );
    found.push(...rows.map(({ personId }) => personId));
  }
  return found;
}

interface Revealed {
  readonly personId: string;
  readonly name: string;
  readonly identityNumber: string | null;
}

/** Of each person name and number, as registry reveals them one by one for the purpose: it stands in their files. */
async function revealed(system: RunningSystem, ids: readonly string[], purpose: string): Promise<Revealed[]> {
  const personIds = [...new Set(ids)];
  const persons: Revealed[] = [];
  const reveal = async (personId: string, field: string) =>
    (
      await system.call<{ value: string }>('registry', 'POST', `/registry/persons/${personId}/reveal`, {
        actor: keeper(),
        body: { field, purpose },
      })
    ).value;
  let next = 0;
  const work = async () => {
    while (next < personIds.length) {
      const personId = personIds[next]!;
      next += 1;
      persons.push({
        personId,
        name: await reveal(personId, 'name'),
        identityNumber: await reveal(personId, 'identity').catch(withoutNumber),
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return persons;
}

/** Babies and others without a number yet. */
function withoutNumber(error: unknown): null {
  if (error instanceof ServiceRefused && error.code === 'nothing-on-file') return null;
  throw error;
}

async function take({ home, output }: Cli, file: string, flags: ImportFlags): Promise<number> {
  const system = RunningSystem.find(home);
  const bytes = readFileSync(file);
  const { listNo } = await listOf(system, await receiptIn(bytes));
  const path = `${LISTS}/${listNo}/returns`;
  const entered = await system.call<Report>('subsidies', 'POST', path, {
    actor: keeper(),
    body: bytes,
    headers: { 'content-type': 'application/octet-stream' },
    timeoutMs: LIMIT_MS,
  });
  if (flags.confirm) {
    const { returnNo, sha256 } = entered;
    await system.call('subsidies', 'POST', `${path}/${returnNo}/confirm`, {
      actor: confirmer(),
      body: { sha256 },
      timeoutMs: LIMIT_MS,
    });
  }
  const list = await oneList(system, listNo);
  output.answer({ ...entered, confirmed: flags.confirm ?? false, list }, () =>
    describe(entered, list, flags.confirm ?? false),
  );
  return EXIT.ok;
}

/** The receipt by which a file is known again, whatever it is called. @throws CliError */
async function receiptIn(bytes: Buffer): Promise<string> {
  const columns = { code: textColumn({ header: '回执码', required: true, max: 80 }) };
  const { rows } = await readTable(bytes, { name: 'decision-list', title: '民政审定名单', columns });
  for (const { values } of rows) {
    const receipt = /^(MZ-\d{6}-\d{4}-\d{4,})\//.exec(values.code ?? '')?.[1];
    if (receipt) return receipt;
  }
  throw new CliError(
    'no-receipt',
    '文件里没有回执码，认不出是哪份名单 · no receipt in it',
    'npx onething decisions status',
  );
}

async function listOf(system: RunningSystem, receipt: string): Promise<SeenList> {
  const { lists } = await system.call<{ lists: SeenList[] }>(
    'subsidies',
    'GET',
    `${LISTS}?receipt=${encodeURIComponent(receipt)}`,
    { actor: keeper() },
  );
  if (lists[0]) return lists[0];
  throw new CliError('no-such-list', `没有名单 ${receipt} · no such list`, 'npx onething decisions status');
}

function oneList(system: RunningSystem, listNo: number): Promise<SeenList> {
  return system.call<SeenList>('subsidies', 'GET', `${LISTS}/${listNo}`, { actor: keeper() });
}

function describe(report: Report, { states }: SeenList, confirmed: boolean): string {
  const open = report.lines.filter(({ why }) => why.length > 0);
  return [
    `${report.receipt}  第 ${report.returnNo} 次返回 · return ${report.returnNo}`,
    table(
      Object.entries(report.become)
        .filter(([, count]) => count > 0)
        .map(([become, count]) => [BECOME[become] ?? become, String(count)]),
    ),
    ...open.map(({ row, lineNo, become, why }) =>
      [`第 ${row} 行`, `序号 ${lineNo}`, BECOME[become] ?? become, why.join('、')].join('  '),
    ),
    ...report.problems.map(
      ({ row, column, sentence }) => `${pc.red('✗')} 第 ${row} 行 ${column ?? ''} ${sentence}`,
    ),
    `尚未答复 · not answered：${report.unanswered.length}`,
    confirmed
      ? `${pc.green('✓')} 已登记，待核实 ${states['to-settle'] ?? 0} 件 · recorded; to settle`
      : `${pc.yellow('○')} 只作比对，没有登记；确认请加 --confirm · compared only`,
  ].join('\n');
}

async function status({ home, output }: Cli, all: boolean): Promise<number> {
  const system = RunningSystem.find(home);
  const { lists } = await system.call<{ lists: SeenList[] }>(
    'subsidies',
    'GET',
    `${LISTS}${all ? '' : '?open=true'}`,
    { actor: keeper() },
  );
  output.answer(lists, () =>
    lists.length === 0
      ? '没有在等的名单 · no list is waited for'
      : table([
          [
            '回执号 · receipt',
            '送出 · sent',
            '天 · days',
            '件 · cases',
            '未答复 · not answered',
            '待核实 · to settle',
          ],
          ...lists.map(({ receipt, day, daysWaiting, rows, states }) => [
            ...[receipt, day, String(daysWaiting ?? '')],
            ...[rows, states['sent'] ?? 0, states['to-settle'] ?? 0].map(String),
          ]),
        ]),
  );
  return EXIT.ok;
}
