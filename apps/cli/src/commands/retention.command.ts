import { writeFileSync } from 'node:fs';
import { owners } from '@app/contracts';
import type { Bundle, ClassReport, Proof, Proposal } from '@app/files';
import type { Command } from 'commander';
import pc from 'picocolors';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';

const MOST_PROOFS = 1000;

interface Flags {
  readonly apply?: string;
  readonly reason?: string;
  readonly bundle?: string;
  readonly person?: string;
  readonly file?: string;
  readonly into?: string;
}

interface Report {
  readonly classes: readonly ClassReport[];
  readonly proposals: readonly Proposal[];
  readonly proofs: readonly Proof[];
}

type OfService<Thing> = Thing & { readonly service: string };

/**
 * How long files are kept, what is due, what was deleted on whose word. Approving is a lead's, and only of a set that the night proposed;
 * so is looking into the archive of what was deleted (调档).
 */
export function retentionCommand(program: Command): void {
  program
    .command('retention')
    .description('保管期限与到期销毁清单 · how long files are kept, what is due, what was deleted')
    .option('--apply <proposal>', '批准一份销毁清单 · approves one proposed set, as the lead of the county')
    .option('--bundle <proposal>', '查看一份归档的目录 · what the archive of a deleted set holds')
    .option('--person <id>', '只看某人的文件 · only the files of one person')
    .option('--file <id>', '取出归档中的一份文件 · takes one file out of the bundle')
    .option('--into <path>', '存为 · where the file is written')
    .option('--reason <text>', '理由，批准和取出时必填 · why; needed to approve and to take a file out')
    .action(
      action(async ({ home, output }, flags: Flags) => {
        const system = RunningSystem.find(home);
        if (flags.bundle !== undefined) {
          const service = serviceOf(await reportsOf(system, MOST_PROOFS), flags.bundle);
          if (flags.file !== undefined) {
            const written = await takeOut(system, service, flags.bundle, flags.file, flags);
            output.answer(written, () => `${pc.green('✓')} ${written.into}  ${written.bytes} 字节 · bytes`);
          } else {
            const bundle = await bundleOf(system, service, flags.bundle, flags.person);
            output.answer(bundle, () => describeBundle(bundle));
          }
          return;
        }
        const reports = await reportsOf(system);
        if (flags.apply === undefined) {
          output.answer(reports, () => describe(reports));
          return;
        }
        const reason = neededReason(flags.reason);
        const proposal = reports
          .flatMap(({ service, proposals }) => proposals.map((each) => ({ ...each, service })))
          .find(({ proposalId }) => proposalId === flags.apply);
        if (!proposal) {
          throw new CliError(
            'no-such-proposal',
            `没有待批准的清单 ${flags.apply} · there is no such set; the night may have made a new one`,
            'npx onething retention',
          );
        }
        const approved = await approve(system, proposal, reason);
        output.answer(approved, () => describeApproval(approved));
      }),
    );
}

function neededReason(reason: string | undefined): string {
  if (reason) return reason;
  throw new CliError('no-reason', '请用 --reason 写明理由 · say why, with --reason', null, EXIT.usage);
}

/** Which service has archived the set; the proofs say so. */
function serviceOf(reports: readonly OfService<Report>[], proposalId: string): string {
  const found = reports.find(({ proofs }) =>
    proofs.some((proof) => proof.what === 'archived' && proof.proposalId === proposalId),
  );
  if (found) return found.service;
  throw new CliError(
    'no-such-bundle',
    `没有归档 ${proposalId} · no set of this number was archived; the proofs say which were`,
    'npx onething retention',
  );
}

function bundleOf(
  system: RunningSystem,
  service: string,
  proposalId: string,
  personId: string | undefined,
): Promise<Bundle> {
  const query = new URLSearchParams({ limit: '1000', ...(personId === undefined ? {} : { personId }) });
  return system.call<Bundle>(
    service,
    'GET',
    `/${service}/retention/proposals/${encodeURIComponent(proposalId)}/files?${query.toString()}`,
    { actor: demoActor('federation-lead') },
  );
}

async function takeOut(
  system: RunningSystem,
  service: string,
  proposalId: string,
  fileId: string,
  { into, reason }: Flags,
): Promise<{ into: string; bytes: number }> {
  if (into === undefined) {
    throw new CliError('no-place', '请用 --into 写明存到哪里 · say where to, with --into', null, EXIT.usage);
  }
  const bytes = await system.download(
    service,
    'POST',
    `/${service}/retention/proposals/${encodeURIComponent(proposalId)}/files/${encodeURIComponent(fileId)}/open`,
    { actor: demoActor('federation-lead'), body: { reason: neededReason(reason) } },
  );
  try {
    // Never over something that is there.
    writeFileSync(into, bytes, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new CliError(
      'cannot-write',
      `写不到 ${into}：${error instanceof Error ? error.message : String(error)}`,
      null,
      EXIT.usage,
    );
  }
  return { into, bytes: bytes.length };
}

function describeBundle({ proposalId, count, files }: Bundle): string {
  if (count === 0) return '归档中没有这样的文件 · no such file in the bundle';
  return [
    table([
      ['文件 · file', '人员 · person', '案件 · case', '结束日 · ended', '类型 · type', '字节 · bytes'],
      ...files.map((each) => [
        each.fileId,
        each.personId ?? '-',
        each.caseId ?? '-',
        each.endedOn,
        each.type,
        String(each.bytes),
      ]),
    ]),
    ...(count > files.length
      ? ['', `共 ${count} 份，用 --person 缩小 · ${count} in all, narrow them by --person`]
      : []),
    '',
    `取出 · take out  npx onething retention --bundle ${proposalId} --file <id> --into <path> --reason "…"`,
  ].join('\n');
}

/** @param proofs how many of the newest of each service */
async function reportsOf(system: RunningSystem, proofs = 50): Promise<OfService<Report>[]> {
  const running = owners.filter((owner) => system.state.services[owner]);
  return Promise.all(
    running.map(async (service) => ({
      service,
      ...(await system.call<Report>(service, 'GET', `/${service}/retention?proofs=${proofs}`, {
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
          ['清单 · set', '服务 · service', '类别 · class', '份数 · files', '结束日 · ended', '状态'],
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
