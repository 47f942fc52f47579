import { owners } from '@app/contracts';
import type { ClassReport, Proof, Proposal } from '@app/files';
import type { Command } from 'commander';
import pc from 'picocolors';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';

interface Flags {
  readonly apply?: string;
  readonly reason?: string;
}

interface Report {
  readonly classes: readonly ClassReport[];
  readonly proposals: readonly Proposal[];
  readonly proofs: readonly Proof[];
}

type OfService<Thing> = Thing & { readonly service: string };

/** How long files are kept, what is due, what was deleted on whose word. Approving is a lead's, and only of a set that the night proposed. */
export function retentionCommand(program: Command): void {
  program
    .command('retention')
    .description('保管期限与到期销毁清单 · how long files are kept, what is due, what was deleted')
    .option('--apply <proposal>', '批准一份销毁清单 · approves one proposed set, as the lead of the county')
    .option('--reason <text>', '批准理由，批准时必填 · why; needed to approve')
    .action(
      action(async ({ home, output }, { apply, reason }: Flags) => {
        const system = RunningSystem.find(home);
        const reports = await reportsOf(system);
        if (apply === undefined) {
          output.answer(reports, () => describe(reports));
          return;
        }
        if (!reason) {
          throw new CliError(
            'no-reason',
            '请用 --reason 写明批准理由 · say why you approve',
            null,
            EXIT.usage,
          );
        }
        const proposal = reports
          .flatMap(({ service, proposals }) => proposals.map((each) => ({ ...each, service })))
          .find(({ proposalId }) => proposalId === apply);
        if (!proposal) {
          throw new CliError(
            'no-such-proposal',
            `没有待批准的清单 ${apply} · there is no such set; the night may have made a new one`,
            'npx onething retention',
          );
        }
        const approved = await approve(system, proposal, reason);
        output.answer(approved, () => describeApproval(approved));
      }),
    );
}

async function reportsOf(system: RunningSystem): Promise<OfService<Report>[]> {
  const running = owners.filter((owner) => system.state.services[owner]);
  return Promise.all(
    running.map(async (service) => ({
      service,
      ...(await system.call<Report>(service, 'GET', `/${service}/retention`, {
        actor: demoActor('federation-lead'),
      })),
    })),
  );
}

async function approve(
  system: RunningSystem,
  { service, proposalId, idsHash }: OfService<Proposal>,
  reason: string,
): Promise<OfService<Proposal>> {
  const approved = await system.call<Proposal>(
    service,
    'POST',
    `/${service}/retention/proposals/${proposalId}/approve`,
    { actor: demoActor('federation-lead'), body: { idsHash, reason } },
  );
  return { ...approved, service };
}

function describe(reports: readonly OfService<Report>[]): string {
  const classes = reports.flatMap(({ service, classes: own }) => own.map((each) => ({ service, ...each })));
  const proposals = reports.flatMap(({ service, proposals: own }) =>
    own.map((each) => ({ ...each, service })),
  );
  const proofs = reports.flatMap(({ service, proofs: own }) => own.map((each) => ({ ...each, service })));
  return [
    classes.length === 0 ? '没有文件 · no files' : classTable(classes),
    '',
    proposals.length === 0
      ? '没有到期待销毁的清单 · nothing is due'
      : table([
          ['清单 · set', '服务 · service', '类别 · class', '份数 · files', '结案日 · cases ended', '状态'],
          ...proposals.map((each) => [
            each.proposalId,
            each.service,
            each.class,
            String(each.files),
            `${each.oldest} – ${each.newest}`,
            each.status === 'approved' ? '已批准 · approved' : '待批准 · waits',
          ]),
        ]),
    ...(proposals.some(({ status }) => status === 'proposed')
      ? ['', `批准 · approve  npx onething retention --apply ${proposals[0]!.proposalId} --reason "…"`]
      : []),
    ...(proofs.length > 0
      ? [
          '',
          table([
            [
              '时间 · when',
              '服务 · service',
              '事项 · what',
              '类别 · class',
              '份数 · count',
              '批准人 · by',
              '哈希 · hash',
            ],
            ...proofs.map(({ at, service, what, class: name, count, approvedBy, idsHash }) => [
              at,
              service,
              what,
              name,
              String(count),
              approvedBy,
              idsHash.slice(0, 16),
            ]),
          ]),
        ]
      : []),
  ].join('\n');
}

function classTable(classes: readonly OfService<ClassReport>[]): string {
  return table([
    [
      '服务 · service',
      '类别 · class',
      '份数 · files',
      '在办 · open',
      '争议 · challenged',
      '保护 · protected',
      '期限 · kept for',
    ],
    ...classes.map((each) => [
      each.service,
      each.class,
      String(each.files),
      String(each.ofOpenCases),
      String(each.challenged),
      String(each.protected),
      each.rule
        ? `${each.rule.years} 年 · years${each.rule.archive ? '，先归档 · archived first' : ''}`
        : pc.yellow('未设定，不销毁 · not settled, kept'),
    ]),
  ]);
}

function describeApproval({ service, class: name, files }: OfService<Proposal>): string {
  return `${pc.green('✓ 已批准 · approved')}  ${service}  ${name}  ${files} 份，一分钟内销毁并留下证明 · deleted within a minute, with proof`;
}
