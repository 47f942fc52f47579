import type { Tx } from '@app/platform';
import type { ClockChange, FiredRung } from '../new-term.js';
import { RungHandler } from '../rung-handler.js';
import type { Heartbeat } from './heartbeat.js';

/** The owner's handler, which never sees the rung of the heartbeat: that is nobody's case. */
export class WithHeartbeat extends RungHandler {
  constructor(
    private readonly owner: RungHandler,
    private readonly heartbeat: Heartbeat,
  ) {
    super();
  }

  override lockSubjects(tx: Tx, subjectIds: readonly string[]) {
    return this.owner.lockSubjects(tx, subjectIds);
  }

  async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    const owned = rungs.filter((rung) => !this.heartbeat.isBeat(rung));
    if (owned.length > 0) await this.owner.onRungs(tx, owned);
    for (const rung of rungs) {
      if (!this.heartbeat.isBeat(rung)) continue;
      await this.heartbeat.beat(tx, rung);
      await this.owner.onBeat(tx);
    }
  }

  override onMoved(tx: Tx, changes: readonly ClockChange[]): Promise<void> {
    return this.owner.onMoved(tx, changes);
  }

  override onBeat(tx: Tx): Promise<void> {
    return this.owner.onBeat(tx);
  }
}
