import { Injectable } from '@nestjs/common';
import { RemindOnRung } from '@app/casework';
import type { FiredRung } from '@app/clocks';
import { applicationRemindedV1 } from '@app/contracts';
import type { Tx } from '@app/platform';
import type { ApplicationStep } from '../../domain/application-terms.js';

const ofOfficer = { item: null, doers: [], officer: 'card-officer', claimedBy: null, unitId: null } as const;

interface Reminded {
  readonly application_id: string;
  readonly person_id: string;
  readonly division_code: string;
}

/** A rung of a term was reached: of a case, as in every service, or of an application for a card. */
@Injectable()
export class RemindOfApplication extends RemindOnRung {
  /** A command locks its application before the clocks, so one that a command holds is left to it. */
  override async lockSubjects(tx: Tx, subjectIds: readonly string[]): Promise<readonly string[]> {
    const held = await super.lockSubjects(tx, subjectIds);
    const free = await tx.query<{ application_id: string }>(
      'select application_id from applications where application_id = any($1::uuid[]) for update skip locked',
      [subjectIds],
    );
    const ours = new Set(free.map(({ application_id }) => application_id));
    const all = await tx.query<{ application_id: string }>(
      'select application_id from applications where application_id = any($1::uuid[])',
      [subjectIds],
    );
    return [...held, ...all.flatMap(({ application_id: id }) => (ours.has(id) ? [] : id))];
  }

  override async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    const rows = await tx.query<Reminded>(
      'select application_id, person_id, division_code from applications where application_id = any($1::uuid[])',
      [rungs.map(({ subjectId }) => subjectId)],
    );
    const applications = new Map(rows.map((row) => [row.application_id, row]));
    const ofCases = rungs.filter(({ subjectId }) => !applications.has(subjectId));
    if (ofCases.length > 0) await super.onRungs(tx, ofCases);
    // The card officer runs applications; what the assessor is late with, the officer follows up.
    await this.tellOffice(
      tx,
      rungs.filter(({ subjectId }) => applications.has(subjectId)),
      new Map(rows.map(({ application_id: subjectId }) => [subjectId, { subjectId, ...ofOfficer }])),
    );
    this.outbox.append(
      tx,
      rungs.flatMap(({ subjectId, step, clockId, holder, rung, level, dueAt, to }) => {
        const application = applications.get(subjectId);
        if (!application) return [];
        return [
          applicationRemindedV1.of({
            personId: application.person_id,
            divisionCode: application.division_code,
            applicationId: subjectId,
            clockId,
            step: step as ApplicationStep,
            holder,
            rung,
            level,
            dueAt,
            to: [...to],
          }),
        ];
      }),
    );
  }
}
