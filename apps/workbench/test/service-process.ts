import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Module } from '@nestjs/common';
import { clocksMigrations, ClocksModule, RungHandler, type FiredRung } from '@app/clocks';
import { PostgresEventLog } from '@app/messaging';
import type { ProcessConfig, Tx } from '@app/platform';
import { createServiceApp, ServiceModule, type MigratedService } from '@app/service-host';

/** A service that has terms and nothing else, as a process of its own that can be killed. */
export const reminding: MigratedService = { service: 'community', migrations: clocksMigrations };

export interface ServiceProcess {
  readonly child: ChildProcess;
  kill(signal: NodeJS.Signals): Promise<void>;
}

export async function startServiceProcess(config: ProcessConfig): Promise<ServiceProcess> {
  const loader = fileURLToPath(new URL('../../../libs/testing/run/typescript.mjs', import.meta.url));
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(config)], {
    execArgv: ['--import', loader],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const said = await Promise.race([once(child, 'message'), exited.then(() => null)]);
  if (!said) throw new Error('the service did not come up');
  return {
    child,
    kill: async (signal) => {
      child.kill(signal);
      await exited;
    },
  };
}

class Nothing extends RungHandler {
  async onRungs(_tx: Tx, _rungs: readonly FiredRung[]): Promise<void> {}
}

async function main(config: ProcessConfig): Promise<void> {
  class Community {}
  Module({
    imports: [
      ServiceModule.forService('community'),
      ClocksModule.forService('community', { handler: Nothing }),
    ],
  })(Community);
  const app = await createServiceApp({ name: 'community', modules: [Community] }, config, {
    eventLog: new PostgresEventLog(),
  });
  await app.startAllMicroservices();
  await app.listen(config.PORT, config.HOST);
  process.send!('ready');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await main(JSON.parse(process.argv[2]!) as ProcessConfig);
