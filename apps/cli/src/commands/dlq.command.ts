import type { ParkedMessage, ReplayResult } from '@app/messaging';
import type { Command } from 'commander';
import { action } from '../cli.js';
import { EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem } from '../installation/running-system.js';
import { table } from '../output.js';

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
        const message = await ask<unknown>(system, service, 'GET', `/${encodeURIComponent(id)}`);
        output.answer(message, () => JSON.stringify(message, null, 2));
      }),
    );

  dlq
    .command('replay')
    .description('按原样重新处理 · handle again, unchanged')
    .argument('<service>')
    .argument('[id]', '缺省为全部 · all, if left out')
    .option('--dry-run', '只看会怎样 · only see what would happen')
    .action(
      action(
        async ({ home, output }, service: string, id: string | undefined, flags: { dryRun?: boolean }) => {
          const system = RunningSystem.find(home);
          const body = { dryRun: flags.dryRun ?? false, ...(id === undefined ? {} : { id }) };
          const results = await ask<ReplayResult[]>(system, service, 'POST', '/replay', body);
          output.answer(results, () => describeReplay(results));
          return results.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.ok;
        },
      ),
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
        await ask<void>(system, service, 'POST', `/${encodeURIComponent(id)}/dismiss`, { reason });
        output.answer({ service, id, dismissed: true }, () => `已放弃 · dismissed: ${service} ${id}`);
      }),
    );
}

async function parkedIn(system: RunningSystem, service: string): Promise<Listed[]> {
  const parked = await ask<ParkedMessage[]>(system, service, 'GET', '');
  return parked.map((message) => ({ service, ...message }));
}

function ask<Result>(
  system: RunningSystem,
  service: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Result> {
  const options = {
    actor: demoActor('operator'),
    timeoutMs: 60_000,
    ...(body === undefined ? {} : { body }),
  };
  return system.call(service, method, `/ops/services/${service}/parked${path}`, options);
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

function describeReplay(results: readonly ReplayResult[]): string {
  if (results.length === 0) return '没有可重放的消息 · nothing to replay';
  return table([
    ['id', '消费者 · consumer', '结果 · outcome', '错误 · error'],
    ...results.map(({ id, consumer, outcome, error }) => [id, consumer, outcome, error ?? '']),
  ]);
}
