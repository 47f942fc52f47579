import { Injectable } from '@nestjs/common';
import { Database, type Caller, type Tx } from '@app/platform';
import type { Signature } from '../../domain/signature.js';

/** What guardians and agents signed in cases. */
@Injectable()
export class CaseSignatures {
  constructor(private readonly database: Database) {}

  /** The case is locked, or new: its signatures come one after the other. */
  async add(tx: Tx, caseId: string, signature: Signature): Promise<void> {
    await tx.query(
      `insert into case_signatures (case_id, place, what, signed_on, representative_id, kind, until_on, taken_by, taken_by_role,
         taken_on_behalf_of, taken_at)
       select $1, (select count(*) from case_signatures where case_id = $1), $2, $3, $4, $5, $6, $7, $8, $9, $10`,
      [
        caseId,
        signature.what,
        signature.on,
        signature.representativeId,
        signature.kind,
        signature.until,
        signature.by.id,
        signature.by.role,
        signature.onBehalfOf,
        signature.at,
      ],
    );
  }

  /** Of a case, in order. */
  async of(reader: Caller, caseId: string): Promise<Signature[]> {
    const rows = await this.database.query<{ signature: Signature }>(
      reader,
      `select jsonb_build_object('what', what, 'on', signed_on, 'representativeId', representative_id, 'kind', kind, 'until', until_on,
         'by', jsonb_build_object('id', taken_by, 'role', taken_by_role), 'onBehalfOf', taken_on_behalf_of,
         'at', to_char(taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as signature
       from case_signatures where case_id = $1 order by place`,
      [caseId],
    );
    return rows.map(({ signature }) => signature);
  }
}
