import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The child of `up` that watches the one process of all-in-one: it outlives both. */
export class WatchdogProcess {
  private child: ChildProcess | null = null;

  /** @param marker the argument by which processes of this installation are known, so that one left over is ended by the next `up` */
  start(marker: string): void {
    const entry = fileURLToPath(new URL('../watchdog/main.js', import.meta.url));
    this.child = spawn(process.execPath, [entry, marker], {
      // A group of its own: Ctrl+C in the terminal reaches only us, and we end everything in order.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.child.once('error', () => undefined);
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
}
