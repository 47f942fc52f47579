import { Injectable } from '@nestjs/common';
import { Database, type Caller, type Tx } from '@app/platform';
import type { CaseAppointment, NewAppointment } from '../../domain/appointment.js';

const COLUMNS = `appointment_id as "appointmentId", case_id as "caseId", day, time, place, purpose, set_by as "setBy",
  set_by_role as "setByRole", set_at as "setAt",
  case when cancelled_at is not null then jsonb_build_object('by', cancelled_by, 'reason', cancel_reason,
    'at', to_char(cancelled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end as cancelled`;

/** The appointments of the cases of one service: who sees the case sees them. */
@Injectable()
export class CaseAppointments {
  constructor(private readonly database: Database) {}

  async add(
    tx: Tx,
    appointmentId: string,
    caseId: string,
    { day, time, place, purpose }: NewAppointment,
    now: Date,
  ): Promise<CaseAppointment> {
    const [row] = await tx.query<CaseAppointment>(
      `insert into case_appointments (appointment_id, case_id, day, time, place, purpose, set_by, set_by_role, set_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${COLUMNS}`,
      [appointmentId, caseId, day, time, place, purpose, tx.actor.id, tx.actor.role, now],
    );
    return row!;
  }

  /** @returns undefined if there is none of this case, or it is cancelled already */
  async cancel(
    tx: Tx,
    caseId: string,
    appointmentId: string,
    reason: string,
    now: Date,
  ): Promise<CaseAppointment | undefined> {
    const [row] = await tx.query<CaseAppointment>(
      `update case_appointments set cancelled_by = $3, cancelled_by_role = $4, cancelled_at = $5, cancel_reason = $6
       where case_id = $1 and appointment_id = $2 and cancelled_at is null returning ${COLUMNS}`,
      [caseId, appointmentId, tx.actor.id, tx.actor.role, now, reason],
    );
    return row;
  }

  async has(tx: Tx, caseId: string, appointmentId: string): Promise<boolean> {
    const rows = await tx.query(
      'select 1 from case_appointments where case_id = $1 and appointment_id = $2',
      [caseId, appointmentId],
    );
    return rows.length > 0;
  }

  /** In their order. */
  async of(reader: Caller, caseId: string): Promise<CaseAppointment[]> {
    return this.database.query<CaseAppointment>(
      reader,
      `select ${COLUMNS} from case_appointments where case_id = $1 order by day, time, appointment_id`,
      [caseId],
    );
  }
}
