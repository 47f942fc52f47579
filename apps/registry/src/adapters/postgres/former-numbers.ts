import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import type { Tx } from '@app/platform';
import { NumberOfAbsorbed, NumberOfAnother } from '../../domain/number-errors.js';
import type { FormerNumberBasis, NumberProof } from '../../domain/person-number.js';

const FORMER_COLUMN = 'registry.former_numbers.identity_number';
const PRESENT_COLUMN = 'registry.persons.identity_number';

/** A number that is about to be former. */
export interface EndedNumber {
  readonly personId: string;
  readonly token: string;
  readonly basis: FormerNumberBasis;
  /** From this day on another one holds. */
  readonly until: string;
  readonly proof: NumberProof;
  readonly reason: string;
  readonly decisionId: string;
}

/** Whose each token is: of a file that was merged, of the one that it went into; a mistaken number was never anybody's. */
export const OWNERS_OF_TOKENS = `
  select identity_token, coalesce(merged_into, person_id) as person_id from persons where identity_token = any($1::text[])
  union all
  select f.identity_token, coalesce(p.merged_into, p.person_id) from former_numbers f join persons p using (person_id)
  where f.basis = 'changed' and f.identity_token = any($1::text[])`;

/** Identity numbers that people had, and whether one is free to be given to somebody. */
@Injectable()
export class FormerNumbers {
  constructor(private readonly cipher: ColumnCipher) {}

  /** Keeps the number on file, before another takes its place. */
  async keep(tx: Tx, ended: EndedNumber): Promise<void> {
    const [row] = await tx.query<{ identity_number: string }>(
      'select identity_number from persons where person_id = $1 and identity_token = $2',
      [ended.personId, ended.token],
    );
    const number = this.cipher.decrypt(PRESENT_COLUMN, row!.identity_number);
    await tx.query(
      `insert into former_numbers as f (person_id, identity_token, identity_number, basis, until, proof_kind, proof_reference, reason,
         decision_id, recorded_by, recorded_role)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict (person_id, identity_token) do update set basis = excluded.basis, until = excluded.until,
         proof_kind = excluded.proof_kind, proof_reference = excluded.proof_reference, reason = excluded.reason,
         decision_id = excluded.decision_id, recorded_by = excluded.recorded_by, recorded_role = excluded.recorded_role, recorded_at = now()`,
      [
        ended.personId,
        ended.token,
        this.cipher.encrypt(FORMER_COLUMN, number),
        ended.basis,
        ended.until,
        ended.proof.kind,
        ended.proof.reference,
        ended.reason,
        ended.decisionId,
        tx.actor.id,
        tx.actor.role,
      ],
    );
  }

  /**
   * A number is given to nobody while somebody else has it, or had it. Who that is the caller learns only of those in reach.
   * @throws NumberOfAnother, NumberOfAbsorbed
   */
  async assertFree(tx: Tx, token: string, personId: string): Promise<void> {
    const owners = () =>
      tx.query<{ person_id: string; absorbed: boolean }>(
        `select o.person_id, exists (select from persons a where a.merged_into = $2 and a.identity_token = any($1::text[])) as absorbed
         from (${OWNERS_OF_TOKENS}) o`,
        [[token], personId],
      );
    const seen = await owners();
    const other = seen.find((owner) => owner.person_id !== personId);
    if (other) throw new NumberOfAnother(other.person_id);
    if (seen.some(({ absorbed }) => absorbed)) throw new NumberOfAbsorbed();
    const anywhere = await tx.asService(owners);
    if (anywhere.some((owner) => owner.person_id !== personId)) throw new NumberOfAnother(null);
  }
}
