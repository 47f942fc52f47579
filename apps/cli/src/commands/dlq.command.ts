import type { ParkedMessage, Replay, ReplayResult } from '@app/messaging';
import type { Command } from 'commander';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';

/** Who approves what the first operator proposed. */
const SECOND = demoActor('operator', null, 2);

interface ReplayFlags {
  readonly dryRun?: boolean;
  readonly reason?: string;
}

type Listed = ParkedMessage & { readonly service: string };

/** Messages that a consumer could not handle: see them, have them handled again as they are, or give them up with a reason. */
export function dlqCommand(program: Command): void {
  const dlq = program.command('dlq').description('搁置的消息 · messages that could not be handled');

  dlq
    .command('ls')
    .description('列出 · list')
    .argument('[service]', '只看一个服务 · of one service')
    .action(
      action(async ({ home, output }, service: string | undefined) => {
        const system = RunningSystem.find(home);
        const names = service ? [service] : Object.keys(system.state.services);
        const listed = (await Promise.all(names.map((name) => parkedIn(system, name)))).flat();
        output.answer(listed, () =>
          listed.length === 0 ? '没有搁置的消息 · nothing is parked' : describe(listed),
        );
      }),
    );

  dlq
    .command('show')
    .description('查看一条 · show one')
    .argument('<service>')
    .argument('<id>')
    .action(
      action(async ({ home, output }, service: string, id: string) => {
        const system = RunningSystem.find(home);
        const message = await ask<unknown>(system, service, 'GET', `parked/${encodeURIComponent(id)}`);
        output.answer(message, () => JSON.stringify(message, null, 2));
      }),
    );

  dlq
    .command('replay')
    .description(
      '按原样重新处理：试运行，或提出由他人批准 · handle again, unchanged: try it dry, or propose it',
    )
    .argument('<service>')
    .argument('[id]', '缺省为全部 · all, if left out')
    .option('--dry-run', '只看会怎样 · only see what would happen')
    .option('--reason <text>', '理由，提出时必填 · why; needed to propose')
    .action(
      action(async ({ home, output }, service: string, id: string | undefined, flags: ReplayFlags) => {
        const system = RunningSystem.find(home);
        const which = id === undefined ? {} : { id };
        if (flags.dryRun) {
          const results = await ask<ReplayResult[]>(system, service, 'POST', 'parked/dry-run', which);
          output.answer(results, () => describeReplay(results));
          return results.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.ok;
        }
        const reason = neededReason(flags.reason);
        const replay = await ask<Replay>(system, service, 'POST', 'replays', { ...which, reason });
        output.answer(replay, () => describeProposal(service, replay));
        return EXIT.ok;
      }),
    );

  dlq
    .command('approve')
    .description('作为第二人批准重放 · have a proposed replay done, as a second person')
    .argument('<service>')
    .argument('<replay>')
    .action(
      action(async ({ home, output }, service: string, replayId: string) => {
        const system = RunningSystem.find(home);
        const path = `replays/${encodeURIComponent(replayId)}/approve`;
        const { results } = await ask<Replay>(system, service, 'POST', path, {}, SECOND);
        output.answer(results, () => describeReplay(results ?? []));
        return results?.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.ok;
      }),
    );

  dlq
    .command('dismiss')
    .description('放弃一条，写明理由 · give one up, with a reason')
    .argument('<service>')
    .argument('<id>')
    .requiredOption('--reason <text>', '理由 · why')
    .action(
      action(async ({ home, output }, service: string, id: string, { reason }: { reason: string }) => {
        const system = RunningSystem.find(home);
        await ask<void>(system, service, 'POST', `parked/${encodeURIComponent(id)}/dismiss`, { reason });
        output.answer({ service, id, dismissed: true }, () => `已放弃 · dismissed: ${service} ${id}`);
      }),
    );
}

async function parkedIn(system: RunningSystem, service: string): Promise<Listed[]> {
  const parked = await ask<ParkedMessage[]>(system, service, 'GET', 'parked');
  return parked.map((message) => ({ service, ...message }));
}

function ask<Result>(
  system: RunningSystem,
  service: string,
  method: string,
  path: string,
  body?: unknown,
  actor = demoActor('operator'),
): Promise<Result> {
  const options = {
    actor,
    timeoutMs: 60_000,
    ...(body === undefined ? {} : { body }),
  };
  return system.call(service, method, `/ops/services/${service}/${path}`, options);
}

function describe(listed: readonly Listed[]): string {
  return table([
    ['服务', 'id', '状态', '消费者 · consumer', '类型 · type', '次数', '原因 · reason'],
    ...listed.map(({ service, id, state, consumer, type, attempts, reason, error }) => [
      service,
      id,
      state,
      consumer,
      type ?? '—',
      String(attempts),
      error ?? reason,
    ]),
  ]);
}

function neededReason(reason: string | undefined): string {
  if (reason) return reason;
  throw new CliError(
    'no-reason',
    '请用 --reason 写明理由，或用 --dry-run 试运行 · say why with --reason, or try it with --dry-run',
    null,
    EXIT.usage,
  );
}

function describeProposal(service: string, { replayId, expected }: Replay): string {
  return `${describeReplay(expected)}\n已提出，24 小时内由另一人批准 · proposed, for another operator: npx onething dlq approve ${service} ${replayId}`;
}

function describeReplay(results: readonly ReplayResult[]): string {
  if (results.length === 0) return '没有可重放的消息 · nothing to replay';
  return table([
    ['id', '消费者 · consumer', '结果 · outcome', '错误 · error'],
    ...results.map(({ id, consumer, outcome, error }) => [id, consumer, outcome, error ?? '']),
  ]);
}
