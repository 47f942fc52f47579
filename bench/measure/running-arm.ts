import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Arm, Servers } from '../arms/arm.js';
import type { ArmProcessArguments, Order } from '../arms/arm-process.js';
import type { Figures } from './figures.js';

const LOADER = fileURLToPath(new URL('../../libs/testing/run/typescript.mjs', import.meta.url));
const PROCESS = fileURLToPath(new URL('../arms/arm-process.ts', import.meta.url));

/** The processes of an arm, started and ready. */
export class RunningArm {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  static async start(arm: Arm, servers: Servers): Promise<RunningArm> {
    const children = Array.from({ length: arm.processes }, (_, index) => {
      const args: ArmProcessArguments = { arm: arm.name, index, servers };
      return fork(PROCESS, [JSON.stringify(args)], { execArgv: ['--import', LOADER] });
    });
    const running = new RunningArm(children);
    try {
      await Promise.all(children.map(answerOf));
    } catch (error) {
      running.kill();
      throw error;
    }
    return running;
  }

  get pids(): number[] {
    return this.children.map((child) => child.pid!);
  }

  burst(count: number): Promise<Figures> {
    return this.order({ do: 'burst', count });
  }

  rate(perSecond: number, seconds: number): Promise<Figures> {
    return this.order({ do: 'rate', perSecond, seconds });
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.children.map(async (child) => {
        const ended = once(child, 'exit');
        child.send({ do: 'stop' } satisfies Order);
        await ended;
      }),
    );
  }

  kill(): void {
    for (const child of this.children) child.kill('SIGKILL');
  }

  private async order(order: Order): Promise<Figures> {
    const [issuer] = this.children;
    const answer = answerOf(issuer!);
    issuer!.send(order);
    return (await answer) as Figures;
  }
}

/** The next message of a process. @throws Error if it ends instead */
function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const answered = (message: unknown) => {
      child.off('exit', ended);
      resolve(message);
    };
    const ended = (code: number | null) => {
      child.off('message', answered);
      reject(new Error(`a process of the arm has ended (${code})`));
    };
    child.once('message', answered);
    child.once('exit', ended);
  });
}
