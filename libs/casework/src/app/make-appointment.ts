import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { WorkingCalendar } from '@app/clocks';
import { Clock } from '@app/kernel';
import { currentLookedAt, Database } from '@app/platform';
import { randomUUID } from 'node:crypto';
import { CaseAppointments } from '../adapters/postgres/case-appointments.js';
import {
  appointersOf,
  momentOf,
  remindedAt,
  type CaseAppointment,
  type NewAppointment,
} from '../domain/appointment.js';
import { endedStatuses } from '../domain/case.js';
import {
  AppointmentCancelled,
  AppointmentNotFound,
  AppointmentNotPossible,
  CaseNotReady,
} from '../domain/errors.js';
import { assertLookedAt } from '../domain/looked-at.js';
import { actingOn, CaseDesk } from './case-desk.js';
import { CitizenMessages, messageIdOf, type NewMessage } from './citizen-messages.js';

const toldBy = (appointmentId: string) => `appointment/${appointmentId}`;
const remindedBy = (appointmentId: string) => `appointment/${appointmentId}/reminder`;

/** Somebody is asked to come about a case: the person is told at once, and reminded on the working day before. */
@Injectable()
export class MakeAppointment {
  constructor(
    private readonly desk: CaseDesk,
    private readonly database: Database,
    private readonly appointments: CaseAppointments,
    private readonly messages: CitizenMessages,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
  ) {}

  /** @throws CaseNotFound, NotAllowed, CaseNotReady, AppointmentNotPossible, MessageSaysTooMuch */
  async make(actor: Actor, caseId: string, asked: NewAppointment): Promise<CaseAppointment> {
    const seen = await this.desk.seen(actor, caseId);
    const by = actingOn(actor, appointersOf(seen.item), seen);
    const { status } = seen.state;
    if ((endedStatuses as readonly string[]).includes(status))
      throw new CaseNotReady(status, '预约', '需要的话，请先重新申请。');
    const now = this.clock.now();
    if (momentOf(asked) <= now) throw new AppointmentNotPossible();
    const appointmentId = randomUUID();
    assertLookedAt(seen, currentLookedAt());
    const before = this.calendar.of(seen.divisionCode).workingDayBefore(asked.day);
    const notBefore = remindedAt(before, now);
    const says = { caseId, template: 'appointment', ...asked } as const;
    const messages: NewMessage[] = [
      { ...says, cause: toldBy(appointmentId) },
      ...(notBefore ? [{ ...says, cause: remindedBy(appointmentId), again: true, notBefore }] : []),
    ];
    return this.database.command(by, async (tx) => {
      const made = await this.appointments.add(tx, appointmentId, caseId, asked, now);
      await this.messages.request(tx, messages);
      tx.audit({ what: 'case.appointment-made', personIds: [seen.personId], caseIds: [caseId] });
      return made;
    });
  }

  /** What was not sent yet is not sent any more, and the person is told. @throws CaseNotFound, NotAllowed, AppointmentNotFound, AppointmentCancelled */
  async cancel(
    actor: Actor,
    caseId: string,
    appointmentId: string,
    reason: string,
  ): Promise<CaseAppointment> {
    const seen = await this.desk.seen(actor, caseId);
    const by = actingOn(actor, appointersOf(seen.item), seen);
    return this.database.command(by, async (tx) => {
      const now = this.clock.now();
      const cancelled = await this.appointments.cancel(tx, caseId, appointmentId, reason, now);
      if (!cancelled) {
        const known = await this.appointments.has(tx, caseId, appointmentId);
        throw known ? new AppointmentCancelled() : new AppointmentNotFound();
      }
      assertLookedAt(seen, currentLookedAt());
      const causes = [toldBy(appointmentId), remindedBy(appointmentId)];
      await this.messages.withdraw(
        tx,
        causes.map((cause) => messageIdOf(caseId, cause)),
      );
      const { day, time, place } = cancelled;
      await this.messages.request(tx, [
        {
          caseId,
          template: 'appointment-cancelled',
          cause: `${toldBy(appointmentId)}/cancelled`,
          day,
          time,
          place,
        },
      ]);
      tx.audit({
        what: 'case.appointment-cancelled',
        personIds: [seen.personId],
        caseIds: [caseId],
        why: reason,
      });
      return cancelled;
    });
  }
}
