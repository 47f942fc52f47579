import { owners, type Owner } from '@app/contracts';
import { Option, type Command } from 'commander';
import pc from 'picocolors';
import { action } from '../cli.js';
import { EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';

/** One side of a difference, as the service answers it. */
interface Side {
  readonly version: number;
  readonly status: string;
  readonly dueAt: string | null;
}

interface Drift {
  readonly caseId: string;
  readonly kind: 'missing' | 'extra' | 'different';
  readonly owner: Side | null;
  readonly queue: Side | null;
}

/** What came of holding the work queue against the cases of one owner. */
export interface SeenCheck {
  readonly owner: Owner;
  readonly compared: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  readonly repaired: number;
  /** The first of them, one by one. */
  readonly drift: readonly Drift[];
}

interface CheckFlags {
  readonly owner?: Owner;
  readonly repair?: boolean;
}

const KINDS: Readonly<Record<Drift['kind'], string>> = {
  missing: '队列缺少 · missing',
  extra: '队列多出 · too much',
  different: '内容不同 · different',
};

/** The portal's server: whether its work queue says what the owners of the cases say. */
export function workbenchCommand(program: Command): void {
  const workbench = program.command('workbench').description('门户服务 · the portal’s server');

  workbench
    .command('check')
    .description(
      '核对待办队列与各业务服务的案件；刚发生的变动可能还在路上，有差异请再核对一次 · holds the work queue against the owners’ cases; what is on its way differs too, so ask twice',
    )
    .addOption(new Option('--owner <service>', '只核对一个业务服务 · of one owner').choices(owners))
    .option('--repair', '有差异的，以业务服务为准改正队列 · takes the owner’s word where they differ')
    .action(
      action(async ({ home, output }, { owner, repair = false }: CheckFlags) => {
        const system = RunningSystem.find(home);
        const checks: SeenCheck[] = [];
        for (const each of owner ? [owner] : owners) checks.push(await checkOf(system, each, repair));
        output.answer({ checks }, () => describeChecks(checks));
        return checks.every(isRight) ? EXIT.ok : EXIT.failed;
      }),
    );
}

/** Page by page, to the last case. */
async function checkOf(system: RunningSystem, owner: Owner, repair: boolean): Promise<SeenCheck> {
  const pages: SeenCheck[] = [];
  let after: string | null = null;
  do {
    const page: SeenCheck & { readonly next: string | null } = await system.call(
      'workbench',
      'POST',
      '/workbench/queue/checks',
      { actor: demoActor('operator'), body: { owner, after, repair } },
    );
    after = page.next;
    pages.push(page);
  } while (after !== null);
  const sum = (of: (page: SeenCheck) => number) => pages.reduce((all, page) => all + of(page), 0);
  return {
    owner,
    compared: sum(({ compared }) => compared),
    missing: sum(({ missing }) => missing),
    extra: sum(({ extra }) => extra),
    different: sum(({ different }) => different),
    repaired: sum(({ repaired }) => repaired),
    drift: pages.flatMap(({ drift }) => drift),
  };
}

const found = ({ missing, extra, different }: SeenCheck): number => missing + extra + different;

/** Nothing differed, or everything that did was taken from the owner. */
const isRight = (check: SeenCheck): boolean => found(check) === check.repaired;

/** What was compared and what differed, for people. */
export function describeChecks(checks: readonly SeenCheck[]): string {
  const rows = checks.map((check) => [
    isRight(check) ? pc.green('✓') : pc.red('✗'),
    check.owner,
    `已核对 · compared ${check.compared}`,
    `缺少 · missing ${check.missing}`,
    `多出 · too much ${check.extra}`,
    `不同 · different ${check.different}`,
    `已改正 · repaired ${check.repaired}`,
  ]);
  const differing = checks.flatMap(({ owner, drift }) =>
    drift.map(({ caseId, kind, owner: told, queue }) => [
      owner,
      caseId,
      KINDS[kind],
      `业务服务 · owner ${sideOf(told)}`,
      `队列 · queue ${sideOf(queue)}`,
    ]),
  );
  const all = checks.reduce((sum, check) => sum + found(check), 0);
  return [
    table(rows),
    ...(differing.length > 0 ? [table(differing)] : []),
    ...(all > differing.length ? [`另有 ${all - differing.length} 处未逐一列出 · and more`] : []),
    checks.every(isRight)
      ? pc.green('✓ 队列与业务服务一致 · the queue says what the owners say')
      : pc.red('✗ 有差异：请再核对一次，仍有差异的加 --repair · they differ: ask again, then with --repair'),
  ].join('\n');
}

function sideOf(side: Side | null): string {
  return side ? `${side.status} v${side.version}${side.dueAt ? ` ${side.dueAt}` : ''}` : '—';
}
