import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import pc from 'picocolors';
import { action, type Cli } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';

/** Findings of one page. */
const PAGE = 1000;

interface Run {
  readonly runNo: number;
  readonly month: string;
  readonly serial: number;
  readonly state: string;
  readonly count: number;
  readonly fen: number;
  readonly leftOut: number;
  readonly openFindings: number;
}

interface Owned {
  readonly owner: string | null;
  readonly todo: string | null;
  readonly fen: number;
}

interface RunDetail extends Run {
  readonly reasons: readonly (Owned & {
    readonly state: string;
    readonly reason: string | null;
    readonly lines: number;
  })[];
  readonly checks: readonly (Owned & {
    readonly check: string;
    readonly state: string;
    readonly findings: number;
  })[];
}

interface Finding extends Owned {
  readonly personId: string;
  readonly payeeName: string | null;
  readonly check: string;
  readonly divisionCode: string;
  readonly reason: string;
  readonly since: string | null;
  readonly state: string;
  readonly carriedFrom: number | null;
}

interface Declared {
  readonly rows: number;
  readonly entered: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly problems: readonly { row: number; column: string | null; reason: string; suggestion: string }[];
}

/** What is to be looked at before a pay run goes out, by owner, and the list that it is held against. */
export function payrunCommand(program: Command): void {
  const payrun = program
    .command('payrun')
    .description('发放批次：核查清单、未发放名单 · pay runs, what to look at before, who is left out');
  payrun
    .command('status', { isDefault: true })
    .argument('[runNo]', '批次号 · default: the newest')
    .description('一个批次和它的两张清单，按责任岗位 · a run and its two lists, by owner')
    .action(action((cli, runNo?: string) => status(cli, runNo)));
  payrun
    .command('findings')
    .argument('<runNo>', '批次号')
    .option('--owner <role>', '只看某岗位的 · only what this role looks after')
    .option('--all', '包括已处理的 · also what is decided')
    .description('发放前核查逐条 · the findings one by one, persons masked')
    .action(
      action((cli, runNo: string, flags: { owner?: string; all?: boolean }) => findings(cli, runNo, flags)),
    );
  payrun
    .command('declare')
    .argument('<file>', '工作人员及近亲属申报名单，xlsx 或 csv')
    .option('--county <code>', '县（市、区）六位代码 · six digits', '338801')
    .description('导入申报名单，可重复执行 · the list of staff and relatives; again changes nothing')
    .action(action((cli, file: string, { county }: { county: string }) => declare(cli, file, county)));
}

const officer = () => demoActor('benefit-officer');

function call<Result>(system: RunningSystem, path: string): Promise<Result> {
  return system.call<Result>('subsidies', 'GET', `/subsidies/pay-runs${path}`, { actor: officer() });
}

const yuan = (fen: number) => (fen / 100).toFixed(2);

async function status({ home, output }: Cli, wanted?: string): Promise<number> {
  const system = RunningSystem.find(home);
  const runNo = wanted ?? (await call<{ runs: Run[] }>(system, '?limit=1')).runs[0]?.runNo;
  if (runNo === undefined) {
    throw new CliError('no-pay-run', '还没有发放批次 · there is no pay run yet', null);
  }
  const run = await call<RunDetail>(system, `/${runNo}`);
  output.answer(run, () => describe(run));
  return EXIT.ok;
}

function describe(run: RunDetail): string {
  const left = run.reasons.filter(({ state }) => state === 'left-out');
  return [
    `${run.runNo}  ${run.month}（${run.serial}）  ${run.state}  ${run.count} 笔 ${yuan(run.fen)} 元`,
    run.checks.length > 0
      ? table([
          ['核查 · check', '处理 · state', '人 · persons', '元 · yuan', '责任岗位 · owner', '怎么办 · to do'],
          ...run.checks.map(({ check, state, findings: n, fen, owner, todo }) =>
            [check, state, n, yuan(fen), owner, todo].map(String),
          ),
        ])
      : '没有需要核查的 · nothing was found',
    left.length > 0
      ? table([
          ['未发放 · left out', '笔 · lines', '元 · yuan', '责任岗位 · owner', '怎么办 · to do'],
          ...left.map(({ reason, lines, fen, owner, todo }) =>
            [reason, lines, yuan(fen), owner, todo].map(String),
          ),
        ])
      : '没有人被漏下 · nobody is left out',
    run.openFindings > 0
      ? `${pc.yellow('○')} 还有 ${run.openFindings} 条待处理，处理完才能审批 · open: not approved before they are decided`
      : `${pc.green('✓')} 核查已处理完 · every finding is decided`,
  ].join('\n');
}

async function findings(
  { home, output }: Cli,
  runNo: string,
  { owner, all }: { owner?: string; all?: boolean },
): Promise<number> {
  const system = RunningSystem.find(home);
  const found: Finding[] = [];
  for (let next: string | null = ''; next !== null;) {
    const query = new URLSearchParams({
      limit: String(PAGE),
      ...(all ? {} : { state: 'open' }),
      ...(owner ? { owner } : {}),
      ...(next ? { after: next } : {}),
    });
    const page: { findings: Finding[]; next: string | null } = await call(
      system,
      `/${runNo}/findings?${query}`,
    );
    found.push(...page.findings);
    next = page.next;
  }
  output.answer(found, () =>
    found.length > 0
      ? table([
          [
            '核查 · check',
            '姓名 · name',
            '地 · place',
            '自 · since',
            '元 · yuan',
            '处理 · state',
            '情况 · what',
          ],
          ...found.map((each) => [
            each.check,
            each.payeeName ?? each.personId.slice(0, 8),
            each.divisionCode,
            each.since ?? '',
            yuan(each.fen),
            each.carriedFrom ? `${each.state}（沿用 ${each.carriedFrom}）` : each.state,
            each.reason,
          ]),
        ])
      : '没有 · none',
  );
  return EXIT.ok;
}

async function declare({ home, output }: Cli, file: string, county: string): Promise<number> {
  if (!/^\d{6}$/.test(county)) {
    throw new CliError('not-a-county', `“${county}”不是六位代码 · not six digits`, null, EXIT.usage);
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new CliError('no-file', '读不到这个文件 · the file cannot be read', null, EXIT.usage);
  }
  const report = await RunningSystem.find(home).call<Declared>(
    'subsidies',
    'POST',
    `/subsidies/declared-relatives/file?county=${county}`,
    {
      actor: demoActor('data-officer'),
      body: new Uint8Array(bytes),
      headers: { 'content-type': 'application/octet-stream' },
    },
  );
  output.answer(report, () =>
    [
      `${pc.green('✓')} ${report.rows} 行：新增 ${report.entered}，变更 ${report.changed}，不变 ${report.unchanged} · new, changed, as before`,
      ...report.problems.map(
        ({ row, column, reason, suggestion }) =>
          `${pc.yellow('○')} 第 ${row} 行 ${column ?? ''}：${reason}；${suggestion}`,
      ),
    ].join('\n'),
  );
  return EXIT.ok;
}
