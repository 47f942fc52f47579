import { auditFindingKinds, type AuditFinding, type AuditPage, type AuditReport } from '@app/access';
import type { Command } from 'commander';
import pc from 'picocolors';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { verifyAuditLogs, type AuditVerdict } from '../installation/audit-logs.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';
import { wholeNumber } from './up.command.js';

type Shown = AuditPage['entries'][number] & { readonly service: string };

interface ShowFlags {
  readonly person?: string;
  readonly user?: string;
  readonly case?: string;
  readonly service?: string;
  readonly limit: number;
}

/** What users did: whether the logs are as they were written, and what stands in them. */
export function auditCommand(program: Command): void {
  const audit = program.command('audit').description('审计日志 · the audit logs');

  audit
    .command('verify')
    .description('核验审计日志未被改动 · verifies that nobody has tampered with them')
    .option('--service <name>', '只看一个服务 · of one service')
    .option('--anchors <path>', '库外锚点文件 · file of the anchors outside of the database')
    .action(
      action(async ({ home, output }, flags: { service?: string; anchors?: string }) => {
        const verdict = await verifyAuditLogs(home, flags);
        output.answer(verdict, () => describeVerdict(verdict));
        return verdict.intact ? EXIT.ok : EXIT.failed;
      }),
    );

  audit
    .command('show')
    .description('以审计员身份查看；查看本身也会记录 · as the auditor sees them; the look is logged too')
    .option('--person <id>', '涉及某人 · about a person')
    .option('--user <id>', '某用户所为 · by a user')
    .option('--case <id>', '涉及某件 · about a case')
    .option('--service <name>', '只看一个服务 · of one service')
    .option('--limit <n>', '每个服务最多几条 · at most, of each service', wholeNumber, 50)
    .action(
      action(async ({ home, output }, flags: ShowFlags) => {
        const shown = await show(RunningSystem.find(home), flags);
        output.answer(shown, () => (shown.length === 0 ? '没有记录 · nothing' : describe(shown)));
      }),
    );
}

async function show(system: RunningSystem, flags: ShowFlags): Promise<Shown[]> {
  const { person, user, case: caseId, service, limit } = flags;
  const given = Object.entries({ personId: person, userId: user, caseId }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  if (given.length === 0) {
    throw new CliError(
      'no-filter',
      '请指明看谁的记录 · say whose',
      'npx onething audit show --person <id> | --user <id> | --case <id>',
      EXIT.usage,
    );
  }
  const query = new URLSearchParams([...given, ['limit', String(limit)]]).toString();
  const names = service ? [service] : Object.keys(system.state.services);
  const pages = await Promise.all(
    names.map(async (name) => {
      const path = `/audit/services/${encodeURIComponent(name)}/entries?${query}`;
      const page = await system.call<AuditPage>(name, 'GET', path, { actor: demoActor('auditor') });
      return page.entries.map((entry): Shown => ({ service: name, ...entry }));
    }),
  );
  return pages.flat().sort((a, b) => b.at.localeCompare(a.at));
}

function describe(shown: readonly Shown[]): string {
  return table([
    ['时间 · when', '服务 · service', '谁 · who', '做了什么 · what', '对象 · on', '理由 · why'],
    ...shown.map(({ at, service, who, what, personIds, caseIds, why }) => [
      at,
      service,
      `${who.id} (${who.role})${who.onBehalfOf ? ` 代 · for ${who.onBehalfOf}` : ''}`,
      what.join(', '),
      [...personIds, ...caseIds].slice(0, 2).join(' ') + (personIds.length + caseIds.length > 2 ? ' …' : ''),
      why ?? '',
    ]),
  ]);
}

function describeVerdict(verdict: AuditVerdict): string {
  const { services, anchorFile, unreadableAnchorLines } = verdict;
  return [
    table(services.map(line)),
    ...services.flatMap(({ service, findings, moreFindings }) => [
      ...findings.map((finding) => `${pc.red('✗')} ${service}  ${place(finding)}`),
      ...(moreFindings > 0 ? [`${pc.red('✗')} ${service}  另有 ${moreFindings} 处 · and more`] : []),
    ]),
    ...(unreadableAnchorLines.length > 0
      ? [
          `${pc.red('✗')} ${anchorFile}  第 ${unreadableAnchorLines.join(', ')} 行无法读出 · lines are no anchors`,
        ]
      : []),
    anchorFile
      ? `库外锚点 · anchors  ${anchorFile}`
      : '没有库外锚点，末尾被截断时无法发现 · no anchors: what is cut off the end does not show',
    verdict.intact ? pc.green('✓ 未发现改动 · intact') : pc.red('✗ 发现改动 · not intact'),
  ].join('\n');
}

function line({ service, seals, entriesUnsealed, head, anchors, findings }: AuditReport): string[] {
  return [
    findings.length === 0 ? pc.green('✓') : pc.red('✗'),
    service,
    `已封存 · sealed ${seals}`,
    `待封存 · waiting ${entriesUnsealed}`,
    `锚点 · anchors ${anchors}`,
    head ? head.hash.slice(0, 16) : '—',
  ];
}

function place({ kind, seq, toSeq, xid, entryId, at }: AuditFinding): string {
  const numbers = toSeq && toSeq !== seq ? `${seq}–${toSeq}` : seq;
  return [
    `${auditFindingKinds[kind]} · ${kind}`,
    ...(numbers === null ? [] : [`封条 · seal ${numbers}`]),
    ...(entryId === null ? [] : [`记录 · entry ${xid}.${entryId}`]),
    ...(at === null ? [] : [at]),
  ].join('  ');
}
