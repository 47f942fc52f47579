import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import type { Case } from '../../domain/case.js';

/** The papers of cases, each as far as it is. */
@Injectable()
export class CaseMaterials {
  /** Writes what changed: a material is a new object when it did. */
  async save(
    tx: Tx,
    changes: readonly { readonly before: Case | null; readonly after: Case }[],
  ): Promise<void> {
    // Several changes of a slice may concern one case: what comes later stands.
    const changed = new Map(
      changes.flatMap(({ before, after }) =>
        after.materials
          .map((material, place) => ({ ...material, caseId: after.id, place, known: material }))
          .filter(({ known }) => !before?.materials.includes(known))
          .map((row) => [`${row.caseId} ${row.material}`, row] as const),
      ),
    );
    if (changed.size === 0) return;
    const rows = [...changed.values()];
    const column = <Key extends keyof (typeof rows)[number]>(key: Key) => rows.map((row) => row[key]);
    await tx.query(
      `insert into case_materials (case_id, place, material, state, reason, file_id, paper_id, changed_by, changed_by_role, changed_at)
       select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::text[],
         $10::timestamptz[])
       on conflict (case_id, material) do update set state = excluded.state, reason = excluded.reason, file_id = excluded.file_id,
         paper_id = excluded.paper_id, changed_by = excluded.changed_by, changed_by_role = excluded.changed_by_role,
         changed_at = excluded.changed_at`,
      [
        column('caseId'),
        column('place'),
        column('material'),
        column('state'),
        column('reason'),
        column('fileId'),
        column('paperId'),
        column('by'),
        column('byRole'),
        column('at'),
      ],
      'case-materials-save',
    );
  }
}
