import { Injectable } from '@nestjs/common';
import { Database, type Caller } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import type { AlarmKind } from '../../domain/watch.js';

export interface Alarm {
  readonly alarmId: string;
  readonly service: string;
  readonly what: AlarmKind;
  readonly why: string | null;
  readonly lastProofAt: Date;
  readonly periodSeconds: number;
  readonly raisedAt: Date;
  /** Null: it stands. */
  readonly clearedAt: Date | null;
}

export interface AlarmCount {
  readonly service: string;
  readonly raised: number;
}

const COLUMNS = `alarm_id as "alarmId", service, what, why, last_proof_at as "lastProofAt", period_seconds as "periodSeconds",
  raised_at as "raisedAt", cleared_at as "clearedAt"`;
const SHOWN = 200;

/** Alarms, open and past. Times are of the real clock: silence is nothing that a demo's clock can make. */
@Injectable()
export class AlarmRepository {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly self: Caller,
  ) {}

  /** @returns false if one stands already, also if another process of the workbench raised it */
  async raise(
    service: string,
    alarm: { what: AlarmKind; why: string | null; silentMs: number; periodMs: number },
  ): Promise<boolean> {
    const raised = await this.database.query(
      this.self,
      `insert into alarms (service, what, why, last_proof_at, period_seconds)
       values ($1, $2, $3, now() - make_interval(secs => $4), $5)
       on conflict (service) where cleared_at is null do nothing returning 1`,
      [service, alarm.what, alarm.why, alarm.silentMs / 1000, alarm.periodMs / 1000],
    );
    return raised.length > 0;
  }

  /** @returns whether one stood */
  async clear(service: string): Promise<boolean> {
    const cleared = await this.database.query(
      this.self,
      'update alarms set cleared_at = now() where service = $1 and cleared_at is null returning 1',
      [service],
    );
    return cleared.length > 0;
  }

  /** Those that stand first, then the latest. */
  async latest(): Promise<Alarm[]> {
    return this.database.query<Alarm>(
      this.self,
      `select ${COLUMNS} from alarms order by cleared_at is not null, raised_at desc limit $1`,
      [SHOWN],
    );
  }

  async counts(): Promise<AlarmCount[]> {
    return this.database.query<AlarmCount>(
      this.self,
      'select service, count(*)::int as raised from alarms group by service order by service',
    );
  }
}
