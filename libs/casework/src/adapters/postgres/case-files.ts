import { Injectable } from '@nestjs/common';
import { Files } from '@app/files';
import type { Tx } from '@app/platform';
import type { Case } from '../../domain/case.js';
import { readersOf } from '../../domain/place.js';

/** The scans of cases are seen by whom the cases are seen. */
@Injectable()
export class CaseFiles {
  constructor(private readonly files: Files) {}

  /** Cases went to another place or another unit: so do their files. */
  async follow(
    tx: Tx,
    changes: readonly { readonly before: Case | null; readonly after: Case }[],
  ): Promise<void> {
    const gone = changes.filter(
      ({ before, after }) =>
        before !== null &&
        (before.divisionCode !== after.divisionCode || before.placement?.unitId !== after.placement?.unitId),
    );
    if (gone.length === 0) return;
    const cases = new Map(gone.map(({ after }) => [after.id, after]));
    const rows = await tx.query<{ case_id: string; file_ids: string[] }>(
      'select case_id, array_agg(file_id) as file_ids from files where case_id = any($1::uuid[]) group by case_id',
      [[...cases.keys()]],
    );
    for (const { case_id, file_ids } of rows) {
      const { divisionCode, item, placement } = cases.get(case_id)!;
      await this.files.place(tx, file_ids, {
        divisionCode,
        readers: readersOf(item),
        unitId: placement?.unitId ?? null,
      });
    }
  }
}
