import type { StatusOfService } from '@app/service-host';
import type { Command } from 'commander';
import pc from 'picocolors';
import { action } from '../cli.js';
import { EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';

interface ServiceLine {
  readonly service: string;
  readonly url: string;
  readonly up: boolean;
  /** Null where the service does not answer: unknown is not zero. */
  readonly delivery: Omit<StatusOfService, 'service'> | null;
}

/** What runs, how far behind it is, and what waits for a person. */
export function statusCommand(program: Command): void {
  program
    .command('status')
    .description('各服务、积压与搁置 · services, lag, parked messages')
    .action(
      action(async ({ home, output }) => {
        const system = RunningSystem.find(home);
        const lines = await serviceLines(system);
        const { mode, startedAt, backing } = system.state;
        output.answer({ mode, startedAt, services: lines, backing }, () => describe(system, lines));
        return lines.every(({ up }) => up) ? EXIT.ok : EXIT.failed;
      }),
    );
}

/** Asks every process once; in all-in-one, one answer holds all services. */
async function serviceLines(system: RunningSystem): Promise<ServiceLine[]> {
  const addresses = Object.entries(system.state.services);
  const answers = new Map(
    await Promise.all(
      [...new Set(addresses.map(([, url]) => url))].map(async (url) => {
        const [service] = addresses.find(([, each]) => each === url)!;
        const options = { actor: demoActor('operator'), timeoutMs: 5_000 };
        const answer = await system
          .call<StatusOfService[]>(service, 'GET', '/ops/status', options)
          .catch(() => null);
        return [url, answer] as const;
      }),
    ),
  );
  return addresses.map(([service, url]) => {
    const answer = answers.get(url) ?? null;
    const own = answer?.find((each) => each.service === service);
    if (!own) return { service, url, up: answer !== null, delivery: null };
    const { service: _, ...delivery } = own;
    return { service, url, up: true, delivery };
  });
}

function describe(system: RunningSystem, lines: readonly ServiceLine[]): string {
  const { backing, mode } = system.state;
  const unknown = '未知 · unknown';
  const rows = lines.map(({ service, url, up, delivery }) => [
    up ? pc.green('✓ 运行 · up') : pc.red('✗ 无应答 · down'),
    service,
    url,
    String(delivery?.lag ?? unknown),
    String(delivery?.parked ?? unknown),
    delivery ? unpublished(delivery) : unknown,
    delivery ? reminding(delivery) : unknown,
  ]);
  return [
    table([
      [
        '状态',
        '服务 · service',
        '地址 · address',
        '积压 · lag',
        '搁置 · parked',
        '未发出 · unpublished',
        '提醒 · reminding',
      ],
      ...rows,
    ]),
    '',
    table([
      ['消息 · broker', backing.kafka.source, backing.kafka.detail],
      ['数据库 · database', backing.postgres.source, backing.postgres.detail],
      ['队列 · queue', backing.redis.source, backing.redis.detail],
    ]),
    '',
    `方式 · mode: ${mode}`,
  ].join('\n');
}

/** That reminding has stopped shows itself by no reminder: so it is said here. */
function reminding({ reminding: clocks }: Omit<StatusOfService, 'service'>): string {
  if (clocks === undefined) return '—';
  if (clocks === null) return '未知 · unknown';
  if (clocks.healthy) return pc.green('✓');
  return pc.red(`✗ 迟 · late ${clocks.late}（${Math.round(clocks.latestSeconds)} s）`);
}

function unpublished({ unpublished: waiting }: Omit<StatusOfService, 'service'>): string {
  if (!waiting) return '—';
  return waiting.count === 0
    ? '0'
    : `${waiting.count}（最久 · oldest ${Math.round(waiting.oldestSeconds)} s）`;
}
