import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';

/** A step or a decision, and who did it. */
export interface DoneStep {
  readonly caseId: string;
  readonly version: number;
  readonly divisionCode: string;
  readonly readers: readonly string[];
  /** User id. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Longer than anybody asks for by the days that one counts back; then it is deleted. */
const KEPT = "interval '35 days'";

/** Who has done how much of late. */
@Injectable()
export class WorkDone {
  /** @param now until when those that are too old are counted back */
  async learn(tx: Tx, steps: readonly DoneStep[], now: Date): Promise<void> {
    if (steps.length === 0) return;
    await tx.query(
      `insert into work_done (case_id, version, division_code, readers, done_by, done_at)
       select n.case_id, n.version, n.division_code, n.readers::jsonb, n.done_by, n.done_at
       from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
         as n (case_id, version, division_code, readers, done_by, done_at)
       where n.done_at > $7::timestamptz - ${KEPT}
       on conflict do nothing`,
      [
        steps.map(({ caseId }) => caseId),
        steps.map(({ version }) => version),
        steps.map(({ divisionCode }) => divisionCode),
        steps.map(({ readers }) => JSON.stringify(readers)),
        steps.map(({ by }) => by),
        steps.map(({ at }) => at),
        now,
      ],
      'work-done-learn',
    );
    await tx.query(
      `delete from work_done where done_at <= $1::timestamptz - ${KEPT}`,
      [now],
      'work-done-forget',
    );
  }
}
