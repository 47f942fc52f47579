import { shanghaiDay } from '@app/kernel';
import type { Sending, StatusOfService } from '@app/service-host';
import type { Command } from 'commander';
import pc from 'picocolors';
import { action } from '../cli.js';
import { EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { alarmText, readAlarm } from '../installation/alarm-file.js';
import { coverInForce, PUBLISH_CALENDAR, type CalendarCover } from '../installation/calendar-cover.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';

interface ServiceLine {
  readonly service: string;
  readonly url: string;
  readonly up: boolean;
  /** Null where the service does not answer: unknown is not zero. */
  readonly delivery: Omit<StatusOfService, 'service'> | null;
}

/**
 * What runs, how far behind it is, what failed in its queues, what waits for a person, whether people can be told anything, and how far the
 * calendar reaches.
 */
export function statusCommand(program: Command): void {
  program
    .command('status')
    .description('各服务、积压与搁置 · services, lag, parked messages')
    .action(
      action(async ({ home, output }) => {
        const alarm = readAlarm(home);
        // Also, and above all, when nothing runs any more.
        if (alarm) output.line(pc.red(`✗ ${alarmText(alarm)}`));
        const system = RunningSystem.find(home);
        const [lines, calendar] = await Promise.all([
          serviceLines(system),
          coverInForce(system, shanghaiDay(new Date())),
        ]);
        const sending = sendingOf(lines);
        const { mode, startedAt, backing } = system.state;
        output.answer({ mode, startedAt, alarm, services: lines, sending, calendar, backing }, () =>
          describe(system, lines, sending, calendar),
        );
        return !alarm && lines.every(({ up }) => up) ? EXIT.ok : EXIT.failed;
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

/** Of the one service that sends messages to people; null where it is not known. */
function sendingOf(lines: readonly ServiceLine[]): Sending | null {
  return lines.flatMap(({ delivery }) => delivery?.sending ?? [])[0] ?? null;
}

function describe(
  system: RunningSystem,
  lines: readonly ServiceLine[],
  sending: Sending | null,
  calendar: CalendarCover | null,
): string {
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
    delivery ? queues(delivery) : unknown,
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
        '队列 · queues',
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
    ...describeSending(sending),
    '',
    describeCalendar(calendar),
    '',
    `方式 · mode: ${mode}`,
  ].join('\n');
}

/** Whether people are told anything: without a gateway what is due lies there, until somebody configures one or hands a letter over. */
function describeSending(sending: Sending | null): string[] {
  const title = '发送 · sending';
  if (sending === null) return [`${title}: 未知 · unknown`];
  const { gateway, waiting, noGateway, letters, failed, oldestWaitingSeconds: oldest } = sending;
  return [
    `${title}: ${
      gateway
        ? pc.green('✓ 已配置网关 · a gateway is configured')
        : pc.yellow('! 未配置网关 · no gateway: MESSAGES_GATEWAY_URL, MESSAGES_GATEWAY_KEY')
    }`,
    table([
      [
        '待发 · waiting',
        '等待网关 · for a gateway',
        '发送中 · sending',
        '待回执 · no receipt yet',
        '信函待交 · letters',
        '七日内未送达 · failed',
        '最久 · oldest',
      ],
      [
        String(waiting),
        noGateway > 0 ? pc.yellow(String(noGateway)) : '0',
        String(sending.sending),
        String(sending.awaitingReceipt),
        String(letters),
        failed > 0 ? pc.yellow(String(failed)) : '0',
        oldest === null ? '—' : `${Math.round(oldest)} s`,
      ],
    ]),
  ];
}

function describeCalendar(calendar: CalendarCover | null): string {
  const title = '日历 · calendar';
  if (calendar === null) return `${title}: 未知 · unknown`;
  const { coveredTo, daysLeft, warning } = calendar;
  if (warning === null) return `${title}: 覆盖至 · covered to ${coveredTo}（${daysLeft} 天 · days）`;
  return [
    pc.yellow(`! ${warning.zh}`),
    pc.yellow(`  ${warning.en}`),
    `  ${pc.bold('接下来 · next')}  ${PUBLISH_CALENDAR}`,
  ].join('\n');
}

/** That reminding has stopped shows itself by no reminder: so it is said here. */
function reminding({ reminding: clocks }: Omit<StatusOfService, 'service'>): string {
  if (clocks === undefined) return '—';
  if (clocks === null) return '未知 · unknown';
  if (clocks.healthy) return pc.green('✓');
  if (clocks.heartbeat?.alarm) {
    return pc.red(`✗ 无心跳 · no heartbeat ${Math.round(clocks.heartbeat.secondsSinceBeat)} s`);
  }
  return pc.red(`✗ 迟 · late ${clocks.late}（${Math.round(clocks.latestSeconds)} s）`);
}

/** What failed for good over all queues of the service, and how long the oldest job has been waiting. */
function queues({ queues: seen }: Omit<StatusOfService, 'service'>): string {
  if (seen.length === 0) return '—';
  const counts = seen.map((queue) => queue.counts);
  if (counts.includes(null)) return '未知 · unknown';
  const failed = counts.reduce((sum, each) => sum + each!.failed, 0);
  const oldest = Math.max(...seen.map(({ oldestWaitingSeconds }) => oldestWaitingSeconds ?? 0));
  const waiting = seen.some(({ oldestWaitingSeconds }) => oldestWaitingSeconds !== null);
  const text = `失败 · failed ${failed}${waiting ? `，最久 · oldest ${Math.round(oldest)} s` : ''}`;
  return failed > 0 ? pc.red(text) : text;
}

function unpublished({ unpublished: waiting }: Omit<StatusOfService, 'service'>): string {
  if (!waiting) return '—';
  return waiting.count === 0
    ? '0'
    : `${waiting.count}（最久 · oldest ${Math.round(waiting.oldestSeconds)} s）`;
}
