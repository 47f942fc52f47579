import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { serviceActor } from '@app/access';
import { Catalogue } from '@app/catalogue';
import { SystemClock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { Database, type Caller, type Tx } from '@app/platform';
import { LedgerBooks } from '../src/adapters/postgres/ledger-books.js';
import { Overpayments } from '../src/adapters/postgres/overpayments.js';
import { PayRunFindings } from '../src/adapters/postgres/pay-run-findings.js';
import { PayRunLines } from '../src/adapters/postgres/pay-run-lines.js';
import { PayRunRepository } from '../src/adapters/postgres/pay-run-repository.js';
import { OrderPayRun } from '../src/app/order-pay-run.js';
import { PlanPayRun } from '../src/app/plan-pay-run.js';
import { inventedItems } from './invented-items.js';

/** Where a process kills itself: with the run locked, with everything of a chunk written, just after its commit, or some moments later. */
export const deathPoints = ['locked', 'written', 'committed', 'anywhere'] as const;
export type DeathPoint = (typeof deathPoints)[number];

export interface PayRunProcessOptions {
  readonly url: string;
  readonly runNo: number;
  readonly chunk: number;
  /** In the n-th chunk that the process has in hand; null: never by itself. */
  readonly death: { readonly chunk: number; readonly point: DeathPoint; readonly afterMs: number } | null;
}

export interface PayRunProcess {
  readonly ready: Promise<unknown>;
  run(options: PayRunProcessOptions): void;
  readonly ended: Promise<NodeJS.Signals | null>;
  kill(): void;
}

/** A process that has loaded its code, which takes seconds, and waits to be told what to do. */
export function startPayRunProcess(): PayRunProcess {
  const loader = fileURLToPath(new URL('../../../libs/testing/run/typescript.mjs', import.meta.url));
  const child = fork(fileURLToPath(import.meta.url), [], {
    execArgv: ['--import', loader],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    ready: once(child, 'message'),
    run: (options) => void child.send(options),
    ended: once(child, 'close').then(([, signal]) => signal as NodeJS.Signals | null),
    kill: () => void child.kill('SIGKILL'),
  };
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** A run is taken as ever, and the process dies where it was told to. */
class DyingRuns extends PayRunRepository {
  private chunks = 0;

  constructor(
    database: Database,
    private readonly death: PayRunProcessOptions['death'],
  ) {
    super(database, new SystemClock());
  }

  override async take(tx: Tx, runNo: number) {
    const run = await super.take(tx, runNo);
    if (!run || !this.death) return run;
    this.chunks += 1;
    if (this.chunks !== this.death.chunk) return run;
    switch (this.death.point) {
      case 'locked':
        die();
        break;
      case 'written':
        tx.beforeCommit(() => {
          die();
          return null;
        });
        break;
      case 'committed':
        tx.afterCommit(die);
        break;
      case 'anywhere':
        setTimeout(die, this.death.afterMs);
        break;
    }
    return run;
  }
}

/** The planning and ordering of one run, by the service's own parts. */
export function openPayRun(url: string, death: PayRunProcessOptions['death']) {
  const database = new Database({ service: 'subsidies', url, poolSize: 2, logger: new Logger('pay-run') });
  const actor: Caller = serviceActor('subsidies');
  const runs = new DyingRuns(database, death);
  const lines = new PayRunLines();
  const books = new LedgerBooks();
  const findings = new PayRunFindings();
  const overpayments = new Overpayments(database);
  const outbox = new Outbox();
  return {
    database,
    runs,
    actor,
    outbox,
    plan: new PlanPayRun(
      database,
      actor,
      runs,
      lines,
      books,
      findings,
      overpayments,
      Catalogue.of(inventedItems),
    ),
    order: new OrderPayRun(database, actor, runs, lines, books, overpayments, outbox),
  };
}

async function work({ url, runNo, chunk, death }: PayRunProcessOptions): Promise<void> {
  const { database, runs, actor, plan, order } = openPayRun(url, death);
  for (;;) {
    const [at] = (await runs.atWork(actor)).filter((run) => run.runNo === runNo);
    if (!at) break;
    const isMore = await (at.state === 'planning' ? plan : order).chunk(runNo, chunk);
    // Another process has it in hand at this moment.
    if (!isMore) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await database.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (options) => {
    void work(options as PayRunProcessOptions).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
  process.send?.('ready');
}
