import { Inject, Injectable } from '@nestjs/common';
import { RungHandler, type FiredRung } from '@app/clocks';
import { caseFacts, type CaseFacts, type CaseStatus, type Owner } from '@app/contracts';
import { Outbox } from '@app/messaging';
import type { Tx } from '@app/platform';
import { SERVICE_NAME } from '@app/service-host';

interface RemindedRow {
  readonly case_id: string;
  readonly person_id: string;
  readonly division_code: string;
  readonly item_id: string;
  readonly item_version: string;
  readonly period: string;
  readonly round_id: string | null;
  readonly status: CaseStatus;
  readonly version: number;
}

/** A rung of a case's term was reached: that is a fact about the case. */
@Injectable()
export class RemindOnRung extends RungHandler {
  constructor(
    private readonly outbox: Outbox,
    @Inject(SERVICE_NAME) private readonly service: Owner,
  ) {
    super();
  }

  /** A command locks the case before its clocks; so does this. */
  override async lockSubjects(tx: Tx, subjectIds: readonly string[]): Promise<void> {
    await tx.query('select case_id from cases where case_id = any($1::uuid[]) order by case_id for update', [
      subjectIds,
    ]);
  }

  async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    const fired = new Map<string, number>();
    for (const { subjectId } of rungs) fired.set(subjectId, (fired.get(subjectId) ?? 0) + 1);
    const rows = await tx.query<RemindedRow>(
      `update cases c set version = c.version + n.fired, changed_by = $3, changed_by_role = $4
       from unnest($1::uuid[], $2::int[]) as n (case_id, fired) where c.case_id = n.case_id
       returning c.case_id, c.person_id, c.division_code, c.item_id, c.item_version, c.period, c.round_id, c.status,
         c.version - n.fired as version`,
      [[...fired.keys()], [...fired.values()], tx.actor.id, tx.actor.role],
    );
    const cases = new Map(rows.map((row) => [row.case_id, { row, version: row.version }]));
    const { reminded } = caseFacts[this.service] as CaseFacts;
    this.outbox.append(
      tx,
      rungs.flatMap((rung) => {
        const found = cases.get(rung.subjectId);
        if (!found) return [];
        const { row } = found;
        found.version += 1;
        return [
          reminded.of({
            personId: row.person_id,
            divisionCode: row.division_code,
            version: found.version,
            caseId: row.case_id,
            itemId: row.item_id,
            itemVersion: row.item_version,
            period: row.period,
            roundId: row.round_id,
            status: row.status,
            clockId: rung.clockId,
            rung: rung.rung,
            level: rung.level,
            dueAt: rung.dueAt,
          }),
        ];
      }),
    );
  }
}
