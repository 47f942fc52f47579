import { Logger } from '@nestjs/common';
import { shanghaiDay, type Clock } from '@app/kernel';
import type { Caller, Database, Tx } from '@app/platform';
import { v5 as uuidv5 } from 'uuid';
import type { LegalClocks } from '../legal-clocks.js';
import type { FiredRung } from '../new-term.js';
import { minuteOf, nextBeat } from './beat-state.js';
import { BEAT_STEP } from './heartbeat-migrations.js';

const NAMESPACE = '5c5f8f3f-6f43-5c1b-9d0a-8f54c6b4b1d7';
const NOWHERE = '000000000000';
const KEPT_DAYS = 35;
const TRY_AGAIN_MS = 5_000;

interface State {
  readonly period_seconds: number;
  readonly expected_at: Date;
}

/**
 * A clock that the service arms for itself, again and again. It is armed, swept, claimed and handed over as any other, so that a beat
 * proves that a real rung would have fired, and its absence that none does.
 */
export class Heartbeat {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    private readonly clocks: LegalClocks,
    private readonly clock: Clock,
    private readonly periodSeconds: number,
    /** Whether somebody outside should be watching and is not. */
    private readonly unwatched: () => boolean = () => false,
  ) {
    this.logger = new Logger(`heartbeat:${database.service}`);
  }

  /** In the background: what is away is asked again. */
  start(): void {
    void this.begin().catch((error: unknown) => {
      this.logger.warn(`not armed yet: ${error instanceof Error ? error.message : String(error)}`);
      if (!this.stopped) this.timer = setTimeout(() => this.start(), TRY_AGAIN_MS);
    });
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
  }

  /** Arms the first beat, unless one is to come already in this rhythm. */
  async begin(): Promise<void> {
    await this.database.transaction(this.actor, async (tx) => {
      // Processes of one service begin at once.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
        `onething:heartbeat:${this.database.service}`,
      ]);
      const state = await this.state(tx);
      if (state && state.period_seconds === this.periodSeconds && (await this.isToCome(tx, state))) return;
      if (state) await this.forget(tx, state.expected_at);
      await this.arm(tx, nextBeat(this.clock.now(), this.periodSeconds, this.clock.now()));
    });
  }

  isBeat({ step }: Pick<FiredRung, 'step'>): boolean {
    return step === BEAT_STEP;
  }

  /** A beat came through: it is written down, and the next one armed, in the transaction that claimed it. */
  async beat(tx: Tx, { subjectId }: Pick<FiredRung, 'subjectId'>): Promise<void> {
    const state = await this.state(tx, 'for update');
    // Of another rhythm, which has been given up.
    if (!state || subjectOf(state.expected_at) !== subjectId) return;
    const now = this.clock.now();
    const [last] = await tx.query<{ expected_at: Date }>(
      'select expected_at from clock_beats order by expected_at desc limit 1',
    );
    if (last) await this.forget(tx, last.expected_at);
    await tx.query(
      'insert into clock_beats (expected_at, beat_at) values ($1, $2) on conflict (expected_at) do nothing',
      [state.expected_at, now],
    );
    await tx.query(
      'delete from clock_beats where expected_at < $1::timestamptz - make_interval(days => $2)',
      [now, KEPT_DAYS],
    );
    await this.clocks.stop(tx, [subjectId]);
    tx.afterCommit(() => this.mindTheWatcher());
    await this.arm(tx, nextBeat(state.expected_at, this.periodSeconds, now));
  }

  /** Who watches the watcher: whoever it has stopped visiting. */
  private mindTheWatcher(): void {
    if (this.unwatched())
      this.logger.error('nobody has looked whether reminding works for two periods: is the workbench gone?');
  }

  private async arm(tx: Tx, expectedAt: Date): Promise<void> {
    const minute = minuteOf(expectedAt);
    await this.clocks.arm(tx, [
      {
        subjectId: subjectOf(expectedAt),
        step: BEAT_STEP,
        divisionCode: NOWHERE,
        anchorDay: shanghaiDay(minute),
        anchorAt: minute,
        value: 0,
        unit: 'hour',
        kind: 'local_rule',
        basis: '本系统自检：提醒是否仍在运行',
        rungs: [{ rung: 'beat', level: 1, at: { at: 'end' }, to: [] }],
      },
    ]);
    if (minute < expectedAt) {
      // Rungs stand on whole minutes; a rhythm of seconds is looked at within its minute.
      await tx.query('update clocks set next_at = $2 where subject_id = $1 and next_at is not null', [
        subjectOf(expectedAt),
        expectedAt,
      ]);
    }
    await tx.query(
      `insert into clock_heartbeats as h (name, period_seconds, expected_at) values ('heartbeat', $1, $2)
       on conflict (name) do update set expected_at = excluded.expected_at, period_seconds = excluded.period_seconds,
         armed_at = case when h.period_seconds = excluded.period_seconds then h.armed_at else now() end`,
      [this.periodSeconds, expectedAt],
    );
  }

  private async state(tx: Tx, lock = ''): Promise<State | undefined> {
    const [state] = await tx.query<State>(`select period_seconds, expected_at from clock_heartbeats ${lock}`);
    return state;
  }

  private async isToCome(tx: Tx, { expected_at }: State): Promise<boolean> {
    const rows = await tx.query(
      `select from clocks where subject_id = $1 and status = 'running' and next_at is not null`,
      [subjectOf(expected_at)],
    );
    return rows.length > 0;
  }

  /** The rows of a beat that is over; what it was stands in `clock_beats`. */
  private async forget(tx: Tx, expectedAt: Date): Promise<void> {
    const params = [subjectOf(expectedAt), BEAT_STEP];
    await tx.query(
      `delete from clock_rungs where clock_id in (select clock_id from clocks where subject_id = $1 and step = $2)`,
      params,
    );
    await tx.query('delete from clocks where subject_id = $1 and step = $2', params);
  }
}

/** Each beat is a clock of its own: a clock's rung fires once, ever. */
function subjectOf(expectedAt: Date): string {
  return uuidv5(expectedAt.toISOString(), NAMESPACE);
}
